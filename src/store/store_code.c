/* Authorization codes in the store: each can be taken once. */
#include "statement.h"
#include "text.h"

#define COLUMNS                                                                                    \
    "id, realm, session_id, client_id, redirect_uri, scope, nonce, challenge, challenge_method, "  \
    "expires"

static ost_result insert_code(store *s, const store_code *code)
{
    sqlite3_stmt *st = statement(s, "INSERT INTO code (" COLUMNS
                                    ", used) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)");
    if (st == NULL)
        return OST_E_STORE;
    bind_text(st, 1, code->id);
    bind_text(st, 2, code->realm);
    bind_text(st, 3, code->session_id);
    bind_text(st, 4, code->client_id);
    bind_text(st, 5, code->redirect_uri);
    bind_text(st, 6, code->scope);
    bind_text(st, 7, code->nonce);
    bind_text(st, 8, code->challenge);
    bind_text(st, 9, code->challenge_method);
    bind_integer(st, 10, code->expires);
    return run_statement(s, st, NULL);
}

ost_result store_login(store *s, const store_session *session,
                       const store_client_session *client_session, const store_code *code)
{
    store_lock(s);
    ost_result result = transaction_begin(s);
    if (result == OST_OK && session != NULL)
        result = upsert_session(s, session);
    if (result == OST_OK)
        result = upsert_client_session(s, client_session);
    if (result == OST_OK && code != NULL)
        result = insert_code(s, code);
    result = transaction_end(s, result);
    store_unlock(s);
    return result;
}

static ost_result read_code(sqlite3_stmt *st, ost_arena *arena, store_code *ret_code)
{
    bool failed = false;
    store_code read = {
        .id = column_text(st, 0, arena, &failed),
        .realm = column_text(st, 1, arena, &failed),
        .session_id = column_text(st, 2, arena, &failed),
        .client_id = column_text(st, 3, arena, &failed),
        .redirect_uri = column_text(st, 4, arena, &failed),
        .scope = column_text(st, 5, arena, &failed),
        .nonce = column_text(st, 6, arena, &failed),
        .challenge = column_text(st, 7, arena, &failed),
        .challenge_method = column_text(st, 8, arena, &failed),
        .expires = sqlite3_column_int64(st, 9),
    };
    if (failed)
        return OST_E_MEMORY;
    *ret_code = read;
    return OST_OK;
}

/* The update decides who has it; the row is read in the same transaction. */
static ost_result take(store *s, ost_text id, ost_arena *arena, store_code *ret_code)
{
    int changes = 0;
    sqlite3_stmt *mark = statement(s, "UPDATE code SET used = 1 WHERE id = ? AND used = 0");
    sqlite3_stmt *row = statement(s, "SELECT " COLUMNS " FROM code WHERE id = ?");
    if (mark == NULL || row == NULL)
        return OST_E_STORE;
    bind_text(mark, 1, id);
    bind_text(row, 1, id);
    ost_result result = run_statement(s, mark, &changes);
    if (result == OST_OK)
        result = next_row(row);
    if (result == OST_OK)
        result = read_code(row, arena, ret_code);
    sqlite3_reset(row);
    return result == OST_OK && changes == 0 ? OST_E_CONFLICT : result;
}

ost_result store_code_take(store *s, ost_text id, ost_arena *arena, store_code *ret_code)
{
    store_lock(s);
    ost_result result = transaction_begin(s);
    bool begun = result == OST_OK;
    if (begun)
        result = take(s, id, arena, ret_code);
    if (begun) {
        ost_result ended = transaction_end(s, OST_OK);
        result = ended != OST_OK ? ended : result;
    }
    store_unlock(s);
    return result;
}

static ost_result sweep_with(store *s, const char *sql, int64_t now, size_t *rows)
{
    int changes = 0;
    sqlite3_stmt *st = statement(s, sql);
    if (st == NULL)
        return OST_E_STORE;
    bind_integer(st, 1, now);
    ost_result result = run_statement(s, st, &changes);
    *rows += (size_t)changes;
    return result;
}

ost_result store_sweep(store *s, int64_t now, size_t *ret_rows)
{
    size_t rows = 0;
    store_lock(s);
    ost_result result = transaction_begin(s);
    if (result == OST_OK)
        result =
            sweep_with(s, "DELETE FROM session WHERE ends <= ?1 OR idle_ends <= ?1", now, &rows);
    if (result == OST_OK) /* used ones stay as long, so that their replay is noticed */
        result = sweep_with(s, "DELETE FROM code WHERE expires + 600 <= ?1", now, &rows);
    if (result == OST_OK)
        result = sweep_with(s, "DELETE FROM key WHERE state = 2 AND ends > 0 AND ends <= ?1", now,
                            &rows);
    result = transaction_end(s, result);
    store_unlock(s);
    if (result == OST_OK)
        *ret_rows = rows;
    return result;
}
