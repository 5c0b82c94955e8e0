/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs that have been shown; see proof_cache.h. Sixteen hash tables with chains, each under a
 * lock of its own. What is kept of a proof is a keyed hash: two proofs have the same one once in
 * 2^64 pairs, and then one is refused; none that was shown is ever missed.
 *
 * How many each key has is counted in four rows of counters, at one place of each; others may count
 * at the same ones, so that the least of the four is nearest the truth, and never below it. */
#include "guard/sender/proof_cache.h"

#include <pthread.h>
#include <sodium.h>

#include "base/context.h"
#include "base/text.h"
#include "guard/sender/proof_shares.h"

#define SHARDS 16
#define SHARD_MIN 8
#define NOBODY UINT32_MAX
#define ROWS 4
#define COUNTS_MIN 64

typedef struct shown {
    uint64_t hash;
    int64_t until;
    uint32_t next;  /* in its chain, or in the list of free ones */
    uint32_t owner; /* a hash of it */
} shown;

typedef struct shard {
    pthread_mutex_t lock;
    uint32_t *chains; /* as many as entries; NULL before the first proof */
    shown *entries;
    uint32_t *counts;  /* ROWS of a quarter as many as entries */
    uint32_t count;    /* entries in the chains */
    uint32_t used;     /* entries from here on have never been used */
    uint32_t free;     /* the first of those that are free again */
    int64_t swept;     /* when all of it was last looked through */
    int64_t forgotten; /* the latest second until which a proof was remembered that is no more */
    char apart[64];
} shard;

struct proof_cache {
    unsigned char key[crypto_shorthash_KEYBYTES];
    uint32_t size; /* of each shard, a power of two */
    shard shards[SHARDS];
};

ost_result proof_cache_new(const ost_context *context, size_t entries, proof_cache **ret_cache)
{
    proof_cache *cache = memory_alloc(sizeof *cache);
    if (cache == NULL)
        return OST_E_MEMORY;
    cache->size = SHARD_MIN;
    while (cache->size < (uint32_t)1 << 24 && (size_t)cache->size * SHARDS < entries)
        cache->size *= 2;
    for (size_t i = 0; i < SHARDS; i++)
        pthread_mutex_init(&cache->shards[i].lock, NULL);
    ost_result result = context_random(context, cache->key, sizeof cache->key);
    if (result != OST_OK) {
        proof_cache_free(cache);
        return result;
    }
    *ret_cache = cache;
    return OST_OK;
}

void proof_cache_free(proof_cache *cache)
{
    if (cache == NULL)
        return;
    for (size_t i = 0; i < SHARDS; i++) {
        memory_free(cache->shards[i].chains);
        memory_free(cache->shards[i].entries);
        memory_free(cache->shards[i].counts);
        pthread_mutex_destroy(&cache->shards[i].lock);
    }
    wipe(cache->key, sizeof cache->key);
    memory_free(cache);
}

/* ---- one shard, under its lock ---- */

/* Counters of a row. */
static uint32_t width_of(uint32_t size)
{
    return (size > COUNTS_MIN ? size : COUNTS_MIN) / ROWS;
}

static ost_result make_room(shard *s, uint32_t size)
{
    if (s->chains != NULL)
        return OST_OK;
    uint32_t *chains = memory_alloc(size * sizeof *chains);
    shown *entries = memory_alloc(size * sizeof *entries);
    uint32_t *counts = memory_alloc((size_t)ROWS * width_of(size) * sizeof *counts);
    if (chains == NULL || entries == NULL || counts == NULL) {
        memory_free(chains);
        memory_free(entries);
        memory_free(counts);
        return OST_E_MEMORY;
    }
    for (uint32_t i = 0; i < size; i++)
        chains[i] = NOBODY;
    s->chains = chains;
    s->entries = entries;
    s->counts = counts;
    s->free = NOBODY;
    s->swept = INT64_MIN;
    s->forgotten = INT64_MIN;
    return OST_OK;
}

/* Of a key's counters the one in this row. */
static uint32_t *count_of(const shard *s, uint32_t size, uint32_t owner, uint32_t row)
{
    uint32_t width = width_of(size);
    return &s->counts[row * width + (uint32_t)proof_shares_mix(owner, row) % width];
}

static uint32_t least_count(const shard *s, uint32_t size, uint32_t owner)
{
    uint32_t least = UINT32_MAX;
    for (uint32_t row = 0; row < ROWS; row++) {
        uint32_t count = *count_of(s, size, owner, row);
        least = count < least ? count : least;
    }
    return least;
}

static void count_one(shard *s, uint32_t size, uint32_t owner, bool more)
{
    for (uint32_t row = 0; row < ROWS; row++)
        *count_of(s, size, owner, row) += more ? 1 : UINT32_MAX;
    s->count += more ? 1 : UINT32_MAX;
}

/* Takes what is too old out of a chain. True when `hash` is in it. */
static bool look_through(shard *s, uint32_t size, uint32_t *chain, uint64_t hash, int64_t now)
{
    bool found = false;
    for (uint32_t *at = chain; *at != NOBODY;) {
        uint32_t index = *at;
        shown *entry = &s->entries[index];
        if (entry->until >= now) {
            found = found || entry->hash == hash;
            at = &entry->next;
        } else {
            if (entry->until > s->forgotten)
                s->forgotten = entry->until;
            *at = entry->next;
            entry->next = s->free;
            s->free = index;
            count_one(s, size, entry->owner, false);
        }
    }
    return found;
}

/* At most once a second: nothing more has become too old before that. */
static void sweep(shard *s, uint32_t size, int64_t now)
{
    if (s->swept == now)
        return;
    s->swept = now;
    for (uint32_t i = 0; i < size; i++)
        (void)look_through(s, size, &s->chains[i], 0, now);
}

static uint32_t take_entry(shard *s, uint32_t size)
{
    uint32_t index = s->free;
    if (index != NOBODY)
        s->free = s->entries[index].next;
    else if (s->used < size)
        index = s->used++;
    return index;
}

static bool may_add(const shard *s, uint32_t size, uint32_t owner)
{
    return proof_shares_allow(least_count(s, size, owner), s->count, size, width_of(size));
}

/* Of a shard, where a key has as many of its proofs as in every other one, or about that. Where
 * there is no room at all, it is not for the key's share. */
static bool has_its_share(shard *s, uint32_t size, uint32_t owner, int64_t now)
{
    if (may_add(s, size, owner))
        return false;
    sweep(s, size, now);
    return s->count < size && !may_add(s, size, owner);
}

static ost_result add_proof(shard *s, uint32_t size, const shown *proof, int64_t now)
{
    ost_result result = make_room(s, size);
    if (result != OST_OK)
        return result;
    uint32_t *chain = &s->chains[(proof->hash / SHARDS) & (size - 1)];
    /* A clock that is set back does not bring back what was forgotten: a proof that could have been
     * among it has been shown, for all that is known. Others cannot have been. */
    if (look_through(s, size, chain, proof->hash, now) || proof->until <= s->forgotten)
        return OST_E_CONFLICT;
    if (has_its_share(s, size, proof->owner, now))
        return OST_E_CEILING;
    uint32_t index = take_entry(s, size);
    if (index == NOBODY) {
        sweep(s, size, now);
        index = take_entry(s, size);
    }
    if (index == NOBODY)
        return OST_E_BUSY;
    s->entries[index] = *proof;
    s->entries[index].next = *chain;
    *chain = index;
    count_one(s, size, proof->owner, true);
    return OST_OK;
}

/* ---- all of them ---- */

/* The hash of both hashes, so that no owner and id run into each other. */
static shown proof_of(const proof_cache *cache, ost_text owner, ost_text id)
{
    uint64_t both[2], hash;
    crypto_shorthash((unsigned char *)&both[0], text_bytes(owner), owner.len, cache->key);
    crypto_shorthash((unsigned char *)&both[1], text_bytes(id), id.len, cache->key);
    crypto_shorthash((unsigned char *)&hash, (const unsigned char *)both, sizeof both, cache->key);
    return (shown){.hash = hash, .owner = (uint32_t)both[0]};
}

ost_result proof_cache_add(proof_cache *cache, ost_text owner, ost_text id, int64_t until,
                           int64_t now)
{
    shown proof = proof_of(cache, owner, id);
    shard *s = &cache->shards[proof.hash % SHARDS];
    proof.until = until;
    pthread_mutex_lock(&s->lock);
    ost_result result = add_proof(s, cache->size, &proof, now);
    pthread_mutex_unlock(&s->lock);
    return result;
}
