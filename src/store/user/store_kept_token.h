/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of identity providers that are kept for the users who have come by them: sealed under the
 * master key like other secrets, and gone with the user, or with the link to who they are there. */
#ifndef STORE_KEPT_TOKEN_H
#define STORE_KEPT_TOKEN_H

#include "store/store.h"

typedef struct store_kept_token {
    ost_text realm, user_id;
    ost_text provider;   /* its alias */
    ost_text user_there; /* whose tokens they are there */
    ost_text token;      /* what its token endpoint has answered, as JSON */
    int64_t waits;       /* seconds: until when they wait for a link; 0: it is there */
} store_kept_token;

/* In the place of what is kept for the user by that provider. OST_E_NOT_FOUND: no such user. */
OST_MUST_CHECK ost_result store_kept_token_put(store *store, const store_kept_token *token);

/* OST_E_NOT_FOUND: nothing is kept; OST_E_KEY_UNKNOWN and OST_E_DECRYPTION: it cannot be read. */
OST_MUST_CHECK ost_result store_kept_token_get(store *store, ost_text realm, ost_text user_id,
                                               ost_text provider, ost_arena *arena,
                                               store_kept_token *ret_token);

/* A newer one in the place of `before`. OST_E_CONFLICT: that is not what is kept any more. */
OST_MUST_CHECK ost_result store_kept_token_renew(store *store, const store_kept_token *token,
                                                 const store_kept_token *before, ost_arena *arena);

/* The link is there: what has waited for it waits no longer. Nothing may be kept. */
OST_MUST_CHECK ost_result store_kept_token_settle(store *store, const store_kept_token *token);

#endif
