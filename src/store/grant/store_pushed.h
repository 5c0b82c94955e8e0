/* SPDX-License-Identifier: Apache-2.0 */
/* Pushed authorization requests (RFC 9126). */
#ifndef STORE_PUSHED_H
#define STORE_PUSHED_H

#include "store/store.h"

typedef struct store_pushed {
    ost_text id; /* SHA-256 of what names it, base64url */
    ost_text realm, client_id;
    ost_text parameters; /* as a form */
    int64_t expires;
    ost_text network; /* from which nobody in particular pushes; empty: it is the client */
} store_pushed;

/* Keeps a request, of which a client may have `limit` waiting at `now`. OST_E_BUSY: it has, or the
 * network has its share of them. */
OST_MUST_CHECK ost_result store_pushed_create(store *store, const store_pushed *pushed,
                                              size_t limit, int64_t now);
/* The parameters of a client's request that has not expired at `now`, as often as they are asked
 * for; until `until` one login may be completed for it. OST_E_NOT_FOUND: there is none, it is
 * another client's, or it is used up. */
OST_MUST_CHECK ost_result store_pushed_begin(store *store, ost_text realm, ost_text client_id,
                                             ost_text id, int64_t now, int64_t until,
                                             ost_arena *arena, ost_text *ret_parameters);
/* Uses up what has begun. OST_E_NOT_FOUND: somebody else has, or it was too long ago. */
OST_MUST_CHECK ost_result store_pushed_spend(store *store, ost_text realm, ost_text id,
                                             int64_t now);

#endif
