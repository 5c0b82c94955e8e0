/* SPDX-License-Identifier: Apache-2.0 */
/* Whom the store would not take beside each other: users of one name, or of one address that is
 * theirs alone, as they are stored (without letter case). Of each it keeps 16 bytes. */
#ifndef USERS_APART_H
#define USERS_APART_H

#include "provider/stream/id_set.h"
#include "store/user/user_record.h"

typedef struct users_apart {
    id_set names, addresses;
} users_apart;

/* For so many users, and more. Cleared with users_apart_clear, also on failure. */
OST_MUST_CHECK ost_result users_apart_begin(users_apart *ret_apart, size_t count,
                                            const ost_context *context);
void users_apart_clear(users_apart *apart);

/* OST_E_CONFLICT: somebody has the user's name or address already, or the id, which is added to
 * `ids`; NULL: the id is known to be the user's. */
OST_MUST_CHECK ost_result users_apart_add(users_apart *apart, id_set *ids, const store_user *user);

/* Does one of them have the name or the address of this user, who is none of them? */
bool users_apart_meet(const users_apart *apart, const store_user *user);

#endif
