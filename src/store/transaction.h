/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing transactions of a store. */
#ifndef TRANSACTION_H
#define TRANSACTION_H

#include "base/error_sentence.h"
#include "store/statement.h"
#include "store/store.h"

/* A connection to read with, until read_end; NULL when none can be had. Every statement sees what
 * has been committed when it starts. */
database *read_begin(store *store);
void read_end(store *store, database *database);

/* A transaction of the caller's own. When it fails, there is nothing to end. */
OST_MUST_CHECK ost_result write_begin(store *store, database **ret_database);

/* Keeps the work when `result` is OST_OK, takes it back otherwise; returns when it is on disk.
 * `result`, or why nothing could be committed; *error (may be NULL) then tells more. *ret_again:
 * somebody else's work stood in the way, and the same may go well the next time. */
OST_MUST_CHECK ost_result write_end(store *store, database *database, ost_result result,
                                    ost_error *error, bool *ret_again);

#define WRITE_TRIES 10

/* `change`, an expression with the database `d` in it, as a transaction of its own; its result. It
 * is evaluated again when another transaction stood in the way. WRITE_TELLING fills *error (may be
 * NULL) when nothing could be begun or committed. */
#define WRITE_TELLING(store, d, change, error)                                                     \
    __extension__({                                                                                \
        ost_result written_ = OST_E_STATE;                                                         \
        bool again_ = true;                                                                        \
        for (unsigned tries_ = 0; again_ && tries_ < WRITE_TRIES; tries_++) {                      \
            database *d;                                                                           \
            again_ = false;                                                                        \
            written_ = write_begin((store), &d);                                                   \
            if (written_ == OST_OK)                                                                \
                written_ = write_end((store), d, (change), (error), &again_);                      \
            else                                                                                   \
                (void)!error_set_sentence((error), written_);                                      \
        }                                                                                          \
        written_;                                                                                  \
    })
#define WRITE(store, d, change) WRITE_TELLING(store, d, change, NULL)

/* Fills the error with the engine's words for what has just failed. Returns `result`. */
ost_result explain_failure(const database *database, ost_result result, ost_error *error);

#endif
