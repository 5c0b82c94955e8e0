/* SPDX-License-Identifier: Apache-2.0 */
/* The client's thread: takes transfers from a list, drives them and the timers, calls back. */
#include "net/net.h"

#include "base/context.h"
#include "base/error_sentence.h"
#include "base/or_default.h"
#include "base/thread.h"
#include "net/net_timers.h"
#include "net/transfer.h"

#define DEFAULT_TRANSFERS 256
#define MAX_SLEEP 60000 /* milliseconds; a caller with something new wakes the thread */

struct net_client {
    pthread_t thread;
    CURLM *multi;
    net_timers timers;
    pthread_mutex_t lock; /* for what follows */
    transfer *waiting;    /* not yet with curl */
    size_t transfers, max_transfers;
    bool stopping;
    transfer *running; /* the thread's own */
    bool stopped;      /* its owner's: the thread has been joined */
};

static void wake(void *client)
{
    curl_multi_wakeup(((net_client *)client)->multi);
}

/* ---- on the client's thread ---- */

static void transfer_finish(net_client *client, transfer *done, ost_result result)
{
    for (transfer **at = &client->running; *at != NULL; at = &(*at)->next) {
        if (*at == done) {
            *at = done->next;
            break;
        }
    }
    curl_multi_remove_handle(client->multi, done->easy);
    pthread_mutex_lock(&client->lock);
    client->transfers--;
    pthread_mutex_unlock(&client->lock);
    transfer_report(done, result);
    transfer_free(done);
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
            transfer_finish(client, list, OST_E_MEMORY);
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
        transfer_finish(client, done, transfer_result(done, code));
    }
}

static bool is_stopping(net_client *client)
{
    pthread_mutex_lock(&client->lock);
    bool stopping = client->stopping;
    pthread_mutex_unlock(&client->lock);
    return stopping;
}

static void *run_loop(void *argument)
{
    net_client *client = argument;
    while (!is_stopping(client)) {
        int running;
        start_waiting(client);
        curl_multi_perform(client->multi, &running);
        finish_ended(client);
        int64_t sleep = timers_run(&client->timers, monotonic_ms(), MAX_SLEEP);
        curl_multi_poll(client->multi, NULL, 0, (int)sleep, NULL);
    }
    /* A callback may ask for more; net_fetch and the timers refuse by now. */
    start_waiting(client);
    while (client->running != NULL)
        transfer_finish(client, client->running, OST_E_STATE);
    return NULL;
}

/* ---- on any thread ---- */

unsigned net_retry_after(const net_response *response, unsigned longest)
{
    bool asks = response->result == OST_OK && (response->status == 429 || response->status == 503);
    if (!asks || response->retry_after <= 0)
        return 0;
    return response->retry_after < (long)longest ? (unsigned)response->retry_after : longest;
}

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void init_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

ost_result net_client_new(size_t transfers, net_client **ret_client)
{
    pthread_once(&curl_once, init_curl);
    net_client *client = memory_alloc(sizeof *client);
    if (client == NULL)
        return OST_E_MEMORY;
    client->max_transfers = OR_DEFAULT(transfers, DEFAULT_TRANSFERS);
    client->multi = curl_multi_init();
    if (client->multi == NULL) {
        memory_free(client);
        return OST_E_MEMORY;
    }
    pthread_mutex_init(&client->lock, NULL);
    timers_init(&client->timers, wake, client);
    if (!thread_start(&client->thread, "ostiary-net", run_loop, client)) {
        curl_multi_cleanup(client->multi);
        timers_free(&client->timers);
        pthread_mutex_destroy(&client->lock);
        memory_free(client);
        return OST_E_SYSTEM;
    }
    *ret_client = client;
    return OST_OK;
}

/* Frees it when it cannot begin. */
static ost_result transfer_begin(net_client *client, transfer *made, ost_error *error)
{
    ost_result result = OST_OK;
    pthread_mutex_lock(&client->lock);
    if (client->stopping)
        result = OST_E_STATE;
    else if (client->transfers >= client->max_transfers)
        result = OST_E_BUSY;
    if (result == OST_OK) {
        client->transfers++;
        made->next = client->waiting;
        client->waiting = made;
    }
    pthread_mutex_unlock(&client->lock);
    if (result != OST_OK) {
        transfer_free(made);
        return error_set_sentence(error, result);
    }
    wake(client);
    return OST_OK;
}

ost_result net_fetch(net_client *client, const net_request *request,
                     void (*done)(const net_response *response, void *user), void *user,
                     ost_error *error)
{
    transfer *made = NULL;
    ost_result result = transfer_new(request, done, user, &made, error);
    return result == OST_OK ? transfer_begin(client, made, error) : result;
}

ost_result net_send_mail(net_client *client, const net_mail *mail,
                         void (*done)(const net_response *response, void *user), void *user,
                         ost_error *error)
{
    transfer *made = NULL;
    ost_result result = transfer_new_mail(mail, done, user, &made, error);
    return result == OST_OK ? transfer_begin(client, made, error) : result;
}

void net_timer_set(net_timer *timer, unsigned delay_ms)
{
    timers_set(timer, delay_ms);
}

ost_result net_timer_new(net_client *client, void (*call)(void *user), void *user,
                         net_timer **ret_timer)
{
    return timers_add(&client->timers, call, user, ret_timer);
}

void net_client_stop(net_client *client)
{
    timers_close(&client->timers);
    pthread_mutex_lock(&client->lock);
    client->stopping = true;
    pthread_mutex_unlock(&client->lock);
    wake(client);
    pthread_join(client->thread, NULL);
    client->stopped = true;
}

void net_client_free(net_client *client)
{
    if (client == NULL)
        return;
    if (!client->stopped)
        net_client_stop(client);
    curl_multi_cleanup(client->multi);
    timers_free(&client->timers);
    pthread_mutex_destroy(&client->lock);
    memory_free(client);
}
