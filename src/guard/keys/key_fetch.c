/* Keeping an issuer's keys fresh: in the background at 80 % of their lifetime, at once for an
 * unknown kid but within a budget, one fetch at a time, and never losing keys that work. */
#include <stdio.h>

#include "base/context.h"
#include "guard/keys/issuer.h"

#define MIN_LIFETIME 60            /* seconds; an issuer's max-age counts from here on */
#define MAX_BACKOFF 60000          /* milliseconds */
#define DISCOVERY_LIFETIME 3600000 /* milliseconds */

/* ---- the end of a fetch ---- */

unsigned key_fetch_lifetime(const issuer *i, long max_age)
{
    if (max_age < 0)
        return i->lifetime;
    if (max_age < MIN_LIFETIME)
        return MIN_LIFETIME;
    return max_age > i->stale_limit ? i->stale_limit : (unsigned)max_age;
}

unsigned key_fetch_delay(unsigned lifetime, unsigned failures, unsigned char random)
{
    int64_t delay = (int64_t)lifetime * 800; /* 80 %, in milliseconds */
    if (failures > 0)
        delay = failures <= 6 ? 1000LL << (failures - 1) : MAX_BACKOFF;
    /* A tenth either way, so that many nodes do not ask at once. */
    return (unsigned)(delay + delay * (random - 128) / 1280);
}

static void tell_waiters(issuer *i)
{
    pthread_mutex_lock(&i->lock);
    issuer_waiter *waiters = i->waiters;
    i->waiters = NULL;
    i->waiter_count = 0;
    pthread_mutex_unlock(&i->lock);
    for (issuer_waiter *next; waiters != NULL; waiters = next) {
        next = waiters->next;
        waiters->ready(waiters->user);
        memory_free(waiters);
    }
}

/* Strikes off the kids that have come by now. On the client's thread, which alone publishes. */
static void strike_found(issuer *i, kid_list *kids)
{
    published_place place;
    const key_snapshot *snapshot = published_enter(&i->keys, &place);
    size_t count = snapshot != NULL ? ost_keyset_count(snapshot->keys) : 0;
    for (size_t k = 0; k < count; k++) {
        ost_text kid = ost_key_kid(ost_keyset_at(snapshot->keys, k));
        kid_list_remove(kids, fetch_budget_hash(&i->budget, kid));
    }
    published_leave(&i->keys, place);
}

/* Is another fetch due, for kids that this one cannot have known of? Under the lock. */
static bool begin_for_late_kids(issuer *i, bool good)
{
    strike_found(i, &i->late);
    i->asked = i->late;
    i->late.count = 0;
    return good && !i->ended && i->asked.count > 0 &&
           fetch_budget_spend(&i->budget, monotonic_ms());
}

static void fetch_ended(issuer *i, bool good, long max_age, const ost_error *error)
{
    unsigned char random = 128;
    (void)!context_random(i->context, &random, 1);
    atomic_fetch_add(good ? &i->fetches_good : &i->fetches_bad, 1);
    pthread_mutex_lock(&i->lock);
    i->running = false;
    if (i->failures == 0)
        i->failing = monotonic_ms();
    i->failures = good ? 0 : i->failures + 1;
    snprintf(i->last_error, sizeof i->last_error, "%s", error->detail);
    strike_found(i, &i->asked);
    for (size_t k = 0; good && k < i->asked.count; k++)
        fetch_budget_remember(&i->budget, i->asked.hashes[k], monotonic_ms());
    bool again = begin_for_late_kids(i, good);
    i->wanted = again;
    net_timer_set(i->timer,
                  again ? 0 : key_fetch_delay(key_fetch_lifetime(i, max_age), i->failures, random));
    pthread_mutex_unlock(&i->lock);
    if (!good)
        i->discovered = 0; /* where the keys are may have changed */
    if (!again)
        tell_waiters(i);
    introspector_fetch_ended(i->introspector);
}

/* An answer that may be read at all. */
static ost_result check_response(const net_response *response, ost_error *ret_error)
{
    if (response->result != OST_OK)
        return ost_error_set(ret_error, response->result, "%s", response->detail);
    if (response->status != 200)
        return ost_error_set(ret_error, OST_E_REMOTE, "status %ld", response->status);
    return OST_OK;
}

static void on_keys(const net_response *response, void *user)
{
    issuer *i = user;
    ost_error why = {0}, error = {0};
    bool changed = false;
    ost_result result = check_response(response, &why);
    if (result == OST_OK)
        result = key_document_publish(i, response->body, &changed, &why);
    if (changed && i->seed_file != NULL)
        (void)!key_seed_store(i, response->body, &error); /* keys are good; the error is shown */
    if (result != OST_OK)
        ost_error_set(&error, result, "key set: %s", why.detail);
    fetch_ended(i, result == OST_OK, response->max_age, &error);
}

/* ---- the beginning ---- */

static void fetch(issuer *i, const char *url,
                  void (*done)(const net_response *response, void *user))
{
    ost_error error = {0};
    const net_request request = {
        .url = url,
        .ca_file = i->ca_file,
        .timeout_ms = i->fetch_timeout * 1000,
        .insecure_http = i->insecure_http,
    };
    if (net_fetch(i->net, &request, done, i, &error) != OST_OK)
        fetch_ended(i, false, -1, &error);
}

static void on_discovery(const net_response *response, void *user)
{
    issuer *i = user;
    ost_error why = {0}, error = {0};
    discovery found = {0};
    ost_result result = check_response(response, &why);
    if (result == OST_OK)
        result = discovery_read(i, response->body, &found, &why);
    if (result != OST_OK) {
        ost_error_set(&error, result, "discovery: %s", why.detail);
        introspector_discovered(i->introspector, NULL);
        fetch_ended(i, false, -1, &error);
        return;
    }
    memory_free(i->jwks_url);
    i->jwks_url = found.jwks_url;
    introspector_discovered(i->introspector, found.introspection_url);
    i->discovered = monotonic_ms();
    fetch(i, i->jwks_url, on_keys);
}

/* The one way in, always on the client's thread. It rings for a refresh that is due, or because
 * somebody wants a fetch; both may have come together. */
static void on_time(void *user)
{
    issuer *i = user;
    pthread_mutex_lock(&i->lock);
    bool begin = !i->running && !i->ended;
    i->wanted |= begin;
    i->running |= begin;
    pthread_mutex_unlock(&i->lock);
    if (!begin)
        return;
    if (i->fixed_jwks_url != NULL)
        fetch(i, i->fixed_jwks_url, on_keys);
    else if (i->discovered > 0 && monotonic_ms() - i->discovered < DISCOVERY_LIFETIME)
        fetch(i, i->jwks_url, on_keys);
    else
        fetch(i, i->discovery_url, on_discovery);
}

/* Under the lock. */
static void want_fetch(issuer *i)
{
    i->wanted = true;
    net_timer_set(i->timer, 0);
}

ost_result key_fetch_start(issuer *i)
{
    if (i->symmetric || i->no_keys)
        return OST_OK;
    ost_result result = net_timer_new(i->net, on_time, i, &i->timer);
    if (result != OST_OK)
        return result;
    pthread_mutex_lock(&i->lock);
    want_fetch(i);
    pthread_mutex_unlock(&i->lock);
    return OST_OK;
}

/* ---- for those who meet an unknown kid ---- */

bool key_fetch_may_help(issuer *i, ost_text kid, bool have_keys)
{
    int64_t now = monotonic_ms();
    if (i->symmetric || i->no_keys)
        return false;
    pthread_mutex_lock(&i->lock);
    uint64_t hash = fetch_budget_hash(&i->budget, kid);
    bool known = have_keys && fetch_budget_knows(&i->budget, hash, now);
    if (!i->wanted && !i->ended && !known && fetch_budget_spend(&i->budget, now)) {
        i->asked.count = 0;
        want_fetch(i);
    }
    if (i->wanted && !known)
        kid_list_add(i->running ? &i->late : &i->asked, hash);
    bool helps = i->wanted && !i->ended;
    pthread_mutex_unlock(&i->lock);
    return helps;
}

bool key_fetch_is_under_way(issuer *i)
{
    pthread_mutex_lock(&i->lock);
    bool wanted = i->wanted && !i->ended;
    pthread_mutex_unlock(&i->lock);
    return wanted;
}

ost_result key_fetch_wait(issuer *i, void (*ready)(void *user), void *user)
{
    issuer_waiter *waiter = memory_alloc(sizeof *waiter);
    if (waiter == NULL)
        return OST_E_MEMORY;
    waiter->ready = ready;
    waiter->user = user;
    pthread_mutex_lock(&i->lock);
    bool room = i->waiter_count < ISSUER_WAITERS && i->wanted && !i->ended;
    if (room) {
        waiter->next = i->waiters;
        i->waiters = waiter;
        i->waiter_count++;
    }
    pthread_mutex_unlock(&i->lock);
    if (!room) {
        memory_free(waiter);
        return OST_E_BUSY;
    }
    return OST_OK;
}

void key_fetch_end(issuer *i)
{
    pthread_mutex_lock(&i->lock);
    i->ended = true;
    pthread_mutex_unlock(&i->lock);
    tell_waiters(i);
}
