/* SPDX-License-Identifier: Apache-2.0 */
/* Token exchange (RFC 8693) as Keycloak's standard one: a confidential client that was sent an
 * access token gets another for the same user, for itself and for audiences that it may ask for
 * anyway. Nobody acts for somebody else, and no token comes from another realm. */
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "provider/session/authentication.h"
#include "provider/session/bearer_token.h"
#include "provider/session/offline_session.h"
#include "provider/token/grant.h"
#include "provider/token/token.h"

#define TOKEN_TYPE "urn:ietf:params:oauth:token-type:"
#define AUDIENCES_MAX 32

static bool refuse(call *c, const char *why)
{
    return call_refuse(c, 400, "invalid_request", why);
}

static bool check_client(call *c)
{
    if (c->client->public_client)
        return call_refuse(c, 400, "unauthorized_client",
                           "Public client is not allowed to exchange token");
    if (!c->client->token_exchange)
        return refuse(c, "Standard token exchange is not enabled for the requested client");
    return !c->client->consent_required ||
           call_refuse(c, 400, "invalid_client", "Client requires user consent");
}

/* What is asked for; *ret_refresh: a refresh token. */
static bool read_types(call *c, bool *ret_refresh)
{
    ost_text subject = call_parameter(c, "subject_token_type");
    ost_text wanted = call_parameter(c, "requested_token_type");
    if (call_parameter(c, "subject_token").len == 0)
        return refuse(c, "Missing parameter: subject_token");
    if (subject.len == 0)
        return refuse(c, "Missing parameter: subject_token_type");
    if (!text_is(subject, TOKEN_TYPE "access_token"))
        return refuse(c, "Parameter subject_token supports access tokens only");
    if (call_parameter(c, "actor_token").len > 0 || call_parameter(c, "actor_token_type").len > 0)
        return refuse(c, "Nobody acts for somebody else: actor_token is not supported");
    if (call_parameter(c, "resource").len > 0)
        return refuse(c, "The parameter resource is not supported here, audience is");
    *ret_refresh = text_is(wanted, TOKEN_TYPE "refresh_token");
    if (*ret_refresh && !c->client->exchange_refresh)
        return refuse(c, "requested_token_type unsupported");
    return wanted.len == 0 || *ret_refresh || text_is(wanted, TOKEN_TYPE "access_token") ||
           refuse(c, "requested_token_type unsupported");
}

/* A client exchanges what was sent to it, or what it was given itself. */
static bool is_meant_for(const call *c, const ost_claims *claims)
{
    ost_text id = text_of(c->client->client_id);
    return text_equal(ost_claims_text(claims, "azp"), id) || ost_claims_has_audience(claims, id);
}

static bool read_subject(call *c, const ost_claims **ret_claims)
{
    const ost_claims *claims;
    ost_result result = bearer_token_verify(c, call_parameter(c, "subject_token"), NULL, &claims);
    if (result == OST_OK && !text_is(ost_claims_text(claims, "typ"), "Bearer") &&
        !text_is(ost_claims_text(claims, "typ"), "DPoP"))
        result = OST_E_TOKEN_TYPE;
    if (result == OST_OK)
        result = bearer_token_session(c, claims);
    if (result == OST_E_STORE || result == OST_E_BUSY)
        return call_refuse_busy(c);
    if (result != OST_OK)
        return refuse(c, "Invalid token");
    if (!is_meant_for(c, claims))
        return call_refuse(c, 403, "access_denied", "Client is not within the token audience");
    *ret_claims = claims;
    return true;
}

/* Who the token is about, and in which session; one without a session ends with its subject. */
static bool load_subject(call *c, const ost_claims *claims, grant *g, bool *ret_offline)
{
    authenticated_user user;
    store_session session;
    ost_text id = ost_claims_text(claims, "sid");
    ost_result result = authentication_load_user(c, ost_claims_subject(claims), &user);
    g->session_ends = ost_claims_expiry(claims);
    if (result == OST_OK && id.data != NULL) {
        result = session_load(c, id, &session);
        if (result == OST_OK) {
            g->session_id = session.id.data;
            g->session_ends = session.ends;
            *ret_offline = offline_session_is(c, &session, &g->login_session_id);
            g->idle_ends = session_idle_ends(c, session.remembered);
            g->client_started = c->now;
        }
    }
    if (result == OST_E_NOT_FOUND || result == OST_E_STATE)
        return refuse(c, "Invalid token");
    if (result != OST_OK)
        return call_refuse_busy(c);
    return grant_choose_scopes(c, call_parameter(c, "scope"), g) &&
           grant_set_user(c, user.document, user.id, g);
}

/* Several audiences each have a parameter of their own; all are clients of the realm. */
static bool read_audiences(call *c, grant *g)
{
    const char **names = ost_arena_alloc(c->arena, (AUDIENCES_MAX + 1) * sizeof *names);
    size_t count = 0;
    if (names == NULL)
        return call_refuse(c, 500, "server_error", NULL);
    for (size_t i = 0; i < c->form.count; i++) {
        if (!text_is(c->form.pairs[i].name, "audience") || c->form.pairs[i].value.len == 0)
            continue;
        const realm_client *client = realm_find_client(c->realm, c->form.pairs[i].value);
        if (client == NULL || !client->enabled)
            return call_refuse(c, 400, "invalid_client", "Audience not found");
        if (count == AUDIENCES_MAX)
            return refuse(c, "Too many audiences");
        names[count++] = client->client_id;
    }
    if (count > 0)
        g->audiences = names;
    return true;
}

static bool is_wanted(const grant *g, const char *client_id)
{
    for (size_t i = 0; g->audiences[i] != NULL; i++) {
        if (strcmp(g->audiences[i], client_id) == 0)
            return true;
    }
    return false;
}

/* Of roles, too, the token has those of the audiences that it is for. */
static bool narrow_roles(call *c, grant *g)
{
    if (g->audiences == NULL || g->roles.client_count == 0)
        return true;
    struct realm_client_roles *kept =
        ost_arena_alloc(c->arena, g->roles.client_count * sizeof *kept);
    size_t count = 0;
    if (kept == NULL)
        return call_refuse(c, 500, "server_error", NULL);
    for (size_t i = 0; i < g->roles.client_count; i++) {
        if (is_wanted(g, g->roles.clients[i].client_id))
            kept[count++] = g->roles.clients[i];
    }
    g->roles.clients = kept;
    g->roles.client_count = count;
    return true;
}

/* The client has a part of the session from now on, as after a login. */
static bool keep(call *c, const grant *g, const minted *m)
{
    const store_client_session part = {
        .session_id = text_of(g->session_id),
        .client_id = text_of(c->client->client_id),
        .scope = g->scope,
        .refresh_id = c->realm->revoke_refresh_token ? m->refresh_id : (ost_text){0},
        .started = c->now,
        .last_access = c->now,
        .notes = OST_TEXT("{}"),
        .issuer = text_of(c->issuer),
    };
    if (g->session_id == NULL)
        return true;
    ost_result result = store_login(c->provider->store, NULL, &part, NULL);
    if (result == OST_E_NOT_FOUND) /* it ended a moment ago */
        return refuse(c, "Invalid token");
    return result == OST_OK || call_refuse_busy(c);
}

void grant_token_exchange(call *c)
{
    grant g = {.client = c->client, .auth_time = -1};
    const ost_claims *claims;
    bool refresh, offline = false;
    minted m;
    if (!check_client(c) || !read_types(c, &refresh) || !read_subject(c, &claims) ||
        !read_audiences(c, &g) || !load_subject(c, claims, &g, &offline) || !narrow_roles(c, &g))
        return;
    if (refresh && (g.session_id == NULL || offline)) {
        refuse(c, "A token without a login session brings no refresh token");
        return;
    }
    g.issued_token_type = refresh ? TOKEN_TYPE "refresh_token" : TOKEN_TYPE "access_token";
    if (mint_tokens(c, &g, refresh, &m) && keep(c, &g, &m))
        (void)mint_answer(c, &g, &m);
}
