/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked on one device and answered on another; see store_device.h. */
#include "store/grant/store_device.h"

#include "store/lock.h"
#include "store/session/session_room.h"
#include "store/session/session_within.h"
#include "store/transaction.h"

#define COLUMNS                                                                                    \
    "id, realm, client_id, user_code, scope, resources, challenge, challenge_method, expires, "    \
    "interval, state, session_id, kind, user_id, details"

static ost_result insert_device(database *d, const store_device *device, size_t limit, int64_t now)
{
    const waiting_rows rows = {device->realm, device->client_id, device->network, now, limit};
    ost_result result =
        check_share(d,
                    "SELECT count(*), count(CASE WHEN network = ?3 THEN 1 END) FROM device"
                    " WHERE realm = ?1 AND client_id = ?2 AND expires > ?4",
                    &rows);
    if (result == OST_OK && device->user_id.len > 0)
        result = check_limit(d,
                             "SELECT count(*) FROM device WHERE realm = ? AND user_id = ? AND "
                             "user_id <> '' AND expires > ? AND state = 0",
                             device->realm, device->user_id, now, DEVICE_PROMPTS_MAX);
    if (result != OST_OK)
        return result;
    statement *st = prepare(d, "INSERT INTO device (" COLUMNS
                               ", auth_req_id, notification_token, network, next_poll) VALUES "
                               "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', ?, ?, ?, ?, ?, ?, 0)");
    bind_text(st, 1, device->id);
    bind_text(st, 2, device->realm);
    bind_text(st, 3, device->client_id);
    bind_text(st, 4, device->user_code);
    bind_text(st, 5, device->scope);
    bind_text(st, 6, device->resources);
    bind_text(st, 7, device->challenge);
    bind_text(st, 8, device->challenge_method);
    bind_integer(st, 9, device->expires);
    bind_integer(st, 10, device->interval);
    bind_integer(st, 11, device->kind);
    bind_text(st, 12, device->user_id);
    bind_text(st, 13, device->details);
    bind_text(st, 14, device->auth_req_id);
    bind_text(st, 15, device->notification_token);
    bind_text(st, 16, device->network);
    return run_statement(st, NULL);
}

ost_result store_device_create(store *s, const store_device *device, size_t limit, int64_t now)
{
    return WRITE(s, d, insert_device(d, device, limit, now));
}

static ost_result read_device(statement *st, ost_arena *arena, store_device *ret_device)
{
    bool failed = false;
    ost_result result = next_row(st);
    if (result != OST_OK)
        return result;
    store_device read = {
        .id = column_text(st, 0, arena, &failed),
        .realm = column_text(st, 1, arena, &failed),
        .client_id = column_text(st, 2, arena, &failed),
        .user_code = column_text(st, 3, arena, &failed),
        .scope = column_text(st, 4, arena, &failed),
        .resources = column_text(st, 5, arena, &failed),
        .challenge = column_text(st, 6, arena, &failed),
        .challenge_method = column_text(st, 7, arena, &failed),
        .expires = column_integer(st, 8),
        .interval = column_integer(st, 9),
        .state = (store_device_state)column_integer(st, 10),
        .session_id = column_text(st, 11, arena, &failed),
        .kind = (store_device_kind)column_integer(st, 12),
        .user_id = column_text(st, 13, arena, &failed),
        .details = column_text(st, 14, arena, &failed),
    };
    if (failed)
        return OST_E_MEMORY;
    *ret_device = read;
    return OST_OK;
}

static ost_result read_by(store *s, const char *sql, store_device_kind kind, ost_text realm,
                          ost_text key, ost_arena *arena, store_device *ret_device)
{
    database *d = read_begin(s);
    if (d == NULL)
        return OST_E_STORE;
    statement *st = prepare(d, sql);
    bind_integer(st, 1, kind);
    bind_text(st, 2, realm);
    bind_text(st, 3, key);
    ost_result result = read_device(st, arena, ret_device);
    read_end(s, d);
    return result;
}

#define WHERE_KIND "SELECT " COLUMNS " FROM device WHERE kind = ? AND realm = ? AND "

ost_result store_device_get(store *s, store_device_kind kind, ost_text realm, ost_text id,
                            ost_arena *arena, store_device *ret_device)
{
    return read_by(s, WHERE_KIND "id = ?", kind, realm, id, arena, ret_device);
}

ost_result store_device_find(store *s, store_device_kind kind, ost_text realm, ost_text user_code,
                             ost_arena *arena, store_device *ret_device)
{
    return read_by(s, WHERE_KIND "user_code = ?", kind, realm, user_code, arena, ret_device);
}

/* Runs a change of one row: OST_E_NOT_FOUND when there is no such row. */
static ost_result change_one(statement *st)
{
    int changes = 0;
    ost_result result = run_statement(st, &changes);
    return result == OST_OK && changes == 0 ? OST_E_NOT_FOUND : result;
}

static ost_result answer(database *d, ost_text realm, ost_text id, store_device_state state,
                         const store_room *room, const store_client_session *part, int64_t now)
{
    ost_result result = room != NULL && part != NULL
                            ? make_room(d, room, part->session_id, part->client_id)
                            : OST_OK;
    if (result != OST_OK)
        return result;
    statement *st =
        prepare(d, "UPDATE device SET state = ?, session_id = ? WHERE realm = ? AND id = ? AND "
                   "state = 0 AND expires > ?");
    bind_integer(st, 1, state);
    bind_text(st, 2, part != NULL ? part->session_id : OST_TEXT(""));
    bind_text(st, 3, realm);
    bind_text(st, 4, id);
    bind_integer(st, 5, now);
    result = change_one(st);
    if (result == OST_OK)
        result = insert_notification(d, realm, id, now);
    return result == OST_OK && part != NULL ? upsert_client_session(d, part) : result;
}

ost_result store_device_answer(store *s, ost_text realm, ost_text id, store_device_state state,
                               const store_room *room, const store_client_session *part,
                               int64_t now)
{
    return WRITE(s, d, answer(d, realm, id, state, room, part, now));
}

/* A next question that is further away than the interval was set before the clock was set back. */
static ost_result poll(database *d, ost_text realm, ost_text id, int64_t now)
{
    statement *st = prepare(d, "UPDATE device SET next_poll = ?1 + interval WHERE realm = ?2 "
                               "AND id = ?3 AND (next_poll <= ?1 OR next_poll > ?1 + interval)");
    bind_integer(st, 1, now);
    bind_text(st, 2, realm);
    bind_text(st, 3, id);
    return change_one(st);
}

/* Read first: a device that polls too fast costs no transaction. */
static ost_result check_pace(store *s, ost_text realm, ost_text id, int64_t now)
{
    database *d = read_begin(s);
    if (d == NULL)
        return OST_E_STORE;
    statement *st = prepare(d, "SELECT next_poll, interval FROM device WHERE realm = ? AND id = ?");
    bind_text(st, 1, realm);
    bind_text(st, 2, id);
    ost_result result = next_row(st);
    int64_t wait = result == OST_OK ? column_integer(st, 0) - now : 0;
    if (wait > 0 && wait <= column_integer(st, 1))
        result = OST_E_BUSY;
    read_end(s, d);
    return result;
}

ost_result store_device_poll(store *s, ost_text realm, ost_text id, int64_t now)
{
    ost_result result = check_pace(s, realm, id, now);
    if (result != OST_OK)
        return result;
    result = WRITE(s, d, poll(d, realm, id, now));
    return result == OST_E_NOT_FOUND ? OST_E_BUSY : result; /* another node was asked first */
}

static ost_result remove_one(database *d, ost_text realm, ost_text id, store_device_state state)
{
    statement *st = prepare(d, "DELETE FROM device WHERE realm = ? AND id = ? AND state = ?");
    bind_text(st, 1, realm);
    bind_text(st, 2, id);
    bind_integer(st, 3, state);
    return change_one(st);
}

ost_result store_device_take(store *s, ost_text realm, ost_text id)
{
    return WRITE(s, d, remove_one(d, realm, id, DEVICE_APPROVED));
}

ost_result store_device_withdraw(store *s, ost_text realm, ost_text id)
{
    return WRITE(s, d, remove_one(d, realm, id, DEVICE_PENDING));
}
