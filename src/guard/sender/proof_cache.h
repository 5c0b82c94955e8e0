/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs that have been shown, so that none is accepted twice (RFC 9449 §11.1). */
#ifndef PROOF_CACHE_H
#define PROOF_CACHE_H

#include <ostiary/types.h>

/* Any number of threads may use one at once. */
typedef struct proof_cache proof_cache;

/* Room for about `entries` proofs, in memory that is taken when proofs come. OST_E_MEMORY,
 * OST_E_SYSTEM. */
OST_MUST_CHECK ost_result proof_cache_new(const ost_context *context, size_t entries,
                                          proof_cache **ret_cache);
void proof_cache_free(proof_cache *cache); /* NULL is fine */

/* Notes the proof `id` of the key `owner` until the second `until`, inclusive. OST_E_CONFLICT: it
 * has been shown before, or could have been; OST_E_BUSY: there is no room, and the proof must not
 * be accepted; OST_E_CEILING, OST_E_MEMORY: likewise, the former since this key has its share of
 * the room (proof_shares.h). */
OST_MUST_CHECK ost_result proof_cache_add(proof_cache *cache, ost_text owner, ost_text id,
                                          int64_t until, int64_t now);

#endif
