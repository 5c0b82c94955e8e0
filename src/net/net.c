/* The client's thread: takes transfers and timers from a list, drives them all, calls back. */
#include "net.h"

#include <pthread.h>
#include <stdatomic.h>

#include "context.h"
#include "transfer.h"

#define MAX_TRANSFERS 256
#define MAX_SLEEP 1000 /* milliseconds */

typedef struct timer {
    struct timer *next;
    int64_t due; /* monotonic_ms */
    void (*call)(bool cancelled, void *user);
    void *user;
} timer;

struct net_client {
    pthread_t thread;
    CURLM *multi;
    pthread_mutex_t lock; /* for what follows */
    transfer *waiting;    /* not yet with curl */
    timer *timers;        /* unordered: there are few */
    size_t transfers;
    bool stopping;
    transfer *running; /* the thread's own */
};

/* ---- on the client's thread ---- */

static void finish(net_client *client, transfer *done, ost_result result)
{
    for (transfer **at = &client->running; *at != NULL; at = &(*at)->next) {
        if (*at == done) {
            *at = done->next;
            break;
        }
    }
    curl_multi_remove_handle(client->multi, done->easy);
    transfer_report(done, result);
    transfer_free(done);
    pthread_mutex_lock(&client->lock);
    client->transfers--;
    pthread_mutex_unlock(&client->lock);
}

static void start_waiting(net_client *client)
{
    pthread_mutex_lock(&client->lock);
    transfer *list = client->waiting;
    client->waiting = NULL;
    pthread_mutex_unlock(&client->lock);
    for (transfer *next; list != NULL; list = next) {
        next = list->next;
        list->next = client->running;
        client->running = list;
        if (curl_multi_add_handle(client->multi, list->easy) != CURLM_OK)
            finish(client, list, OST_E_MEMORY);
    }
}

static void finish_ended(net_client *client)
{
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(client->multi, &left)) != NULL;) {
        transfer *done = NULL;
        CURLcode code = message->data.result;
        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&done);
        finish(client, done, transfer_result(done, code));
    }
}

/* Calls what is due; returns how long to sleep. */
static int run_timers(net_client *client, bool cancel)
{
    int64_t now = monotonic_ms(), sleep = MAX_SLEEP;
    timer *due = NULL;
    pthread_mutex_lock(&client->lock);
    for (timer **at = &client->timers; *at != NULL;) {
        timer *t = *at;
        if (cancel || t->due <= now) {
            *at = t->next;
            t->next = due;
            due = t;
            continue;
        }
        if (t->due - now < sleep)
            sleep = t->due - now;
        at = &t->next;
    }
    pthread_mutex_unlock(&client->lock);
    if (due != NULL)
        sleep = 0;
    for (timer *next; due != NULL; due = next) {
        next = due->next;
        due->call(cancel, due->user);
        memory_free(due);
    }
    return (int)sleep;
}

static bool is_stopping(net_client *client)
{
    pthread_mutex_lock(&client->lock);
    bool stopping = client->stopping;
    pthread_mutex_unlock(&client->lock);
    return stopping;
}

static void *run(void *argument)
{
    net_client *client = argument;
    while (!is_stopping(client)) {
        int running;
        start_waiting(client);
        curl_multi_perform(client->multi, &running);
        finish_ended(client);
        int sleep = run_timers(client, false);
        curl_multi_poll(client->multi, NULL, 0, sleep, NULL);
    }
    /* A callback may ask for more; net_fetch and net_after refuse by now. */
    start_waiting(client);
    while (client->running != NULL)
        finish(client, client->running, OST_E_STATE);
    run_timers(client, true);
    return NULL;
}

/* ---- on any thread ---- */

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void init_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

ost_result net_client_new(net_client **ret_client)
{
    pthread_once(&curl_once, init_curl);
    net_client *client = memory_alloc(sizeof *client);
    if (client == NULL)
        return OST_E_MEMORY;
    client->multi = curl_multi_init();
    if (client->multi == NULL) {
        memory_free(client);
        return OST_E_MEMORY;
    }
    pthread_mutex_init(&client->lock, NULL);
    if (pthread_create(&client->thread, NULL, run, client) != 0) {
        curl_multi_cleanup(client->multi);
        pthread_mutex_destroy(&client->lock);
        memory_free(client);
        return OST_E_SYSTEM;
    }
    *ret_client = client;
    return OST_OK;
}

ost_result net_fetch(net_client *client, const net_request *request,
                     void (*done)(const net_response *response, void *user), void *user,
                     ost_error *ret_error)
{
    transfer *made = NULL;
    ost_result result = transfer_new(request, done, user, &made, ret_error);
    if (result != OST_OK)
        return result;
    pthread_mutex_lock(&client->lock);
    if (client->stopping)
        result = OST_E_STATE;
    else if (client->transfers >= MAX_TRANSFERS)
        result = OST_E_BUSY;
    if (result == OST_OK) {
        client->transfers++;
        made->next = client->waiting;
        client->waiting = made;
    }
    pthread_mutex_unlock(&client->lock);
    if (result != OST_OK) {
        transfer_free(made);
        return ost_error_set(ret_error, result, "%s", ost_result_sentence(result));
    }
    curl_multi_wakeup(client->multi);
    return OST_OK;
}

ost_result net_after(net_client *client, unsigned delay_ms,
                     void (*call)(bool cancelled, void *user), void *user)
{
    ost_result result = OST_OK;
    timer *made = memory_alloc(sizeof *made);
    if (made == NULL)
        return OST_E_MEMORY;
    *made = (timer){.due = monotonic_ms() + delay_ms, .call = call, .user = user};
    pthread_mutex_lock(&client->lock);
    if (client->stopping) {
        result = OST_E_STATE;
    } else {
        made->next = client->timers;
        client->timers = made;
    }
    pthread_mutex_unlock(&client->lock);
    if (result != OST_OK)
        memory_free(made);
    else
        curl_multi_wakeup(client->multi);
    return result;
}

void net_client_free(net_client *client)
{
    if (client == NULL)
        return;
    pthread_mutex_lock(&client->lock);
    client->stopping = true;
    pthread_mutex_unlock(&client->lock);
    curl_multi_wakeup(client->multi);
    pthread_join(client->thread, NULL);
    curl_multi_cleanup(client->multi);
    pthread_mutex_destroy(&client->lock);
    memory_free(client);
}
