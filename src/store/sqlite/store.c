/* SPDX-License-Identifier: Apache-2.0 */
/* The store in a file, opened and closed; see sqlite_store.h. */
#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "store/sqlite/sqlite_store.h"

static void close_store(store *base)
{
    sqlite_store *s = (sqlite_store *)base;
    for (unsigned i = 0; i < s->reader_count; i++) {
        database_close(s->readers[i]);
        memory_free(s->readers[i]);
    }
    database_close(&s->writer); /* the last one folds the log back */
    pthread_cond_destroy(&s->reader_free);
    pthread_mutex_destroy(&s->reader_lock);
    pthread_cond_destroy(&s->told);
    pthread_mutex_destroy(&s->told_lock);
    pthread_mutex_destroy(&s->turn);
    memory_free(s->path);
    memory_free(s);
}

/* Pages are overwritten, and then the log is folded back and cut off. */
static bool erase(store *base, bool begin)
{
    sqlite_store *s = (sqlite_store *)base;
    pthread_mutex_lock(&s->turn);
    statements_reset(&s->writer);
    bool done = sqlite3_exec(s->writer.db,
                             begin ? "PRAGMA secure_delete = ON" : "PRAGMA secure_delete = FAST",
                             NULL, NULL, NULL) == SQLITE_OK;
    if (!begin && !s->alone)
        done &= sqlite3_wal_checkpoint_v2(s->writer.db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
                                          NULL) == SQLITE_OK;
    pthread_mutex_unlock(&s->turn);
    return done;
}

/* A trigger has every insertion copy the pages that it changes first, to take that back alone; the
 * one that users have notes a change that the realm's row has noted. */
static void load(database *base, bool begin)
{
    sqlite3 *db = ((sqlite_database *)base)->db;
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, begin ? 0 : 1, NULL);
    sqlite3_exec(db, begin ? "PRAGMA cache_size = -20480" : "PRAGMA cache_size = -4096", NULL, NULL,
                 NULL);
}

const store_driver sqlite_driver = {
    .close = close_store,
    .probe = sqlite_probe,
    .read_begin = sqlite_read_begin,
    .read_end = sqlite_read_end,
    .read_hold = sqlite_read_hold,
    .read_release = sqlite_read_release,
    .write_begin = sqlite_write_begin,
    .write_end = sqlite_write_end,
    .erase = erase,
    .load = load,
    .explain = sqlite_explain,
    .prepare = sqlite_prepare,
    .reset = sqlite_reset_statement,
    .bind_text = sqlite_bind_text,
    .bind_integer = sqlite_bind_integer,
    .bind_words = sqlite_bind_words,
    .stored = sqlite_stored,
    .run = sqlite_run,
    .next = sqlite_next,
    .integer = sqlite_integer,
    .text = sqlite_text,
};

/* Nobody asks how much memory SQLite has, and counting it takes a lock each time. */
static void configure_library(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

ost_result sqlite_store_open(const char *path, store **ret_store, ost_error *error)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, configure_library);
    sqlite_store *s = memory_alloc(sizeof *s);
    if (s == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    s->base.driver = &sqlite_driver;
    pthread_mutex_init(&s->turn, NULL);
    pthread_mutex_init(&s->told_lock, NULL);
    pthread_cond_init(&s->told, NULL);
    pthread_mutex_init(&s->reader_lock, NULL);
    pthread_cond_init(&s->reader_free, NULL);
    s->alone = strcmp(path, ":memory:") == 0;
    s->path = memory_copy(text_of(path));
    ost_result result = s->path != NULL ? database_open(path, true, &s->writer, error)
                                        : ost_error_set(error, OST_E_MEMORY, "out of memory");
    if (result == OST_OK && !transaction_prepare(s))
        result = ost_error_set(error, OST_E_MEMORY, "out of memory");
    if (result == OST_OK)
        fault_remember_file(s);
    if (result != OST_OK) {
        close_store(&s->base);
        return result;
    }
    *ret_store = &s->base;
    return OST_OK;
}
