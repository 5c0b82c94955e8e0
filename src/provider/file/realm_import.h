/* SPDX-License-Identifier: Apache-2.0 */
/* Realm files in Keycloak's format: read, checked as a whole, stored as a whole; and written. */
#ifndef REALM_IMPORT_H
#define REALM_IMPORT_H

#include <ostiary/json.h>

#include "provider/file/realm_changes.h"
#include "provider/member/import_report.h"
#include "store/realm/realm_record.h"
#include "store/store.h"

typedef enum realm_import_outcome {
    REALM_IMPORTED,
    REALM_SKIPPED,   /* it exists */
    REALM_CHECKED,   /* it could be imported: a dry run stores nothing */
    REALM_REPLACED,  /* it existed */
    REALM_MERGED,    /* it existed */
    REALM_UNCHANGED, /* the file changes nothing */
    REALM_REFUSED,
} realm_import_outcome;

/* One realm of a file, when it is through. */
typedef struct realm_import_result {
    const char *path; /* of the file */
    ost_text realm;   /* empty: the file could not be read so far */
    realm_import_outcome outcome;
    size_t users;
    const import_report *report;
    const realm_changes *changes; /* of a realm that exists; NULL: of none */
    const ost_error *error;       /* when it is refused */
} realm_import_result;

/* What becomes of a realm that exists; Keycloak's word. */
typedef enum realm_import_strategy {
    REALM_IGNORE_EXISTING,    /* it is skipped */
    REALM_OVERWRITE_EXISTING, /* it is as the file says; see MERGE_REPLACE for what it keeps */
    REALM_MERGE_EXISTING,     /* what the file says is put over it, as by a partial import */
} realm_import_strategy;

/* A zeroed one imports what does not exist yet. */
typedef struct realm_import_options {
    realm_import_strategy strategy;
    bool strict;  /* what would be kept without effect, and what is unknown, is refused */
    bool dry_run; /* everything but storing */
    bool whole_report;
    void (*tell)(void *user, const realm_import_result *result); /* NULL: nobody is told */
    /* So many of the users are "read", "prepared", "stored"; NULL: as above. */
    void (*progress)(void *user, const char *what, size_t done, size_t count);
    void *user;
} realm_import_options;

/* Imports a file, together with `<realm>-users-N.json` beside it, or every *.json of a folder that
 * holds a realm. A file holds one realm, or an array of them. ${ENV} placeholders are replaced. A
 * realm that exists is skipped, or changed in one transaction, by `options->strategy`. Plain
 * passwords are hashed; missing ids, default roles, default client scopes and built-in clients are
 * filled in as Keycloak does. A realm with an error has not been stored, nor has anything after it;
 * the detail names file, line and path within it. `options` may be NULL. */
OST_MUST_CHECK ost_result realm_import_path(store *store, const char *path,
                                            const realm_import_options *options,
                                            const ost_context *context, size_t *ret_imported,
                                            size_t *ret_skipped, ost_error *error);
/* The same for a realm that is at hand as text; OST_E_CONFLICT when it exists. */
OST_MUST_CHECK ost_result realm_import_document(store *store, ost_text document,
                                                const ost_context *context, ost_error *error);
/* The same over the admin API: in the realm "master" the realm gets its client in the same
 * transaction, and `creator` (the id of a user of master; empty: nobody) its roles. OST_E_CONFLICT
 * with a sentence when somebody has made a client of that name. */
OST_MUST_CHECK ost_result realm_import_created(store *store, ost_text document, ost_text creator,
                                               const ost_context *context, ost_error *error);
/* Stores a realm of the version `row` with another document, completed as a file is, and with users
 * that come to it: one of a name that is there takes the place of that user, whose id, and what a
 * file may leave out, stay. Everything in one transaction. OST_E_CONFLICT: the realm has changed,
 * or (with a detail) a user of the id or address stands there. */
OST_MUST_CHECK ost_result realm_import_over(store *store, const store_realm *row,
                                            const ost_json *document, const ost_json *users,
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
