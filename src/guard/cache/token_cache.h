/* SPDX-License-Identifier: Apache-2.0 */
/* Remembered signatures: for each token the keys that verified it, and its claims as they were
 * signed. Nothing that depends on time, route or request is remembered. Bounded in entries and
 * bytes. */
#ifndef TOKEN_CACHE_H
#define TOKEN_CACHE_H

#include "guard/cache/token_entry.h"

typedef struct token_cache token_cache;

/* At most `entries` tokens, and `bytes` of memory for them, with their claims. What would take a
 * sixteenth of that alone is not remembered (of a quarter of the entries, where these are fewer).
 */
OST_MUST_CHECK ost_result token_cache_new(const ost_context *context, size_t entries, size_t bytes,
                                          token_cache **ret_cache);
void token_cache_free(token_cache *cache); /* NULL is fine; what was got remains */

/* What is remembered of exactly this token, or NULL: also from its expiry on. Valid until the arena
 * is reset. Any thread. */
const remembered *token_cache_get(token_cache *cache, ost_text token, int64_t now,
                                  ost_arena *arena);

/* Remembers until the token expires, if there is room and memory: false otherwise. `claims_bytes`
 * is what reading the claims takes of an arena. Any thread. */
bool token_cache_put(token_cache *cache, ost_text token, const token_facts *facts,
                     size_t claims_bytes, int64_t now);

/* It is not known from here on; who has got it keeps it. Any thread. */
void token_cache_forget(token_cache *cache, ost_text token);

/* For tests and metrics. */
size_t token_cache_bytes(token_cache *cache);

#endif
