/* SPDX-License-Identifier: Apache-2.0 */
/* A hash table with chains, and a clock (second chance) over a list; see token_shard.h. */
#include "guard/cache/token_shard.h"

#include "base/context.h"

#define SPARED_AT_MOST 16 /* for one that makes way; this bounds what that costs */

bool token_shard_init(token_shard *s, size_t entries)
{
    pthread_mutex_init(&s->lock, NULL);
    s->bucket_count = 1;
    while (s->bucket_count < entries)
        s->bucket_count *= 2;
    s->buckets = memory_alloc(s->bucket_count * sizeof *s->buckets);
    return s->buckets != NULL;
}

void token_shard_free(token_shard *s)
{
    while (s->oldest != NULL) {
        token_entry *e = s->oldest;
        token_shard_take_out(s, e);
        token_entry_unref(e);
    }
    memory_free(s->buckets);
    pthread_mutex_destroy(&s->lock);
}

/* The lowest bits choose the shard, the highest a share's place. */
static token_entry **bucket_of(const token_shard *s, uint64_t hash)
{
    return &s->buckets[hash >> 8 & (s->bucket_count - 1)];
}

token_entry *token_shard_find(const token_shard *s, uint64_t hash)
{
    token_entry *e = *bucket_of(s, hash);
    while (e != NULL && e->hash != hash)
        e = e->chain;
    return e;
}

static void link_newest(token_shard *s, token_entry *e)
{
    e->newer = NULL;
    e->older = s->newest;
    *(s->newest != NULL ? &s->newest->newer : &s->oldest) = e;
    s->newest = e;
}

static void unlink_entry(token_shard *s, token_entry *e)
{
    *(e->newer != NULL ? &e->newer->older : &s->newest) = e->older;
    *(e->older != NULL ? &e->older->newer : &s->oldest) = e->newer;
    if (s->hand == e)
        s->hand = e->newer;
}

void token_shard_add(token_shard *s, token_entry *e)
{
    token_entry **bucket = bucket_of(s, e->hash);
    e->chain = *bucket;
    *bucket = e;
    link_newest(s, e);
}

void token_shard_take_out(token_shard *s, token_entry *e)
{
    token_entry **at = bucket_of(s, e->hash);
    while (*at != e)
        at = &(*at)->chain;
    *at = e->chain;
    unlink_entry(s, e);
    atomic_store_explicit(&e->taken_out, true, memory_order_relaxed);
}

token_entry *token_shard_expired(token_shard *s, int64_t now, size_t looks)
{
    for (size_t looked = 0; looked < looks; looked++) {
        token_entry *e = s->hand != NULL ? s->hand : s->oldest;
        if (e == NULL)
            break;
        s->hand = e->newer;
        if (e->known.facts.expiry <= now)
            return e;
    }
    return NULL;
}

token_entry *token_shard_victim(token_shard *s)
{
    for (size_t spared = 0; spared < SPARED_AT_MOST && s->oldest != s->newest; spared++) {
        token_entry *e = s->oldest;
        if (!token_entry_take_used(e))
            break;
        unlink_entry(s, e);
        link_newest(s, e);
    }
    return s->oldest;
}
