/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a token of this realm is about. */
#ifndef TOKEN_USER_H
#define TOKEN_USER_H

#include <ostiary/jose.h>

#include "provider/call/call.h"

/* The id of the user whom the subject of a verified token of that client (NULL: nobody's) means:
 * itself, or the user of its session, or the account of its client, where the client has pairwise
 * subjects. Borrowed, or in the arena. OST_E_NOT_FOUND: nobody; others as of the store, which it
 * uses: on the pool. */
OST_MUST_CHECK ost_result token_user(call *call, const realm_client *client,
                                     const ost_claims *claims, ost_text *ret_user_id);

#endif
