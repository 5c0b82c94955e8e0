/* SPDX-License-Identifier: Apache-2.0 */
/* Logouts of which clients are still to be told: written in the transaction that ends the session,
 * so that neither a crash nor a stop loses one. */
#include <string.h>

#include "base/text.h"
#include "store/row.h"
#include "store/transaction.h"

#define COLUMNS "id, realm, client_id, session_id, user_id, issuer, ended, attempts"

/* The difference of the ids is no less than the number of rows, and costs two look-ups. */
#define INSERT_FOR                                                                                 \
    "INSERT INTO logout (realm, client_id, session_id, user_id, issuer, ended, due, attempts)"     \
    " SELECT s.realm, c.client_id, s.id, s.user_id, c.issuer, unixepoch(), 0, 0"                   \
    " FROM session AS s JOIN client_session AS c ON c.session_id = s.id"                           \
    " JOIN logout_listener AS l ON l.realm = s.realm AND l.client_id = c.client_id"                \
    " WHERE (SELECT ifnull(max(id) - min(id), 0) FROM logout) < ?1 AND s.realm = ?2 AND "

#define ADDRESS "backchannel.logout.url"

/* Most realms have no such client, and their documents are not read for it. */
ost_result put_listeners(database *d, const store_realm *realm)
{
    ost_result result = run_statement(
        PREPARED(d, "DELETE FROM logout_listener WHERE realm = ?", realm->name), NULL);
    if (result != OST_OK ||
        memmem(realm->document.data, realm->document.len, ADDRESS, sizeof ADDRESS - 1) == NULL)
        return result;
    return run_statement(
        PREPARED(d,
                 "INSERT OR IGNORE INTO logout_listener"
                 " SELECT ?1, client.value ->> '$.clientId'"
                 " FROM json_each(iif(json_valid(?2), ?2, '{}'), '$.clients') AS client"
                 " WHERE client.type = 'object' AND client.value ->> '$.clientId' IS NOT NULL"
                 " AND ifnull(client.value ->> '$.attributes.\"" ADDRESS "\"', '') <> ''",
                 realm->name, realm->document),
        NULL);
}

static statement *bind_ended(statement *st, ost_text realm, ost_text id)
{
    bind_integer(st, 1, STORE_LOGOUTS_MAX);
    bind_text(st, 2, realm);
    bind_text(st, 3, id);
    return st;
}

ost_result insert_logout(database *d, ost_text realm, ost_text session)
{
    return run_statement(bind_ended(prepare(d, INSERT_FOR "s.id = ?3"), realm, session), NULL);
}

ost_result insert_logouts(database *d, ost_text realm, ost_text user_id)
{
    return run_statement(
        bind_ended(prepare(d, INSERT_FOR "(?3 = '' OR s.user_id = ?3)"), realm, user_id), NULL);
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
    };
    if (failed)
        return OST_E_MEMORY;
    *ret_logout = read;
    return OST_OK;
}

static ost_result take(database *d, int64_t now, int64_t until, size_t max, ost_arena *arena,
                       store_logout *logouts, size_t *ret_count)
{
    size_t count = 0;
    ost_result result;
    statement *st =
        prepare(d, "UPDATE logout SET due = ? WHERE id IN (SELECT id FROM logout WHERE due <= ? "
                   "ORDER BY due, id LIMIT ?) RETURNING " COLUMNS);
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
        result = run_statement(st, NULL);
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
