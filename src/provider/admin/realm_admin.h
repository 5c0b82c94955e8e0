/* SPDX-License-Identifier: Apache-2.0 */
/* Changes to a realm while it serves: what the shell does, and whatever else administers. */
#ifndef REALM_ADMIN_H
#define REALM_ADMIN_H

#include "provider/realm/realm.h"
#include "store/realm/realm_record.h"
#include "store/store.h"
#include "store/user/user_link.h"
#include "store/user/user_record.h"

/* One realm, opened for administration; everything lives in `arena`. */
typedef struct realm_admin {
    store *store;
    ost_arena *arena;
    store_realm row; /* without the document */
    realm *realm;
    realm *stored; /* what it is since a function below has stored it; NULL: none has */
} realm_admin;

/* OST_E_NOT_FOUND: there is no such realm. */
OST_MUST_CHECK ost_result realm_admin_open(store *store, ost_text name, ost_arena *arena,
                                           realm_admin *ret_admin, ost_error *error);
/* The same without reading it: `realm` is the row's, which is of the arena. Takes a reference. */
void realm_admin_begin(store *store, const store_realm *row, realm *realm, ost_arena *arena,
                       realm_admin *ret_admin);
void realm_admin_close(realm_admin *admin);

/* Checks the document and stores it in the place of the realm's. OST_E_FORMAT with the path;
 * OST_E_CONFLICT: somebody else has changed the realm since it was opened. The name of a realm
 * stays. */
OST_MUST_CHECK ost_result realm_admin_store(realm_admin *admin, const ost_json *document,
                                            ost_error *error);

/* The same, and users' documents follow a name that has changed; see store_realm_rename. */
OST_MUST_CHECK ost_result realm_admin_rename(realm_admin *admin, const ost_json *document,
                                             const store_renaming *renaming, ost_error *error);

/* Deletes the realm with everything in it, and in the same transaction its client in master with
 * all that its roles were given to. OST_E_CONFLICT: somebody else has changed master meanwhile. */
OST_MUST_CHECK ost_result realm_admin_delete(realm_admin *admin, ost_error *error);

/* The same with one client's document added, or in the place of the client's: it alone is checked
 * and read. */
OST_MUST_CHECK ost_result realm_admin_add_client(realm_admin *admin, const ost_json *document,
                                                 ost_error *error);
OST_MUST_CHECK ost_result realm_admin_store_client(realm_admin *admin, const realm_client *client,
                                                   const ost_json *document, ost_error *error);

/* A user by name, or by id. OST_E_NOT_FOUND with a sentence. */
OST_MUST_CHECK ost_result realm_admin_user(realm_admin *admin, ost_text name, store_user *ret_user,
                                           const ost_json **ret_document, ost_error *error);

/* Stores the user with another document; name, address and whether they are enabled follow it. */
OST_MUST_CHECK ost_result realm_admin_store_user(realm_admin *admin, const store_user *user,
                                                 const ost_json *document, ost_error *error);

/* Sets the password; `temporary`: it has to be changed at the next login. */
OST_MUST_CHECK ost_result realm_admin_set_password(realm_admin *admin, const store_user *user,
                                                   const ost_json *document, ost_text password,
                                                   bool temporary, ost_error *error);

/* Gives the user a role of the realm, or (not NULL) of a client. OST_E_NOT_FOUND. */
OST_MUST_CHECK ost_result realm_admin_add_role(realm_admin *admin, const store_user *user,
                                               const ost_json *document, const char *client,
                                               ost_text name, ost_error *error);

#endif
