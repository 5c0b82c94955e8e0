/* SPDX-License-Identifier: Apache-2.0 */
/* Users of a realm that a file is imported over. */
#ifndef USER_MERGE_H
#define USER_MERGE_H

#include <ostiary/json.h>

#include "provider/file/document_merge.h"
#include "provider/file/user_rows.h"
#include "provider/realm/realm.h"
#include "provider/stream/id_set.h"
#include "store/store.h"
#include "store/user/user_record.h"

/* Writes Keycloak's UserRepresentation of a stored user, credentials included. `consents`: their
 * clientConsents; NULL: none. */
OST_MUST_CHECK ost_result user_write(const store_user *user, const ost_json *consents,
                                     ost_json_writer *writer, ost_arena *arena);
/* The same as a value, in the arena. */
OST_MUST_CHECK ost_result user_whole(const store_user *user, ost_arena *arena,
                                     const ost_json **ret_user);

/* Finds users of a file in the store: by id, else by name, and with MERGE_REPLACE who has another
 * id in the file is somebody else. Fills `users->before` and adds those to `seen`. OST_E_CONFLICT:
 * one is meant twice. */
OST_MUST_CHECK ost_result user_merge_find(user_rows *users, store *store, ost_text realm,
                                          merge_mode mode, id_set *seen, ost_arena *arena,
                                          ost_error *error);

/* Fills `users->before` by ids (parallel; empty: somebody new). OST_E_CONFLICT: one is not among
 * `stored`. */
OST_MUST_CHECK ost_result user_merge_take(user_rows *users, const ost_text *ids,
                                          const store_user *stored, size_t stored_count,
                                          ost_arena *arena, ost_error *error);

/* Merges the documents with those of `users->before`. */
OST_MUST_CHECK ost_result user_merge_all(user_rows *users, merge_mode mode, ost_arena *arena,
                                         ost_error *error);

/* A user without the roles and groups that the realm does not have any more: whoever makes others
 * of the same names later does not mean this user. *ret_changed: there were such. In the arena. */
OST_MUST_CHECK ost_result user_prune(const store_user *user, const realm *realm, ost_arena *arena,
                                     store_user *ret_user, bool *ret_changed);

#endif
