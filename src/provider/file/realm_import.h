/* SPDX-License-Identifier: Apache-2.0 */
/* Realm files in Keycloak's format: read, checked as a whole, stored as a whole; and written. */
#ifndef REALM_IMPORT_H
#define REALM_IMPORT_H

#include <ostiary/types.h>

#include "provider/member/import_report.h"
#include "store/store.h"

typedef enum realm_import_outcome {
    REALM_IMPORTED,
    REALM_SKIPPED, /* it exists */
    REALM_CHECKED, /* it could be imported: a dry run stores nothing */
    REALM_REFUSED,
} realm_import_outcome;

/* One realm of a file, when it is through. */
typedef struct realm_import_result {
    const char *path; /* of the file */
    ost_text realm;   /* empty: the file could not be read so far */
    realm_import_outcome outcome;
    size_t users;
    const import_report *report;
    const ost_error *error; /* when it is refused */
} realm_import_result;

/* A zeroed one imports what does not exist yet. */
typedef struct realm_import_options {
    bool strict;  /* what would be kept without effect, and what is unknown, is refused */
    bool dry_run; /* everything but storing */
    bool whole_report;
    void (*tell)(void *user, const realm_import_result *result); /* NULL: nobody is told */
    void (*progress)(void *user, size_t done, size_t count);     /* of the users; NULL: as above */
    void *user;
} realm_import_options;

/* Imports a file, together with `<realm>-users-N.json` beside it, or every *.json of a folder that
 * holds a realm. A file holds one realm, or an array of them. ${ENV} placeholders are replaced. A
 * realm that exists is skipped. Plain passwords are hashed; missing ids, default roles, default
 * client scopes and built-in clients are filled in as Keycloak does. A realm with an error has not
 * been stored, nor has anything after it; the detail names file, line and path within it.
 * `options` may be NULL. */
OST_MUST_CHECK ost_result realm_import_path(store *store, const char *path,
                                            const realm_import_options *options,
                                            const ost_context *context, size_t *ret_imported,
                                            size_t *ret_skipped, ost_error *error);
/* The same for a realm that is at hand as text; OST_E_CONFLICT when it exists. */
OST_MUST_CHECK ost_result realm_import_document(store *store, ost_text document,
                                                const ost_context *context, ost_error *error);
/* A whole realm file, users and credentials included, in the arena. */
OST_MUST_CHECK ost_result realm_export(store *store, ost_text realm, bool with_users,
                                       ost_arena *arena, ost_text *ret_document, ost_error *error);
/* Adds one user; `password` may be empty. OST_E_CONFLICT. OST_E_NOT_FOUND: there is no such realm
 * or role. */
OST_MUST_CHECK ost_result realm_add_user(store *store, ost_text realm, ost_text username,
                                         ost_text email, ost_text password,
                                         const char *const *realm_roles, const ost_context *context,
                                         ost_error *error);

#endif
