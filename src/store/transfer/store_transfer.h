/* SPDX-License-Identifier: Apache-2.0 */
/* Moving a store from its file into a database. */
#ifndef STORE_TRANSFER_H
#define STORE_TRANSFER_H

#include "store/store_backup.h"
#include "store/store_postgresql.h"

/* How far it has come; NULL: nobody asks. `checking`: what was written is read again. */
typedef struct store_transfer_progress {
    void (*tell)(void *user, bool checking, int64_t done, int64_t count); /* rows */
    void *user;
} store_transfer_progress;

/* Copies every row of the store at `path` into an empty database, in one transaction: all of it or
 * nothing, and the file stays as it is. What is sealed stays sealed, under the same master keys.
 * What the database then holds is read back before it is committed, and has to be the same rows.
 * Memory is that of the largest row. OST_E_NOT_FOUND: there is no such file; OST_E_BUSY: somebody
 * works with it; OST_E_SCHEMA: one of both has another schema than this program; OST_E_CONFLICT:
 * the database is not empty; OST_E_STORE and the others: the detail says which of both, and why. */
OST_MUST_CHECK ost_result store_transfer(const char *path, const store_server *to,
                                         const store_transfer_progress *progress,
                                         store_contents *ret_contents, ost_error *error);

#endif
