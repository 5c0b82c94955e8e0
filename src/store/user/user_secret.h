/* SPDX-License-Identifier: Apache-2.0 */
/* Users' documents that hold secrets, which are those with credentials beside the password (keys of
 * devices for one-time codes): they lie sealed under the master key as a whole. A program that is
 * too old to know of that cannot read them, and so lets nobody in without their second factor. */
#ifndef USER_SECRET_H
#define USER_SECRET_H

#include "store/sealing/sealing.h"

typedef struct store_user store_user; /* user/user_record.h */

/* Of a document in clear. It costs no more than to look for the member's name. */
bool user_secret_is(ost_text document);

/* The user's document as it is to be stored; within the transaction that stores it, and before it
 * locks the user. */
OST_MUST_CHECK ost_result user_secret_seal(database *database, const store_user *user,
                                           sealed_text *ret_document);

/* The document in clear of what is stored; see sealing_open. */
OST_MUST_CHECK ost_result user_secret_open(database *database, ost_text realm, ost_text id,
                                           ost_text stored, ost_arena *arena,
                                           ost_text *ret_document);

#endif
