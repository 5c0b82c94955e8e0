/* SPDX-License-Identifier: Apache-2.0 */
/* One realm on its way from a file into the store. */
#ifndef IMPORT_STATE_H
#define IMPORT_STATE_H

#include "provider/file/master_clients.h"
#include "provider/file/plain_passwords.h"
#include "provider/file/realm_import.h"
#include "provider/file/realm_update.h"
#include "provider/file/user_review.h"
#include "provider/realm/realm.h"
#include "provider/stream/user_files.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_key.h"
#include "store/store.h"

#define IMPORT_ARENA ((size_t)2 << 30)

typedef struct import {
    store *store;
    const char *path;   /* of its file; NULL: it has none */
    struct stat status; /* of that file */
    const realm_import_options *options;
    const ost_context *context;
    ost_text creator; /* of the realm: who gets its roles; empty: nobody */
    master_client_policy client_policy;
    ost_arena *arena;
    import_report report;
    user_files files;
    user_review review;          /* of its users */
    plain_passwords passwords;   /* of those of a new realm */
    user_rows_progress progress; /* of those of one that exists */
    size_t user_count;
    merge_mode users_mode; /* of users who are there */
    const ost_json *file;  /* looked through */
    store_realm row;
    realm *realm;
    store_key *keys;
    size_t key_count;
    realm_update *update; /* of the realm that exists; NULL: it does not */
} import;

/* *ret_outcome says what it would be also when storing fails. `update` is filled for a realm that
 * exists. */
OST_MUST_CHECK ost_result realm_import_one(import *state, const realm_part *part,
                                           realm_update *update, realm_import_outcome *ret_outcome,
                                           ost_error *error);

#endif
