/* SPDX-License-Identifier: Apache-2.0 */
/* Shares in remembered tokens that are asked for again and again. A user of an entry counts
 * itself on it; where many threads use one and the same, its count and the lock of its table
 * travel from core to core with every request. A share holds one reference to the entry, and has a
 * count of its own: threads have shares of their own, and no longer meet. */
#ifndef TOKEN_SHARES_H
#define TOKEN_SHARES_H

#include <pthread.h>

#include "guard/cache/token_entry.h"

#define SHARE_STRIPES 16
#define SHARE_SETS 64     /* of a stripe */
#define SHARE_WAYS 8      /* tokens of a set */
#define SHARE_PATIENCE 64 /* looks for a place, while a share that has one is not used */

typedef struct token_share token_share;

typedef struct share_set {
    atomic_uint_least64_t hashes[SHARE_WAYS]; /* of their tokens; 0: none */
    token_share *at[SHARE_WAYS];
} share_set;

typedef struct share_stripe {
    pthread_mutex_t lock;
    share_set sets[SHARE_SETS];
    char apart[64];
} share_stripe;

typedef struct token_shares {
    char apart[64]; /* from what stands before them */
    share_stripe stripes[SHARE_STRIPES];
} token_shares;

void token_shares_init(token_shares *all);
void token_shares_clear(token_shares *all); /* what was got remains; not for use afterwards */

/* What is remembered of the token by a share of the calling thread's, or NULL. Valid until the
 * arena is reset. Any thread. */
const remembered *token_shares_get(token_shares *all, uint64_t hash, ost_text token, int64_t now,
                                   ost_arena *arena);

/* Gives the calling thread a share, unless the entry has been taken out of the table, or the place
 * is another's that has been used lately. The caller holds a reference. Without memory
 * nothing happens. */
void token_shares_add(token_shares *all, token_entry *e);

/* Nobody gets the entry by a share from here on. After it has been taken out of the table. */
void token_shares_drop(token_shares *all, const token_entry *e);

#endif
