/* SPDX-License-Identifier: Apache-2.0 */
/* Users of realm files as rows of the store, and back. */
#ifndef USER_ROW_H
#define USER_ROW_H

#include <ostiary/json.h>

#include "store/user/user_record.h"

struct realm; /* realm.h */

/* Whose users they are; its policy says how plain passwords are hashed. */
typedef struct user_row_home {
    const struct realm *realm;
    const ost_context *context; /* NULL: the system's clock and randomness */
    ost_arena *arena;           /* where rows live */
} user_row_home;

/* One UserRepresentation. A plain password is hashed; a hashed one is kept. `index` is for errors:
 * "users[index]. …". */
OST_MUST_CHECK ost_result user_row_read(const user_row_home *home, const ost_json *user,
                                        size_t index, store_user *ret_row, ost_error *error);

/* The same with the password credential that has been made of the plain one; empty: none has. */
OST_MUST_CHECK ost_result user_row_read_with(const user_row_home *home, const ost_json *user,
                                             ost_text password, size_t index, store_user *ret_row,
                                             ost_error *error);

/* The same for a user who is there, with the id: a plain password that is the one they have is not
 * hashed again. */
OST_MUST_CHECK ost_result user_row_read_over(const user_row_home *home, const ost_json *user,
                                             const store_user *before, size_t index,
                                             store_user *ret_row, ost_error *error);

/* The same with the password credential that has been made for the user; empty: none has. */
OST_MUST_CHECK ost_result user_row_read_over_with(const user_row_home *home, const ost_json *user,
                                                  const store_user *before, ost_text password,
                                                  size_t index, store_user *ret_row,
                                                  ost_error *error);

/* The plain password of a UserRepresentation; empty: it has none. */
ost_text user_row_plain_password(const ost_json *user);

/* Into the object of a new user: the groups that the realm gives to all. */
void user_row_put_default_groups(const struct realm *realm, ost_json_writer *w);

/* The account of a client with service accounts: its user name begins so, the client ID follows. It
 * gets the realm's default role and groups like any new user, and nothing that it would have to do.
 */
#define SERVICE_ACCOUNT "service-account-"

OST_MUST_CHECK ost_result user_row_service_account(const user_row_home *home, ost_text client_id,
                                                   store_user *ret_row);

/* The name of a UserRepresentation: that of a client's account is made of the client's, whatever
 * the user is called; empty: it has none. In the arena. OST_E_MEMORY. */
OST_MUST_CHECK ost_result user_row_name(const ost_json *user, ost_arena *arena, ost_text *ret_name);

/* How user names and e-mail addresses are stored and looked up. NULL data: out of memory. */
ost_text user_row_fold(ost_text text, ost_arena *arena);

#endif
