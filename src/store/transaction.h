/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing transactions of a store. */
#ifndef TRANSACTION_H
#define TRANSACTION_H

#include "store/statement.h"

/* A connection to read with, until read_end; NULL when none can be had. Every statement sees what
 * has been committed when it starts. */
database *read_begin(store *store);
void read_end(store *store, database *database);

/* A transaction of the caller's own. When it fails, there is nothing to end. */
OST_MUST_CHECK ost_result write_begin(store *store, database **ret_database);

/* Keeps the work when `result` is OST_OK, takes it back otherwise; returns when it is on disk.
 * `result`, or why nothing could be committed; *error (may be NULL) then tells more. */
OST_MUST_CHECK ost_result write_end(store *store, database *database, ost_result result,
                                    ost_error *error);

/* `change`, an expression with the database `d` in it, as a transaction of its own; its result. */
#define WRITE(store, d, change)                                                                    \
    __extension__({                                                                                \
        database *d;                                                                               \
        ost_result begun_ = write_begin((store), &d);                                              \
        begun_ == OST_OK ? write_end((store), d, (change), NULL) : begun_;                         \
    })

/* Fills the error with the engine's words for what has just failed. Returns `result`. */
ost_result explain_failure(const database *database, ost_result result, ost_error *error);

#endif
