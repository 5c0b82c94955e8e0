/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of the store, and how an older one becomes it. */
#ifndef MIGRATION_H
#define MIGRATION_H

#include "store/sqlite/sqlite_store.h"

#define SET_WRITER_CACHE "PRAGMA cache_size = -4096" /* KiB, of pages */

/* Whether this program can work with the database; changes nothing. OST_E_SCHEMA: a newer program
 * wrote it. OST_E_STORE: it is not a store, or cannot be read. */
OST_MUST_CHECK ost_result migration_check(sqlite_database *database, ost_error *error);

/* The same within a transaction of the caller's. */
OST_MUST_CHECK ost_result migration_check_within(sqlite_database *database, ost_error *error);

/* Brings the schema up to date; another process may be doing the same. */
OST_MUST_CHECK ost_result migrate(sqlite_database *database, ost_error *error);

#endif
