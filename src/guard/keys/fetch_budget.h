/* SPDX-License-Identifier: Apache-2.0 */
/* How often strangers may cause a fetch: tokens with unknown kids cost nothing to make. When that
 * is spent there is a reserve, a fetch at a time, for kids that come again and again, as those of a
 * key that has begun to sign do; those that are made up come once. Whoever takes it by repeating
 * himself has all keys fetched, the new one among them. Not thread-safe; times are monotonic
 * milliseconds.
 */
#ifndef FETCH_BUDGET_H
#define FETCH_BUDGET_H

#include <sodium.h>

#include <ostiary/types.h>

#define FETCH_WINDOW 30000 /* milliseconds */
#define FETCH_ATTEMPTS 2   /* in any window */
#define UNKNOWN_KIDS 256   /* remembered; the oldest make way */
#define RESERVE_PAUSE 5000 /* milliseconds between a fetch and one of the reserve */
#define RESERVE_TIMES 3    /* a kid must have come in a window, to be worth it */
#define RESERVE_ROWS 4
#define RESERVE_COUNTERS 8192 /* in each row */

typedef struct fetch_budget {
    int64_t attempts[FETCH_ATTEMPTS]; /* when the last ones began, the oldest first; 0: never */
    unsigned char key[crypto_shorthash_KEYBYTES];
    struct {
        uint64_t hash;
        int64_t until;
    } unknown[UNKNOWN_KIDS];
    size_t next;
    int64_t reserve; /* when the last one of it began; 0: never */
    /* How often kids came: the least of its counters, which others may have raised. */
    int64_t counted_since;
    unsigned char times[RESERVE_ROWS][RESERVE_COUNTERS];
} fetch_budget;

/* `context` is for the key of the hash. */
OST_MUST_CHECK ost_result fetch_budget_init(fetch_budget *budget, const ost_context *context);

/* True when a fetch may begin; it is counted then, whatever comes of it. */
bool fetch_budget_spend(fetch_budget *budget, int64_t now);

/* A kid came for which nothing could be spent. True when it has come often enough for the reserve:
 * *ret_wait is then how long that must not be spent yet, 0 when this has spent it. */
bool fetch_budget_reserve(fetch_budget *budget, uint64_t kid_hash, int64_t now, int64_t *ret_wait);

uint64_t fetch_budget_hash(const fetch_budget *budget, ost_text kid);

/* A fetch did not bring this kid: it need not be looked for again within a window. */
void fetch_budget_remember(fetch_budget *budget, uint64_t kid_hash, int64_t now);
bool fetch_budget_knows(const fetch_budget *budget, uint64_t kid_hash, int64_t now);

#endif
