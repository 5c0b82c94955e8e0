/* SPDX-License-Identifier: Apache-2.0 */
/* What clients are still to be told, of logouts and of answers of their users (CIBA): written in
 * the transaction that ends the session or takes the answer, so that neither a crash nor a stop
 * loses one. */
#include "store/session/store_logout.h"

#include <ostiary/json.h>

#include "base/text.h"
#include "store/lock.h"
#include "store/realm/realm_record.h"
#include "store/session/session_within.h"
#include "store/transaction.h"

#define COLUMNS                                                                                    \
    "id, realm, client_id, session_id, user_id, issuer, ended, attempts, auth_req_id, "            \
    "notification_token, ends"

/* The difference of the ids is no less than the number of rows, and costs two look-ups. */
#define INSERT_FOR(now)                                                                            \
    "INSERT INTO logout (realm, client_id, session_id, user_id, issuer, ended, due, attempts)"     \
    " SELECT s.realm, c.client_id, s.id, s.user_id, c.issuer, " now ", 0, 0"                       \
    " FROM session AS s JOIN client_session AS c ON c.session_id = s.id"                           \
    " JOIN logout_listener AS l ON l.realm = s.realm AND l.client_id = c.client_id"                \
    " WHERE (SELECT coalesce(max(id) - min(id), 0) FROM logout) < ?3 AND s.realm = ?1 AND "

#define ONE "s.id = ?2"
#define SOME(ids) "s.id IN (" ids ")"

#define DOCUMENT_MEMORY ((size_t)512 << 20) /* while the document of a realm is read */
#define ADDRESS "backchannel.logout.url"

static bool is_told(const ost_json *client, ost_text *ret_id)
{
    ost_text address;
    return ost_json_text(ost_json_get(client, "clientId"), ret_id) &&
           ost_json_text(ost_json_get(ost_json_get(client, "attributes"), ADDRESS), &address) &&
           address.len > 0;
}

static ost_result insert_listeners(database *d, const store_realm *realm)
{
    const ost_json *document, *at;
    ost_text id;
    ost_arena *arena = ost_arena_new(DOCUMENT_MEMORY);
    ost_result result =
        arena != NULL ? ost_json_read(realm->document, NULL, arena, &document, NULL) : OST_E_MEMORY;
    at = result == OST_OK ? ost_json_first(ost_json_get(document, "clients")) : NULL;
    if (result != OST_OK && result != OST_E_MEMORY) /* no JSON names no client */
        result = OST_OK;
    for (; at != NULL && result == OST_OK; at = ost_json_next(at)) {
        if (is_told(at, &id))
            result = run_statement(PREPARED(d,
                                            "INSERT INTO logout_listener VALUES (?, ?)"
                                            " ON CONFLICT DO NOTHING",
                                            realm->name, id),
                                   NULL);
    }
    ost_arena_free(arena);
    return result;
}

/* Most realms have no such client, and their documents are not read for it. */
ost_result put_listeners(database *d, const store_realm *realm)
{
    ost_result result = run_statement(
        PREPARED(d, "DELETE FROM logout_listener WHERE realm = ?", realm->name), NULL);
    if (result != OST_OK || !text_contains(realm->document, OST_TEXT(ADDRESS)))
        return result;
    return insert_listeners(d, realm);
}

static ost_result insert_ended(database *d, const char *sql, ost_text realm, ost_text of)
{
    statement *st = prepare(d, sql);
    bind_text(st, 1, realm);
    bind_text(st, 2, of);
    bind_integer(st, 3, STORE_LOGOUTS_MAX);
    return run_later(st);
}

ost_result insert_logout(database *d, ost_text realm, ost_text session)
{
    return insert_ended(d, text_for(d, INSERT_FOR(SQLITE_NOW) ONE, INSERT_FOR(POSTGRESQL_NOW) ONE),
                        realm, session);
}

ost_result insert_logouts(database *d, ost_text realm, ost_text ids)
{
    return insert_ended(d,
                        text_for(d, INSERT_FOR(SQLITE_NOW) SOME(SQLITE_IDS),
                                 INSERT_FOR(POSTGRESQL_NOW) SOME(POSTGRESQL_IDS)),
                        realm, ids);
}

/* Of a client in ping mode; of others there is nothing to insert. */
ost_result insert_notification(database *d, ost_text realm, ost_text device, int64_t now)
{
    statement *st = prepare(
        d, "INSERT INTO logout (realm, client_id, session_id, user_id, issuer, ended, due, "
           "attempts, auth_req_id, notification_token, ends) SELECT realm, client_id, '', '', '', "
           "?1, 0, 0, auth_req_id, notification_token, expires FROM device WHERE realm = ?2 AND "
           "id = ?3 AND auth_req_id <> '' AND "
           "(SELECT coalesce(max(id) - min(id), 0) FROM logout) < ?4");
    bind_integer(st, 1, now);
    bind_text(st, 2, realm);
    bind_text(st, 3, device);
    bind_integer(st, 4, STORE_LOGOUTS_MAX);
    return run_later(st);
}

static ost_result read_logout(statement *st, ost_arena *arena, store_logout *ret_logout)
{
    bool failed = false;
    store_logout read = {
        .id = column_integer(st, 0),
        .realm = column_text(st, 1, arena, &failed),
        .client_id = column_text(st, 2, arena, &failed),
        .session_id = column_text(st, 3, arena, &failed),
        .user_id = column_text(st, 4, arena, &failed),
        .issuer = column_text(st, 5, arena, &failed),
        .ended = column_integer(st, 6),
        .attempts = column_integer(st, 7),
        .auth_req_id = column_text(st, 8, arena, &failed),
        .notification_token = column_text(st, 9, arena, &failed),
        .ends = column_integer(st, 10),
    };
    if (failed)
        return OST_E_MEMORY;
    *ret_logout = read;
    return OST_OK;
}

/* Another node may take some at the same time: it passes over those that this one has. */
#define TAKE(locked)                                                                               \
    "UPDATE logout SET due = ?1 WHERE id IN (SELECT id FROM logout WHERE due <= ?2 "               \
    "ORDER BY due, id LIMIT ?3" locked ") RETURNING " COLUMNS

static ost_result take(database *d, int64_t now, int64_t until, size_t max, ost_arena *arena,
                       store_logout *logouts, size_t *ret_count)
{
    size_t count = 0;
    ost_result result;
    statement *st = prepare(d, text_for(d, TAKE(""), TAKE(" FOR UPDATE SKIP LOCKED")));
    bind_integer(st, 1, until);
    bind_integer(st, 2, now);
    bind_integer(st, 3, (int64_t)max);
    while ((result = next_row(st)) == OST_OK) {
        if (count == max)
            return OST_E_CEILING;
        result = read_logout(st, arena, &logouts[count++]);
        if (result != OST_OK)
            return result;
    }
    *ret_count = count;
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

ost_result store_logout_take(store *s, int64_t now, int64_t until, size_t max, ost_arena *arena,
                             store_logout **ret_logouts, size_t *ret_count)
{
    size_t count = 0;
    store_logout *logouts = ost_arena_alloc(arena, max * sizeof *logouts);
    if (logouts == NULL)
        return OST_E_MEMORY;
    ost_result result = WRITE(s, d, take(d, now, until, max, arena, logouts, &count));
    if (result == OST_OK) {
        *ret_logouts = logouts;
        *ret_count = count;
    }
    return result;
}

static ost_result settle(database *d, const store_logout_outcome *outcomes, size_t count)
{
    ost_result result = OST_OK;
    for (size_t i = 0; i < count && result == OST_OK; i++) {
        statement *st =
            outcomes[i].due == 0
                ? prepare(d, "DELETE FROM logout WHERE id = ?1")
                : prepare(d, "UPDATE logout SET due = ?2, attempts = attempts + ?3 WHERE id = ?1");
        bind_integer(st, 1, outcomes[i].id);
        if (outcomes[i].due != 0) {
            bind_integer(st, 2, outcomes[i].due);
            bind_integer(st, 3, outcomes[i].tried ? 1 : 0);
        }
        result = run_later(st);
    }
    return result;
}

ost_result store_logout_settle(store *s, const store_logout_outcome *outcomes, size_t count)
{
    return WRITE(s, d, settle(d, outcomes, count));
}

ost_result store_logout_count(store *s, int64_t now, int64_t *ret_count, bool *ret_due)
{
    database *d = read_begin(s);
    statement *st = prepare(
        d, "SELECT (SELECT count(*) FROM logout), EXISTS (SELECT 1 FROM logout WHERE due <= ?)");
    bind_integer(st, 1, now);
    ost_result result = next_row(st);
    if (result == OST_OK) {
        *ret_count = column_integer(st, 0);
        *ret_due = column_integer(st, 1) != 0;
    }
    read_end(s, d);
    return result;
}
