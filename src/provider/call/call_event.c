/* SPDX-License-Identifier: Apache-2.0 */
/* Events; see call_event.h. */
#include "provider/call/call_event.h"

#include "base/text.h"

static const char *const names[EVENTS][2] = {
    [EVENT_LOGIN] = {"LOGIN", "LOGIN_ERROR"},
    [EVENT_LOGOUT] = {"LOGOUT", "LOGOUT_ERROR"},
    [EVENT_CODE_TO_TOKEN] = {"CODE_TO_TOKEN", "CODE_TO_TOKEN_ERROR"},
    [EVENT_REFRESH_TOKEN] = {"REFRESH_TOKEN", "REFRESH_TOKEN_ERROR"},
    [EVENT_CLIENT_LOGIN] = {"CLIENT_LOGIN", "CLIENT_LOGIN_ERROR"},
    [EVENT_INTROSPECT_TOKEN] = {"INTROSPECT_TOKEN", "INTROSPECT_TOKEN_ERROR"},
    [EVENT_REVOKE_GRANT] = {"REVOKE_GRANT", "REVOKE_GRANT_ERROR"},
    [EVENT_USER_INFO_REQUEST] = {"USER_INFO_REQUEST", "USER_INFO_REQUEST_ERROR"},
};

const char *event_name(event_type type, bool failed)
{
    return names[type][failed];
}

void event_tell(call *c, event_type type, const char *error)
{
    bool failed = error != NULL;
    atomic_fetch_add_explicit(&c->provider->events[type][failed], 1, memory_order_relaxed);
    http_add_detail(c->exchange, "event", text_of(names[type][failed]));
    http_add_detail(c->exchange, "realm", text_of(c->realm->name));
    http_add_detail(c->exchange, "client",
                    c->client != NULL ? text_of(c->client->client_id)
                                      : call_parameter(c, "client_id"));
    http_add_detail(c->exchange, "grant", call_parameter(c, "grant_type"));
    http_add_detail(c->exchange, "username", c->event.username);
    http_add_detail(c->exchange, "session", c->event.session);
    http_add_detail(c->exchange, "error", text_of(error));
    if (c->event.user.len > 0)
        http_set_subject(c->exchange, c->event.user);
}

void event_tell_outcome(call *c, event_type type)
{
    const char *error = c->error.status == 0     ? NULL
                        : c->event.error != NULL ? c->event.error
                                                 : c->error.error;
    event_tell(c, type, error);
}
