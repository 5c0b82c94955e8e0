/* SPDX-License-Identifier: Apache-2.0 */
/* The cache and its fetches; see document_cache.h. */
#include "provider/client/document_cache.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "http/message/address_scope.h"
#include "net/net.h"
#include "provider/client/document_budget.h"

typedef struct entry {
    struct entry *next;
    char *key;
    char *body;
    size_t len;
    int64_t fresh_until, stale_until, used;
} entry;

/* One fetch, and all who wait for it. */
typedef struct fetch {
    struct fetch *next;
    document_cache *cache;
    char *key, *blocks;
    document_waiter *waiters;
} fetch;

struct document_cache {
    pthread_mutex_t lock; /* for everything below but `net`, which is made once */
    net_client *net;      /* NULL until something is fetched */
    char *ca_file;
    entry *entries;
    size_t entry_count;
    fetch *fetches;
    document_budget budget;
    uint64_t fetch_count, failure_count;
    bool stopping;
};

ost_result document_cache_new(const char *ca_file, document_cache **ret_cache)
{
    document_cache *c = memory_alloc(sizeof *c);
    if (c == NULL)
        return OST_E_MEMORY;
    if (ca_file != NULL && (c->ca_file = memory_copy(text_of(ca_file))) == NULL) {
        memory_free(c);
        return OST_E_MEMORY;
    }
    pthread_mutex_init(&c->lock, NULL);
    *ret_cache = c;
    return OST_OK;
}

/* What one realm has allowed is nothing for another. */
static char *make_key(ost_text realm, ost_text url)
{
    char *key = memory_alloc(realm.len + url.len + 2);
    if (key != NULL) {
        memcpy(key, realm.data, realm.len);
        key[realm.len] = '\n';
        memcpy(key + realm.len + 1, url.data, url.len);
    }
    return key;
}

static bool is_key(const char *key, ost_text realm, ost_text url)
{
    size_t len = strlen(key);
    return len == realm.len + url.len + 1 && memcmp(key, realm.data, realm.len) == 0 &&
           key[realm.len] == '\n' && memcmp(key + realm.len + 1, url.data, url.len) == 0;
}

/* ---- entries ---- */

static entry **find_entry(document_cache *c, ost_text realm, ost_text url)
{
    entry **at = &c->entries;
    while (*at != NULL && !is_key((*at)->key, realm, url))
        at = &(*at)->next;
    return at;
}

static void remove_entry(document_cache *c, entry **at)
{
    entry *e = *at;
    *at = e->next;
    c->entry_count--;
    memory_free(e->key);
    memory_free(e->body);
    memory_free(e);
}

static void make_room(document_cache *c)
{
    entry **oldest = &c->entries;
    if (c->entry_count < DOCUMENTS_MAX)
        return;
    for (entry **at = &c->entries; *at != NULL; at = &(*at)->next) {
        if ((*at)->used < (*oldest)->used)
            oldest = at;
    }
    remove_entry(c, oldest);
}

ost_result document_cache_get(document_cache *c, ost_text realm, ost_text url, int64_t now,
                              ost_arena *arena, ost_text *ret_body)
{
    ost_result result = OST_E_NOT_FOUND;
    pthread_mutex_lock(&c->lock);
    entry *e = *find_entry(c, realm, url);
    if (e != NULL) {
        char *copy = ost_arena_copy(arena, (ost_text){e->body, e->len});
        result = copy == NULL ? OST_E_MEMORY : now < e->fresh_until ? OST_OK : OST_E_EXPIRED;
        e->used = now;
        if (copy != NULL)
            *ret_body = (ost_text){copy, e->len};
    }
    pthread_mutex_unlock(&c->lock);
    return result;
}

void document_cache_drop(document_cache *c, ost_text realm, ost_text url)
{
    pthread_mutex_lock(&c->lock);
    entry **at = find_entry(c, realm, url);
    if (*at != NULL)
        remove_entry(c, at);
    pthread_mutex_unlock(&c->lock);
}

void document_cache_count(document_cache *c, uint64_t *ret_fetches, uint64_t *ret_failures)
{
    pthread_mutex_lock(&c->lock);
    *ret_fetches = c->fetch_count;
    *ret_failures = c->failure_count;
    pthread_mutex_unlock(&c->lock);
}

/* ---- what comes back ---- */

static bool is_json(ost_text type)
{
    ost_text kind = text_trim(text_slice(type, 0, text_find(type, ';', 0)));
    return text_equal_ignoring_case(kind, OST_TEXT("application/json")) ||
           (kind.len > 17 &&
            text_equal_ignoring_case(text_slice(kind, 0, 12), OST_TEXT("application/")) &&
            text_equal_ignoring_case(text_slice(kind, kind.len - 5, 5), OST_TEXT("+json")));
}

/* A server that fails says nothing about the document. */
static bool may_pass(const net_response *r)
{
    return (r->result != OST_OK && r->result != OST_E_REDIRECT && r->result != OST_E_CEILING) ||
           (r->result == OST_OK && (r->status >= 500 || r->status == 429));
}

static ost_result judge(const net_response *r, char detail[200])
{
    if (r->result != OST_OK)
        snprintf(detail, 200, "%.190s", r->detail);
    else if (r->status != 200)
        snprintf(detail, 200, "the server answered %ld", r->status);
    else if (!is_json(r->content_type))
        snprintf(detail, 200, "the content type is not application/json: %.*s",
                 r->content_type.len < 80 ? (int)r->content_type.len : 80, r->content_type.data);
    else
        return OST_OK;
    return r->result != OST_OK ? r->result : OST_E_REMOTE;
}

static int64_t age_of(const net_response *r)
{
    if (r->max_age < 0)
        return DOCUMENT_AGE_DEFAULT;
    return r->max_age < DOCUMENT_AGE_MIN   ? DOCUMENT_AGE_MIN
           : r->max_age > DOCUMENT_AGE_MAX ? DOCUMENT_AGE_MAX
                                           : r->max_age;
}

static void keep(document_cache *c, fetch *f, entry **at, const net_response *r, int64_t now)
{
    char *body = memory_copy(r->body);
    entry *e = *at != NULL ? *at : body != NULL ? memory_alloc(sizeof *e) : NULL;
    if (body == NULL || e == NULL) {
        memory_free(body);
        return;
    }
    if (*at == NULL) {
        make_room(c);
        e->key = f->key;
        f->key = NULL;
        e->next = c->entries;
        c->entries = e;
        c->entry_count++;
    }
    memory_free(e->body);
    e->body = body;
    e->len = r->body.len;
    e->used = now;
    e->fresh_until = now + age_of(r);
    e->stale_until = e->fresh_until + DOCUMENT_STALE_MAX;
}

static ost_result settle(document_cache *c, fetch *f, const net_response *r, char detail[200])
{
    size_t realm = strcspn(f->key, "\n");
    ost_text whole = text_of(f->key);
    entry **at =
        find_entry(c, text_slice(whole, 0, realm), text_slice(whole, realm + 1, whole.len));
    int64_t now = ost_now(NULL);
    ost_result result = judge(r, detail);
    if (result == OST_OK) {
        keep(c, f, at, r, now);
        return OST_OK;
    }
    c->failure_count++;
    if (*at == NULL)
        return result;
    if (may_pass(r) && now < (*at)->stale_until) {
        (*at)->fresh_until = now + DOCUMENT_AGE_MIN;
        return OST_OK;
    }
    remove_entry(c, at);
    return result;
}

static void fetch_free(fetch *f)
{
    memory_free(f->key);
    memory_free(f->blocks);
    memory_free(f);
}

static void tell(document_waiter *list, ost_result result, const char *detail)
{
    for (document_waiter *w = list, *next; w != NULL; w = next) {
        next = w->next;
        w->result = result;
        snprintf(w->detail, sizeof w->detail, "%s", detail);
        w->told(w);
    }
}

static void unlink_fetch(document_cache *c, const fetch *f)
{
    fetch **at = &c->fetches;
    while (*at != NULL && *at != f)
        at = &(*at)->next;
    if (*at != NULL)
        *at = f->next;
}

static void fetched(const net_response *response, void *user)
{
    fetch *f = user;
    document_cache *c = f->cache;
    char detail[200] = "";
    pthread_mutex_lock(&c->lock);
    unlink_fetch(c, f);
    c->fetch_count++;
    ost_result result = settle(c, f, response, detail);
    document_waiter *waiters = f->waiters;
    pthread_mutex_unlock(&c->lock);
    fetch_free(f);
    tell(waiters, result, detail);
}

/* ---- asking ---- */

static bool allows(const struct sockaddr *address, void *user)
{
    const fetch *f = user;
    ip_address a;
    return address_of_socket(address, &a) && address_is_allowed(&a, text_of(f->blocks));
}

static ost_text host_of(ost_text url)
{
    size_t begin = strlen("https://"), end = begin;
    while (end < url.len && strchr("/?#:", url.data[end]) == NULL)
        end++;
    return text_slice(url, begin, end - begin);
}

static fetch *find_fetch(document_cache *c, ost_text realm, ost_text url)
{
    fetch *f = c->fetches;
    while (f != NULL && !is_key(f->key, realm, url))
        f = f->next;
    return f;
}

/* With the lock held. */
static ost_result begin(document_cache *c, ost_text realm, ost_text url, ost_text blocks,
                        document_waiter *waiter)
{
    if (c->stopping)
        return OST_E_STATE;
    if (!document_budget_take(&c->budget, host_of(url), monotonic_ms()))
        return OST_E_BUSY;
    if (c->net == NULL && net_client_new(DOCUMENT_FETCHES_MAX, &c->net) != OST_OK)
        return OST_E_MEMORY;
    fetch *f = memory_alloc(sizeof *f);
    if (f == NULL)
        return OST_E_MEMORY;
    f->cache = c;
    f->key = make_key(realm, url);
    f->blocks = memory_copy(blocks);
    if (f->key == NULL || f->blocks == NULL) {
        fetch_free(f);
        return OST_E_MEMORY;
    }
    static const char *const headers[] = {"Accept: application/json", NULL};
    const net_request request = {.url = f->key + realm.len + 1,
                                 .headers = headers,
                                 .ca_file = c->ca_file,
                                 .timeout_ms = DOCUMENT_TIMEOUT,
                                 .max_body = DOCUMENT_BYTES_MAX,
                                 .allows = allows};
    ost_result result = net_fetch(c->net, &request, fetched, f, NULL);
    if (result != OST_OK) {
        fetch_free(f);
        return result;
    }
    f->waiters = waiter;
    f->next = c->fetches;
    c->fetches = f;
    return OST_OK;
}

void document_cache_fetch(document_cache *c, ost_text realm, ost_text url, ost_text blocks,
                          document_waiter *waiter)
{
    ost_result result = OST_OK;
    waiter->next = NULL;
    pthread_mutex_lock(&c->lock);
    fetch *f = find_fetch(c, realm, url);
    if (f != NULL) {
        waiter->next = f->waiters;
        f->waiters = waiter;
    } else {
        result = begin(c, realm, url, blocks, waiter);
    }
    pthread_mutex_unlock(&c->lock);
    if (result != OST_OK)
        tell(waiter, result,
             result == OST_E_BUSY ? "its host has been asked too often"
                                  : ost_result_sentence(result));
}

void document_cache_stop(document_cache *c)
{
    pthread_mutex_lock(&c->lock);
    bool first = !c->stopping;
    c->stopping = true;
    net_client *net = c->net;
    pthread_mutex_unlock(&c->lock);
    if (net != NULL && first)
        net_client_stop(net);
}

void document_cache_free(document_cache *c)
{
    if (c == NULL)
        return;
    document_cache_stop(c);
    net_client_free(c->net);
    while (c->entries != NULL)
        remove_entry(c, &c->entries);
    memory_free(c->ca_file);
    pthread_mutex_destroy(&c->lock);
    memory_free(c);
}
