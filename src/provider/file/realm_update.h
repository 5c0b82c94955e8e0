/* SPDX-License-Identifier: Apache-2.0 */
/* A file that is imported over a realm that exists: what it changes, worked out beside the realm
 * and stored as a whole. */
#ifndef REALM_UPDATE_H
#define REALM_UPDATE_H

#include <ostiary/json.h>

#include "provider/file/document_merge.h"
#include "provider/file/realm_changes.h"
#include "provider/file/user_plan.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_key.h"
#include "store/realm/store_realm_change.h"
#include "store/store.h"

typedef struct realm_update {
    merge_mode mode;
    store *store;
    const ost_context *context;
    ost_arena *arena;
    store_realm stored;
    const ost_json *document; /* of `stored` */
    store_key *keys;
    size_t key_count;
    realm_changes changes;
    user_plan users;
    store_realm_change change;
} realm_update;

/* Reads what there is. Everything lives in the arena. OST_E_NOT_FOUND: there is no such realm. */
OST_MUST_CHECK ost_result realm_update_begin(store *store, ost_text realm, merge_mode mode,
                                             const ost_context *context, ost_arena *arena,
                                             realm_update *ret_update, ost_error *error);

/* Merges the file, without its users, with what there is. */
OST_MUST_CHECK ost_result realm_update_merge(realm_update *update, const ost_json *file,
                                             const ost_json **ret_file, ost_error *error);

/* Works out the changes, once the document is made: its row, and `users` (whose realm, store, mode
 * and context are filled in). Afterwards realm_update_clear. */
OST_MUST_CHECK ost_result realm_update_plan(realm_update *update, const store_realm *row,
                                            const realm *realm, const user_plan_source *users,
                                            const store_key *brought, size_t brought_count,
                                            ost_error *error);
void realm_update_clear(realm_update *update);

bool realm_update_changes(const realm_update *update);

/* OST_E_CONFLICT: somebody has changed the realm since realm_update_begin; nothing is changed. */
OST_MUST_CHECK ost_result realm_update_store(const realm_update *update, ost_error *error);

#endif
