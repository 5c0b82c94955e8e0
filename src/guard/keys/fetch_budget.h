/* SPDX-License-Identifier: Apache-2.0 */
/* How often strangers may cause a fetch: tokens with unknown kids cost nothing to make. Not
 * thread-safe; times are monotonic milliseconds. */
#ifndef FETCH_BUDGET_H
#define FETCH_BUDGET_H

#include <sodium.h>

#include <ostiary/types.h>

#define FETCH_WINDOW 30000 /* milliseconds */
#define FETCH_ATTEMPTS 2   /* in any window */
#define UNKNOWN_KIDS 256   /* remembered; the oldest make way */

typedef struct fetch_budget {
    int64_t attempts[FETCH_ATTEMPTS]; /* when the last ones began, the oldest first; 0: never */
    unsigned char key[crypto_shorthash_KEYBYTES];
    struct {
        uint64_t hash;
        int64_t until;
    } unknown[UNKNOWN_KIDS];
    size_t next;
} fetch_budget;

/* `context` is for the key of the hash. */
OST_MUST_CHECK ost_result fetch_budget_init(fetch_budget *budget, const ost_context *context);

/* True when a fetch may begin; it is counted then, whatever comes of it. */
bool fetch_budget_spend(fetch_budget *budget, int64_t now);

uint64_t fetch_budget_hash(const fetch_budget *budget, ost_text kid);

/* A fetch did not bring this kid: it need not be looked for again within a window. */
void fetch_budget_remember(fetch_budget *budget, uint64_t kid_hash, int64_t now);
bool fetch_budget_knows(const fetch_budget *budget, uint64_t kid_hash, int64_t now);

#endif
