/* SPDX-License-Identifier: Apache-2.0 */
/* A store in a file, read whole; see source.h. */
#include "store/transfer/source.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "store/schema.h"
#include "store/sqlite/migration.h"

#define PATIENCE_MS 1000 /* for who is just leaving */

/* Reading takes the lock that everybody who has the file open holds a share of. */
static ost_result take_alone(sqlite_database *d, ost_error *error)
{
    int code = sqlite3_exec(d->db,
                            "PRAGMA trusted_schema = OFF; PRAGMA locking_mode = EXCLUSIVE;"
                            "BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1",
                            NULL, NULL, NULL);
    if (code == SQLITE_BUSY)
        return ost_error_set(error, OST_E_BUSY,
                             "a program works with the store: stop its provider first");
    return code == SQLITE_OK ? OST_OK : sqlite_error(d, OST_E_STORE, error);
}

static ost_result check_schema(sqlite_database *d, ost_error *error)
{
    int64_t version = 0;
    ost_result result = migration_check_within(d, error);
    if (result != OST_OK)
        return result;
    if (next_number(prepare(&d->base, "PRAGMA user_version"), &version) != OST_OK)
        return sqlite_error(d, OST_E_STORE, error);
    statements_reset(d);
    return version == SCHEMA
               ? OST_OK
               : ost_error_set(error, OST_E_SCHEMA,
                               "the store has schema %d, and %d is wanted: `ostiary schema "
                               "upgrade` brings it there",
                               (int)version, SCHEMA);
}

ost_result source_open(const char *path, sqlite_database *ret_source, ost_error *error)
{
    struct stat status;
    ost_error inner = {0};
    sqlite_database d = {.base.driver = &sqlite_driver};
    if (stat(path, &status) != 0)
        return ost_error_set(error, OST_E_NOT_FOUND, "%s: %s", path, strerror(errno));
    ost_result result = OST_OK;
    if (sqlite3_open_v2(path, &d.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK)
        result = sqlite_error(&d, OST_E_STORE, &inner);
    if (result == OST_OK) {
        sqlite3_busy_timeout(d.db, PATIENCE_MS);
        result = take_alone(&d, &inner);
    }
    if (result == OST_OK)
        result = check_schema(&d, &inner);
    if (result != OST_OK) {
        database_close(&d);
        return ost_error_set(error, result, "%s: %s", path, inner.detail);
    }
    *ret_source = d;
    return OST_OK;
}

/* ---- one table ---- */

static ost_result begin(sqlite_database *d, const char *format, const char *table,
                        sqlite3_stmt **ret_rows, ost_error *error)
{
    char *sql = sqlite3_mprintf(format, table);
    if (sql == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    int code = sqlite3_prepare_v2(d->db, sql, -1, ret_rows, NULL);
    sqlite3_free(sql);
    return code == SQLITE_OK ? OST_OK : sqlite_error(d, OST_E_STORE, error);
}

ost_result source_count(sqlite_database *d, const char *table, int64_t *ret_count, ost_error *error)
{
    sqlite3_stmt *rows = NULL;
    ost_result result = begin(d, "SELECT count(*) FROM %s", table, &rows, error);
    if (result == OST_OK && sqlite3_step(rows) == SQLITE_ROW)
        *ret_count = sqlite3_column_int64(rows, 0);
    else if (result == OST_OK)
        result = sqlite_error(d, OST_E_STORE, error);
    sqlite3_finalize(rows);
    return result;
}

ost_result source_columns(sqlite_database *d, const char *table, buffer *names, ost_error *error)
{
    source_table t;
    ost_result result = source_begin(d, table, &t, error);
    if (result != OST_OK)
        return result;
    for (size_t i = 0; i < t.columns; i++) {
        const char *name = sqlite3_column_name(t.rows, (int)i);
        buffer_append_format(names, "%s\"%s\"", i > 0 ? ", " : "", name != NULL ? name : "");
    }
    source_end(&t);
    return OST_OK;
}

ost_result source_begin(sqlite_database *d, const char *table, source_table *ret_table,
                        ost_error *error)
{
    source_table t = {0};
    ost_result result = begin(d, "SELECT * FROM %s", table, &t.rows, error);
    if (result != OST_OK)
        return result;
    t.columns = (size_t)sqlite3_column_count(t.rows);
    if (t.columns > COPY_COLUMNS) {
        source_end(&t);
        return ost_error_set(error, OST_E_CEILING, "%s has too many columns", table);
    }
    *ret_table = t;
    return OST_OK;
}

ost_result source_next(sqlite_database *d, source_table *t, ost_text ret_values[COPY_COLUMNS],
                       ost_error *error)
{
    int code = sqlite3_step(t->rows);
    if (code == SQLITE_DONE)
        return OST_E_NOT_FOUND;
    if (code != SQLITE_ROW)
        return sqlite_error(d, OST_E_STORE, error);
    for (size_t i = 0; i < t->columns; i++) {
        const unsigned char *text = sqlite3_column_text(t->rows, (int)i);
        if (text == NULL)
            return ost_error_set(error, OST_E_STORE, "a row of the file cannot be read");
        ret_values[i] =
            (ost_text){(const char *)text, (size_t)sqlite3_column_bytes(t->rows, (int)i)};
    }
    return OST_OK;
}

void source_end(source_table *t)
{
    sqlite3_finalize(t->rows);
    t->rows = NULL;
}
