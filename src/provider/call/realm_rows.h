/* SPDX-License-Identifier: Apache-2.0 */
/* What an entry of the realm table is made of beside the realm: whether it has changed, a digest
 * tells. */
#ifndef REALM_ROWS_H
#define REALM_ROWS_H

#include "provider/realm/realm.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_key.h"
#include "store/store.h"

#define REALM_ROWS_DIGEST 32

/* The keys of all realms, as they were at one time: asking realm by realm takes much longer. */
typedef struct realm_rows {
    store *store;
    ost_arena *arena;
    store_key *keys;
    size_t key_count;
} realm_rows;

/* In the arena, as is what is read later. */
OST_MUST_CHECK ost_result realm_rows_read(store *store, ost_arena *arena, realm_rows *ret_rows);

/* Of the realm's row (without its document), its keys, and the accounts of its clients as they are
 * now. `realm` is of the row's version. */
OST_MUST_CHECK ost_result realm_rows_digest(const realm_rows *rows, const store_realm *row,
                                            const realm *realm,
                                            unsigned char ret_digest[REALM_ROWS_DIGEST]);

#endif
