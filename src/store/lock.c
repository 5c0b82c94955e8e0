/* SPDX-License-Identifier: Apache-2.0 */
/* Locks of rows; see lock.h. */
#include "store/lock.h"

/* What refers to the row may still be added: it does not depend on what is locked here. */
#define LOCKED " FOR NO KEY UPDATE"
/* It may not, where the row is to go: it would go with it, and nobody would have seen it. */
#define ENDING " FOR UPDATE"
/* As what is added that refers to the row locks it by itself, but before it reads. */
#define ADDING " FOR KEY SHARE"
#define SOME                                                                                       \
    "SELECT id FROM session WHERE realm = ?1 AND (?2 = '' OR user_id = ?2) "                       \
    "ORDER BY user_id, id LIMIT ?3"

static ost_result run_lock(statement *st)
{
    ost_result result = next_row(st);
    reset_statement(st);
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

ost_result lock_user(database *d, ost_text realm, ost_text id)
{
    return writes_alone(d)
               ? OST_OK
               : run_lock(PREPARED(d, "SELECT 1 FROM user WHERE realm = ? AND id = ?" LOCKED, realm,
                                   id));
}

ost_result lock_ending_user(database *d, ost_text realm, ost_text id)
{
    return writes_alone(d)
               ? OST_OK
               : run_lock(PREPARED(d, "SELECT 1 FROM user WHERE realm = ? AND id = ?" ENDING, realm,
                                   id));
}

ost_result lock_session(database *d, ost_text id)
{
    return writes_alone(d) ? OST_OK
                           : run_lock(PREPARED(d, "SELECT 1 FROM session WHERE id = ?" ADDING, id));
}

ost_result lock_ending_session(database *d, ost_text id)
{
    return writes_alone(d) ? OST_OK
                           : run_lock(PREPARED(d, "SELECT 1 FROM session WHERE id = ?" ENDING, id));
}

ost_result lock_ending_sessions(database *d, ost_text realm, ost_text user_id, int64_t count,
                                ost_arena *arena, ost_text *ret_ids)
{
    bool failed = false;
    statement *st = prepare(d, text_for(d, "SELECT json_group_array(id) FROM (" SOME ")",
                                        "SELECT coalesce(json_agg(id), '[]') FROM (" SOME ENDING
                                        ") AS some_of_them"));
    bind_text(st, 1, realm);
    bind_text(st, 2, user_id);
    bind_integer(st, 3, count);
    ost_result result = next_row(st);
    if (result == OST_OK) {
        ost_text ids = column_text(st, 0, arena, &failed);
        if (!failed)
            *ret_ids = ids;
    }
    reset_statement(st);
    return failed ? OST_E_MEMORY : result;
}

/* Two who count at once would both find room. */
static ost_result lock_client(database *d, ost_text realm, ost_text client_id)
{
    return writes_alone(d)
               ? OST_OK
               : run_lock(PREPARED(d,
                                   "SELECT 1 FROM pg_advisory_xact_lock(hashtextextended("
                                   "? || chr(10) || ?, 0))",
                                   realm, client_id));
}

ost_result lock_sealing(database *d, bool alone)
{
    if (writes_alone(d))
        return OST_OK;
    return run_lock(prepare(d, alone ? "SELECT 1 FROM pg_advisory_xact_lock(1330861130)"
                                     : "SELECT 1 FROM pg_advisory_xact_lock_shared(1330861130)"));
}

ost_result lock_users(database *d)
{
    return writes_alone(d)
               ? OST_OK
               : run_statement(prepare(d, "LOCK TABLE user IN SHARE ROW EXCLUSIVE MODE"), NULL);
}

ost_result check_limit(database *d, const char *sql, ost_text realm, ost_text client_id,
                       int64_t now, size_t limit)
{
    int64_t count;
    ost_result result = lock_client(d, realm, client_id);
    if (result != OST_OK)
        return result;
    statement *st = prepare(d, sql);
    bind_text(st, 1, realm);
    bind_text(st, 2, client_id);
    bind_integer(st, 3, now);
    result = next_number(st, &count);
    return result == OST_OK && (size_t)count >= limit ? OST_E_BUSY : result;
}

ost_result check_share(database *d, const char *sql, const waiting_rows *rows)
{
    ost_result result = lock_client(d, rows->realm, rows->client_id);
    if (result != OST_OK)
        return result;
    statement *st = prepare(d, sql);
    bind_text(st, 1, rows->realm);
    bind_text(st, 2, rows->client_id);
    bind_text(st, 3, rows->network);
    bind_integer(st, 4, rows->now);
    result = next_row(st);
    size_t all = result == OST_OK ? (size_t)column_integer(st, 0) : 0;
    size_t own = result == OST_OK ? (size_t)column_integer(st, 1) : 0;
    reset_statement(st);
    if (result != OST_OK)
        return result;
    if (all >= rows->limit)
        return OST_E_BUSY;
    bool full = own * NETWORK_SHARE >= rows->limit - all;
    return rows->network.len > 0 && own > 0 && full ? OST_E_BUSY : OST_OK;
}
