/* SPDX-License-Identifier: Apache-2.0 */
/* Users of a realm that a file is imported over. */
#ifndef USER_MERGE_H
#define USER_MERGE_H

#include <ostiary/json.h>

#include "provider/file/document_merge.h"
#include "provider/file/user_rows.h"
#include "provider/realm/realm.h"
#include "store/store.h"

/* Writes Keycloak's UserRepresentation of a stored user, credentials included. `consents`: their
 * clientConsents; NULL: none. */
OST_MUST_CHECK ost_result user_write(const store_user *user, const ost_json *consents,
                                     ost_json_writer *writer, ost_arena *arena);
/* The same as a value, in the arena. */
OST_MUST_CHECK ost_result user_whole(const store_user *user, ost_arena *arena,
                                     const ost_json **ret_user);

/* Finds the users of the file among those of the realm (`users->stored`), by id, else by name,
 * fills `users->before` and `named`, and merges the documents of those that are found. With
 * MERGE_REPLACE, who has another id in the file is somebody else. OST_E_CONFLICT: one stands there
 * twice. */
OST_MUST_CHECK ost_result user_merge_all(user_rows *users, merge_mode mode, ost_arena *arena,
                                         ost_error *error);

/* A user without the roles and groups that the realm does not have any more: whoever makes others
 * of the same names later does not mean this user. *ret_changed: there were such. In the arena. */
OST_MUST_CHECK ost_result user_prune(const store_user *user, const realm *realm, ost_arena *arena,
                                     store_user *ret_user, bool *ret_changed);

#endif
