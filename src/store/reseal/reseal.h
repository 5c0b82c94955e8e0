/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a store whose secrets are sealed, and sealing them anew. */
#ifndef RESEAL_H
#define RESEAL_H

#include "store/sealing/sealing.h"
#include "store/store.h"

/* What has been sealed anew. */
typedef struct reseal_count {
    size_t keys, realms, users, tokens;
    bool overwritten; /* what lay there before has gone from the store's file and its log */
} reseal_count;

/* Gives the store its master keys, before anything sealed is read; once, right after store_open.
 * `source` (NULL: there is none) outlives the store. OST_E_KEY_UNKNOWN: something is, or may be,
 * sealed under a key that is not among them; the detail names it by its id. */
OST_MUST_CHECK ost_result store_unlock(store *store, const master_key_source *source,
                                       ost_error *error);

/* Seals everything under the first of the master keys: what lies in clear, and what others have
 * sealed. In small transactions, beside programs that work with the store; what was interrupted is
 * taken up by the next call. OST_E_STATE: no master key was given. OST_E_CONFLICT: somebody seals
 * everything under another one. */
OST_MUST_CHECK ost_result store_reseal(store *store, reseal_count *ret_count, ost_error *error);

/* The same where nothing has been sealed yet, or that has been interrupted, and a master key was
 * given; else nothing. */
OST_MUST_CHECK ost_result store_seal_clear(store *store, reseal_count *ret_count, ost_error *error);

/* The id of the master key that seals, in the arena; empty: there is none. */
OST_MUST_CHECK ost_result store_master_key(store *store, ost_arena *arena, ost_text *ret_id);

#endif
