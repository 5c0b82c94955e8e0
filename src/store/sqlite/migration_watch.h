/* SPDX-License-Identifier: Apache-2.0 */
/* Tells how far a migration has come; see upgrade_watch.h. */
#ifndef MIGRATION_WATCH_H
#define MIGRATION_WATCH_H

#include "store/sqlite/sqlite_store.h"
#include "store/upgrade_watch.h"

typedef struct migration_watch {
    sqlite3 *db;
    store_upgrade_step step;
    int64_t begun_ms;
    int pages_before, page_size;
} migration_watch;

/* In the migration's transaction. `watch` stays where it is until the end. */
void migration_watch_begin(migration_watch *watch, sqlite_database *database, int number);
void migration_watch_end(migration_watch *watch);

#endif
