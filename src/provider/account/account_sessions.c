/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions of a user in the account REST API: as a list, by device, and what ends them. */
#include "base/text.h"
#include "provider/account/account_call.h"
#include "provider/account/account_words.h"
#include "provider/admin/admin_part.h"
#include "provider/session/offline_session.h"
#include "store/session/store_session.h"

#define MAX_SESSIONS 1000 /* of one user, that are shown */

typedef struct own_session {
    store_session row;
    ost_text address, browser, os, version, device;
    bool mobile, current, told;
} own_session;

static ost_text or_else(ost_text text, const char *otherwise)
{
    return text.len > 0 ? text : text_of(otherwise);
}

static own_session describe(account_call *a, const store_session *row)
{
    const ost_json *notes;
    own_session s = {.row = *row, .current = text_equal(row->id, a->session)};
    if (ost_json_read(row->notes, NULL, a->call->arena, &notes, NULL) != OST_OK)
        notes = NULL;
    s.address = part_text(notes, "ip");
    s.browser = or_else(part_text(notes, "browser"), "Other/Unknown");
    s.os = or_else(part_text(notes, "os"), "Other");
    s.version = or_else(part_text(notes, "osVersion"), "Unknown");
    s.device = or_else(part_text(notes, "device"), "Other");
    if (!ost_json_boolean(ost_json_get(notes, "mobile"), &s.mobile))
        s.mobile = false;
    return s;
}

/* Those that are alive, without the offline ones, which belong to applications. */
static ost_result load(account_call *a, own_session **ret_sessions, size_t *ret_count)
{
    store_session *rows;
    const char *login;
    size_t row_count, count = 0;
    ost_result result =
        store_session_list(a->call->provider->store, text_of(a->call->realm->name), a->user.id,
                           MAX_SESSIONS, a->call->arena, &rows, &row_count);
    own_session *sessions =
        result == OST_OK ? ost_arena_alloc(a->call->arena, (row_count + 1) * sizeof *sessions)
                         : NULL;
    if (sessions == NULL)
        return result == OST_OK ? OST_E_MEMORY : result;
    for (size_t i = 0; i < row_count; i++) {
        if (rows[i].ends > a->call->now && rows[i].idle_ends > a->call->now &&
            !offline_session_is(a->call, &rows[i], &login))
            sessions[count++] = describe(a, &rows[i]);
    }
    *ret_sessions = sessions;
    *ret_count = count;
    return OST_OK;
}

static ost_result put_clients(account_call *a, ost_json_writer *w, ost_text session_id)
{
    store_session_count *clients;
    size_t count = 0;
    ost_result result = store_session_clients(a->call->provider->store, session_id, a->call->arena,
                                              &clients, &count);
    ost_json_put_name(w, OST_TEXT("clients"));
    ost_json_open_array(w);
    for (size_t i = 0; i < count; i++) {
        const realm_client *client = realm_find_client(a->call->realm, clients[i].client_id);
        ost_json_open_object(w);
        ost_json_member_text(w, "clientId", clients[i].client_id);
        if (client != NULL && client->name != NULL)
            ost_json_member_text(w, "clientName", account_words(text_of(client->name)));
        ost_json_member_boolean(w, "userConsentRequired", false);
        ost_json_member_boolean(w, "inUse", false);
        ost_json_member_boolean(w, "offlineAccess", false);
        ost_json_close_object(w);
    }
    ost_json_close_array(w);
    return result;
}

static ost_result put_session(account_call *a, ost_json_writer *w, const own_session *s)
{
    int64_t ends = s->row.ends < s->row.idle_ends ? s->row.ends : s->row.idle_ends;
    ost_json_open_object(w);
    ost_json_member_text(w, "id", s->row.id);
    if (s->address.len > 0)
        ost_json_member_text(w, "ipAddress", s->address);
    ost_json_member_integer(w, "started", s->row.started);
    ost_json_member_integer(w, "lastAccess", s->row.last_access);
    ost_json_member_integer(w, "expires", ends);
    ost_result result = put_clients(a, w, s->row.id);
    ost_json_member_text(w, "browser", s->browser);
    if (s->current)
        ost_json_member_boolean(w, "current", true);
    ost_json_close_object(w);
    return result;
}

/* ---- by device ---- */

static bool is_same_device(const own_session *one, const own_session *other)
{
    return text_equal(one->os, other->os) && text_equal(one->version, other->version) &&
           text_equal(one->device, other->device);
}

/* The device of sessions[first], with all that it has. */
static ost_result put_device(account_call *a, ost_json_writer *w, own_session *sessions,
                             size_t first, size_t count)
{
    const own_session *s = &sessions[first];
    int64_t last = 0;
    bool current = false;
    ost_result result = OST_OK;
    for (size_t i = first; i < count; i++) {
        if (!is_same_device(s, &sessions[i]))
            continue;
        sessions[i].told = true;
        current = current || sessions[i].current;
        if (sessions[i].row.last_access > last)
            last = sessions[i].row.last_access;
    }
    ost_json_open_object(w);
    ost_json_member_text(w, "os", s->os);
    ost_json_member_text(w, "osVersion", s->version);
    ost_json_member_text(w, "device", s->device);
    ost_json_member_integer(w, "lastAccess", last);
    if (current)
        ost_json_member_boolean(w, "current", true);
    ost_json_put_name(w, OST_TEXT("sessions"));
    ost_json_open_array(w);
    for (size_t i = first; i < count && result == OST_OK; i++) {
        if (is_same_device(s, &sessions[i]))
            result = put_session(a, w, &sessions[i]);
    }
    ost_json_close_array(w);
    ost_json_member_boolean(w, "mobile", s->mobile);
    ost_json_close_object(w);
    return result;
}

static ost_result list(account_call *a, bool by_device)
{
    own_session *sessions;
    size_t count = 0;
    ost_json_writer *w = ost_json_writer_new(a->call->arena, 0);
    ost_result result = w != NULL ? load(a, &sessions, &count) : OST_E_MEMORY;
    if (result != OST_OK)
        return result;
    ost_json_open_array(w);
    for (size_t i = 0; i < count && result == OST_OK; i++) {
        if (!by_device)
            result = put_session(a, w, &sessions[i]);
        else if (!sessions[i].told)
            result = put_device(a, w, sessions, i, count);
    }
    ost_json_close_array(w);
    return result == OST_OK ? account_answer(a, w) : result;
}

ost_result account_list_sessions(account_call *a)
{
    return list(a, false);
}

ost_result account_list_devices(account_call *a)
{
    return list(a, true);
}

/* ---- ending ---- */

static ost_result end(account_call *a, ost_text id)
{
    ost_result result =
        store_session_end(a->call->provider->store, text_of(a->call->realm->name), id);
    if (result == OST_OK)
        logout_bell_ring(&a->call->provider->logouts_bell);
    return result == OST_E_NOT_FOUND ? OST_OK : result; /* somebody else was faster */
}

/* Again as long as there are some: only so many are looked at in one go. */
ost_result account_end_sessions(account_call *a)
{
    bool current = account_asks(a, "current", "true"), any = true;
    ost_result result = OST_OK;
    while (any && result == OST_OK) {
        own_session *sessions;
        size_t count = 0;
        any = false;
        result = load(a, &sessions, &count);
        for (size_t i = 0; i < count && result == OST_OK; i++) {
            if (sessions[i].current && !current)
                continue;
            any = true;
            result = end(a, sessions[i].row.id);
        }
    }
    return result == OST_OK ? account_done(a) : result;
}

/* Of another user's sessions nothing is said, not even whether they are there; offline ones end
 * with the consent of their application. */
ost_result account_end_session(account_call *a)
{
    const char *login;
    store_session session;
    ost_result result = store_session_get(a->call->provider->store, text_of(a->call->realm->name),
                                          a->value, a->call->arena, &session);
    if (result == OST_OK && text_equal(session.user_id, a->user.id) &&
        !offline_session_is(a->call, &session, &login))
        result = end(a, a->value);
    return result == OST_OK || result == OST_E_NOT_FOUND ? account_done(a) : result;
}
