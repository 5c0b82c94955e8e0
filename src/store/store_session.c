/* Sessions in the store, and what of them belongs to single clients. */
#include "statement.h"
#include "text.h"

#define COLUMNS                                                                                    \
    "id, realm, user_id, auth_time, started, last_access, ends, idle_ends, remembered, notes"
#define CLIENT_COLUMNS                                                                             \
    "session_id, client_id, scope, nonce, redirect_uri, refresh_id, refresh_uses, started, "       \
    "last_access, notes"

ost_result insert_session(store *s, const store_session *session)
{
    sqlite3_stmt *st =
        statement(s, "INSERT INTO session (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    if (st == NULL)
        return OST_E_STORE;
    bind_text(st, 1, session->id);
    bind_text(st, 2, session->realm);
    bind_text(st, 3, session->user_id);
    bind_integer(st, 4, session->auth_time);
    bind_integer(st, 5, session->started);
    bind_integer(st, 6, session->last_access);
    bind_integer(st, 7, session->ends);
    bind_integer(st, 8, session->idle_ends);
    bind_integer(st, 9, session->remembered);
    bind_text(st, 10, session->notes);
    return run_statement(s, st, NULL);
}

ost_result upsert_client_session(store *s, const store_client_session *session)
{
    sqlite3_stmt *st = statement(s, "INSERT OR REPLACE INTO client_session (" CLIENT_COLUMNS
                                    ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    if (st == NULL)
        return OST_E_STORE;
    bind_text(st, 1, session->session_id);
    bind_text(st, 2, session->client_id);
    bind_text(st, 3, session->scope);
    bind_text(st, 4, session->nonce);
    bind_text(st, 5, session->redirect_uri);
    bind_text(st, 6, session->refresh_id);
    bind_integer(st, 7, session->refresh_uses);
    bind_integer(st, 8, session->started);
    bind_integer(st, 9, session->last_access);
    bind_text(st, 10, session->notes);
    return run_statement(s, st, NULL);
}

ost_result store_session_create(store *s, const store_session *session)
{
    store_lock(s);
    ost_result result = insert_session(s, session);
    store_unlock(s);
    return result;
}

ost_result store_session_get(store *s, ost_text realm, ost_text id, ost_arena *arena,
                             store_session *ret_session)
{
    bool failed = false;
    store_lock(s);
    sqlite3_stmt *st = statement(s, "SELECT " COLUMNS " FROM session WHERE id = ? AND realm = ?");
    if (st != NULL) {
        bind_text(st, 1, id);
        bind_text(st, 2, realm);
    }
    ost_result result = next_row(st);
    if (result == OST_OK) {
        store_session read = {
            .id = column_text(st, 0, arena, &failed),
            .realm = column_text(st, 1, arena, &failed),
            .user_id = column_text(st, 2, arena, &failed),
            .auth_time = sqlite3_column_int64(st, 3),
            .started = sqlite3_column_int64(st, 4),
            .last_access = sqlite3_column_int64(st, 5),
            .ends = sqlite3_column_int64(st, 6),
            .idle_ends = sqlite3_column_int64(st, 7),
            .remembered = sqlite3_column_int(st, 8) != 0,
            .notes = column_text(st, 9, arena, &failed),
        };
        if (failed)
            result = OST_E_MEMORY;
        else
            *ret_session = read;
    }
    store_unlock(s);
    return result;
}

static ost_result touch(store *s, ost_text realm, ost_text id, int64_t last_access,
                        int64_t idle_ends)
{
    int changes = 0;
    sqlite3_stmt *st = statement(s, "UPDATE session SET last_access = max(last_access, ?), "
                                    "idle_ends = max(idle_ends, ?) WHERE id = ? AND realm = ?");
    if (st == NULL)
        return OST_E_STORE;
    bind_integer(st, 1, last_access);
    bind_integer(st, 2, idle_ends);
    bind_text(st, 3, id);
    bind_text(st, 4, realm);
    ost_result result = run_statement(s, st, &changes);
    return result == OST_OK && changes == 0 ? OST_E_NOT_FOUND : result;
}

ost_result store_session_touch(store *s, ost_text realm, ost_text id, int64_t last_access,
                               int64_t idle_ends)
{
    store_lock(s);
    ost_result result = touch(s, realm, id, last_access, idle_ends);
    store_unlock(s);
    return result;
}

ost_result store_session_end(store *s, ost_text realm, ost_text id)
{
    int changes = 0;
    store_lock(s);
    sqlite3_stmt *st = statement(s, "DELETE FROM session WHERE id = ? AND realm = ?");
    ost_result result = st != NULL ? OST_OK : OST_E_STORE;
    if (result == OST_OK) {
        bind_text(st, 1, id);
        bind_text(st, 2, realm);
        result = run_statement(s, st, &changes);
    }
    store_unlock(s);
    return result == OST_OK && changes == 0 ? OST_E_NOT_FOUND : result;
}

ost_result store_client_session_put(store *s, const store_client_session *session)
{
    store_lock(s);
    ost_result result = upsert_client_session(s, session);
    store_unlock(s);
    return result == OST_E_CONFLICT ? OST_E_NOT_FOUND : result; /* its session is gone */
}

static ost_result read_client_session(store *s, ost_text session_id, ost_text client_id,
                                      ost_arena *arena, store_client_session *ret_session)
{
    bool failed = false;
    sqlite3_stmt *st = statement(s, "SELECT " CLIENT_COLUMNS " FROM client_session "
                                    "WHERE session_id = ? AND client_id = ?");
    if (st != NULL) {
        bind_text(st, 1, session_id);
        bind_text(st, 2, client_id);
    }
    ost_result result = next_row(st);
    if (result != OST_OK)
        return result;
    store_client_session read = {
        .session_id = column_text(st, 0, arena, &failed),
        .client_id = column_text(st, 1, arena, &failed),
        .scope = column_text(st, 2, arena, &failed),
        .nonce = column_text(st, 3, arena, &failed),
        .redirect_uri = column_text(st, 4, arena, &failed),
        .refresh_id = column_text(st, 5, arena, &failed),
        .refresh_uses = sqlite3_column_int64(st, 6),
        .started = sqlite3_column_int64(st, 7),
        .last_access = sqlite3_column_int64(st, 8),
        .notes = column_text(st, 9, arena, &failed),
    };
    if (failed)
        return OST_E_MEMORY;
    *ret_session = read;
    return OST_OK;
}

ost_result store_client_session_get(store *s, ost_text session_id, ost_text client_id,
                                    ost_arena *arena, store_client_session *ret_session)
{
    store_lock(s);
    ost_result result = read_client_session(s, session_id, client_id, arena, ret_session);
    store_unlock(s);
    return result;
}

ost_result store_client_session_end(store *s, ost_text session_id, ost_text client_id)
{
    int changes = 0;
    store_lock(s);
    sqlite3_stmt *st =
        statement(s, "DELETE FROM client_session WHERE session_id = ? AND client_id = ?");
    ost_result result = st != NULL ? OST_OK : OST_E_STORE;
    if (result == OST_OK) {
        bind_text(st, 1, session_id);
        bind_text(st, 2, client_id);
        result = run_statement(s, st, &changes);
    }
    store_unlock(s);
    return result == OST_OK && changes == 0 ? OST_E_NOT_FOUND : result;
}

/* Within one statement's condition, so that of two uses at once one wins. */
static ost_result use_refresh(store *s, ost_text session_id, ost_text client_id, ost_text presented,
                              ost_text next, int64_t max_uses, int64_t now)
{
    int changes = 0;
    sqlite3_stmt *st = statement(
        s, "UPDATE client_session SET refresh_id = ?4, last_access = max(last_access, ?6), "
           "refresh_uses = CASE WHEN ?4 = refresh_id THEN refresh_uses + 1 ELSE 0 END "
           "WHERE session_id = ?1 AND client_id = ?2 AND refresh_id = ?3 AND refresh_uses <= ?5");
    if (st == NULL)
        return OST_E_STORE;
    bind_text(st, 1, session_id);
    bind_text(st, 2, client_id);
    bind_text(st, 3, presented);
    bind_text(st, 4, next);
    bind_integer(st, 5, max_uses);
    bind_integer(st, 6, now);
    ost_result result = run_statement(s, st, &changes);
    return result == OST_OK && changes == 0 ? OST_E_CONFLICT : result;
}

ost_result store_refresh_use(store *s, ost_text realm, ost_text session_id, ost_text client_id,
                             ost_text presented, ost_text next, int64_t max_uses, int64_t now,
                             int64_t idle_ends)
{
    store_lock(s);
    ost_result result = transaction_begin(s);
    if (result == OST_OK)
        result = touch(s, realm, session_id, now, idle_ends);
    if (result == OST_OK)
        result = use_refresh(s, session_id, client_id, presented, next, max_uses, now);
    result = transaction_end(s, result);
    store_unlock(s);
    return result;
}
