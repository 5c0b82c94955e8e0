/* SPDX-License-Identifier: Apache-2.0 */
/* Keeping an issuer's keys fresh: in the background at 80 % of their lifetime, at once for an
 * unknown kid but within a budget, one fetch at a time, and never losing keys that work. */
#include <stdio.h>

#include "base/context.h"
#include "guard/keys/issuer_document.h"
#include "guard/keys/key_source.h"

#define MIN_LIFETIME 60            /* seconds; an issuer's max-age counts from here on */
#define MAX_BACKOFF 60000          /* milliseconds */
#define DISCOVERY_LIFETIME 3600000 /* milliseconds */

/* ---- the end of a fetch ---- */

unsigned key_fetch_lifetime(const key_source *s, long max_age)
{
    if (max_age < 0)
        return s->lifetime;
    if (max_age < MIN_LIFETIME)
        return MIN_LIFETIME;
    return max_age > s->stale_limit ? s->stale_limit : (unsigned)max_age;
}

unsigned key_fetch_delay(unsigned lifetime, unsigned failures, unsigned char random)
{
    int64_t delay = (int64_t)lifetime * 800; /* 80 %, in milliseconds */
    if (failures > 0)
        delay = failures <= 6 ? 1000LL << (failures - 1) : MAX_BACKOFF;
    /* A tenth either way, so that many nodes do not ask at once. */
    return (unsigned)(delay + delay * (random - 128) / 1280);
}

static void tell_waiters(key_source *s)
{
    pthread_mutex_lock(&s->lock);
    key_waiter *waiters = s->waiters;
    s->waiters = NULL;
    s->waiter_count = 0;
    pthread_mutex_unlock(&s->lock);
    for (key_waiter *next; waiters != NULL; waiters = next) {
        next = waiters->next;
        waiters->ready(waiters->user);
        memory_free(waiters);
    }
}

/* Strikes off the kids that have come by now. On the client's thread, which alone publishes. */
static void strike_found(key_source *s, kid_list *kids)
{
    published_place place;
    const key_snapshot *snapshot = published_enter(&s->keys, &place);
    size_t count = snapshot != NULL ? ost_keyset_count(snapshot->keys) : 0;
    for (size_t k = 0; k < count; k++) {
        ost_text kid = ost_key_kid(ost_keyset_at(snapshot->keys, k));
        kid_list_remove(kids, fetch_budget_hash(&s->budget, kid));
    }
    published_leave(&s->keys, place);
}

/* Is another fetch due, for kids that this one cannot have known of? Under the lock. */
static bool begin_for_late_kids(key_source *s, bool good)
{
    strike_found(s, &s->late);
    s->asked = s->late;
    s->late.count = 0;
    return good && !s->ended && s->asked.count > 0 &&
           fetch_budget_spend(&s->budget, monotonic_ms());
}

unsigned key_fetch_due(const key_source *s, unsigned failures, const net_response *response,
                       unsigned char random)
{
    long max_age = response != NULL ? response->max_age : -1;
    unsigned delay = key_fetch_delay(key_fetch_lifetime(s, max_age), failures, random);
    unsigned asked =
        response != NULL && failures > 0 ? net_retry_after(response, MAX_BACKOFF / 1000) * 1000 : 0;
    return delay > asked ? delay : asked;
}

/* `response` is NULL when nothing was answered. */
static void fetch_ended(key_source *s, bool good, const net_response *response,
                        const ost_error *error)
{
    unsigned char random = 128;
    (void)!context_random(s->context, &random, 1);
    atomic_fetch_add(good ? &s->fetches_good : &s->fetches_bad, 1);
    pthread_mutex_lock(&s->lock);
    s->running = false;
    if (s->failures == 0)
        s->failing = monotonic_ms();
    s->failures = good ? 0 : s->failures + 1;
    snprintf(s->last_error, sizeof s->last_error, "%s", error->detail);
    strike_found(s, &s->asked);
    for (size_t k = 0; good && k < s->asked.count; k++)
        fetch_budget_remember(&s->budget, s->asked.hashes[k], monotonic_ms());
    bool again = begin_for_late_kids(s, good);
    s->wanted = again;
    net_timer_set(s->timer, again ? 0 : key_fetch_due(s, s->failures, response, random));
    pthread_mutex_unlock(&s->lock);
    if (!good)
        s->discovered = 0; /* where the keys are may have changed */
    if (!again)
        tell_waiters(s);
    if (s->listener.ended != NULL)
        s->listener.ended(s->listener.user);
}

static void tell_discovered(const key_source *s, char *introspection_url)
{
    if (s->listener.discovered != NULL)
        s->listener.discovered(s->listener.user, introspection_url);
    else
        memory_free(introspection_url);
}

static void on_keys(const net_response *response, void *user)
{
    key_source *s = user;
    ost_error why = {0}, error = {0};
    bool changed = false;
    const char *url = s->fixed_jwks_url != NULL ? s->fixed_jwks_url : s->jwks_url;
    ost_result result = issuer_document_check(ISSUER_KEYS, url, response, &why);
    if (result == OST_OK)
        result = key_document_publish(s, response->body, &changed, &why);
    if (changed && s->seed_file != NULL)
        (void)!key_seed_store(s, response->body, &error); /* keys are good; the error is shown */
    if (result != OST_OK)
        issuer_document_fail(ISSUER_KEYS, url, result, &why, &error);
    fetch_ended(s, result == OST_OK, response, &error);
}

/* ---- the beginning ---- */

static void fetch(key_source *s, const char *url,
                  void (*done)(const net_response *response, void *user))
{
    ost_error error = {0};
    const net_request request = {
        .url = url,
        .ca_file = s->ca_file,
        .proxy = s->proxy,
        .no_proxy = s->no_proxy,
        .timeout_ms = s->fetch_timeout * 1000,
        .insecure_http = s->insecure_http,
    };
    if (net_fetch(s->net, &request, done, s, &error) != OST_OK)
        fetch_ended(s, false, NULL, &error);
}

static void on_discovery(const net_response *response, void *user)
{
    key_source *s = user;
    ost_error why = {0}, error = {0};
    discovery found = {0};
    ost_result result = issuer_document_check(ISSUER_DISCOVERY, s->discovery_url, response, &why);
    if (result == OST_OK)
        result = discovery_read(s, response->body, &found, &why);
    if (result != OST_OK) {
        issuer_document_fail(ISSUER_DISCOVERY, s->discovery_url, result, &why, &error);
        tell_discovered(s, NULL);
        fetch_ended(s, false, response, &error);
        return;
    }
    memory_free(s->jwks_url);
    s->jwks_url = found.jwks_url;
    tell_discovered(s, found.introspection_url);
    s->discovered = monotonic_ms();
    fetch(s, s->jwks_url, on_keys);
}

/* The one way in, always on the client's thread. It is called for a refresh that is due, or because
 * somebody wants a fetch; both may have come together. */
static void on_time(void *user)
{
    key_source *s = user;
    pthread_mutex_lock(&s->lock);
    bool begin = !s->running && !s->ended;
    s->wanted |= begin;
    s->running |= begin;
    pthread_mutex_unlock(&s->lock);
    if (!begin)
        return;
    if (s->fixed_jwks_url != NULL)
        fetch(s, s->fixed_jwks_url, on_keys);
    else if (s->discovered > 0 && monotonic_ms() - s->discovered < DISCOVERY_LIFETIME)
        fetch(s, s->jwks_url, on_keys);
    else
        fetch(s, s->discovery_url, on_discovery);
}

/* Under the lock. */
static void want_fetch(key_source *s)
{
    s->wanted = true;
    net_timer_set(s->timer, 0);
}

ost_result key_fetch_start(key_source *s)
{
    if (s->symmetric || s->no_keys)
        return OST_OK;
    ost_result result = net_timer_new(s->net, on_time, s, &s->timer);
    if (result != OST_OK)
        return result;
    pthread_mutex_lock(&s->lock);
    want_fetch(s);
    pthread_mutex_unlock(&s->lock);
    return OST_OK;
}

/* ---- for those who meet an unknown kid ---- */

/* Under the lock. *ret_wait: milliseconds until one may, 0: nobody knows. */
static bool may_spend(key_source *s, uint64_t hash, int64_t now, int64_t *ret_wait)
{
    int64_t wait = 0;
    if (fetch_budget_spend(&s->budget, now))
        return true;
    bool returns = fetch_budget_reserve(&s->budget, hash, now, &wait);
    if (returns && wait == 0)
        return true;
    atomic_fetch_add_explicit(&s->held_back, 1, memory_order_relaxed);
    *ret_wait = wait;
    return false;
}

bool key_fetch_may_help(key_source *s, ost_text kid, bool have_keys, unsigned *ret_retry_after)
{
    int64_t now = monotonic_ms(), wait = 0;
    if (ret_retry_after != NULL)
        *ret_retry_after = 0;
    if (s->symmetric || s->no_keys)
        return false;
    pthread_mutex_lock(&s->lock);
    uint64_t hash = fetch_budget_hash(&s->budget, kid);
    bool known = have_keys && fetch_budget_knows(&s->budget, hash, now);
    if (!s->wanted && !s->ended && !known && may_spend(s, hash, now, &wait)) {
        s->asked.count = 0;
        want_fetch(s);
    }
    if (s->wanted && !known)
        kid_list_add(s->running ? &s->late : &s->asked, hash);
    bool helps = s->wanted && !s->ended;
    pthread_mutex_unlock(&s->lock);
    if (ret_retry_after != NULL)
        *ret_retry_after = (unsigned)((wait + 999) / 1000);
    return helps;
}

bool key_fetch_is_under_way(key_source *s)
{
    pthread_mutex_lock(&s->lock);
    bool wanted = s->wanted && !s->ended;
    pthread_mutex_unlock(&s->lock);
    return wanted;
}

ost_result key_fetch_wait(key_source *s, void (*ready)(void *user), void *user)
{
    key_waiter *waiter = memory_alloc(sizeof *waiter);
    if (waiter == NULL)
        return OST_E_MEMORY;
    waiter->ready = ready;
    waiter->user = user;
    pthread_mutex_lock(&s->lock);
    bool room = s->waiter_count < KEY_WAITERS && s->wanted && !s->ended;
    if (room) {
        waiter->next = s->waiters;
        s->waiters = waiter;
        s->waiter_count++;
    }
    pthread_mutex_unlock(&s->lock);
    if (!room) {
        memory_free(waiter);
        return OST_E_BUSY;
    }
    return OST_OK;
}

void key_fetch_end(key_source *s)
{
    pthread_mutex_lock(&s->lock);
    s->ended = true;
    pthread_mutex_unlock(&s->lock);
    tell_waiters(s);
}
