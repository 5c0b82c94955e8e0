/* SPDX-License-Identifier: Apache-2.0 */
/* One part of the remembered tokens: a hash table of its own, and the order in which they came.
 * The caller holds its lock, but for making and ending it. */
#ifndef TOKEN_SHARD_H
#define TOKEN_SHARD_H

#include <pthread.h>

#include "guard/cache/token_entry.h"

typedef struct token_shard {
    pthread_mutex_t lock;
    token_entry **buckets;
    size_t bucket_count;          /* a power of two */
    token_entry *newest, *oldest; /* in the order of coming, or of being spared */
    token_entry *hand;            /* where to look next for what has expired; NULL: anywhere */
    char apart[64];               /* from the next one's lock */
} token_shard;

/* For about so many entries. False: no memory; token_shard_free is for both cases. */
OST_MUST_CHECK bool token_shard_init(token_shard *s, size_t entries);
void token_shard_free(token_shard *s); /* with what is in it */

/* The entry of that hash, or NULL; the shard's own reference. */
token_entry *token_shard_find(const token_shard *s, uint64_t hash);

/* Takes over the caller's reference. None of that hash is in it. */
void token_shard_add(token_shard *s, token_entry *e);

/* The caller has its reference from here on. */
void token_shard_take_out(token_shard *s, token_entry *e);

/* One whose time is over of the next `looks`, or NULL. */
token_entry *token_shard_expired(token_shard *s, int64_t now, size_t looks);

/* Which one is to make way: the oldest that was not used since it came or was last spared, and the
 * oldest that there is when many have been spared for it. NULL: the shard is empty. */
token_entry *token_shard_victim(token_shard *s);

#endif
