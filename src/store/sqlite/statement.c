/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite's statements; see driver.h and sqlite_store.h. */
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "store/sqlite/sqlite_store.h"

static sqlite3_stmt *inner(statement *st)
{
    return ((sqlite_statement *)st)->statement;
}

statement *sqlite_prepare(database *base, const char *sql)
{
    sqlite_database *d = (sqlite_database *)base;
    for (size_t i = 0; i < STATEMENTS; i++) {
        sqlite_statement *st = &d->cache[i].statement;
        if (d->cache[i].sql == sql) {
            sqlite3_reset(st->statement);
            sqlite3_clear_bindings(st->statement);
            return &st->base;
        }
        if (d->cache[i].sql == NULL) {
            if (sqlite3_prepare_v3(d->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &st->statement,
                                   NULL) != SQLITE_OK)
                return NULL;
            st->base.driver = base->driver;
            d->cache[i].sql = sql;
            return &st->base;
        }
    }
    return NULL;
}

void sqlite_reset_statement(statement *st)
{
    sqlite3_reset(inner(st));
}

void statements_reset(sqlite_database *d)
{
    for (size_t i = 0; i < STATEMENTS && d->cache[i].sql != NULL; i++)
        sqlite3_reset(d->cache[i].statement.statement);
}

void statements_free(sqlite_database *d)
{
    for (size_t i = 0; i < STATEMENTS && d->cache[i].sql != NULL; i++) {
        sqlite3_finalize(d->cache[i].statement.statement);
        d->cache[i].sql = NULL;
    }
}

void sqlite_bind_text(statement *st, int at, ost_text text)
{
    if (text.data == NULL)
        sqlite3_bind_text(inner(st), at, "", 0, SQLITE_STATIC);
    else
        sqlite3_bind_text64(inner(st), at, text.data, text.len, SQLITE_STATIC, SQLITE_UTF8);
}

void sqlite_bind_integer(statement *st, int at, int64_t integer)
{
    sqlite3_bind_int64(inner(st), at, integer);
}

/* SQLite keeps the system's error by file; while a log is kept, it is most likely the log's. */
int system_error(const sqlite_database *d)
{
    static const int files[] = {SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER};
    int primary = sqlite3_errcode(d->db) & 0xff, found = 0;
    bool damaged = primary == SQLITE_CORRUPT; /* so SQLite calls it when reading fails with EIO */
    if (primary != SQLITE_IOERR && primary != SQLITE_CANTOPEN && !damaged)
        return 0;
    for (size_t i = 0; i < ARRAY_LEN(files) && found == 0; i++) {
        sqlite3_file *file = NULL;
        if (sqlite3_file_control(d->db, "main", files[i], &file) == SQLITE_OK && file != NULL &&
            file->pMethods != NULL)
            file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &found);
    }
    return found != 0 || damaged ? found : sqlite3_system_errno(d->db);
}

ost_result sqlite_error(const sqlite_database *d, ost_result result, ost_error *error)
{
    int cause = system_error(d);
    return ost_error_set(error, result, "%s%s%s", sqlite3_errmsg(d->db), cause != 0 ? ": " : "",
                         cause != 0 ? strerror(cause) : "");
}

ost_result store_result(int code)
{
    if (code == SQLITE_CONSTRAINT_FOREIGNKEY)
        return OST_E_NOT_FOUND;
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return OST_OK;
    case SQLITE_CONSTRAINT:
        return OST_E_CONFLICT;
    case SQLITE_NOMEM:
        return OST_E_MEMORY;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return OST_E_BUSY;
    default:
        return OST_E_STORE;
    }
}

ost_result sqlite_explain(const database *d, ost_result result, ost_error *error)
{
    return ost_error_set(error, result, "%s", sqlite3_errmsg(((const sqlite_database *)d)->db));
}

ost_result sqlite_stored(ost_text text, ost_arena *arena, ost_text *ret_stored)
{
    (void)arena;
    *ret_stored = text;
    return OST_OK;
}

ost_result sqlite_run(statement *base, int *ret_changes)
{
    sqlite3_stmt *st = inner(base);
    int code = sqlite3_step(st);
    sqlite3_reset(st);
    if (code != SQLITE_DONE)
        return code == SQLITE_ROW ? OST_E_STATE : store_result(code);
    if (ret_changes != NULL)
        *ret_changes = sqlite3_changes(sqlite3_db_handle(st));
    return OST_OK;
}

ost_result sqlite_next(statement *st)
{
    int code = sqlite3_step(inner(st));
    return code == SQLITE_ROW ? OST_OK : code == SQLITE_DONE ? OST_E_NOT_FOUND : store_result(code);
}

int64_t sqlite_integer(statement *st, int at)
{
    return sqlite3_column_int64(inner(st), at);
}

/* No column holds NULL: it is SQLite's way of telling that memory ran out. */
ost_text sqlite_text(statement *st, int at)
{
    const char *data = (const char *)sqlite3_column_text(inner(st), at);
    return (ost_text){data, (size_t)sqlite3_column_bytes(inner(st), at)};
}
