/* Remembered signatures; see token_cache.h. A set-associative table: the place of a token follows
 * from a keyed hash of its signature part, and an entry answers only for exactly its token. The
 * hash key is random, so that nobody can aim tokens at one place. */
#include "token_cache.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

#include "context.h"
#include "text.h"

#define WAYS 4
#define SHARDS 16

typedef struct entry {
    uint64_t hash; /* 0: empty */
    size_t issuer;
    uint64_t generation;
    int64_t expiry;
    uint64_t used;
    char *data; /* the token, then the payload */
    uint32_t token_len, payload_len;
    ost_alg alg;
} entry;

typedef struct shard {
    pthread_mutex_t lock;
    uint64_t clock;
    size_t bytes;
    entry *entries; /* sets × WAYS */
} shard;

struct token_cache {
    unsigned char key[crypto_shorthash_KEYBYTES];
    size_t sets;      /* of each shard; a power of two */
    size_t max_bytes; /* of each shard */
    shard shards[SHARDS];
};

ost_result token_cache_new(size_t entries, size_t bytes, token_cache **ret_cache)
{
    token_cache *cache = memory_alloc(sizeof *cache);
    if (cache == NULL)
        return OST_E_MEMORY;
    cache->sets = 1;
    while (cache->sets * 2 * WAYS * SHARDS <= entries)
        cache->sets *= 2;
    cache->max_bytes = bytes / SHARDS;
    ost_result result = context_random(NULL, cache->key, sizeof cache->key);
    for (size_t s = 0; s < SHARDS; s++) {
        pthread_mutex_init(&cache->shards[s].lock, NULL);
        cache->shards[s].entries = memory_alloc(cache->sets * WAYS * sizeof(entry));
        if (cache->shards[s].entries == NULL)
            result = OST_E_MEMORY;
    }
    if (result != OST_OK) {
        token_cache_free(cache);
        return result;
    }
    *ret_cache = cache;
    return OST_OK;
}

static void forget(shard *s, entry *e)
{
    size_t len = (size_t)e->token_len + e->payload_len;
    if (e->data != NULL)
        wipe(e->data, len);
    s->bytes -= len;
    memory_free(e->data);
    *e = (entry){0};
}

void token_cache_free(token_cache *cache)
{
    if (cache == NULL)
        return;
    for (size_t i = 0; i < SHARDS; i++) {
        shard *s = &cache->shards[i];
        for (size_t e = 0; s->entries != NULL && e < cache->sets * WAYS; e++)
            forget(s, &s->entries[e]);
        memory_free(s->entries);
        pthread_mutex_destroy(&s->lock);
    }
    memory_free(cache);
}

static uint64_t hash_of(const token_cache *cache, ost_text token)
{
    uint64_t hash;
    /* The end of the signature has all the entropy there is. */
    ost_text tail = token.len > 64 ? text_slice(token, token.len - 64, 64) : token;
    crypto_shorthash((unsigned char *)&hash, (const unsigned char *)tail.data, tail.len,
                     cache->key);
    return hash != 0 ? hash : 1;
}

static entry *set_of(const token_cache *cache, const shard *s, uint64_t hash)
{
    return &s->entries[(hash >> 8 & (cache->sets - 1)) * WAYS];
}

static entry *find(const token_cache *cache, const shard *s, uint64_t hash, ost_text token)
{
    entry *set = set_of(cache, s, hash);
    for (size_t way = 0; way < WAYS; way++) {
        if (set[way].hash == hash && set[way].token_len == token.len &&
            memcmp(set[way].data, token.data, token.len) == 0)
            return &set[way];
    }
    return NULL;
}

bool token_cache_get(token_cache *cache, ost_text token, ost_arena *arena, remembered *ret)
{
    uint64_t hash = hash_of(cache, token);
    shard *s = &cache->shards[hash % SHARDS];
    bool found = false;
    pthread_mutex_lock(&s->lock);
    entry *e = find(cache, s, hash, token);
    if (e != NULL) {
        char *payload = ost_arena_copy(arena, (ost_text){e->data + e->token_len, e->payload_len});
        found = payload != NULL;
        e->used = ++s->clock;
        if (found)
            *ret = (remembered){e->issuer, e->generation, e->alg, {payload, e->payload_len}};
    }
    pthread_mutex_unlock(&s->lock);
    return found;
}

/* Its own place, else an empty or expired one, else the one that was used longest ago. */
static entry *choose_place(const token_cache *cache, const shard *s, uint64_t hash, ost_text token,
                           int64_t now)
{
    entry *set = set_of(cache, s, hash), *oldest = &set[0];
    entry *own = find(cache, s, hash, token);
    if (own != NULL)
        return own;
    for (size_t way = 0; way < WAYS; way++) {
        if (set[way].hash == 0 || set[way].expiry <= now)
            return &set[way];
        if (set[way].used < oldest->used)
            oldest = &set[way];
    }
    return oldest;
}

void token_cache_put(token_cache *cache, ost_text token, const remembered *what, int64_t expiry,
                     int64_t now)
{
    size_t len = token.len + what->payload.len;
    uint64_t hash = hash_of(cache, token);
    shard *s = &cache->shards[hash % SHARDS];
    if (expiry <= now || len > cache->max_bytes || len > UINT32_MAX)
        return;
    char *data = memory_alloc(len > 0 ? len : 1);
    if (data == NULL)
        return;
    memcpy(data, token.data, token.len);
    memcpy(data + token.len, what->payload.data, what->payload.len);
    pthread_mutex_lock(&s->lock);
    entry *place = choose_place(cache, s, hash, token, now);
    forget(s, place);
    if (s->bytes + len <= cache->max_bytes) {
        *place = (entry){hash,       what->issuer, what->generation,    expiry,
                         ++s->clock, data,         (uint32_t)token.len, (uint32_t)what->payload.len,
                         what->alg};
        s->bytes += len;
        data = NULL;
    }
    pthread_mutex_unlock(&s->lock);
    memory_free(data);
}
