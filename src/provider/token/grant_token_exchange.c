/* SPDX-License-Identifier: Apache-2.0 */
/* Token exchange (RFC 8693) as Keycloak's standard one: a confidential client that was sent an
 * access token gets another for the same user, for itself and for audiences that it may ask for
 * anyway. Nobody acts for somebody else, and no token comes from another realm. */
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "provider/call/call_policy.h"
#include "provider/client/client_find.h"
#include "provider/detail/authorization_details.h"
#include "provider/policy/policy_executor.h"
#include "provider/realm/realm_defaults.h"
#include "provider/session/authentication.h"
#include "provider/session/bearer_token.h"
#include "provider/session/offline_session.h"
#include "provider/session/token_user.h"
#include "provider/token/acr_level.h"
#include "provider/token/grant.h"
#include "provider/token/token.h"
#include "store/grant/store_code.h"
#include "store/session/store_session.h"

#define AUDIENCES_MAX 32

static bool grant_refuse(call *c, const char *why)
{
    return call_refuse(c, 400, "invalid_request", why);
}

static bool check_client(call *c)
{
    if (c->client->public_client)
        return call_refuse(c, 400, "invalid_client",
                           "Public client is not allowed to exchange token");
    return c->client->token_exchange ||
           grant_refuse(c, "Standard token exchange is not enabled for the requested client");
}

/* What the other token exchange of Keycloak has, and RFC 8693's actors: to pass over them would
 * give another token than was asked for. */
static bool check_unsupported(call *c)
{
    static const char *const names[] = {"requested_subject", "requested_issuer", "subject_issuer",
                                        "actor_token",       "actor_token_type", "resource"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (call_parameter(c, names[i]).len > 0)
            return grant_refuse(
                c, call_format(c, "Parameter '%s' is not supported for standard token exchange",
                               names[i]));
    }
    return true;
}

/* What is asked for, in *ret_type. */
static bool read_types(call *c, const char **ret_type)
{
    static const char *const types[] = {TOKEN_TYPE_ACCESS, TOKEN_TYPE_ID, TOKEN_TYPE_REFRESH};
    ost_text subject = call_parameter(c, "subject_token_type");
    ost_text wanted = call_parameter(c, "requested_token_type");
    if (call_parameter(c, "subject_token").data == NULL)
        return grant_refuse(c, "Parameter 'subject_token' required for standard token exchange");
    if (subject.data == NULL)
        return grant_refuse(c,
                            "Parameter 'subject_token_type' required for standard token exchange");
    if (!text_is(subject, TOKEN_TYPE_ACCESS))
        return grant_refuse(c, "Parameter 'subject_token' supports access tokens only");
    *ret_type = wanted.data == NULL ? TOKEN_TYPE_ACCESS : NULL;
    for (size_t i = 0; i < ARRAY_LEN(types) && wanted.data != NULL; i++) {
        if (text_is(wanted, types[i]))
            *ret_type = types[i];
    }
    if (*ret_type == NULL || (*ret_type == types[2] && !c->client->exchange_refresh))
        return grant_refuse(c, "requested_token_type unsupported");
    return true;
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
        return grant_refuse(c, "Invalid token");
    if (!is_meant_for(c, claims))
        return call_refuse(c, 403, "access_denied", "Client is not within the token audience");
    *ret_claims = claims;
    return true;
}

/* What was granted in detail is the other client's: of it, this one gets what it names. */
static bool read_details(call *c, const ost_claims *claims, grant *g)
{
    if (strcmp(g->issued_token_type, TOKEN_TYPE_ID) == 0)
        return details_are_absent(c);
    if (!details_choose(c, ost_json_source(ost_claims_get(claims, DETAILS)), &g->details))
        return false;
    g->granted_details = g->details;
    return true;
}

static bool choose_scopes(call *c, const ost_claims *claims, grant *g)
{
    ost_text scope = call_parameter(c, "scope");
    return (c->policy_effects & POLICY_DOWNSCOPES) != 0
               ? grant_choose_within(c, ost_claims_text(claims, "scope"), scope, g)
               : grant_choose_scopes(c, scope, g);
}

/* As they came in for the client whose token it is: an exchange proves nothing more. */
static bool load_level(call *c, const ost_claims *claims, grant *g)
{
    return acr_level_of_token(c, claims, &g->acr) == OST_OK || call_refuse_busy(c);
}

/* Who the token is about, and in which session; one without a session ends with its subject. */
static bool load_subject(call *c, const ost_claims *claims, grant *g, bool *ret_offline)
{
    authenticated_user user;
    store_session session;
    ost_text id = ost_claims_text(claims, "sid");
    ost_text user_id;
    ost_result result =
        token_user(c, client_find(c, ost_claims_text(claims, "azp")), claims, &user_id);
    if (result == OST_OK)
        result = authentication_load_user(c, user_id, &user);
    g->session_ends = ost_claims_expiry(claims);
    if (result == OST_OK && id.data != NULL) {
        result = session_load(c, id, &session);
        if (result == OST_OK) {
            g->session_id = session.id.data;
            g->login_notes = session.notes;
            g->session_ends = session.ends;
            *ret_offline = offline_session_is(c, &session, &g->login_session_id);
            g->idle_ends = session_idle_ends(c, session.remembered);
            g->client_started = c->now;
        }
    }
    if (result == OST_E_NOT_FOUND || result == OST_E_STATE)
        return grant_refuse(c, "Invalid token");
    if (result != OST_OK)
        return call_refuse_busy(c);
    return choose_scopes(c, claims, g) && grant_set_user(c, user.document, user.id, g) &&
           load_level(c, claims, g);
}

/* Several audiences each have a parameter of their own; all are clients of the realm. */
static bool read_audiences(call *c, grant *g)
{
    const char **names = ost_arena_alloc(c->arena, (AUDIENCES_MAX + 1) * sizeof *names);
    size_t count = 0;
    if (names == NULL)
        return call_refuse(c, 500, "server_error", NULL);
    for (size_t i = 0; i < c->form.count; i++) {
        if (!text_is(c->form.pairs[i].name, "audience"))
            continue;
        const realm_client *client = realm_find_client(c->realm, c->form.pairs[i].value);
        if (client == NULL)
            return call_refuse(c, 400, "invalid_client", "Audience not found");
        if (!client->enabled)
            return call_refuse(c, 400, "invalid_client", "Client disabled");
        if (count == AUDIENCES_MAX)
            return grant_refuse(c, "Too many audiences");
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

/* Whose token was exchanged stands in the notes: when that client's part ends, so does this one. */
static ost_text notes_of(call *c, const grant *g, ost_text from)
{
    ost_text notes = {0};
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return notes;
    ost_json_open_object(w);
    ost_json_member_text(w, "from", from);
    if (g->acr != NULL)
        reached_level_write(g->acr, w);
    ost_json_close_object(w);
    if (ost_json_writer_finish(w, &notes) != OST_OK)
        call_refuse(c, 500, "server_error", NULL);
    return notes;
}

static ost_result lend_part(call *c, const grant *g, const ost_claims *claims,
                            store_client_session *part)
{
    part->from = ost_claims_text(claims, "azp");
    part->since = call_issued_at(claims);
    part->session_id = text_of(g->session_id);
    part->client_id = text_of(c->client->client_id);
    part->issuer = text_of(c->issuer);
    part->scope = g->scope;
    part->started = c->now;
    part->notes = notes_of(c, g, part->from);
    return part->notes.data != NULL ? store_login(c->provider->store, NULL, part, NULL)
                                    : OST_E_MEMORY;
}

/* The client has a part of the session from now on, as after a login. One that it has by a login of
 * its own stays what it is; and what has ended a moment ago is not begun again. */
static bool keep(call *c, const grant *g, const ost_claims *claims, const minted *m)
{
    store_client_session part;
    if (g->session_id == NULL)
        return true;
    ost_result result = store_client_session_get(c->provider->store, text_of(g->session_id),
                                                 text_of(c->client->client_id), c->arena, &part);
    bool is_there = result == OST_OK;
    if (!is_there)
        part = (store_client_session){0};
    part.last_access = c->now;
    part.refresh_id = c->realm->revoke_refresh_token ? m->refresh_id : (ost_text){0};
    if (is_there)
        result = store_client_session_put(c->provider->store, &part);
    else if (result == OST_E_NOT_FOUND)
        result = lend_part(c, g, claims, &part);
    if (result == OST_E_NOT_FOUND)
        return grant_refuse(c, "Invalid token");
    return result == OST_OK || call_refuse_busy(c);
}

/* A refresh token belongs to a login's session, and no exchange begins one. */
static bool check_refresh(call *c, const grant *g, bool offline)
{
    if (text_list_has(call_parameter(c, "scope"), OST_TEXT(OFFLINE_ACCESS)))
        return grant_refuse(c, "Scope offline_access not allowed for token exchange");
    return (g->session_id != NULL && !offline) ||
           grant_refuse(c, "Refresh token not valid as requested_token_type because creating a new "
                           "session is needed");
}

static bool mint(call *c, const grant *g, minted *ret_minted)
{
    minted m;
    bool refresh = strcmp(g->issued_token_type, TOKEN_TYPE_REFRESH) == 0;
    if (!mint_tokens(c, g, refresh, &m))
        return false;
    if (strcmp(g->issued_token_type, TOKEN_TYPE_ID) == 0) {
        m.id_token = (ost_text){0};
        if (!mint_id_token(c, g, (ost_text){0}, (ost_text){0}, c->now + m.expires_in,
                           &m.access_token))
            return false;
    }
    *ret_minted = m;
    return true;
}

void grant_token_exchange(call *c)
{
    grant g = {.client = c->client, .auth_time = -1};
    const ost_claims *claims;
    bool offline = false;
    minted m;
    if (text_is(call_parameter(c, "requested_token_type"), TOKEN_TYPE_IDENTITY_ASSERTION)) {
        grant_identity_assertion(c);
        return;
    }
    if (!check_client(c) || !check_unsupported(c) || !read_types(c, &g.issued_token_type) ||
        !read_subject(c, &claims) || !read_details(c, claims, &g) || !read_audiences(c, &g) ||
        !load_subject(c, claims, &g, &offline) ||
        !grant_check_consent(c, &g, "Token Exchange in client") || !narrow_roles(c, &g))
        return;
    if (strcmp(g.issued_token_type, TOKEN_TYPE_REFRESH) == 0 && !check_refresh(c, &g, offline))
        return;
    if (mint(c, &g, &m) && keep(c, &g, claims, &m))
        (void)mint_answer(c, &g, &m);
}
