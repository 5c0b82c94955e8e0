/* SPDX-License-Identifier: Apache-2.0 */
/* Failed logins, counted; see brute_force.h. */
#include "provider/realm/brute_force.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/context.h"
#include "base/text.h"

#define SETS 1024
#define WAYS 8           /* entries of one set; the longest unused makes room */
#define EVERYWHERE 10    /* times the failures of one network, for a user from all of them */
#define WHOLE_NETWORK 20 /* and for a network with all users */
#define MAX_KEY 1024

typedef struct entry {
    uint64_t key;   /* 0: free */
    uint64_t realm; /* whose entry it is: */
    uint64_t user;  /* 0: of all users */
    int64_t last, last_ms, blocked_until;
    uint64_t failures;
    bool trusted;                                             /* the user has logged in from here */
    char address[sizeof(((brute_force_status *)0)->address)]; /* of the last failure */
} entry;

struct brute_force {
    pthread_mutex_t lock;
    unsigned char secret[crypto_shorthash_KEYBYTES]; /* nobody else knows who shares a set */
    entry sets[SETS][WAYS];
};

brute_force *brute_force_new(const ost_context *context)
{
    brute_force *b = memory_alloc(sizeof *b);
    if (b == NULL || context_random(context, b->secret, sizeof b->secret) != OST_OK) {
        memory_free(b);
        return NULL;
    }
    pthread_mutex_init(&b->lock, NULL);
    return b;
}

void brute_force_free(brute_force *b)
{
    if (b == NULL)
        return;
    pthread_mutex_destroy(&b->lock);
    memory_free(b);
}

/* Of an IPv6 address the first four groups: the rest is the owner's to vary. */
static ost_text network_of(ost_text address)
{
    size_t at = 0;
    if (text_find(address, ':', 0) == address.len || text_starts(address, "::ffff:"))
        return address;
    for (int groups = 0; at < address.len; at++) {
        if (address.data[at] == ':' && ++groups == 4)
            break;
        if (at > 0 && address.data[at] == ':' && address.data[at - 1] == ':')
            break; /* shortened: what follows belongs to the end */
    }
    return text_slice(address, 0, at);
}

/* The key of a user (may be empty) in a realm, seen from a network (may be empty). */
static uint64_t key_of(const brute_force *b, const brute_force_attempt *a, ost_text user,
                       ost_text network)
{
    const ost_text parts[] = {text_of(a->realm->name), user, network};
    unsigned char text[MAX_KEY], hash[crypto_shorthash_BYTES];
    size_t len = 0;
    uint64_t key;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        ost_text part = text_slice(parts[i], 0, MAX_KEY / 4);
        if (part.len > 0)
            memcpy(text + len, part.data, part.len);
        len += part.len;
        text[len++] = 0;
    }
    crypto_shorthash(hash, text, len, b->secret);
    memcpy(&key, hash, sizeof key);
    return key | 1;
}

/* The entry of the key; when there is none, NULL, or a fresh one in the place of the set's oldest.
 */
static entry *find_entry(brute_force *b, uint64_t key, bool make)
{
    entry *set = b->sets[(key >> 1) % SETS], *oldest = set;
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].key == key)
            return &set[i];
        if (oldest->key != 0 && (set[i].key == 0 || set[i].last < oldest->last))
            oldest = &set[i];
    }
    if (!make)
        return NULL;
    *oldest = (entry){.key = key};
    return oldest;
}

static bool is_blocked(brute_force *b, uint64_t key, int64_t now)
{
    const entry *e = find_entry(b, key, false);
    return e != NULL && e->blocked_until > now;
}

bool brute_force_blocks(brute_force *b, const brute_force_attempt *a)
{
    static const ost_text any = {0};
    if (!a->realm->brute_force.on)
        return false;
    ost_text network = network_of(a->address);
    pthread_mutex_lock(&b->lock);
    bool blocked = is_blocked(b, key_of(b, a, any, network), a->now);
    if (!blocked && a->user_id.len > 0) {
        const entry *pair = find_entry(b, key_of(b, a, a->user_id, network), false);
        bool trusted = pair != NULL && pair->trusted;
        blocked = (pair != NULL && pair->blocked_until > a->now) ||
                  (!trusted && is_blocked(b, key_of(b, a, a->user_id, any), a->now));
    }
    pthread_mutex_unlock(&b->lock);
    return blocked;
}

/* Whose entry it is: of the user in the realm, or of all of the realm's. */
static uint64_t owner_of(const brute_force *b, const realm *r, ost_text user)
{
    static const ost_text any = {0};
    return key_of(b, &(const brute_force_attempt){.realm = r}, user, any);
}

static void own(const brute_force *b, const brute_force_attempt *a, bool of_user, entry *e)
{
    e->realm = owner_of(b, a->realm, (ost_text){0});
    e->user = of_user ? owner_of(b, a->realm, a->user_id) : 0;
}

static void count(brute_force *b, const brute_force_attempt *a, uint64_t key, int64_t factor,
                  bool quick)
{
    const realm_brute_force *rule = &a->realm->brute_force;
    entry *e = find_entry(b, key, true);
    own(b, a, factor != WHOLE_NETWORK, e);
    if (!text_to_string(a->address, e->address, sizeof e->address))
        e->address[0] = 0;
    int64_t limit = rule->failures * factor, wait = 0;
    if (e->last > 0 && a->now - e->last > rule->window)
        e->failures = 0;
    e->failures++;
    if (limit > 0)
        wait = rule->permanent ? ((int64_t)e->failures >= limit ? rule->window : 0)
                               : rule->wait * ((int64_t)e->failures / limit);
    if (wait > rule->max_wait && !rule->permanent)
        wait = rule->max_wait;
    if (wait == 0 && quick && e->last > 0 && a->now_ms - e->last_ms < rule->quick_ms)
        wait = rule->quick_wait;
    if (wait > 0)
        e->blocked_until = a->now + wait;
    e->last = a->now;
    e->last_ms = a->now_ms;
}

void brute_force_failed(brute_force *b, const brute_force_attempt *a)
{
    static const ost_text any = {0};
    if (!a->realm->brute_force.on)
        return;
    ost_text network = network_of(a->address);
    pthread_mutex_lock(&b->lock);
    count(b, a, key_of(b, a, any, network), WHOLE_NETWORK, false);
    if (a->user_id.len > 0) {
        count(b, a, key_of(b, a, a->user_id, network), 1, true);
        count(b, a, key_of(b, a, a->user_id, any), a->realm->brute_force.permanent ? 1 : EVERYWHERE,
              false);
    }
    pthread_mutex_unlock(&b->lock);
}

void brute_force_succeeded(brute_force *b, const brute_force_attempt *a)
{
    if (!a->realm->brute_force.on || a->user_id.len == 0)
        return;
    pthread_mutex_lock(&b->lock);
    entry *pair = find_entry(b, key_of(b, a, a->user_id, network_of(a->address)), true);
    *pair = (entry){.key = pair->key, .last = a->now, .last_ms = a->now_ms, .trusted = true};
    own(b, a, true, pair);
    pthread_mutex_unlock(&b->lock);
}

void brute_force_read(brute_force *b, const realm *r, ost_text user_id,
                      brute_force_status *ret_status)
{
    brute_force_status found = {0};
    uint64_t user = owner_of(b, r, user_id);
    pthread_mutex_lock(&b->lock);
    for (size_t i = 0; i < (size_t)SETS * WAYS; i++) {
        const entry *e = &b->sets[i / WAYS][i % WAYS];
        if (e->key == 0 || e->user != user || e->failures == 0)
            continue;
        if (e->blocked_until > found.blocked_until)
            found.blocked_until = e->blocked_until;
        if (e->key == user) /* from everywhere: also those before a success */
            continue;
        found.failures += e->failures;
        if (e->last < found.last)
            continue;
        found.last = e->last;
        memcpy(found.address, e->address, sizeof found.address);
    }
    pthread_mutex_unlock(&b->lock);
    *ret_status = found;
}

void brute_force_lift(brute_force *b, const realm *r, ost_text user_id)
{
    uint64_t owner = owner_of(b, r, user_id);
    pthread_mutex_lock(&b->lock);
    for (size_t i = 0; i < (size_t)SETS * WAYS; i++) {
        entry *e = &b->sets[i / WAYS][i % WAYS];
        if (e->key == 0 || (user_id.len > 0 ? e->user : e->realm) != owner)
            continue;
        e->failures = 0;
        e->blocked_until = e->last = e->last_ms = 0;
    }
    pthread_mutex_unlock(&b->lock);
}
