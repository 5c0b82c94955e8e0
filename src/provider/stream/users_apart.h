/* SPDX-License-Identifier: Apache-2.0 */
/* Whom the store would not take beside each other: users of one id, of one name, or of one address
 * that is theirs alone, as they are stored (without letter case). Of each it keeps 48 bytes. */
#ifndef USERS_APART_H
#define USERS_APART_H

#include "provider/stream/id_set.h"
#include "store/store.h"

typedef struct users_apart {
    id_set ids, names, addresses;
} users_apart;

/* Cleared with users_apart_clear, also on failure. */
OST_MUST_CHECK ost_result users_apart_begin(users_apart *ret_apart, const ost_context *context);
void users_apart_clear(users_apart *apart);

/* OST_E_CONFLICT: somebody has the user's id, name or address already. */
OST_MUST_CHECK ost_result users_apart_add(users_apart *apart, const store_user *user,
                                          ost_error *error);

/* Does one of them have the name or the address of this user, who is none of them? */
bool users_apart_meet(const users_apart *apart, const store_user *user);

/* What the store says of such a user. OST_E_CONFLICT. */
OST_MUST_CHECK ost_result users_apart_refuse(ost_text username, ost_error *error);

#endif
