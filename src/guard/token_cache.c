/* Remembered signatures; see token_cache.h. A set-associative table: the place of a token follows
 * from a keyed hash of its signature's end, and an entry answers only for exactly its token. That
 * is stricter than comparing digests, and faster. The hash key is random, so that nobody can aim
 * tokens at one place. */
#include "token_cache.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <string.h>

#include "context.h"
#include "text.h"

#define WAYS 4
#define MAX_SHARDS 16
#define HASHED_TAIL 64 /* characters; the end of a signature has all the entropy there is */
#define SWEEP 4        /* places looked at for what has expired, with every token that comes in */

/* One token; immutable but for the count of those who use it. */
typedef struct entry {
    remembered known;
    atomic_size_t references;
    uint64_t hash;
    size_t bytes;     /* all of it */
    ost_arena *arena; /* holds the claims */
    size_t token_len;
    char data[]; /* the token, then its payload */
} entry;

typedef struct place {
    uint64_t hash; /* 0: empty */
    uint64_t used; /* by the shard's clock */
    entry *entry;
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
};

/* ---- one entry ---- */

static void entry_unref(void *data)
{
    entry *e = data;
    if (e == NULL || atomic_fetch_sub_explicit(&e->references, 1, memory_order_acq_rel) != 1)
        return;
    ost_arena_free(e->arena);
    wipe(e->data, e->token_len + e->known.facts.payload.len);
    memory_free(e);
}

static entry *entry_new(ost_text token, uint64_t hash, const token_facts *facts,
                        size_t claims_bytes)
{
    size_t bytes = sizeof(entry) + token.len + facts->payload.len;
    entry *e = memory_alloc(bytes);
    if (e == NULL)
        return NULL;
    memcpy(e->data, token.data, token.len);
    memcpy(e->data + token.len, facts->payload.data, facts->payload.len);
    atomic_init(&e->references, 1);
    e->hash = hash;
    e->bytes = bytes + claims_bytes;
    e->token_len = token.len;
    e->known.facts = *facts;
    e->known.facts.payload.data = e->data + token.len;
    e->arena = ost_arena_new(claims_bytes);
    if (e->arena == NULL ||
        ost_claims_read(e->known.facts.payload, e->arena, &e->known.claims, NULL) != OST_OK) {
        entry_unref(e);
        return NULL;
    }
    return e;
}

static bool entry_is_for(const entry *e, ost_text token)
{
    return e->token_len == token.len && memcmp(e->data, token.data, token.len) == 0;
}

/* ---- the table ---- */

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

/* Takes what is in the place out of it; the caller unrefs it, outside the lock. */
static entry *take_out(shard *s, place *p)
{
    entry *e = p->entry;
    if (e != NULL)
        s->bytes -= e->bytes;
    *p = (place){0};
    return e;
}

void token_cache_free(token_cache *cache)
{
    if (cache == NULL)
        return;
    for (size_t i = 0; i < cache->shard_count; i++) {
        shard *s = &cache->shards[i];
        for (size_t k = 0; s->places != NULL && k < cache->sets * cache->ways; k++)
            entry_unref(take_out(s, &s->places[k]));
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

const remembered *token_cache_get(token_cache *cache, ost_text token, int64_t now, ost_arena *arena)
{
    uint64_t hash = hash_of(cache, token);
    shard *s = shard_of(cache, hash);
    place *set = set_of(cache, s, hash);
    entry *found = NULL;
    pthread_mutex_lock(&s->lock);
    for (size_t way = 0; way < cache->ways && found == NULL; way++) {
        if (set[way].hash == hash && set[way].entry->token_len == token.len) {
            found = set[way].entry;
            atomic_fetch_add_explicit(&found->references, 1, memory_order_relaxed);
            set[way].used = ++s->clock;
        }
    }
    pthread_mutex_unlock(&s->lock);
    if (found == NULL)
        return NULL;
    if (found->known.facts.expiry <= now || !entry_is_for(found, token) ||
        !ost_arena_defer(arena, entry_unref, found)) {
        entry_unref(found);
        return NULL;
    }
    return &found->known;
}

/* Its own place, else an empty one, else the one that was used longest ago. */
static place *choose_place(const token_cache *cache, const shard *s, uint64_t hash)
{
    place *set = set_of(cache, s, hash), *oldest = set;
    for (size_t way = 0; way < cache->ways; way++) {
        if (set[way].hash == hash)
            return &set[way];
        if (set[way].used < oldest->used)
            oldest = &set[way];
    }
    return oldest;
}

/* What has to go: the expired ones that the hand meets, and any while there is no room. Writes to
 * `gone`, which has room for SWEEP of them, and returns how many. */
static size_t sweep(const token_cache *cache, shard *s, size_t needed, int64_t now, entry **gone)
{
    size_t count = 0, places = cache->sets * cache->ways;
    for (size_t looked = 0; looked < SWEEP && looked < places; looked++) {
        place *p = &s->places[s->hand++ % places];
        bool expired = p->entry != NULL && p->entry->known.facts.expiry <= now;
        if (p->entry != NULL && (expired || s->bytes + needed > cache->max_bytes))
            gone[count++] = take_out(s, p);
    }
    return count;
}

bool token_cache_put(token_cache *cache, ost_text token, const token_facts *facts,
                     size_t claims_bytes, int64_t now)
{
    uint64_t hash = hash_of(cache, token);
    shard *s = shard_of(cache, hash);
    entry *gone[SWEEP + 1];
    size_t count;
    if (facts->expiry <= now)
        return false;
    entry *e = entry_new(token, hash, facts, claims_bytes);
    if (e == NULL)
        return false;
    pthread_mutex_lock(&s->lock);
    count = sweep(cache, s, e->bytes, now, gone);
    place *p = choose_place(cache, s, hash);
    gone[count++] = take_out(s, p);
    if (s->bytes + e->bytes <= cache->max_bytes) {
        *p = (place){hash, ++s->clock, e};
        s->bytes += e->bytes;
        e = NULL;
    }
    pthread_mutex_unlock(&s->lock);
    bool kept = e == NULL;
    entry_unref(e);
    for (size_t i = 0; i < count; i++)
        entry_unref(gone[i]);
    return kept;
}

void token_cache_forget(token_cache *cache, ost_text token)
{
    uint64_t hash = hash_of(cache, token);
    shard *s = shard_of(cache, hash);
    place *set = set_of(cache, s, hash);
    entry *gone = NULL;
    pthread_mutex_lock(&s->lock);
    for (size_t way = 0; way < cache->ways && gone == NULL; way++) {
        if (set[way].hash == hash)
            gone = take_out(s, &set[way]);
    }
    pthread_mutex_unlock(&s->lock);
    entry_unref(gone);
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
