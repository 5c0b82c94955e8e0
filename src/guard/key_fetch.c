/* Keeping an issuer's keys fresh: in the background at 80 % of their lifetime, at once for an
 * unknown kid but within a budget, one fetch at a time, and never losing keys that work. */
#include <stdio.h>
#include <string.h>

#include "context.h"
#include "issuer.h"
#include "text.h"

#define MAX_BACKOFF 60            /* seconds */
#define BUDGET_WINDOW (30 * 1000) /* milliseconds; two fetches for unknown kids in it */
#define MIN_LIFETIME 60           /* seconds; an issuer's max-age is clamped to these */
#define MAX_LIFETIME (24 * 3600)
#define DISCOVERY_LIFETIME (3600 * 1000) /* milliseconds */

static void fetch_discovery(issuer *i);
static void fetch_keys(issuer *i, const char *url);

/* FNV-1a: only for a small set of kids that were not found; a collision costs one fetch. */
static uint64_t hash_kid(ost_text kid)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t k = 0; k < kid.len; k++)
        hash = (hash ^ (unsigned char)kid.data[k]) * 0x100000001b3u;
    return hash;
}

/* ---- the end of a fetch ---- */

/* The refresh timer. A fetch for an unknown kid sets a later one; the earlier is then stale. */
static void on_time(bool cancelled, void *user)
{
    issuer *i = user;
    if (cancelled)
        return;
    pthread_mutex_lock(&i->lock);
    bool begin = !i->in_flight && !i->ended && monotonic_ms() >= i->due;
    i->in_flight |= begin;
    pthread_mutex_unlock(&i->lock);
    if (begin)
        fetch_discovery(i);
}

/* A fetch that was marked as in flight when it was asked for. */
static void on_demand(bool cancelled, void *user)
{
    issuer *i = user;
    if (!cancelled)
        fetch_discovery(i);
}

/* A tenth of jitter either way, so that many nodes do not ask at once. */
static unsigned with_jitter(int64_t milliseconds)
{
    unsigned char byte = 128;
    (void)!context_random(NULL, &byte, 1);
    return (unsigned)(milliseconds + milliseconds * (byte - 128) / 1280);
}

static void schedule(issuer *i, bool good, long max_age)
{
    int64_t seconds = i->lifetime;
    if (max_age > 0)
        seconds = max_age < MIN_LIFETIME   ? MIN_LIFETIME
                  : max_age > MAX_LIFETIME ? MAX_LIFETIME
                                           : max_age;
    int64_t delay = seconds * 800;
    if (!good) {
        unsigned shift = i->failures < 7 ? i->failures - 1 : 6;
        delay = 1000LL << shift;
        if (delay > MAX_BACKOFF * 1000)
            delay = MAX_BACKOFF * 1000;
    }
    unsigned wait = with_jitter(delay);
    i->due = monotonic_ms() + wait;
    (void)!net_after(i->net, wait, on_time, i);
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

static void fetch_ended(issuer *i, bool good, long max_age, const char *error)
{
    atomic_fetch_add(good ? &i->fetches_good : &i->fetches_bad, 1);
    pthread_mutex_lock(&i->lock);
    i->in_flight = false;
    i->failures = good ? 0 : i->failures + 1;
    snprintf(i->last_error, sizeof i->last_error, "%s", good ? "" : error);
    if (!good)
        i->discovered = 0; /* where the keys are may have changed */
    if (!i->ended)
        schedule(i, good, max_age);
    pthread_mutex_unlock(&i->lock);
    tell_waiters(i);
}

static void on_keys(const net_response *response, void *user)
{
    issuer *i = user;
    ost_error error = {0};
    ost_result result = response->result;
    if (result != OST_OK)
        ost_error_set(&error, result, "key set: %s", response->detail);
    else if (response->status != 200)
        result = ost_error_set(&error, OST_E_REMOTE, "key set: status %ld", response->status);
    else
        result = issuer_publish(i, response->body, &error);
    if (result == OST_OK && i->seed_file != NULL)
        seed_store(i, response->body);
    fetch_ended(i, result == OST_OK, response->max_age, error.detail);
}

static void on_discovery(const net_response *response, void *user)
{
    issuer *i = user;
    ost_error error = {0};
    char *url = NULL;
    ost_result result = response->result;
    if (result != OST_OK)
        ost_error_set(&error, result, "discovery: %s", response->detail);
    else if (response->status != 200)
        result = ost_error_set(&error, OST_E_REMOTE, "discovery: status %ld", response->status);
    else
        result = discovery_read(i, response->body, &url, &error);
    if (result != OST_OK) {
        fetch_ended(i, false, -1, error.detail);
        return;
    }
    pthread_mutex_lock(&i->lock);
    memory_free(i->jwks_url);
    i->jwks_url = url;
    i->discovered = monotonic_ms();
    pthread_mutex_unlock(&i->lock);
    fetch_keys(i, url); /* only this thread replaces it */
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
        fetch_ended(i, false, -1, error.detail);
}

static void fetch_keys(issuer *i, const char *url)
{
    fetch(i, url, on_keys);
}

static void fetch_discovery(issuer *i)
{
    if (i->fixed_jwks_url != NULL)
        fetch_keys(i, i->fixed_jwks_url);
    else if (i->discovered > 0 && monotonic_ms() - i->discovered < DISCOVERY_LIFETIME)
        fetch_keys(i, i->jwks_url);
    else
        fetch(i, i->discovery_url, on_discovery);
}

/* Under the lock: the fetch takes place on the client's thread, as every one. */
static bool demand(issuer *i)
{
    i->in_flight = net_after(i->net, 0, on_demand, i) == OST_OK;
    return i->in_flight;
}

void key_fetch_start(issuer *i)
{
    if (i->symmetric)
        return;
    pthread_mutex_lock(&i->lock);
    (void)demand(i);
    pthread_mutex_unlock(&i->lock);
}

/* ---- for those who meet an unknown kid ---- */

static bool is_known_unknown(const issuer *i, uint64_t hash, int64_t now)
{
    for (size_t k = 0; k < ISSUER_UNKNOWN; k++) {
        if (i->unknown[k].hash == hash && i->unknown[k].until > now)
            return true;
    }
    return false;
}

/* Under the lock. True: a fetch may begin, and is counted. */
static bool spend_budget(issuer *i, int64_t now)
{
    if (i->attempts[0] != 0 && now - i->attempts[0] < BUDGET_WINDOW)
        return false;
    i->attempts[0] = i->attempts[1];
    i->attempts[1] = now;
    return true;
}

bool key_fetch_may_help(issuer *i, ost_text kid, bool have_keys)
{
    int64_t now = monotonic_ms();
    bool help = false;
    if (i->symmetric)
        return false;
    pthread_mutex_lock(&i->lock);
    if (!i->ended && !(have_keys && is_known_unknown(i, hash_kid(kid), now)))
        help = i->in_flight || (spend_budget(i, now) && demand(i));
    pthread_mutex_unlock(&i->lock);
    return help;
}

void key_fetch_remember(issuer *i, ost_text kid)
{
    int64_t now = monotonic_ms();
    uint64_t hash = hash_kid(kid);
    pthread_mutex_lock(&i->lock);
    if (!is_known_unknown(i, hash, now)) {
        i->unknown[i->next_unknown].hash = hash;
        i->unknown[i->next_unknown].until = now + BUDGET_WINDOW;
        i->next_unknown = (i->next_unknown + 1) % ISSUER_UNKNOWN;
    }
    pthread_mutex_unlock(&i->lock);
}

ost_result key_fetch_wait(issuer *i, void (*ready)(void *user), void *user)
{
    issuer_waiter *waiter = memory_alloc(sizeof *waiter);
    if (waiter == NULL)
        return OST_E_MEMORY;
    waiter->ready = ready;
    waiter->user = user;
    pthread_mutex_lock(&i->lock);
    bool room = i->waiter_count < ISSUER_WAITERS && i->in_flight && !i->ended;
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
