/* Statements and transactions; see statement.h. */
#include "statement.h"

#include "text.h"

void store_lock(store *s)
{
    pthread_mutex_lock(&s->lock);
}

/* No statement is left open: an open read would keep the log from being folded back. */
void store_unlock(store *s)
{
    for (size_t i = 0; i < STATEMENTS && s->cache[i].sql != NULL; i++)
        sqlite3_reset(s->cache[i].statement);
    pthread_mutex_unlock(&s->lock);
}

sqlite3_stmt *statement(store *s, const char *sql)
{
    for (size_t i = 0; i < STATEMENTS; i++) {
        if (s->cache[i].sql == sql) {
            sqlite3_reset(s->cache[i].statement);
            sqlite3_clear_bindings(s->cache[i].statement);
            return s->cache[i].statement;
        }
        if (s->cache[i].sql == NULL) {
            if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                   &s->cache[i].statement, NULL) != SQLITE_OK)
                return NULL;
            s->cache[i].sql = sql;
            return s->cache[i].statement;
        }
    }
    return NULL;
}

void bind_text(sqlite3_stmt *st, int at, ost_text text)
{
    if (text.data == NULL)
        sqlite3_bind_text(st, at, "", 0, SQLITE_STATIC);
    else
        sqlite3_bind_text64(st, at, text.data, text.len, SQLITE_STATIC, SQLITE_UTF8);
}

void bind_integer(sqlite3_stmt *st, int at, int64_t integer)
{
    sqlite3_bind_int64(st, at, integer);
}

ost_result store_result(int code)
{
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

ost_result run_statement(store *s, sqlite3_stmt *st, int *ret_changes)
{
    if (st == NULL)
        return OST_E_STORE;
    int code = sqlite3_step(st);
    sqlite3_reset(st);
    if (code != SQLITE_DONE)
        return code == SQLITE_ROW ? OST_E_STATE : store_result(code);
    if (ret_changes != NULL)
        *ret_changes = sqlite3_changes(s->db);
    return OST_OK;
}

ost_result next_row(sqlite3_stmt *st)
{
    if (st == NULL)
        return OST_E_STORE;
    int code = sqlite3_step(st);
    return code == SQLITE_ROW ? OST_OK : code == SQLITE_DONE ? OST_E_NOT_FOUND : store_result(code);
}

ost_text column_text(sqlite3_stmt *st, int at, ost_arena *arena, bool *failed)
{
    const char *data = (const char *)sqlite3_column_text(st, at);
    ost_text text = {data, (size_t)sqlite3_column_bytes(st, at)};
    char *copy = data != NULL ? ost_arena_copy(arena, text) : NULL;
    *failed |= data != NULL && copy == NULL;
    return (ost_text){copy, copy != NULL ? text.len : 0};
}

ost_result transaction_begin(store *s)
{
    return run_statement(s, statement(s, "BEGIN IMMEDIATE"), NULL);
}

ost_result transaction_end(store *s, ost_result result)
{
    if (result == OST_OK)
        result = run_statement(s, statement(s, "COMMIT"), NULL);
    if (result != OST_OK && !sqlite3_get_autocommit(s->db))
        (void)!run_statement(s, statement(s, "ROLLBACK"), NULL);
    return result;
}
