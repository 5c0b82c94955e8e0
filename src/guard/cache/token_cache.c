/* SPDX-License-Identifier: Apache-2.0 */
/* Remembered signatures; see token_cache.h. A token is found by a keyed hash of its signature's
 * end, and an entry answers only for exactly its token. That is stricter than comparing digests,
 * and faster. The hash key is random, so that nobody can aim tokens at one place. Sixteen shards
 * have a lock each; the room is one for all of them, so that none is full while another one is not.
 */
#include "guard/cache/token_cache.h"

#include <pthread.h>
#include <sodium.h>

#include "base/context.h"
#include "base/text.h"
#include "guard/cache/token_shard.h"
#include "guard/cache/token_shares.h"

#define ENTRIES_OF_A_SHARD 4 /* at least; where there are fewer entries, there are fewer shards */
#define MAX_SHARDS 16
#define HASHED_TAIL 64 /* characters; the end of a signature has all the entropy there is */
#define OFTEN 8        /* one time in so many that an entry is found, a thread gets a share in it */
#define SWEEP                                                                                      \
    4 /* entries looked at for what has expired, with every token that comes in, and               \
         tokens that make way at a time */

struct token_cache {
    unsigned char key[crypto_shorthash_KEYBYTES];
    size_t shard_count; /* a power of two */
    size_t max_entries, max_bytes;
    char apart[64]; /* what all read from what all write */
    atomic_size_t entries, bytes;
    char shards_apart[64];
    token_shard shards[MAX_SHARDS];
    token_shares shares;
};

ost_result token_cache_new(const ost_context *context, size_t entries, size_t bytes,
                           token_cache **ret_cache)
{
    token_cache *cache = memory_alloc(sizeof *cache);
    if (cache == NULL)
        return OST_E_MEMORY;
    cache->max_entries = entries;
    cache->max_bytes = bytes;
    cache->shard_count = 1;
    while (cache->shard_count < MAX_SHARDS &&
           cache->shard_count <= entries / ENTRIES_OF_A_SHARD / 2)
        cache->shard_count *= 2;
    token_shares_init(&cache->shares);
    ost_result result = context_random(context, cache->key, sizeof cache->key);
    for (size_t i = 0; i < cache->shard_count; i++) {
        if (!token_shard_init(&cache->shards[i], entries / cache->shard_count))
            result = OST_E_MEMORY;
    }
    if (result != OST_OK) {
        token_cache_free(cache);
        return result;
    }
    *ret_cache = cache;
    return OST_OK;
}

void token_cache_free(token_cache *cache)
{
    if (cache == NULL)
        return;
    token_shares_clear(&cache->shares);
    for (size_t i = 0; i < cache->shard_count; i++)
        token_shard_free(&cache->shards[i]);
    wipe(cache->key, sizeof cache->key);
    memory_free(cache);
}

static uint64_t hash_of(const token_cache *cache, ost_text token)
{
    uint64_t hash;
    size_t from = token.len > HASHED_TAIL ? token.len - HASHED_TAIL : 0;
    ost_text tail = text_slice(token, from, HASHED_TAIL);
    crypto_shorthash((unsigned char *)&hash, (const unsigned char *)tail.data, tail.len,
                     cache->key);
    return hash != 0 ? hash : 1;
}

static token_shard *shard_of(token_cache *cache, uint64_t hash)
{
    return &cache->shards[hash & (cache->shard_count - 1)];
}

/* The entry of that hash, with a reference; NULL: none. `*ret_share`: the thread is to have a share
 * in it, now that it has been found so often. */
static token_entry *look_up(token_cache *cache, uint64_t hash, bool *ret_share)
{
    token_shard *s = shard_of(cache, hash);
    pthread_mutex_lock(&s->lock);
    token_entry *found = token_shard_find(s, hash);
    if (found != NULL) {
        token_entry_ref(found);
        token_entry_note_used(found);
        *ret_share = ++found->found % OFTEN == 0;
        found->shared = found->shared || *ret_share;
    }
    pthread_mutex_unlock(&s->lock);
    return found;
}

const remembered *token_cache_get(token_cache *cache, ost_text token, int64_t now, ost_arena *arena)
{
    uint64_t hash = hash_of(cache, token);
    const remembered *known = token_shares_get(&cache->shares, hash, token, now, arena);
    if (known != NULL)
        return known;
    bool share = false;
    token_entry *found = look_up(cache, hash, &share);
    if (found == NULL)
        return NULL;
    token_entry_fetch(found);
    bool good = token_entry_answers(found, token, now);
    if (good && share)
        token_shares_add(&cache->shares, found);
    if (!good || !ost_arena_defer(arena, token_entry_unref, found)) {
        token_entry_unref(found);
        return NULL;
    }
    return &found->known;
}

/* Room for one more is taken before it is there, and given back when it is not enough. */
static bool take_room(token_cache *cache, size_t bytes)
{
    size_t others = atomic_fetch_add_explicit(&cache->entries, 1, memory_order_relaxed);
    size_t theirs = atomic_fetch_add_explicit(&cache->bytes, bytes, memory_order_relaxed);
    if (others < cache->max_entries && theirs + bytes <= cache->max_bytes)
        return true;
    atomic_fetch_sub_explicit(&cache->entries, 1, memory_order_relaxed);
    atomic_fetch_sub_explicit(&cache->bytes, bytes, memory_order_relaxed);
    return false;
}

static bool has_room(const token_cache *cache, size_t bytes)
{
    return atomic_load_explicit(&cache->entries, memory_order_relaxed) < cache->max_entries &&
           atomic_load_explicit(&cache->bytes, memory_order_relaxed) + bytes <= cache->max_bytes;
}

/* Under the shard's lock; the caller lets go of it outside. */
static token_entry *take_out(token_cache *cache, token_shard *s, token_entry *e)
{
    token_shard_take_out(s, e);
    atomic_fetch_sub_explicit(&cache->entries, 1, memory_order_relaxed);
    atomic_fetch_sub_explicit(&cache->bytes, e->bytes, memory_order_relaxed);
    return e;
}

/* What has been taken out, and the shares in it. */
static void let_go(token_cache *cache, token_entry *const *gone, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (gone[i]->shared)
            token_shares_drop(&cache->shares, gone[i]);
        token_entry_unref(gone[i]);
    }
}

/* What has expired of those that are met next, and what else has the new one's hash. Writes to
 * `gone`, which has room for SWEEP and one, and returns how many. Under the lock. */
static size_t clear_away(token_cache *cache, token_shard *s, uint64_t hash, int64_t now,
                         token_entry **gone)
{
    size_t count = 0;
    token_entry *same = token_shard_find(s, hash), *expired;
    if (same != NULL)
        gone[count++] = take_out(cache, s, same);
    for (size_t looked = 0; looked < SWEEP; looked++) {
        expired = token_shard_expired(s, now, 1);
        if (expired != NULL)
            gone[count++] = take_out(cache, s, expired);
    }
    return count;
}

/* One at least, and as many as it takes, up to SWEEP at a time. Under the lock. */
static size_t make_room(token_cache *cache, token_shard *s, size_t bytes, token_entry **gone)
{
    size_t count = 0;
    token_entry *e;
    while (count < SWEEP && (e = token_shard_victim(s)) != NULL) {
        gone[count++] = take_out(cache, s, e);
        if (has_room(cache, bytes))
            break;
    }
    return count;
}

/* For a token whose own shard has none that could make way. Under no lock. */
static bool make_room_elsewhere(token_cache *cache, size_t bytes)
{
    token_entry *gone[SWEEP];
    size_t count = 0;
    for (size_t i = 0; i < cache->shard_count && count == 0; i++) {
        token_shard *s = &cache->shards[i];
        pthread_mutex_lock(&s->lock);
        count = make_room(cache, s, bytes, gone);
        pthread_mutex_unlock(&s->lock);
        let_go(cache, gone, count);
    }
    return count > 0;
}

static bool keep(token_cache *cache, token_entry *e, int64_t now)
{
    token_shard *s = shard_of(cache, e->hash);
    token_entry *gone[2 * SWEEP + 1];
    for (;;) {
        size_t made = 0;
        pthread_mutex_lock(&s->lock);
        size_t cleared = clear_away(cache, s, e->hash, now, gone);
        bool kept = take_room(cache, e->bytes);
        if (kept)
            token_shard_add(s, e);
        else
            made = make_room(cache, s, e->bytes, gone + cleared);
        pthread_mutex_unlock(&s->lock);
        let_go(cache, gone, cleared + made);
        if (kept)
            return true;
        if (made == 0 && !make_room_elsewhere(cache, e->bytes))
            return false;
    }
}

bool token_cache_put(token_cache *cache, ost_text token, const token_facts *facts,
                     size_t claims_bytes, int64_t now)
{
    if (facts->expiry <= now)
        return false;
    token_entry *e = token_entry_new(token, hash_of(cache, token), facts, claims_bytes);
    if (e == NULL)
        return false;
    /* One token is not to push out all others. */
    if (e->bytes > cache->max_bytes / cache->shard_count || !keep(cache, e, now)) {
        token_entry_unref(e);
        return false;
    }
    return true;
}

void token_cache_forget(token_cache *cache, ost_text token)
{
    uint64_t hash = hash_of(cache, token);
    token_shard *s = shard_of(cache, hash);
    pthread_mutex_lock(&s->lock);
    token_entry *gone = token_shard_find(s, hash);
    if (gone != NULL)
        take_out(cache, s, gone);
    pthread_mutex_unlock(&s->lock);
    let_go(cache, &gone, gone != NULL);
}

size_t token_cache_bytes(token_cache *cache)
{
    return atomic_load_explicit(&cache->bytes, memory_order_relaxed);
}
