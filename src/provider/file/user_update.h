/* SPDX-License-Identifier: Apache-2.0 */
/* The users of a plan on their way into the store, some at a time: they are read and merged again,
 * with what the transaction finds. */
#ifndef USER_UPDATE_H
#define USER_UPDATE_H

#include "provider/file/user_plan.h"
#include "store/realm/store_realm_change.h"

typedef struct user_update user_update;

/* The plan has to last. NULL: out of memory. Freed with user_update_free. */
OST_MUST_CHECK user_update *user_update_new(const user_plan *plan);
void user_update_free(user_update *change);

/* As the store wants it. */
store_change_feed user_update_for_store(user_update *change);

#endif
