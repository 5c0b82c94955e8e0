/* SPDX-License-Identifier: Apache-2.0 */
/* Limits of sessions, in the transaction that begins one; see session_room.h. */
#include "store/session/session_room.h"
#include "store/lock.h"
#include "store/session/session_within.h"

#define AT_ONCE "1000" /* sessions that end by one statement */
#define LIST_MEMORY ((size_t)256 << 10)

/* ?4 empty: of any client. */
#define THEIRS(offline)                                                                            \
    "FROM session AS s WHERE s.realm = ?1 AND s.user_id = ?2 AND s.ends > ?3 AND "                 \
    "s.idle_ends > ?3 AND NOT " offline " AND (?4 = '' OR s.id IN (SELECT session_id FROM "        \
    "client_session WHERE client_id = ?4))"
#define COUNTED(offline) "SELECT count(*) " THEIRS(offline)
/* All but the ?5 that were used last, the least lately used first. */
#define OLDEST(offline)                                                                            \
    "SELECT s.id AS id " THEIRS(offline) " ORDER BY s.last_access DESC, s.started DESC, s.id "     \
                                         "LIMIT " AT_ONCE " OFFSET ?5"

static statement *bind_theirs(statement *st, const store_room *room, ost_text client_id)
{
    bind_text(st, 1, room->realm);
    bind_text(st, 2, room->user_id);
    bind_integer(st, 3, room->now);
    bind_text(st, 4, client_id);
    return st;
}

static ost_result check_room(database *d, const store_room *room, ost_text client_id, int64_t limit)
{
    int64_t count = 0;
    if (limit <= 0)
        return OST_OK;
    statement *st =
        prepare(d, text_for(d, COUNTED(SQLITE_OFFLINE("s")), COUNTED(POSTGRESQL_OFFLINE("s"))));
    ost_result result = next_number(bind_theirs(st, room, client_id), &count);
    return result == OST_OK && count >= limit ? OST_E_CEILING : result;
}

static ost_result list_oldest(database *d, const store_room *room, ost_text client_id, int64_t kept,
                              ost_arena *arena, ost_text *ret_ids)
{
    bool failed = false;
    statement *st = prepare(
        d,
        text_for(d, "SELECT json_group_array(id), count(*) FROM (" OLDEST(SQLITE_OFFLINE("s")) ")",
                 "SELECT coalesce(json_agg(id), '[]'), count(*) FROM (" OLDEST(
                     POSTGRESQL_OFFLINE("s")) ") AS oldest"));
    bind_integer(bind_theirs(st, room, client_id), 5, kept);
    ost_result result = next_row(st);
    *ret_ids = (ost_text){0};
    if (result == OST_OK && column_integer(st, 1) > 0)
        *ret_ids = column_text(st, 0, arena, &failed);
    reset_statement(st);
    return failed ? OST_E_MEMORY : result;
}

/* In the order in which others lock sessions. */
static ost_result end_listed(database *d, ost_text realm, ost_text ids)
{
    ost_result result = OST_OK;
    if (!writes_alone(d)) {
        statement *lock = PREPARED(d,
                                   "SELECT 1 FROM session WHERE realm = ?1 AND id IN "
                                   "(" POSTGRESQL_IDS ") ORDER BY user_id, id FOR UPDATE",
                                   realm, ids);
        while ((result = next_row(lock)) == OST_OK)
            continue;
        reset_statement(lock);
        result = result == OST_E_NOT_FOUND ? OST_OK : result;
    }
    if (result == OST_OK)
        result = insert_logouts(d, realm, ids);
    return result == OST_OK
               ? run_statement(PREPARED(d,
                                        text_for(d,
                                                 "DELETE FROM session WHERE realm = ?1 AND id IN "
                                                 "(" SQLITE_IDS ")",
                                                 "DELETE FROM session WHERE realm = ?1 AND id IN "
                                                 "(" POSTGRESQL_IDS ")"),
                                        realm, ids),
                               NULL)
               : result;
}

static ost_result end_oldest(database *d, const store_room *room, ost_text client_id, int64_t limit)
{
    ost_arena *arena = limit > 0 ? ost_arena_new(LIST_MEMORY) : NULL;
    if (arena == NULL)
        return limit > 0 ? OST_E_MEMORY : OST_OK;
    for (;;) {
        ost_text ids;
        ost_result result = list_oldest(d, room, client_id, limit - 1, arena, &ids);
        if (result == OST_OK && ids.len > 0)
            result = end_listed(d, room->realm, ids);
        if (result != OST_OK || ids.len == 0) {
            ost_arena_free(arena);
            return result;
        }
        ost_arena_reset(arena);
    }
}

static ost_result is_there(statement *st, bool *ret_there)
{
    int64_t one;
    ost_result result = next_number(st, &one);
    reset_statement(st);
    *ret_there = result == OST_OK;
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

/* Of sessions with one client, or of all of theirs (empty). */
static ost_result make_room_of(database *d, const store_room *room, ost_text client_id,
                               const store_room_limit *limit)
{
    ost_result result = check_room(d, room, client_id, limit->denies);
    return result == OST_OK ? end_oldest(d, room, client_id, limit->ends) : result;
}

ost_result make_room(database *d, const store_room *room, ost_text session_id, ost_text client_id)
{
    bool session = true, part = true;
    if (room->user.denies + room->user.ends + room->client.denies + room->client.ends <= 0)
        return OST_OK;
    ost_result result = lock_user(d, room->realm, room->user_id);
    if (result == OST_OK)
        result = is_there(PREPARED(d, "SELECT 1 FROM session WHERE id = ?", session_id), &session);
    if (result == OST_OK && client_id.len > 0)
        result = is_there(PREPARED(d,
                                   "SELECT 1 FROM client_session WHERE session_id = ? AND "
                                   "client_id = ?",
                                   session_id, client_id),
                          &part);
    if (result == OST_OK && !part)
        result = make_room_of(d, room, client_id, &room->client);
    return result == OST_OK && !session ? make_room_of(d, room, OST_TEXT(""), &room->user) : result;
}
