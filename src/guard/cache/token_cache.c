/* Remembered signatures; see token_cache.h. A set-associative table: the place of a token follows
 * from a keyed hash of its signature's end, and an entry answers only for exactly its token. That
 * is stricter than comparing digests, and faster. The hash key is random, so that nobody can aim
 * tokens at one place. */
#include "guard/cache/token_cache.h"

#include <pthread.h>
#include <sodium.h>

#include "base/context.h"
#include "base/text.h"
#include "guard/cache/token_shares.h"

#define WAYS 4
#define MAX_SHARDS 16
#define HASHED_TAIL 64 /* characters; the end of a signature has all the entropy there is */
#define OFTEN 8        /* one time in so many that an entry is found, a thread gets a share in it */
#define SWEEP                                                                                      \
    4 /* places looked at for what has expired, with every token that comes in, and                \
         tokens that make way at a time */

typedef struct place {
    uint64_t hash; /* 0: empty */
    uint64_t used; /* by the shard's clock */
    token_entry *entry;
} place;

typedef struct shard {
    pthread_mutex_t lock;
    uint64_t clock;
    size_t bytes;
    size_t hand; /* where to look next for something to forget */
    place *places;
    char apart[64]; /* from the next one's lock */
} shard;

struct token_cache {
    unsigned char key[crypto_shorthash_KEYBYTES];
    size_t shard_count, ways;
    size_t sets;      /* of each shard; all three are powers of two */
    size_t max_bytes; /* of each shard */
    shard shards[MAX_SHARDS];
    token_shares shares;
};

/* At most four to a set and sixteen shards, and fewer when there are fewer entries. */
static void divide(token_cache *cache, size_t entries, size_t bytes)
{
    size_t places = 1;
    while (places <= entries / 2)
        places *= 2;
    cache->ways = places < WAYS ? places : WAYS;
    cache->shard_count = places / cache->ways < MAX_SHARDS ? places / cache->ways : MAX_SHARDS;
    cache->sets = places / cache->ways / cache->shard_count;
    cache->max_bytes = bytes / cache->shard_count;
}

ost_result token_cache_new(const ost_context *context, size_t entries, size_t bytes,
                           token_cache **ret_cache)
{
    token_cache *cache = memory_alloc(sizeof *cache);
    if (cache == NULL)
        return OST_E_MEMORY;
    divide(cache, entries, bytes);
    token_shares_init(&cache->shares);
    ost_result result = context_random(context, cache->key, sizeof cache->key);
    for (size_t i = 0; i < cache->shard_count; i++) {
        shard *s = &cache->shards[i];
        pthread_mutex_init(&s->lock, NULL);
        s->places = memory_alloc(cache->sets * cache->ways * sizeof(place));
        if (s->places == NULL)
            result = OST_E_MEMORY;
    }
    if (result != OST_OK) {
        token_cache_free(cache);
        return result;
    }
    *ret_cache = cache;
    return OST_OK;
}

/* Takes what is in the place out of it; the caller lets go of it, outside the lock. */
static token_entry *take_out(shard *s, place *p)
{
    token_entry *e = p->entry;
    if (e != NULL) {
        s->bytes -= e->bytes;
        atomic_store_explicit(&e->taken_out, true, memory_order_relaxed);
    }
    *p = (place){0};
    return e;
}

/* What has been taken out, and the shares in it. */
static void let_go(token_cache *cache, token_entry *e)
{
    if (e != NULL && e->shared)
        token_shares_drop(&cache->shares, e);
    token_entry_unref(e);
}

void token_cache_free(token_cache *cache)
{
    if (cache == NULL)
        return;
    token_shares_clear(&cache->shares);
    for (size_t i = 0; i < cache->shard_count; i++) {
        shard *s = &cache->shards[i];
        for (size_t k = 0; s->places != NULL && k < cache->sets * cache->ways; k++)
            token_entry_unref(take_out(s, &s->places[k]));
        memory_free(s->places);
        pthread_mutex_destroy(&s->lock);
    }
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

static shard *shard_of(token_cache *cache, uint64_t hash)
{
    return &cache->shards[hash & (cache->shard_count - 1)];
}

static place *set_of(const token_cache *cache, const shard *s, uint64_t hash)
{
    return &s->places[(hash / MAX_SHARDS & (cache->sets - 1)) * cache->ways];
}

/* The entry of that hash, with a reference; NULL: none. `*ret_share`: the thread is to have a share
 * in it, now that it has been found so often. */
static token_entry *look_up(token_cache *cache, uint64_t hash, bool *ret_share)
{
    shard *s = shard_of(cache, hash);
    place *set = set_of(cache, s, hash);
    token_entry *found = NULL;
    pthread_mutex_lock(&s->lock);
    for (size_t way = 0; way < cache->ways && found == NULL; way++) {
        if (set[way].hash == hash) {
            found = set[way].entry;
            token_entry_ref(found);
            *ret_share = ++found->found % OFTEN == 0;
            found->shared = found->shared || *ret_share;
            set[way].used = ++s->clock;
        }
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
    bool good = token_entry_answers(found, token, now);
    if (good && share)
        token_shares_add(&cache->shares, found);
    if (!good || !ost_arena_defer(arena, token_entry_unref, found)) {
        token_entry_unref(found);
        return NULL;
    }
    return &found->known;
}

static place *longest_unused(const token_cache *cache, place *set)
{
    place *oldest = set;
    for (size_t way = 1; way < cache->ways; way++) {
        if (set[way].used < oldest->used)
            oldest = &set[way];
    }
    return oldest;
}

/* Its own place, else an empty one, else the one that was used longest ago; use by shares, of which
 * the table sees nothing, counts as use now. */
static place *choose_place(const token_cache *cache, shard *s, uint64_t hash)
{
    place *set = set_of(cache, s, hash), *oldest;
    for (size_t way = 0; way < cache->ways; way++) {
        if (set[way].hash == hash)
            return &set[way];
    }
    for (size_t turn = 0; turn < cache->ways; turn++) {
        oldest = longest_unused(cache, set);
        if (oldest->entry == NULL || !token_entry_take_used(oldest->entry))
            return oldest;
        oldest->used = ++s->clock;
    }
    return longest_unused(cache, set);
}

/* What has expired of what the hand meets next. Writes to `gone`, which has room for SWEEP of them,
 * and returns how many. */
static size_t sweep(const token_cache *cache, shard *s, int64_t now, token_entry **gone)
{
    size_t count = 0, places = cache->sets * cache->ways;
    for (size_t looked = 0; looked < SWEEP && looked < places; looked++) {
        place *p = &s->places[s->hand++ % places];
        if (p->entry != NULL && p->entry->known.facts.expiry <= now)
            gone[count++] = take_out(s, p);
    }
    return count;
}

/* The same of anything that the hand meets, as long as there is no room. */
static size_t make_room(const token_cache *cache, shard *s, size_t needed, token_entry **gone)
{
    size_t count = 0, places = cache->sets * cache->ways;
    for (size_t looked = 0; looked < places && count < SWEEP; looked++) {
        if (s->bytes + needed <= cache->max_bytes)
            break;
        place *p = &s->places[s->hand++ % places];
        if (p->entry != NULL)
            gone[count++] = take_out(s, p);
    }
    return count;
}

static void put(token_cache *cache, shard *s, token_entry *e)
{
    *choose_place(cache, s, e->hash) = (place){e->hash, ++s->clock, e};
    s->bytes += e->bytes;
}

bool token_cache_put(token_cache *cache, ost_text token, const token_facts *facts,
                     size_t claims_bytes, int64_t now)
{
    uint64_t hash = hash_of(cache, token);
    shard *s = shard_of(cache, hash);
    token_entry *gone[2 * SWEEP + 1];
    size_t count;
    bool kept = false;
    if (facts->expiry <= now)
        return false;
    token_entry *e = token_entry_new(token, hash, facts, claims_bytes);
    if (e == NULL)
        return false;
    if (e->bytes > cache->max_bytes) { /* no room that could be made would do */
        token_entry_unref(e);
        return false;
    }
    /* What is large may need more room than is made at a time. */
    do {
        pthread_mutex_lock(&s->lock);
        count = sweep(cache, s, now, gone);
        gone[count++] = take_out(s, choose_place(cache, s, hash));
        size_t made = make_room(cache, s, e->bytes, gone + count);
        count += made;
        kept = s->bytes + e->bytes <= cache->max_bytes;
        if (kept)
            put(cache, s, e);
        pthread_mutex_unlock(&s->lock);
        for (size_t i = 0; i < count; i++)
            let_go(cache, gone[i]);
        count = made;
    } while (!kept && count > 0);
    if (!kept)
        token_entry_unref(e);
    return kept;
}

void token_cache_forget(token_cache *cache, ost_text token)
{
    uint64_t hash = hash_of(cache, token);
    shard *s = shard_of(cache, hash);
    place *set = set_of(cache, s, hash);
    token_entry *gone = NULL;
    pthread_mutex_lock(&s->lock);
    for (size_t way = 0; way < cache->ways && gone == NULL; way++) {
        if (set[way].hash == hash)
            gone = take_out(s, &set[way]);
    }
    pthread_mutex_unlock(&s->lock);
    let_go(cache, gone);
}

size_t token_cache_bytes(token_cache *cache)
{
    size_t bytes = 0;
    for (size_t i = 0; i < cache->shard_count; i++) {
        pthread_mutex_lock(&cache->shards[i].lock);
        bytes += cache->shards[i].bytes;
        pthread_mutex_unlock(&cache->shards[i].lock);
    }
    return bytes;
}
