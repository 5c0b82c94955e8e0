/* SPDX-License-Identifier: Apache-2.0 */
/* The table of revocations; see revocations.h. Within a table entries are only added or widened,
 * each by a store that readers see whole; to grow or to clear away, a new table is published. */
#include "guard/status/revocations.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/published.h"
#include "base/text.h"

#define FIRST_SLOTS 64
#define NAME_MAX_BYTES 2048
#define DEFAULT_LIFETIME 86400 /* seconds */
#define DROPPED_SHARE 8        /* one in so many makes way at once, so that it is seldom */

/* One revocation. The hash is keyed and has 64 bits: that two names share one happens about never,
 * and would refuse a token, not let one in. It is stored last. */
typedef struct slot {
    atomic_ullong hash; /* 0: empty */
    atomic_llong not_before, until;
} slot;

typedef struct table {
    size_t slots; /* a power of two, at least twice as many as entries */
    slot at[];
} table;

struct revocations {
    const ost_context *context;
    unsigned char key[crypto_shorthash_KEYBYTES];
    size_t max;
    published current; /* table; NULL: nothing was ever revoked */
    atomic_size_t count;

    pthread_mutex_t lock; /* of those who add */

    /* In place of entries that had to make way: tokens issued before the one second are refused
     * until the other. */
    atomic_llong old_before, old_until;
    atomic_ullong added, dropped;
};

/* ---- names ---- */

static uint64_t hash_of(const revocations *all, ost_revoked kind, ost_text value)
{
    unsigned char text[1 + NAME_MAX_BYTES];
    uint64_t hash;
    text[0] = (unsigned char)kind;
    if (value.len > 0)
        memcpy(text + 1, value.data, value.len);
    crypto_shorthash((unsigned char *)&hash, text, 1 + value.len, all->key);
    return hash != 0 ? hash : 1;
}

/* The slot of this hash, or the empty one where it would stand. */
static slot *find_slot(table *t, uint64_t hash)
{
    size_t i = hash & (t->slots - 1);
    for (;; i = (i + 1) & (t->slots - 1)) {
        uint64_t seen = atomic_load_explicit(&t->at[i].hash, memory_order_acquire);
        if (seen == hash || seen == 0)
            return &t->at[i];
    }
}

/* ---- adding, under the lock ---- */

static void raise_to(atomic_llong *at, long long value)
{
    if (atomic_load_explicit(at, memory_order_relaxed) < value)
        atomic_store_explicit(at, value, memory_order_release);
}

static void put_slot(table *t, uint64_t hash, long long not_before, long long until)
{
    slot *s = find_slot(t, hash);
    raise_to(&s->not_before, not_before);
    raise_to(&s->until, until);
    atomic_store_explicit(&s->hash, hash, memory_order_release);
}

static long long until_of(const slot *s)
{
    bool used = atomic_load_explicit(&s->hash, memory_order_relaxed) != 0;
    return used ? atomic_load_explicit(&s->until, memory_order_relaxed) : 0;
}

static size_t count_later(const table *t, long long moment)
{
    size_t count = 0;
    for (size_t i = 0; t != NULL && i < t->slots; i++)
        count += until_of(&t->at[i]) > moment;
    return count;
}

static int compare(const void *a, const void *b)
{
    long long first = *(const long long *)a, second = *(const long long *)b;
    return first < second ? -1 : first > second;
}

/* The second up to which entries have to go, so that one in eight does. */
static ost_result choose_moment(const table *t, int64_t now, size_t count, long long *ret_moment)
{
    long long *all = memory_alloc(count * sizeof *all);
    size_t n = 0;
    if (all == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < t->slots; i++) {
        if (until_of(&t->at[i]) > now)
            all[n++] = until_of(&t->at[i]);
    }
    qsort(all, n, sizeof *all, compare);
    *ret_moment = all[n / DROPPED_SHARE];
    memory_free(all);
    return OST_OK;
}

/* Publishes a table with the entries that last longer than `moment`, and room for as many again. */
static ost_result rebuild(revocations *all, table *before, long long moment, size_t kept)
{
    size_t slots = FIRST_SLOTS;
    while (slots < 4 * (kept + 1))
        slots *= 2;
    table *made = memory_alloc(sizeof *made + slots * sizeof(slot));
    if (made == NULL)
        return OST_E_MEMORY;
    made->slots = slots;
    for (size_t i = 0; before != NULL && i < before->slots; i++) {
        const slot *s = &before->at[i];
        if (until_of(s) > moment)
            put_slot(made, atomic_load(&s->hash), atomic_load(&s->not_before),
                     atomic_load(&s->until));
    }
    atomic_store(&all->count, kept);
    memory_free(published_replace(&all->current, made));
    return OST_OK;
}

/* Before anything is dropped, what is refused in its place must be seen: also by those who read the
 * new table. A token of now may be meant as well. */
static void refuse_old(revocations *all, const table *t, int64_t now, long long moment)
{
    long long before = now + 1;
    for (size_t i = 0; i < t->slots; i++) {
        long long until = until_of(&t->at[i]);
        long long from = atomic_load(&t->at[i].not_before);
        if (until > now && until <= moment && from != INT64_MAX && from > before)
            before = from;
    }
    raise_to(&all->old_before, before);
    raise_to(&all->old_until, moment);
}

/* Makes room for one more. */
static ost_result make_room(revocations *all, int64_t now)
{
    table *t = atomic_load(&all->current.current);
    size_t live = count_later(t, now);
    long long moment = now;
    if (live >= all->max) {
        ost_result result = choose_moment(t, now, live, &moment);
        if (result != OST_OK)
            return result;
    }
    size_t kept = count_later(t, moment);
    if (kept < live)
        refuse_old(all, t, now, moment);
    ost_result result = rebuild(all, t, moment, kept);
    if (result == OST_OK)
        atomic_fetch_add(&all->dropped, live - kept);
    return result;
}

static ost_result add_entry(revocations *all, uint64_t hash, long long not_before, long long until,
                            int64_t now)
{
    table *t = atomic_load(&all->current.current);
    size_t count = atomic_load(&all->count);
    bool known = t != NULL && atomic_load(&find_slot(t, hash)->hash) == hash;
    bool full = t == NULL || count >= all->max || 2 * (count + 1) > t->slots;
    if (!known && full) {
        ost_result result = make_room(all, now);
        if (result != OST_OK)
            return result;
        t = atomic_load(&all->current.current);
    }
    put_slot(t, hash, not_before, until);
    if (!known)
        atomic_fetch_add(&all->count, 1);
    atomic_fetch_add(&all->added, 1);
    return OST_OK;
}

/* ---- the door ---- */

ost_result revocations_new(const ost_context *context, size_t entries,
                           revocations **ret_revocations)
{
    revocations *all = memory_alloc(sizeof *all);
    if (all == NULL)
        return OST_E_MEMORY;
    all->context = context;
    all->max = entries;
    pthread_mutex_init(&all->lock, NULL);
    ost_result result = context_random(context, all->key, sizeof all->key);
    if (result != OST_OK) {
        revocations_free(all);
        return result;
    }
    *ret_revocations = all;
    return OST_OK;
}

void revocations_free(revocations *all)
{
    if (all == NULL)
        return;
    memory_free(atomic_load(&all->current.current));
    pthread_mutex_destroy(&all->lock);
    wipe(all->key, sizeof all->key);
    memory_free(all);
}

void revocations_complete(ost_revocation *what, int64_t now)
{
    if (what->until == 0)
        what->until = now + DEFAULT_LIFETIME;
    if (what->kind == OST_REVOKED_SUBJECT && what->not_before == 0)
        what->not_before = now + 1;
}

ost_result revocations_add(revocations *all, const ost_revocation *what, int64_t now)
{
    ost_revocation whole = *what;
    if (what->kind < OST_REVOKED_TOKEN || what->kind > OST_REVOKED_SUBJECT ||
        what->value.len == 0 || what->value.len > NAME_MAX_BYTES || what->not_before < 0)
        return OST_E_ARGUMENT;
    revocations_complete(&whole, now);
    if (whole.until <= now)
        return OST_OK; /* all of them have expired */
    long long not_before = whole.not_before != 0 ? whole.not_before : INT64_MAX; /* every token */
    pthread_mutex_lock(&all->lock);
    ost_result result =
        add_entry(all, hash_of(all, what->kind, what->value), not_before, whole.until, now);
    pthread_mutex_unlock(&all->lock);
    return result;
}

/* ---- checking ---- */

/* What tells whether something has been revoked. */
typedef struct named {
    ost_text jti, sid, sub;
    double issued;
    bool dated; /* what does not say when it was issued is as old as can be */
} named;

static named names_of(const ost_claims *claims)
{
    named n = {.jti = ost_claims_text(claims, "jti"),
               .sid = ost_claims_text(claims, "sid"),
               .sub = ost_claims_text(claims, "sub")};
    n.dated = ost_json_number(ost_claims_get(claims, "iat"), &n.issued);
    return n;
}

static bool is_older(const named *n, long long than)
{
    return !n->dated || n->issued < (double)than;
}

static bool is_revoked(revocations *all, table *t, ost_revoked kind, ost_text value, const named *n,
                       int64_t now)
{
    if (value.len == 0 || value.len > NAME_MAX_BYTES)
        return false; /* such a value cannot have been revoked */
    uint64_t hash = hash_of(all, kind, value);
    const slot *s = find_slot(t, hash);
    if (atomic_load_explicit(&s->hash, memory_order_acquire) != hash ||
        atomic_load_explicit(&s->until, memory_order_acquire) <= now)
        return false;
    long long not_before = atomic_load_explicit(&s->not_before, memory_order_acquire);
    return not_before == INT64_MAX || is_older(n, not_before);
}

static bool any_is_revoked(revocations *all, const named *n, int64_t now)
{
    published_place place;
    bool revoked = false;
    table *t = published_enter(&all->current, &place);
    if (t != NULL)
        revoked = is_revoked(all, t, OST_REVOKED_TOKEN, n->jti, n, now) ||
                  is_revoked(all, t, OST_REVOKED_SESSION, n->sid, n, now) ||
                  is_revoked(all, t, OST_REVOKED_SUBJECT, n->sub, n, now);
    published_leave(&all->current, place);
    return revoked;
}

/* Older than what had to make way for others. */
static bool is_too_old(revocations *all, const named *n, int64_t now)
{
    return atomic_load_explicit(&all->old_until, memory_order_acquire) > now &&
           is_older(n, atomic_load_explicit(&all->old_before, memory_order_acquire));
}

/* Most guards are never told anything, and then a check reads no claims. */
static bool is_empty(revocations *all, int64_t now)
{
    return atomic_load_explicit(&all->count, memory_order_acquire) == 0 &&
           atomic_load_explicit(&all->old_until, memory_order_acquire) <= now;
}

ost_result revocations_check(revocations *all, const ost_claims *claims, int64_t now,
                             ost_error *error)
{
    if (is_empty(all, now))
        return OST_OK;
    named n = names_of(claims);
    if (any_is_revoked(all, &n, now))
        return ost_error_set(error, OST_E_REVOKED,
                             "the token, its session or its subject has been revoked");
    if (is_too_old(all, &n, now))
        return ost_error_set(error, OST_E_REVOKED,
                             "more was revoked than can be remembered: older tokens are refused "
                             "for a while");
    return OST_OK;
}

ost_result revocations_check_session(revocations *all, ost_text sid, ost_text sub, int64_t iat,
                                     int64_t now)
{
    if (is_empty(all, now))
        return OST_OK;
    named n = {.sid = sid, .sub = sub, .issued = (double)iat, .dated = iat > 0};
    return any_is_revoked(all, &n, now) || is_too_old(all, &n, now) ? OST_E_REVOKED : OST_OK;
}

void revocations_read_state(revocations *all, int64_t now, revocations_state *ret_state)
{
    *ret_state = (revocations_state){
        .entries = atomic_load(&all->count),
        .added = atomic_load(&all->added),
        .dropped = atomic_load(&all->dropped),
        .refuses_old = atomic_load(&all->old_until) > now,
    };
}
