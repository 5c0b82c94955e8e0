/* SPDX-License-Identifier: Apache-2.0 */
/* One walk through all secrets of a kind, to seal them anew: in the order of their table, a few in
 * each transaction. What is written meanwhile is sealed as the store says. */
#ifndef RESEAL_WALK_H
#define RESEAL_WALK_H

#include "store/driver.h"
#include "store/store.h"

/* A secret as it lies in the store. */
typedef struct stored_secret {
    ost_text realm, name, text;
} stored_secret;

typedef struct secret_kind {
    const char *select; /* a few rows of the three, behind (?1, ?2), that do not start with ?3 */
    ost_result (*move)(database *database, const stored_secret *secret, ost_arena *arena);
} secret_kind;

/* Moves what is not sealed under the key of the id, and adds to *total how many those are.
 * OST_E_CONFLICT: another key seals by now. */
OST_MUST_CHECK ost_result reseal_walk(store *store, const secret_kind *kind, const char *id,
                                      size_t *total);

/* Until the transaction ends nobody seals anything. OST_E_CONFLICT: another key seals by now. */
OST_MUST_CHECK ost_result reseal_turn(database *database, const char *id);

#define SEAL_MARK 64
/* What everything starts with that the key of the id has sealed. */
void seal_mark(const char *id, char ret_mark[SEAL_MARK]);

#endif
