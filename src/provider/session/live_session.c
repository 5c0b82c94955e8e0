/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions that are not over; see live_session.h. */
#include "provider/session/live_session.h"

#include "base/text.h"

ost_result session_load(call *c, ost_text id, store_session *ret_session)
{
    store_session session;
    ost_result result =
        store_session_get(c->provider->store, text_of(c->realm->name), id, c->arena, &session);
    if (result != OST_OK)
        return result;
    if (session.ends <= c->now || session.idle_ends <= c->now)
        return OST_E_NOT_FOUND;
    *ret_session = session;
    return OST_OK;
}

/* ---- room for one more ---- */

/* The limits that a login is held to: in a session that is there already, the client's alone, and
 * that only if it has no part in it. */
static ost_result limits_of(call *c, const flow_limit *limit, ost_text own, flow_limit *ret_limit)
{
    store_client_session part;
    *ret_limit = *limit;
    if (own.len == 0)
        return OST_OK;
    ret_limit->user = 0;
    if (limit->client == 0)
        return OST_OK;
    ost_result found = store_client_session_get(c->provider->store, own,
                                                text_of(c->client->client_id), c->arena, &part);
    if (found == OST_OK)
        ret_limit->client = 0;
    return found == OST_E_NOT_FOUND ? OST_OK : found;
}

static store_session_filter filter_of(const call *c, ost_text user_id, bool of_client)
{
    return (store_session_filter){.realm = text_of(c->realm->name),
                                  .user_id = user_id,
                                  .client_id =
                                      of_client ? text_of(c->client->client_id) : (ost_text){0},
                                  .now = c->now};
}

/* Whether there are that many. */
static ost_result is_reached(call *c, ost_text user_id, bool of_client, int64_t limit,
                             bool *ret_reached)
{
    store_session_filter filter = filter_of(c, user_id, of_client);
    store_found_session *sessions;
    size_t count = 0;
    *ret_reached = false;
    if (limit <= 0)
        return OST_OK;
    filter.first = (size_t)limit - 1;
    filter.max = 1;
    ost_result result =
        store_session_find(c->provider->store, &filter, c->arena, &sessions, &count);
    *ret_reached = count > 0;
    return result;
}

flow_hold session_room_find(call *c, ost_text user_id, const flow_limit *limit, ost_text own)
{
    flow_limit held;
    bool of_user = false, of_client = false;
    if (limits_of(c, limit, own, &held) != OST_OK ||
        is_reached(c, user_id, false, held.user, &of_user) != OST_OK ||
        is_reached(c, user_id, true, held.client, &of_client) != OST_OK)
        return HOLD_UNKNOWN;
    return of_user || of_client ? HOLD_NO : HOLD_YES;
}

store_room session_room_of(const call *c, ost_text user_id, const flow_room *room)
{
    return (store_room){.realm = text_of(c->realm->name),
                        .user_id = user_id,
                        .now = c->now,
                        .user = {.denies = room->denies.user, .ends = room->ends.user},
                        .client = {.denies = room->denies.client, .ends = room->ends.client}};
}

void session_room_tell(call *c, const store_room *room)
{
    if (room->user.ends > 0 || room->client.ends > 0)
        logout_bell_ring(&c->provider->logouts_bell);
}
