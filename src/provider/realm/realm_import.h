/* Realm files in Keycloak's format: read, checked as a whole, stored as a whole; and written. */
#ifndef REALM_IMPORT_H
#define REALM_IMPORT_H

#include <ostiary/types.h>

#include "store/store.h"

typedef enum realm_import_outcome { REALM_IMPORTED, REALM_SKIPPED } realm_import_outcome;

/* Imports one file, together with `<realm>-users-N.json` beside it. ${ENV} placeholders are
 * replaced. A realm that exists is skipped. Plain passwords are hashed; missing ids, default roles,
 * default client scopes and built-in clients are filled in as Keycloak does. On error nothing has
 * been stored, and the detail names file, line and path within it. */
OST_MUST_CHECK ost_result realm_import_file(store *store, const char *path,
                                            const ost_context *context,
                                            realm_import_outcome *ret_outcome,
                                            ost_error *ret_error);
/* The same for a realm that is at hand as text; OST_E_CONFLICT when it exists. */
OST_MUST_CHECK ost_result realm_import_document(store *store, ost_text document,
                                                const ost_context *context, ost_error *ret_error);
/* A file, or every *.json of a folder that holds a realm. */
OST_MUST_CHECK ost_result realm_import_path(store *store, const char *path,
                                            const ost_context *context, size_t *ret_imported,
                                            size_t *ret_skipped, ost_error *ret_error);
/* A whole realm file, users and credentials included, in the arena. */
OST_MUST_CHECK ost_result realm_export(store *store, ost_text realm, bool with_users,
                                       ost_arena *arena, ost_text *ret_document,
                                       ost_error *ret_error);
/* Adds one user; `password` may be empty. OST_E_CONFLICT. */
OST_MUST_CHECK ost_result realm_add_user(store *store, ost_text realm, ost_text username,
                                         ost_text email, ost_text password,
                                         const char *const *realm_roles, const ost_context *context,
                                         ost_error *ret_error);

#endif
