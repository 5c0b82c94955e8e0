/* SPDX-License-Identifier: Apache-2.0 */
/* Statements; see statement.h. */
#include "store/statement.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"

sqlite3_stmt *statement(database *d, const char *sql)
{
    for (size_t i = 0; d != NULL && i < STATEMENTS; i++) {
        if (d->cache[i].sql == sql) {
            sqlite3_reset(d->cache[i].statement);
            sqlite3_clear_bindings(d->cache[i].statement);
            return d->cache[i].statement;
        }
        if (d->cache[i].sql == NULL) {
            if (sqlite3_prepare_v3(d->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                   &d->cache[i].statement, NULL) != SQLITE_OK)
                return NULL;
            d->cache[i].sql = sql;
            return d->cache[i].statement;
        }
    }
    return NULL;
}

void statements_reset(database *d)
{
    for (size_t i = 0; i < STATEMENTS && d->cache[i].sql != NULL; i++)
        sqlite3_reset(d->cache[i].statement);
}

void statements_free(database *d)
{
    for (size_t i = 0; i < STATEMENTS && d->cache[i].sql != NULL; i++) {
        sqlite3_finalize(d->cache[i].statement);
        d->cache[i].sql = NULL;
    }
}

void bind_text(sqlite3_stmt *st, int at, ost_text text)
{
    if (st == NULL)
        return;
    if (text.data == NULL)
        sqlite3_bind_text(st, at, "", 0, SQLITE_STATIC);
    else
        sqlite3_bind_text64(st, at, text.data, text.len, SQLITE_STATIC, SQLITE_UTF8);
}

void bind_integer(sqlite3_stmt *st, int at, int64_t integer)
{
    if (st != NULL)
        sqlite3_bind_int64(st, at, integer);
}

sqlite3_stmt *statement_bound(database *d, const char *sql, const ost_text *texts, size_t count)
{
    sqlite3_stmt *st = statement(d, sql);
    for (size_t i = 0; i < count; i++)
        bind_text(st, (int)i + 1, texts[i]);
    return st;
}

/* SQLite keeps the system's error by file; while a log is kept, it is most likely the log's. */
int system_error(const database *d)
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

ost_result sqlite_error(const database *d, ost_result result, ost_error *error)
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

ost_result run_statement(sqlite3_stmt *st, int *ret_changes)
{
    if (st == NULL)
        return OST_E_STORE;
    int code = sqlite3_step(st);
    sqlite3_reset(st);
    if (code != SQLITE_DONE)
        return code == SQLITE_ROW ? OST_E_STATE : store_result(code);
    if (ret_changes != NULL)
        *ret_changes = sqlite3_changes(sqlite3_db_handle(st));
    return OST_OK;
}

ost_result run_change(sqlite3_stmt *st)
{
    int changes = 0;
    ost_result result = run_statement(st, &changes);
    return result == OST_OK && changes == 0 ? OST_E_NOT_FOUND : result;
}

ost_result next_row(sqlite3_stmt *st)
{
    if (st == NULL)
        return OST_E_STORE;
    int code = sqlite3_step(st);
    return code == SQLITE_ROW ? OST_OK : code == SQLITE_DONE ? OST_E_NOT_FOUND : store_result(code);
}

ost_result next_number(sqlite3_stmt *st, int64_t *ret_number)
{
    ost_result result = next_row(st);
    if (result == OST_OK)
        *ret_number = sqlite3_column_int64(st, 0);
    return result;
}

ost_result check_limit(database *d, const char *sql, ost_text realm, ost_text client_id,
                       int64_t now, size_t limit)
{
    int64_t count;
    sqlite3_stmt *st = statement(d, sql);
    bind_text(st, 1, realm);
    bind_text(st, 2, client_id);
    bind_integer(st, 3, now);
    ost_result result = next_number(st, &count);
    return result == OST_OK && (size_t)count >= limit ? OST_E_BUSY : result;
}

ost_text column_text(sqlite3_stmt *st, int at, ost_arena *arena, bool *failed)
{
    /* No column holds NULL: it is SQLite's way of telling that memory ran out. */
    const char *data = (const char *)sqlite3_column_text(st, at);
    ost_text text = {data, (size_t)sqlite3_column_bytes(st, at)};
    char *copy = data != NULL ? ost_arena_copy(arena, text) : NULL;
    *failed |= copy == NULL;
    return (ost_text){copy, copy != NULL ? text.len : 0};
}
