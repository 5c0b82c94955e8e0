/* SPDX-License-Identifier: Apache-2.0 */
/* A user's document stored anew. */
#ifndef USER_CHANGE_H
#define USER_CHANGE_H

#include "provider/realm/realm.h"
#include "store/store.h"
#include "store/user/user_record.h"

/* Stores the user with another document; name and address follow it, the password stays.
 * OST_E_CONFLICT: they have been changed since they were read, or the name or address is somebody
 * else's. */
OST_MUST_CHECK ost_result user_change_store(store *store, const realm *realm,
                                            const store_user *user, const ost_json *document,
                                            ost_arena *arena);

#endif
