/* SPDX-License-Identifier: Apache-2.0 */
/* Watching migrations; see migration_watch.h. SQLite does not say how many rows a statement has
 * done, but what it has written: a table that is made anew, or an index, is written once. */
#include "store/sqlite/migration_watch.h"

#include "base/context.h"

#define STEPS 20000 /* of SQLite's machine, between two looks: some milliseconds */

static struct {
    store_upgrade_teller *tell;
    void *user;
} watcher;

void store_upgrade_watch(store_upgrade_teller *tell, void *user)
{
    watcher.tell = tell;
    watcher.user = user;
}

static int pages_written(sqlite3 *db)
{
    int pages = 0, highest;
    (void)sqlite3_db_status(db, SQLITE_DBSTATUS_CACHE_WRITE, &pages, &highest, 0);
    return pages;
}

static int64_t read_pragma(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *st = NULL;
    int64_t value = 0;
    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
        value = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return value;
}

static int look(void *user)
{
    migration_watch *w = user;
    int pages = pages_written(w->db) - w->pages_before;
    w->step.ms = monotonic_ms() - w->begun_ms;
    w->step.written = pages > 0 ? (uint64_t)pages * (uint64_t)w->page_size : 0;
    watcher.tell(watcher.user, &w->step);
    return 0; /* go on */
}

void migration_watch_begin(migration_watch *w, sqlite_database *d, int number)
{
    *w = (migration_watch){.db = d->db};
    if (watcher.tell == NULL)
        return;
    w->page_size = (int)read_pragma(d->db, "PRAGMA page_size");
    w->step.number = number;
    w->step.size = (uint64_t)read_pragma(d->db, "PRAGMA page_count") * (uint64_t)w->page_size;
    w->pages_before = pages_written(d->db);
    w->begun_ms = monotonic_ms();
    sqlite3_progress_handler(d->db, STEPS, look, w);
}

void migration_watch_end(migration_watch *w)
{
    sqlite3_progress_handler(w->db, 0, NULL, NULL);
}
