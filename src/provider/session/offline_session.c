/* SPDX-License-Identifier: Apache-2.0 */
/* Offline sessions; see offline_session.h. */
#include "provider/session/offline_session.h"

#include "base/array.h"
#include "base/text.h"
#include "provider/realm/uuid.h"
#include "provider/session/session_note.h"

#define UNLIMITED ((int64_t)100 * 366 * 86400) /* seconds */

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* The shortest of those that are set: 0 is no limit. */
static int64_t shorter(int64_t a, int64_t b)
{
    return a <= 0 ? b : b <= 0 ? a : earlier(a, b);
}

int64_t offline_session_idle_ends(const call *c)
{
    const realm_lifespans *l = &c->realm->lifespans;
    int64_t of_client =
        c->client->offline_idle > 0 ? c->client->offline_idle : l->client_offline_idle;
    return c->now + shorter(l->offline_idle, of_client);
}

static int64_t max_ends(const call *c)
{
    const realm_lifespans *l = &c->realm->lifespans;
    if (!l->offline_limited)
        return c->now + UNLIMITED;
    int64_t of_client = c->client->offline_max > 0 ? c->client->offline_max : l->client_offline_max;
    return c->now + shorter(l->offline_max, of_client);
}

/* A UUID of the code's hash: nobody guesses it who does not know the code. */
ost_text offline_session_id(call *c, ost_text code)
{
    unsigned char h[32];
    const char *seed = call_format(c, "offline %.*s", OST_FORMAT(code));
    if (code.len == 0)
        return uuid_text(c->provider->context, c->arena);
    if (seed == NULL || ost_sha256(text_of(seed), h) != OST_OK)
        return (ost_text){0};
    h[6] = (unsigned char)(0x40 | (h[6] & 0x0f));
    h[8] = (unsigned char)(0x80 | (h[8] & 0x3f));
    return text_of(call_format(
        c, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", h[0], h[1], h[2],
        h[3], h[4], h[5], h[6], h[7], h[8], h[9], h[10], h[11], h[12], h[13], h[14], h[15]));
}

/* With what the login is at an identity provider, so that this ends too where that says so. */
static ost_text notes_of(call *c, ost_text login, ost_text login_notes)
{
    static const char *const kept[] = {"identity_provider", "broker_user_id", "broker_session_id",
                                       "identity_provider_identity", SESSION_NOTES_MAPPED};
    const ost_json *before = NULL;
    ost_text notes = {0}, text;
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return notes;
    if (login_notes.len > 0 &&
        ost_json_read(login_notes, NULL, c->arena, &before, NULL) == OST_E_MEMORY)
        return notes;
    ost_json_open_object(w);
    ost_json_member_text(w, "offline", login);
    for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
        if (ost_json_text(ost_json_get(before, kept[i]), &text))
            ost_json_member_text(w, kept[i], text);
    }
    ost_json_close_object(w);
    return ost_json_writer_finish(w, &notes) == OST_OK ? notes : (ost_text){0};
}

store_session offline_session_begin(call *c, ost_text id, ost_text user_id, ost_text login,
                                    ost_text login_notes, int64_t auth_time)
{
    store_session session = {
        .id = id,
        .realm = text_of(c->realm->name),
        .user_id = user_id,
        .auth_time = auth_time,
        .started = c->now,
        .last_access = c->now,
        .ends = max_ends(c),
        .idle_ends = offline_session_idle_ends(c),
        .notes = notes_of(c, login, login_notes),
    };
    if (id.data == NULL || session.notes.data == NULL)
        call_refuse(c, 500, "server_error", NULL);
    return session;
}

bool offline_session_is(call *c, const store_session *session, const char **ret_login)
{
    const ost_json *notes;
    ost_text login;
    if (ost_json_read(session->notes, NULL, c->arena, &notes, NULL) != OST_OK ||
        !ost_json_text(ost_json_get(notes, "offline"), &login))
        return false;
    *ret_login = login.len > 0 ? ost_arena_copy(c->arena, login) : NULL;
    return true;
}
