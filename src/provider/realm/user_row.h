/* SPDX-License-Identifier: Apache-2.0 */
/* Users of realm files as rows of the store, and back. */
#ifndef USER_ROW_H
#define USER_ROW_H

#include <ostiary/json.h>

#include "store/store.h"

/* One UserRepresentation. A plain password is hashed; a hashed one is kept. `index` is for errors:
 * "users[index]. …". In the arena. */
OST_MUST_CHECK ost_result user_row_read(const ost_json *user, size_t index, ost_text realm,
                                        const ost_context *context, ost_arena *arena,
                                        store_user *ret_row, ost_error *error);

/* The same with the password credential that has been made of the plain one; empty: none has. */
OST_MUST_CHECK ost_result user_row_read_with(const ost_json *user, ost_text password, size_t index,
                                             ost_text realm, const ost_context *context,
                                             ost_arena *arena, store_user *ret_row,
                                             ost_error *error);

/* The same for a user who is there, with the id: a plain password that is the one they have is not
 * hashed again. */
OST_MUST_CHECK ost_result user_row_read_over(const ost_json *user, const store_user *before,
                                             size_t index, const ost_context *context,
                                             ost_arena *arena, store_user *ret_row,
                                             ost_error *error);

/* The same with the password credential that has been made for the user; empty: none has. */
OST_MUST_CHECK ost_result user_row_read_over_with(const ost_json *user, const store_user *before,
                                                  ost_text password, size_t index,
                                                  const ost_context *context, ost_arena *arena,
                                                  store_user *ret_row, ost_error *error);

/* The plain password of a UserRepresentation; empty: it has none. */
ost_text user_row_plain_password(const ost_json *user);

/* The account of a client with service accounts: its user name begins so, the client ID follows. */
#define SERVICE_ACCOUNT "service-account-"
OST_MUST_CHECK ost_result user_row_service_account(ost_text client_id, ost_text realm,
                                                   ost_text default_role,
                                                   const ost_context *context, ost_arena *arena,
                                                   store_user *ret_row);

/* How user names and e-mail addresses are stored and looked up. NULL data: out of memory. */
ost_text user_row_fold(ost_text text, ost_arena *arena);

#endif
