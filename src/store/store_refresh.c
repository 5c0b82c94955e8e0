/* Refresh tokens in the store, where a realm has them rotate (RFC 9700 section 4.14): each tab of a
 * browser has a chain of its own, and who presents a token that has had its turn is found out. */
#include "statement.h"
#include "text.h"

#define MAX_REFRESH_TOKENS 64 /* of one client session; the oldest make room */

ost_result insert_refresh(store *s, ost_text session_id, ost_text client_id, ost_text id,
                          ost_text parent, int64_t now)
{
    sqlite3_stmt *add = statement(s, "INSERT INTO refresh_token VALUES (?, ?, ?, ?, 0, ?)");
    sqlite3_stmt *trim = statement(
        s, "DELETE FROM refresh_token WHERE session_id = ?1 AND client_id = ?2 AND id IN (SELECT "
           "id FROM refresh_token WHERE session_id = ?1 AND client_id = ?2 "
           "ORDER BY issued DESC, uses LIMIT -1 OFFSET ?3)");
    if (add == NULL || trim == NULL)
        return OST_E_STORE;
    bind_text(add, 1, session_id);
    bind_text(add, 2, client_id);
    bind_text(add, 3, id);
    bind_text(add, 4, parent);
    bind_integer(add, 5, now);
    bind_text(trim, 1, session_id);
    bind_text(trim, 2, client_id);
    bind_integer(trim, 3, MAX_REFRESH_TOKENS);
    ost_result result = run_statement(s, add, NULL);
    return result == OST_OK ? run_statement(s, trim, NULL) : result;
}

static ost_result count_use(store *s, ost_text session_id, ost_text client_id, ost_text presented,
                            int64_t max_reuse)
{
    int changes = 0;
    sqlite3_stmt *use =
        statement(s, "UPDATE refresh_token SET uses = uses + 1 WHERE session_id = ? "
                     "AND client_id = ? AND id = ? AND uses <= ?");
    if (use == NULL)
        return OST_E_STORE;
    bind_text(use, 1, session_id);
    bind_text(use, 2, client_id);
    bind_text(use, 3, presented);
    bind_integer(use, 4, max_reuse);
    ost_result result = run_statement(s, use, &changes);
    return result == OST_OK && changes == 0 ? OST_E_CONFLICT : result;
}

/* When no token is known, rotation has just been switched on: the first one that comes is taken. */
static ost_result adopt(store *s, ost_text session_id, ost_text client_id, ost_text presented,
                        int64_t now)
{
    sqlite3_stmt *any = statement(s, "SELECT 1 FROM refresh_token WHERE session_id = ? AND "
                                     "client_id = ? LIMIT 1");
    if (any == NULL)
        return OST_E_STORE;
    bind_text(any, 1, session_id);
    bind_text(any, 2, client_id);
    ost_result result = next_row(any);
    sqlite3_reset(any);
    if (result != OST_E_NOT_FOUND)
        return result == OST_OK ? OST_E_CONFLICT : result;
    return insert_refresh(s, session_id, client_id, presented, OST_TEXT(""), now);
}

/* Who uses a child has received it: its parent is needed no more. */
static ost_result drop_parent(store *s, ost_text session_id, ost_text client_id, ost_text child)
{
    sqlite3_stmt *st =
        statement(s, "DELETE FROM refresh_token WHERE session_id = ?1 AND client_id = ?2 AND id = "
                     "(SELECT parent FROM refresh_token WHERE session_id = ?1 AND client_id = ?2 "
                     "AND id = ?3)");
    if (st == NULL)
        return OST_E_STORE;
    bind_text(st, 1, session_id);
    bind_text(st, 2, client_id);
    bind_text(st, 3, child);
    return run_statement(s, st, NULL);
}

static ost_result use_refresh(store *s, ost_text session_id, ost_text client_id, ost_text presented,
                              ost_text next, int64_t max_reuse, int64_t now)
{
    ost_result result = count_use(s, session_id, client_id, presented, max_reuse);
    if (result == OST_E_CONFLICT) {
        result = adopt(s, session_id, client_id, presented, now);
        if (result == OST_OK)
            result = count_use(s, session_id, client_id, presented, max_reuse);
    }
    if (result == OST_OK)
        result = drop_parent(s, session_id, client_id, presented);
    return result == OST_OK ? insert_refresh(s, session_id, client_id, next, presented, now)
                            : result;
}

ost_result store_refresh_use(store *s, ost_text realm, ost_text session_id, ost_text client_id,
                             ost_text presented, ost_text next, int64_t max_reuse, int64_t now,
                             int64_t idle_ends)
{
    store_lock(s);
    ost_result result = transaction_begin(s);
    if (result == OST_OK)
        result = touch_session(s, realm, session_id, now, idle_ends);
    if (result == OST_OK)
        result = use_refresh(s, session_id, client_id, presented, next, max_reuse, now);
    result = transaction_end(s, result);
    store_unlock(s);
    return result;
}
