/* SPDX-License-Identifier: Apache-2.0 */
/* The password grant (RFC 6749 §4.3), as Keycloak's direct access grants. */
#include "base/text.h"
#include "provider/detail/authorization_details.h"
#include "provider/session/authentication.h"
#include "provider/session/live_session.h"
#include "provider/session/session_level.h"
#include "provider/token/grant.h"
#include "provider/token/login_grant.h"
#include "provider/token/resource.h"
#include "provider/token/token.h"
#include "store/session/session_limit.h"

static bool authenticate_user(call *c, authenticated_user *ret_user)
{
    ost_text username = call_parameter(c, "username");
    if (username.data == NULL)
        return call_refuse(c, 401, "invalid_request", "Missing parameter: username");
    switch (authenticate(c, REALM_FLOW_DIRECT_GRANT, username, call_parameter(c, "password"),
                         ret_user)) {
    case AUTHENTICATED:
        break;
    case AUTHENTICATION_WRONG:
        return call_refuse(c, 401, "invalid_grant", "Invalid user credentials");
    case AUTHENTICATION_DISABLED:
        return call_refuse(c, 400, "invalid_grant", "Account disabled");
    case AUTHENTICATION_DENIED:
        return call_refuse(c, ret_user->too_many_sessions ? 403 : 401, "access_denied",
                           ret_user->denial.len > 0 ? ost_arena_copy(c->arena, ret_user->denial)
                                                    : "Access denied");
    case AUTHENTICATION_BUSY:
        return call_refuse_busy(c);
    }
    if (ret_user->complete)
        return true;
    c->event.error = "resolve_required_actions";
    return call_refuse(c, 400, "invalid_grant", "Account is not fully set up");
}

/* The level that the flow has led up to, which is that of refreshed tokens, too. As in Keycloak no
 * request asks for one here. False: the call is refused. */
static bool write_level(call *c, const reached_level *reached, ost_text *ret_notes)
{
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return false;
    ost_json_open_object(w);
    reached_level_write(reached, w);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret_notes) == OST_OK ||
           call_refuse(c, 500, "server_error", NULL);
}

void grant_password(call *c)
{
    grant g = {.client = c->client, .may_be_offline = true};
    authenticated_user user;
    if (!c->client->direct_access_grants) {
        call_refuse(c, 400, "unauthorized_client", "Client not allowed for direct access grants");
        return;
    }
    if (c->client->consent_required) {
        call_refuse(c, 400, "invalid_client", "Client requires user consent");
        return;
    }
    if (c->client->direct_demand == FLOW_REFUSED) {
        call_refuse(c, 400, "unauthorized_client", "The authentication flow is not supported");
        return;
    }
    c->scope = call_parameter(c, "scope");
    if (!grant_choose_scopes(c, c->scope, &g) || !resources_read(c, &g.resources) ||
        !details_read(c, &g.details) || !authenticate_user(c, &user) ||
        !grant_set_user(c, user.document, user.id, &g) || !grant_check_offline(c, &g))
        return;
    g.granted_resources = g.resources;
    g.granted_details = g.details;
    const reached_level reached = {
        .proved = true, .leveled = true, .level = user.level, .direct = true};
    ost_text notes = OST_TEXT("{}");
    g.acr = user.leveled ? &reached : NULL;
    const store_room room = session_room_of(c, user.id, &user.room);
    g.room = &room;
    if (user.leveled && !write_level(c, &reached, &notes))
        return;
    login_grant_begin(c, &g, NULL, NULL, notes);
    session_room_tell(c, &room);
}
