/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the table of requests; see login_token_requests.h. */
#include "login/login_token_requests.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"

/* What is handed out is the first member. */
typedef struct entry {
    login_token_request public;
    atomic_size_t references; /* one of the table's while it is in there, one of each holder */
    char *body;
    /* Under the table's lock. */
    unsigned char digest[32];
    bool listed;
    bool done;
    int64_t done_ms;
    login_waiter *waiters;
    struct entry *next;
} entry;

struct login_token_requests {
    pthread_mutex_t lock;
    entry *first; /* newest first */
    size_t count;
};

login_token_requests *login_token_requests_new(void)
{
    login_token_requests *requests = memory_alloc(sizeof *requests);
    if (requests != NULL)
        pthread_mutex_init(&requests->lock, NULL);
    return requests;
}

void login_token_request_unref(login_token_request *public)
{
    entry *leaving = (entry *)public;
    if (leaving == NULL || atomic_fetch_sub(&leaving->references, 1) > 1)
        return;
    if (leaving->body != NULL)
        wipe(leaving->body, public->body.len);
    memory_free(leaving->body);
    memory_free(leaving);
}

/* Under the lock. */
static void unlist(login_token_requests *requests, entry **link)
{
    entry *gone = *link;
    *link = gone->next;
    gone->next = NULL;
    gone->listed = false;
    requests->count--;
    login_token_request_unref(&gone->public);
}

void login_token_requests_free(login_token_requests *requests)
{
    if (requests == NULL)
        return;
    while (requests->first != NULL)
        unlist(requests, &requests->first);
    pthread_mutex_destroy(&requests->lock);
    memory_free(requests);
}

/* Under the lock: drops answers that are too old, and makes room for one more entry by dropping
 * the oldest answer. False: all of them are under way. */
static bool make_room(login_token_requests *requests)
{
    int64_t now = monotonic_ms();
    entry **oldest = NULL;
    for (entry **link = &requests->first; *link != NULL;) {
        if ((*link)->done && now - (*link)->done_ms >= LOGIN_TOKEN_REQUESTS_KEEP_MS) {
            unlist(requests, link);
            continue;
        }
        if ((*link)->done)
            oldest = link;
        link = &(*link)->next;
    }
    if (requests->count < LOGIN_TOKEN_REQUESTS_MAX)
        return true;
    if (oldest == NULL)
        return false;
    unlist(requests, oldest);
    return true;
}

static entry *find_entry(login_token_requests *requests, const unsigned char *digest)
{
    for (entry *each = requests->first; each != NULL; each = each->next) {
        if (memcmp(each->digest, digest, sizeof each->digest) == 0)
            return each;
    }
    return NULL;
}

static entry *make_entry(const unsigned char *digest, login_waiter *waiter)
{
    entry *made = memory_alloc(sizeof *made);
    if (made == NULL)
        return NULL;
    atomic_init(&made->references, 1);
    waiter->next = NULL;
    made->waiters = waiter;
    if (digest != NULL)
        memcpy(made->digest, digest, sizeof made->digest);
    return made;
}

/* Under the lock. */
static ost_result join(login_token_requests *requests, const unsigned char *digest,
                       login_waiter *waiter, login_request_place *ret_place,
                       login_token_request **ret_request)
{
    bool room = make_room(requests);
    entry *found = find_entry(requests, digest);
    if (found != NULL) {
        atomic_fetch_add(&found->references, 1);
        *ret_place = found->done ? LOGIN_REQUEST_DONE : LOGIN_REQUEST_SHARED;
        if (!found->done) {
            waiter->next = found->waiters;
            found->waiters = waiter;
        }
        *ret_request = &found->public;
        return OST_OK;
    }
    if (!room)
        return OST_E_BUSY;
    entry *made = make_entry(digest, waiter);
    if (made == NULL)
        return OST_E_MEMORY;
    atomic_fetch_add(&made->references, 1);
    made->listed = true;
    made->next = requests->first;
    requests->first = made;
    requests->count++;
    *ret_place = LOGIN_REQUEST_NEW;
    *ret_request = &made->public;
    return OST_OK;
}

ost_result login_token_requests_join(login_token_requests *requests, const unsigned char *digest,
                                     login_waiter *waiter, login_request_place *ret_place,
                                     login_token_request **ret_request)
{
    if (digest == NULL) {
        entry *alone = make_entry(NULL, waiter);
        if (alone == NULL)
            return OST_E_MEMORY;
        *ret_place = LOGIN_REQUEST_NEW;
        *ret_request = &alone->public;
        return OST_OK;
    }
    pthread_mutex_lock(&requests->lock);
    ost_result result = join(requests, digest, waiter, ret_place, ret_request);
    pthread_mutex_unlock(&requests->lock);
    return result;
}

static void record(entry *over, const net_response *response)
{
    login_token_request *public = &over->public;
    public->result = response->result;
    public->status = response->status;
    if (response->result == OST_OK) {
        over->body = memory_copy(response->body);
        public->body = (ost_text){over->body, response->body.len};
        if (over->body == NULL) {
            public->body.len = 0;
            public->result = OST_E_MEMORY;
        }
    }
    if (public->result != OST_OK)
        (void)text_to_string(text_of(response->detail), public->detail, sizeof public->detail);
}

void login_token_request_finish(login_token_requests *requests, login_token_request *public,
                                const net_response *response)
{
    entry *over = (entry *)public;
    record(over, response);
    bool final = public->result == OST_OK && public->status < 500 && public->status != 429 &&
                 public->status != 304;

    pthread_mutex_lock(&requests->lock);
    over->done = true;
    over->done_ms = monotonic_ms();
    login_waiter *waiters = over->waiters;
    over->waiters = NULL;
    for (entry **link = &requests->first; !final && over->listed; link = &(*link)->next) {
        if (*link == over) {
            unlist(requests, link);
            break;
        }
    }
    pthread_mutex_unlock(&requests->lock);

    while (waiters != NULL) {
        login_waiter *waiter = waiters;
        waiters = waiter->next; /* the waiter may be gone when its call returns */
        waiter->done(waiter);
    }
}
