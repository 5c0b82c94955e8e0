/* SPDX-License-Identifier: Apache-2.0 */
/* The password grant (RFC 6749 §4.3), as Keycloak's direct access grants. */
#include "base/text.h"
#include "provider/session/authentication.h"
#include "provider/session/offline_session.h"
#include "provider/token/grant.h"
#include "provider/token/resource.h"
#include "provider/token/token.h"

static bool authenticate_user(call *c, authenticated_user *ret_user)
{
    ost_text username = call_parameter(c, "username");
    if (username.data == NULL)
        return call_refuse(c, 401, "invalid_request", "Missing parameter: username");
    switch (authenticate(c, username, call_parameter(c, "password"), ret_user)) {
    case AUTHENTICATED:
        break;
    case AUTHENTICATION_WRONG:
        return call_refuse(c, 401, "invalid_grant", "Invalid user credentials");
    case AUTHENTICATION_DISABLED:
        return call_refuse(c, 400, "invalid_grant", "Account disabled");
    case AUTHENTICATION_BUSY:
        return call_refuse_busy(c);
    }
    if (ret_user->complete)
        return true;
    c->event.error = "resolve_required_actions";
    return call_refuse(c, 400, "invalid_grant", "Account is not fully set up");
}

void grant_password(call *c)
{
    grant g = {.client = c->client, .client_started = c->now, .may_be_offline = true};
    authenticated_user user;
    minted m;
    if (!c->client->direct_access_grants) {
        call_refuse(c, 400, "unauthorized_client", "Client not allowed for direct access grants");
        return;
    }
    if (c->client->consent_required) {
        call_refuse(c, 400, "invalid_client", "Client requires user consent");
        return;
    }
    if (c->client->direct_barred) {
        call_refuse(c, 400, "unauthorized_client", "The authentication flow is not supported");
        return;
    }
    if (!grant_choose_scopes(c, call_parameter(c, "scope"), &g) ||
        !resources_read(c, &g.resources) || !authenticate_user(c, &user) ||
        !grant_set_user(c, user.document, user.id, &g) || !grant_check_offline(c, &g))
        return;
    g.granted_resources = g.resources;
    store_session session = g.offline
                                ? offline_session_begin(c, offline_session_id(c, (ost_text){0}),
                                                        user.id, (ost_text){0}, c->now)
                                : session_begin(c, user.id, false);
    g.session_id = session.id.data;
    g.session_ends = session.ends;
    g.idle_ends = session.idle_ends;
    if (c->error.status != 0 || !mint_tokens(c, &g, true, &m))
        return;
    const store_client_session client_session = {
        .session_id = session.id,
        .client_id = text_of(c->client->client_id),
        .scope = g.scope,
        .refresh_id = c->realm->revoke_refresh_token ? m.refresh_id : (ost_text){0},
        .started = c->now,
        .last_access = c->now,
        .notes = OST_TEXT("{}"),
        .issuer = text_of(c->issuer),
    };
    /* The user may have been deleted a moment ago. */
    if (store_login(c->provider->store, &session, &client_session, NULL) != OST_OK) {
        call_refuse_busy(c);
        return;
    }
    (void)mint_answer(c, &g, &m);
}
