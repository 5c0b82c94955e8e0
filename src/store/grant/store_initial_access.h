/* SPDX-License-Identifier: Apache-2.0 */
/* Initial access tokens: who has one may register clients. */
#ifndef STORE_INITIAL_ACCESS_H
#define STORE_INITIAL_ACCESS_H

#include "store/store.h"

typedef struct store_initial_access {
    ost_text realm, id;
    int64_t created, expiration; /* seconds that it lasts; 0: until it is deleted */
    int64_t count, remaining;    /* of registrations */
} store_initial_access;
OST_MUST_CHECK ost_result store_initial_access_create(store *store,
                                                      const store_initial_access *token);
/* The oldest first; at most `limit`. */
OST_MUST_CHECK ost_result store_initial_access_list(store *store, ost_text realm, size_t limit,
                                                    ost_arena *arena,
                                                    store_initial_access **ret_tokens,
                                                    size_t *ret_count);
OST_MUST_CHECK ost_result store_initial_access_delete(store *store, ost_text realm, ost_text id);
/* Takes one registration, once whatever happens. OST_E_NOT_FOUND: there is no such token;
 * OST_E_EXPIRED; OST_E_CONFLICT: none is left. And gives it back, when nothing came of it. */
OST_MUST_CHECK ost_result store_initial_access_take(store *store, ost_text realm, ost_text id,
                                                    int64_t now);
OST_MUST_CHECK ost_result store_initial_access_give_back(store *store, ost_text realm, ost_text id);

#endif
