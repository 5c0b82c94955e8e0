/* SPDX-License-Identifier: Apache-2.0 */
/* What is to be done for each user of a realm file, looked through by review_object, beside reading
 * the row: errors call the user "users[number]". */
#ifndef USER_MAKE_H
#define USER_MAKE_H

#include <ostiary/json.h>

#include "provider/realm/realm.h"
#include "store/user/user_record.h"

/* Groups and clients that the user names must be there: OST_E_FORMAT with "users[3].groups[0]: …".
 * Roles need not: the realm has been given those that users name. */
OST_MUST_CHECK ost_result user_make_check(const ost_json *user, size_t number, const realm *realm,
                                          ost_error *error);

/* The plain password, by the realm's policy; what is hashed already cannot be judged. */
OST_MUST_CHECK ost_result user_make_judge(const ost_json *user, size_t number, const realm *realm,
                                          ost_error *error);

/* What the user has granted, into the row. In the arena. */
OST_MUST_CHECK ost_result user_make_consents(const ost_json *user, size_t number,
                                             const realm *realm, const ost_context *context,
                                             ost_arena *arena, store_user *row, ost_error *error);

#endif
