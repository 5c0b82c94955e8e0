/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions in the store, and what of them belongs to single clients. */
#include "store/session/store_session.h"

#include "base/text.h"
#include "store/lock.h"
#include "store/session/session_within.h"
#include "store/transaction.h"
#include <ostiary/json.h>

#define COLUMNS                                                                                    \
    "id, realm, user_id, auth_time, started, last_access, ends, idle_ends, remembered, notes"
#define CLIENT_COLUMNS                                                                             \
    "session_id, client_id, scope, nonce, redirect_uri, started, last_access, notes, issuer"

/* What a session is at the identity provider that it began at stands in its notes, and beside them
 * so that it is found by that. */
static ost_text note_of(const ost_json *notes, const char *name)
{
    ost_text text = {0};
    (void)!ost_json_text(ost_json_get(notes, name), &text);
    return text;
}

static ost_result write_there(statement *st, const store_session *session, ost_arena *arena,
                              int *ret_changes)
{
    const ost_json *notes = NULL;
    if (arena != NULL && ost_json_read(session->notes, NULL, arena, &notes, NULL) == OST_E_MEMORY)
        return OST_E_MEMORY;
    bind_text(st, 11, note_of(notes, "identity_provider"));
    bind_text(st, 12, note_of(notes, "broker_session_id"));
    bind_text(st, 13, note_of(notes, "broker_user_id"));
    return run_statement(st, ret_changes);
}

#define NOTES_MEMORY ((size_t)1 << 20)
#define BEGAN_THERE "\"identity_provider\":"

/* Most have not, and their notes are not read for it. */
static ost_result write_session(statement *st, const store_session *session, int *ret_changes)
{
    bool there = text_contains(session->notes, OST_TEXT(BEGAN_THERE));
    ost_arena *arena = there ? ost_arena_new(NOTES_MEMORY) : NULL;
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
    ost_result result =
        there && arena == NULL ? OST_E_MEMORY : write_there(st, session, arena, ret_changes);
    ost_arena_free(arena);
    return result;
}

#define INSERT_SESSION                                                                             \
    "INSERT INTO session (" COLUMNS ", provider_there, session_there, user_there) "                \
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

ost_result upsert_session(database *d, const store_session *session)
{
    int changes = 0;
    statement *st = prepare(
        d, INSERT_SESSION
        " ON CONFLICT (id) DO UPDATE SET auth_time = excluded.auth_time, "
        "notes = excluded.notes, provider_there = excluded.provider_there, "
        "session_there = excluded.session_there, user_there = excluded.user_there, "
        "last_access = " GREATER_OF(
            "session.last_access",
            "excluded.last_access") ", "
                                    "idle_ends = " GREATER_OF(
                                        "session.idle_ends",
                                        "excluded.idle_ends") " "
                                                              "WHERE session.user_id = "
                                                              "excluded.user_id AND session.realm "
                                                              "= excluded.realm");
    ost_result result = write_session(st, session, &changes);
    return result == OST_OK && changes == 0 ? OST_E_CONFLICT : result;
}

static void bind_client_session(statement *st, const store_client_session *session)
{
    bind_text(st, 1, session->session_id);
    bind_text(st, 2, session->client_id);
    bind_text(st, 3, session->scope);
    bind_text(st, 4, session->nonce);
    bind_text(st, 5, session->redirect_uri);
    bind_integer(st, 6, session->started);
    bind_integer(st, 7, session->last_access);
    bind_text(st, 8, session->notes);
    bind_text(st, 9, session->issuer);
}

static ost_result insert_first_refresh(database *d, const store_client_session *session)
{
    return session->refresh_id.len == 0
               ? OST_OK
               : insert_refresh(d, session->session_id, session->client_id, session->refresh_id,
                                OST_TEXT(""), session->last_access);
}

/* A little later where such a part has just ended (NOTE_ENDING), by no more than clocks may be
 * apart. */
#define BEGINNING                                                                                  \
    "coalesce((SELECT expires FROM used WHERE id = 'part ' || ?1 || ' ' || ?2 AND "                \
    "expires > ?6 AND expires <= ?6 + 30), ?6)"

/* What it is made of, if it is, is there until the transaction ends. */
static ost_result check_origin(database *d, const store_client_session *session)
{
    int64_t there = 0;
    if (session->from.len == 0)
        return OST_OK;
    ost_result result = lock_session(d, session->session_id);
    if (result != OST_OK)
        return result;
    statement *st = prepare(d, "SELECT 1 FROM client_session WHERE session_id = ? AND "
                               "client_id = ? AND started <= ?");
    bind_text(st, 1, session->session_id);
    bind_text(st, 2, session->from);
    bind_integer(st, 3, session->since);
    result = next_number(st, &there);
    reset_statement(st);
    return result;
}

ost_result upsert_client_session(database *d, const store_client_session *session)
{
    ost_result result = check_origin(d, session);
    if (result != OST_OK)
        return result;
    statement *st = prepare(
        d, "INSERT INTO client_session (" CLIENT_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, " BEGINNING
           ", ?7, ?8, ?9) ON CONFLICT (session_id, client_id) DO "
           "UPDATE SET scope = excluded.scope, nonce = excluded.nonce, redirect_uri = "
           "excluded.redirect_uri, last_access = excluded.last_access, notes = "
           "excluded.notes, issuer = excluded.issuer");
    bind_client_session(st, session);
    result = run_later(st);
    return result == OST_OK ? insert_first_refresh(d, session) : result;
}

/* Not of one that has begun since: that is another. */
ost_result update_client_session(database *d, const store_client_session *session)
{
    statement *st = prepare(
        d, "UPDATE client_session SET scope = ?3, nonce = ?4, redirect_uri = ?5, "
           "last_access = " GREATER_OF(
               "last_access", "?7") ", notes = ?8, issuer = ?9 "
                                    "WHERE session_id = ?1 AND client_id = ?2 AND started <= ?6");
    bind_client_session(st, session);
    ost_result result = run_change(st);
    return result == OST_OK ? insert_first_refresh(d, session) : result;
}

ost_result store_session_create(store *s, const store_session *session)
{
    return WRITE(s, d, write_session(prepare(d, INSERT_SESSION), session, NULL));
}

static ost_result read_session(statement *st, ost_arena *arena, store_session *ret_session)
{
    bool failed = false;
    store_session read = {
        .id = column_text(st, 0, arena, &failed),
        .realm = column_text(st, 1, arena, &failed),
        .user_id = column_text(st, 2, arena, &failed),
        .auth_time = column_integer(st, 3),
        .started = column_integer(st, 4),
        .last_access = column_integer(st, 5),
        .ends = column_integer(st, 6),
        .idle_ends = column_integer(st, 7),
        .remembered = column_integer(st, 8) != 0,
        .notes = column_text(st, 9, arena, &failed),
    };
    if (failed)
        return OST_E_MEMORY;
    *ret_session = read;
    return OST_OK;
}

ost_result store_session_get(store *s, ost_text realm, ost_text id, ost_arena *arena,
                             store_session *ret_session)
{
    database *d = read_begin(s);
    statement *st =
        PREPARED(d, "SELECT " COLUMNS " FROM session WHERE id = ? AND realm = ?", id, realm);
    ost_result result = next_row(st);
    if (result == OST_OK)
        result = read_session(st, arena, ret_session);
    read_end(s, d);
    return result;
}

ost_result touch_session(database *d, ost_text realm, ost_text id, int64_t last_access,
                         int64_t idle_ends)
{
    statement *st =
        prepare(d, "UPDATE session SET last_access = " GREATER_OF(
                       "last_access", "?1") ", "
                                            "idle_ends = " GREATER_OF(
                                                "idle_ends", "?2") " WHERE id = ?3 AND realm = ?4");
    bind_integer(st, 1, last_access);
    bind_integer(st, 2, idle_ends);
    bind_text(st, 3, id);
    bind_text(st, 4, realm);
    return run_change_first(st);
}

ost_result store_session_touch(store *s, ost_text realm, ost_text id, int64_t last_access,
                               int64_t idle_ends)
{
    return WRITE(s, d, touch_session(d, realm, id, last_access, idle_ends));
}

static ost_result note_session(database *d, ost_text realm, ost_text id, ost_text notes)
{
    statement *st = prepare(d, "UPDATE session SET notes = ? WHERE id = ? AND realm = ?");
    bind_text(st, 1, notes);
    bind_text(st, 2, id);
    bind_text(st, 3, realm);
    return run_change_first(st);
}

ost_result store_session_note(store *s, ost_text realm, ost_text id, ost_text notes)
{
    return WRITE(s, d, note_session(d, realm, id, notes));
}

static ost_result end_session(database *d, ost_text realm, ost_text id)
{
    ost_result result = lock_ending_session(d, id);
    if (result == OST_OK)
        result = insert_logout(d, realm, id);
    return result == OST_OK ? run_change(PREPARED(
                                  d, "DELETE FROM session WHERE id = ? AND realm = ?", id, realm))
                            : result;
}

ost_result store_session_end(store *s, ost_text realm, ost_text id)
{
    return WRITE(s, d, end_session(d, realm, id));
}

ost_result store_session_list(store *s, ost_text realm, ost_text user_id, size_t limit,
                              ost_arena *arena, store_session **ret_sessions, size_t *ret_count)
{
    size_t count = 0;
    ost_result result = OST_E_NOT_FOUND;
    store_session *sessions = ost_arena_alloc(arena, (limit + 1) * sizeof *sessions);
    if (sessions == NULL)
        return OST_E_MEMORY;
    database *d = read_begin(s);
    statement *st = PREPARED(d,
                             "SELECT " COLUMNS " FROM session WHERE realm = ?1 AND "
                             "(?2 = '' OR user_id = ?2) ORDER BY started DESC, id",
                             realm, user_id);
    while (count < limit && (result = next_row(st)) == OST_OK) {
        result = read_session(st, arena, &sessions[count++]);
        if (result != OST_OK)
            break;
    }
    read_end(s, d);
    if (result != OST_OK && result != OST_E_NOT_FOUND)
        return result;
    *ret_sessions = sessions;
    *ret_count = count;
    return OST_OK;
}

ost_result store_client_session_put(store *s, const store_client_session *session)
{
    return WRITE(s, d, update_client_session(d, session));
}

ost_result read_client_session(statement *st, int at, ost_arena *arena,
                               store_client_session *ret_session)
{
    bool failed = false;
    store_client_session read = {
        .session_id = column_text(st, at, arena, &failed),
        .client_id = column_text(st, at + 1, arena, &failed),
        .scope = column_text(st, at + 2, arena, &failed),
        .nonce = column_text(st, at + 3, arena, &failed),
        .redirect_uri = column_text(st, at + 4, arena, &failed),
        .started = column_integer(st, at + 5),
        .last_access = column_integer(st, at + 6),
        .notes = column_text(st, at + 7, arena, &failed),
        .issuer = column_text(st, at + 8, arena, &failed),
    };
    if (failed)
        return OST_E_MEMORY;
    *ret_session = read;
    return OST_OK;
}

ost_result store_client_session_get(store *s, ost_text session_id, ost_text client_id,
                                    ost_arena *arena, store_client_session *ret_session)
{
    database *d = read_begin(s);
    statement *st = PREPARED(d,
                             "SELECT " CLIENT_SESSION_COLUMNS " FROM client_session AS part "
                             "WHERE session_id = ? AND client_id = ?",
                             session_id, client_id);
    ost_result result = next_row(st);
    if (result == OST_OK)
        result = read_client_session(st, 0, arena, ret_session);
    read_end(s, d);
    return result;
}

#define OF_CLIENT "session_id = ?1 AND client_id = ?2"

/* The session first: nobody adds a part to it that is made of one which is just ending. */
static ost_result end_client_session(database *d, ost_text session_id, ost_text client_id)
{
    ost_result result = lock_ending_session(d, session_id);
    if (result == OST_OK)
        result = run_later(PREPARED(d, NOTE_PARTS(d, OF_CLIENT), session_id, client_id));
    return result == OST_OK
               ? run_change(PREPARED(d, END_PARTS(d, OF_CLIENT), session_id, client_id))
               : result;
}

ost_result store_client_session_end(store *s, ost_text session_id, ost_text client_id)
{
    return WRITE(s, d, end_client_session(d, session_id, client_id));
}

static ost_result leave_session(database *d, ost_text realm, ost_text session_id,
                                ost_text client_id)
{
    ost_result result = end_client_session(d, session_id, client_id);
    if (result != OST_OK && result != OST_E_NOT_FOUND)
        return result;
    result = run_change(PREPARED(d,
                                 "DELETE FROM session WHERE id = ?1 AND realm = ?2 AND NOT "
                                 "EXISTS (SELECT 1 FROM client_session WHERE session_id = ?1)",
                                 session_id, realm));
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

ost_result store_session_leave(store *s, ost_text realm, ost_text session_id, ost_text client_id)
{
    return WRITE(s, d, leave_session(d, realm, session_id, client_id));
}
