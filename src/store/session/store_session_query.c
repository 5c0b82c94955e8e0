/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions as administrators look for them: by user, by client, and how many there are. */
#include "base/text.h"
#include "store/lock.h"
#include "store/session/session_within.h"
#include "store/session/store_session.h"
#include "store/transaction.h"

#define MAX_CLIENTS 1000 /* of one session, or that are counted */

/* Rows live as long as both ends lie ahead. */
#define FOUND                                                                                      \
    "SELECT s.id, s.user_id, u.username, s.started, s.last_access, s.remembered, s.notes "         \
    "FROM session AS s JOIN user AS u ON u.realm = s.realm AND u.id = s.user_id "                  \
    "WHERE s.realm = ?1 AND s.ends > ?2 AND s.idle_ends > ?2 "
#define PAGE(offline) "AND " offline " = (?7 = 1) ORDER BY s.started, s.id LIMIT ?4 OFFSET ?5"

#define OF_USER(offline)                                                                           \
    FOUND "AND s.user_id = ?3 AND (?6 = '' OR s.id IN (SELECT session_id FROM client_session "     \
          "WHERE client_id = ?6)) " PAGE(offline)
#define OF_CLIENT(offline)                                                                         \
    FOUND "AND s.id IN (SELECT session_id FROM client_session WHERE client_id = ?6) AND "          \
          "?3 = '' " PAGE(offline)
#define STATS(offline)                                                                             \
    "SELECT c.client_id, count(*) FILTER (WHERE NOT " offline "), count(*) FILTER (WHERE " offline \
    ") FROM session AS s JOIN client_session AS c ON c.session_id = s.id "                         \
    "WHERE s.realm = ?1 AND s.ends > ?2 AND s.idle_ends > ?2 "                                     \
    "GROUP BY c.client_id ORDER BY c.client_id"
#define COUNT_OF(offline)                                                                          \
    "SELECT count(*) FROM client_session AS c JOIN session AS s ON s.id = c.session_id "           \
    "WHERE c.client_id = ?3 AND s.realm = ?1 AND s.ends > ?2 AND s.idle_ends > ?2 "                \
    "AND " offline " = (?4 = 1)"

static ost_result read_found(statement *st, ost_arena *arena, store_found_session *ret_session)
{
    bool failed = false;
    store_found_session found = {
        .id = column_text(st, 0, arena, &failed),
        .user_id = column_text(st, 1, arena, &failed),
        .username = column_text(st, 2, arena, &failed),
        .started = column_integer(st, 3),
        .last_access = column_integer(st, 4),
        .remembered = column_integer(st, 5) != 0,
        .notes = column_text(st, 6, arena, &failed),
    };
    if (failed)
        return OST_E_MEMORY;
    *ret_session = found;
    return OST_OK;
}

static statement *query(database *d, const store_session_filter *f)
{
    const char *sql =
        f->user_id.len > 0
            ? text_for(d, OF_USER(SQLITE_OFFLINE("s")), OF_USER(POSTGRESQL_OFFLINE("s")))
            : text_for(d, OF_CLIENT(SQLITE_OFFLINE("s")), OF_CLIENT(POSTGRESQL_OFFLINE("s")));
    statement *st = prepare(d, sql);
    bind_text(st, 1, f->realm);
    bind_integer(st, 2, f->now);
    bind_text(st, 3, f->user_id);
    bind_integer(st, 4, (int64_t)f->max);
    bind_integer(st, 5, (int64_t)f->first);
    bind_text(st, 6, f->client_id);
    bind_integer(st, 7, f->offline);
    return st;
}

ost_result store_session_find(store *s, const store_session_filter *filter, ost_arena *arena,
                              store_found_session **ret_sessions, size_t *ret_count)
{
    size_t count = 0;
    ost_result result = OST_OK;
    store_found_session *sessions = ost_arena_alloc(arena, (filter->max + 1) * sizeof *sessions);
    if (sessions == NULL)
        return OST_E_MEMORY;
    database *d = read_begin(s);
    statement *st = query(d, filter);
    while (result == OST_OK && (result = next_row(st)) == OST_OK)
        result = read_found(st, arena, &sessions[count++]);
    read_end(s, d);
    if (result != OST_E_NOT_FOUND)
        return result;
    *ret_sessions = sessions;
    *ret_count = count;
    return OST_OK;
}

/* Rows of a name and, perhaps, a number. */
static ost_result read_counts(store *s, database *d, statement *st, ost_arena *arena,
                              store_session_count **ret_counts, size_t *ret_count)
{
    size_t count = 0;
    bool failed = false;
    ost_result result = OST_OK;
    store_session_count *counts = ost_arena_alloc(arena, MAX_CLIENTS * sizeof *counts);
    while (counts != NULL && count < MAX_CLIENTS && (result = next_row(st)) == OST_OK) {
        counts[count++] = (store_session_count){
            .client_id = column_text(st, 0, arena, &failed),
            .sessions = column_integer(st, 1),
            .offline = column_integer(st, 2),
        };
    }
    read_end(s, d);
    if (counts == NULL || failed)
        return OST_E_MEMORY;
    if (result != OST_OK && result != OST_E_NOT_FOUND)
        return result;
    *ret_counts = counts;
    *ret_count = count;
    return OST_OK;
}

ost_result store_session_clients(store *s, ost_text session_id, ost_arena *arena,
                                 store_session_count **ret_clients, size_t *ret_count)
{
    database *d = read_begin(s);
    statement *st =
        PREPARED(d, "SELECT client_id, 1, 0 FROM client_session WHERE session_id = ?", session_id);
    return read_counts(s, d, st, arena, ret_clients, ret_count);
}

ost_result store_session_stats(store *s, ost_text realm, int64_t now, ost_arena *arena,
                               store_session_count **ret_counts, size_t *ret_count)
{
    database *d = read_begin(s);
    statement *st =
        prepare(d, text_for(d, STATS(SQLITE_OFFLINE("s")), STATS(POSTGRESQL_OFFLINE("s"))));
    bind_text(st, 1, realm);
    bind_integer(st, 2, now);
    return read_counts(s, d, st, arena, ret_counts, ret_count);
}

ost_result store_session_count_of(store *s, ost_text realm, ost_text client_id, bool offline,
                                  int64_t now, int64_t *ret_count)
{
    database *d = read_begin(s);
    statement *st =
        prepare(d, text_for(d, COUNT_OF(SQLITE_OFFLINE("s")), COUNT_OF(POSTGRESQL_OFFLINE("s"))));
    bind_text(st, 1, realm);
    bind_integer(st, 2, now);
    bind_text(st, 3, client_id);
    bind_integer(st, 4, offline);
    ost_result result = next_number(st, ret_count);
    read_end(s, d);
    return result;
}

#define PORTION 250 /* sessions of one transaction: others write in between */
#define IDS_MEMORY ((size_t)1 << 20)

#define END_THEM(ids) "DELETE FROM session WHERE realm = ?1 AND id IN (" ids ")"

static ost_result end_portion(database *d, ost_text realm, ost_text user_id, ost_arena *arena,
                              int *ret_changes)
{
    ost_text ids;
    ost_result result = lock_ending_sessions(d, realm, user_id, PORTION, arena, &ids);
    if (result == OST_OK)
        result = insert_logouts(d, realm, ids);
    return result == OST_OK
               ? run_statement(PREPARED(d,
                                        text_for(d, END_THEM(SQLITE_IDS), END_THEM(POSTGRESQL_IDS)),
                                        realm, ids),
                               ret_changes)
               : result;
}

static ost_result end_some(database *d, ost_text realm, ost_text user_id, int *ret_changes)
{
    ost_arena *arena = ost_arena_new(IDS_MEMORY);
    ost_result result =
        arena != NULL ? end_portion(d, realm, user_id, arena, ret_changes) : OST_E_MEMORY;
    ost_arena_free(arena);
    return result;
}

ost_result store_session_end_all(store *s, ost_text realm, ost_text user_id)
{
    int changes = PORTION;
    ost_result result = OST_OK;
    while (result == OST_OK && changes >= PORTION)
        result = WRITE(s, d, end_some(d, realm, user_id, &changes));
    return result;
}
