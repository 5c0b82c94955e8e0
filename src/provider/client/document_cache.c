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
#include "provider/client/document_table.h"

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
    const document_kind *kind;
    document_table table;
    fetch *fetches;
    document_budget budget;
    uint64_t fetch_count, failure_count;
    bool stopping;
};

ost_result document_cache_new(const document_kind *kind, const char *ca_file,
                              document_cache **ret_cache)
{
    document_cache *c = memory_alloc(sizeof *c);
    if (c == NULL)
        return OST_E_MEMORY;
    if (ca_file != NULL && (c->ca_file = memory_copy(text_of(ca_file))) == NULL) {
        memory_free(c);
        return OST_E_MEMORY;
    }
    c->kind = kind;
    c->table.kind = kind;
    c->budget.burst = kind->burst;
    c->budget.refill_ms = kind->refill_ms;
    pthread_mutex_init(&c->lock, NULL);
    *ret_cache = c;
    return OST_OK;
}

ost_result document_cache_get(document_cache *c, ost_text realm, ost_text url, int64_t now,
                              ost_arena *arena, ost_text *ret_body)
{
    ost_result result = OST_E_NOT_FOUND;
    pthread_mutex_lock(&c->lock);
    document *d = *document_table_find(&c->table, realm, url);
    if (d != NULL) {
        char *copy = ost_arena_copy(arena, (ost_text){d->body, d->len});
        result = copy == NULL ? OST_E_MEMORY : now < d->fresh_until ? OST_OK : OST_E_EXPIRED;
        d->used = now;
        if (copy != NULL)
            *ret_body = (ost_text){copy, d->len};
    }
    pthread_mutex_unlock(&c->lock);
    return result;
}

ost_result document_cache_value(document_cache *c, ost_text realm, ost_text url, int64_t now,
                                void **ret_value, int64_t *ret_asked)
{
    ost_result result = OST_E_NOT_FOUND;
    pthread_mutex_lock(&c->lock);
    document *d = *document_table_find(&c->table, realm, url);
    if (d != NULL) {
        d->used = now;
        *ret_value = c->kind->hold(d->value);
        *ret_asked = d->asked;
        result = now < d->fresh_until ? OST_OK : OST_E_EXPIRED;
    }
    pthread_mutex_unlock(&c->lock);
    return result;
}

void document_cache_drop(document_cache *c, ost_text realm, ost_text url)
{
    pthread_mutex_lock(&c->lock);
    document **at = document_table_find(&c->table, realm, url);
    if (*at != NULL)
        document_table_remove(&c->table, at);
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

static ost_result judge(const document_kind *kind, const net_response *r, char detail[200])
{
    if (r->result != OST_OK)
        snprintf(detail, 200, "%.190s", r->detail);
    else if (r->status != 200)
        snprintf(detail, 200, "the server answered %ld", r->status);
    else if (!kind->any_type && !is_json(r->content_type))
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

/* Takes the value over, which stands for the text where there is one. */
static void keep(document_cache *c, fetch *f, document **at, const net_response *r, void *value)
{
    char *body = value == NULL ? memory_copy(r->body) : NULL;
    document *d = *at;
    if (d == NULL && (body != NULL || value != NULL) &&
        (d = document_table_add(&c->table, f->key)) != NULL)
        f->key = NULL;
    if (d == NULL || (body == NULL && value == NULL)) {
        memory_free(body);
        if (value != NULL)
            c->kind->give(value);
        return;
    }
    document_take_body(&c->table, d, body, r->body.len, value);
    d->used = d->asked = ost_now(NULL);
    d->fresh_until = d->asked + (c->kind->fleeting ? 0 : age_of(r));
    d->stale_until = d->fresh_until + (c->kind->fleeting ? 0 : DOCUMENT_STALE_MAX);
}

static ost_result settle(document_cache *c, fetch *f, const net_response *r, ost_result result,
                         void *value)
{
    size_t realm = strcspn(f->key, "\n");
    ost_text whole = text_of(f->key);
    document **at = document_table_find(&c->table, text_slice(whole, 0, realm),
                                        text_slice(whole, realm + 1, whole.len));
    int64_t now = ost_now(NULL);
    c->fetch_count++;
    if (result == OST_OK) {
        keep(c, f, at, r, value);
        return OST_OK;
    }
    c->failure_count++;
    if (*at == NULL)
        return result;
    (*at)->asked = now;
    if (may_pass(r) && now < (*at)->stale_until) {
        (*at)->fresh_until = now + DOCUMENT_AGE_MIN;
        return OST_OK;
    }
    document_table_remove(&c->table, at);
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
    void *value = NULL;
    ost_result result = judge(c->kind, response, detail);
    if (result == OST_OK && c->kind->read != NULL &&
        (result = c->kind->read(response->body, &value)) != OST_OK)
        snprintf(detail, sizeof detail, "%s", c->kind->unread);
    pthread_mutex_lock(&c->lock);
    unlink_fetch(c, f);
    result = settle(c, f, response, result, value);
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
    bool plain = text_starts(text_of(strchr(f->key, '\n') + 1), "http://");
    return address_of_socket(address, &a) && address_is_allowed(&a, text_of(f->blocks)) &&
           (!plain || !address_is_public(&a));
}

static ost_text host_of(ost_text url)
{
    size_t slashes = text_find(url, '/', 0) + 2;
    size_t document_begin = slashes < url.len ? slashes : url.len, end = document_begin;
    while (end < url.len && strchr("/?#:", url.data[end]) == NULL)
        end++;
    return text_slice(url, document_begin, end - document_begin);
}

static fetch *find_fetch(document_cache *c, ost_text realm, ost_text url)
{
    fetch *f = c->fetches;
    while (f != NULL && !document_is_key(f->key, realm, url))
        f = f->next;
    return f;
}

/* With the lock held. */
static ost_result document_begin(document_cache *c, ost_text realm, ost_text url, ost_text blocks,
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
    f->key = document_make_key(realm, url);
    f->blocks = memory_copy(blocks);
    if (f->key == NULL || f->blocks == NULL) {
        fetch_free(f);
        return OST_E_MEMORY;
    }
    const char *const headers[] = {c->kind->accept, NULL};
    const net_request request = {.url = f->key + realm.len + 1,
                                 .headers = headers,
                                 .ca_file = c->ca_file,
                                 .timeout_ms = DOCUMENT_TIMEOUT,
                                 .max_body = c->kind->bytes_max,
                                 .insecure_http = c->kind->private_http,
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
        result = document_begin(c, realm, url, blocks, waiter);
    }
    pthread_mutex_unlock(&c->lock);
    if (result != OST_OK)
        tell(waiter, result,
             result == OST_E_BUSY ? "its host has been asked too often"
                                  : ost_result_sentence(result));
}

void document_cache_stop(document_cache *c)
{
    if (c == NULL)
        return;
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
    document_table_clear(&c->table);
    memory_free(c->ca_file);
    pthread_mutex_destroy(&c->lock);
    memory_free(c);
}
