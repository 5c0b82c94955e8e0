/* SPDX-License-Identifier: Apache-2.0 */
/* The authorization_code grant (RFC 6749 §4.1.3) with PKCE (RFC 7636 §4.6). */
#include "base/base64url.h"
#include "base/text.h"
#include "provider/session/authentication.h"
#include "provider/session/consent.h"
#include "provider/session/offline_session.h"
#include "provider/token/grant.h"
#include "provider/token/pkce.h"
#include "provider/token/resource.h"
#include "provider/token/token.h"

static bool check_pkce(call *c, const store_code *code)
{
    unsigned char hash[32];
    char text[BASE64URL_LEN(sizeof hash)];
    ost_text verifier = call_parameter(c, "code_verifier"), made = verifier;
    if (code->challenge.len == 0)
        return verifier.data == NULL ||
               call_refuse(c, 400, "invalid_grant",
                           "PKCE code verifier specified but challenge not present in "
                           "authorization");
    if (verifier.data == NULL)
        return call_refuse(c, 400, "invalid_grant", "PKCE code verifier not specified");
    if (!pkce_is_key(verifier))
        return call_refuse(c, 400, "invalid_grant", "PKCE invalid code verifier");
    if (text_is(code->challenge_method, "S256")) {
        if (ost_sha256(verifier, hash) != OST_OK)
            return call_refuse(c, 500, "server_error", NULL);
        made = (ost_text){text, base64url_encode(hash, sizeof hash, text)};
    }
    return text_equal_secret(made, code->challenge) ||
           call_refuse(c, 400, "invalid_grant", "PKCE verification failed");
}

/* The code is spent by being looked at; the client that used it before loses what it brought. */
static bool take_code(call *c, store_code *ret_code)
{
    unsigned char hash[32];
    char id[BASE64URL_LEN(sizeof hash)];
    ost_text given = call_parameter(c, "code");
    if (ost_sha256(given, hash) != OST_OK)
        return call_refuse(c, 500, "server_error", NULL);
    ost_result result = store_code_take(c->provider->store, text_of(c->realm->name),
                                        (ost_text){id, base64url_encode(hash, sizeof hash, id)},
                                        c->arena, ret_code);
    /* Only the client that it was issued to can have used it before: what others bring ends
     * nothing. */
    if (result == OST_E_CONFLICT && text_is(ret_code->client_id, c->client->client_id)) {
        provider_count(c->provider, COUNT_CODES_REPLAYED);
        (void)!store_client_session_end(c->provider->store, ret_code->session_id,
                                        ret_code->client_id);
        (void)!store_session_end(c->provider->store, text_of(c->realm->name),
                                 offline_session_id(c, given));
    }
    if (result == OST_E_CONFLICT || result == OST_E_NOT_FOUND ||
        (result == OST_OK && ret_code->expires <= c->now))
        return call_refuse(c, 400, "invalid_grant", "Code not valid");
    if (result != OST_OK)
        return call_refuse_busy(c);
    return true;
}

static bool check_code(call *c, const store_code *code)
{
    ost_text redirect = call_parameter(c, "redirect_uri");
    if (!text_is(code->client_id, c->client->client_id))
        return call_refuse(c, 400, "invalid_grant", "Auth error");
    if (!text_equal(redirect, code->redirect_uri))
        return call_refuse(c, 400, "invalid_grant", "Incorrect redirect_uri");
    if (code->jkt.len > 0 && !text_equal(code->jkt, c->jkt))
        return call_refuse(c, 400, "invalid_dpop_proof",
                           "DPoP proof is not by the key of the authorization request");
    return check_pkce(c, code);
}

/* The session may have ended since the code was made. */
static bool load_session(call *c, const store_code *code, grant *g)
{
    store_session session;
    authenticated_user user;
    ost_result result = session_load(c, code->session_id, &session);
    if (result == OST_OK)
        result = authentication_load_user(c, session.user_id, &user);
    if (result == OST_E_NOT_FOUND)
        return call_refuse(c, 400, "invalid_grant", "Code not valid");
    if (result == OST_E_STATE)
        return call_refuse(c, 400, "invalid_grant", "User disabled");
    if (result != OST_OK)
        return call_refuse_busy(c);
    g->session_id = session.id.data;
    g->session_ends = session.ends;
    g->idle_ends = session_idle_ends(c, session.remembered);
    g->auth_time = session.auth_time;
    g->interactive = true;
    g->nonce = code->nonce;
    return grant_set_user(c, user.document, user.id, g);
}

/* The client's part of the session, as the code names it ("uuid.session.client"). It is read before
 * the code is taken: afterwards a second use of the code may have ended it already, and the first
 * would fail for it. */
static bool load_client_session(call *c, store_client_session *ret_session)
{
    ost_text code = call_parameter(c, "code");
    size_t first = text_find(code, '.', 0), second = text_find(code, '.', first + 1);
    ost_text session_id = text_slice(code, first + 1, second - first - 1);
    ost_result result = OST_E_NOT_FOUND;
    if (code.data == NULL)
        return call_refuse(c, 400, "invalid_request", "Missing parameter: code");
    if (second < code.len)
        result = store_client_session_get(c->provider->store, session_id,
                                          text_of(c->client->client_id), c->arena, ret_session);
    return result == OST_OK || result == OST_E_NOT_FOUND || call_refuse_busy(c);
}

/* The session goes on without the login (OpenID Connect Core §11). */
static bool go_offline(call *c, grant *g, store_session *ret_offline)
{
    if (!g->offline)
        return true;
    if (!grant_check_offline(c, g))
        return false;
    *ret_offline = offline_session_begin(c, offline_session_id(c, call_parameter(c, "code")),
                                         g->user_id, text_of(g->session_id), g->auth_time);
    g->login_session_id = g->session_id;
    g->session_id = ret_offline->id.data;
    g->session_ends = ret_offline->ends;
    g->idle_ends = ret_offline->idle_ends;
    return c->error.status == 0;
}

/* Begins a chain of refresh tokens. Whether the client's part of the session is still there is no
 * longer of interest: if not, the tokens have been revoked already. */
static bool keep(call *c, const store_code *code, const store_client_session *before,
                 const store_session *offline, const minted *m)
{
    store_client_session session = *before;
    ost_result result;
    session.scope = code->scope;
    session.nonce = code->nonce;
    session.redirect_uri = code->redirect_uri;
    session.refresh_id = c->realm->revoke_refresh_token ? m->refresh_id : (ost_text){0};
    session.last_access = c->now;
    if (offline->id.len > 0) {
        session.session_id = offline->id;
        session.started = c->now;
        result = store_login(c->provider->store, offline, &session, NULL);
    } else {
        result = store_client_session_put(c->provider->store, &session);
    }
    return result == OST_OK || result == OST_E_NOT_FOUND || call_refuse_busy(c);
}

void grant_authorization_code(call *c)
{
    grant g = {.client = c->client, .may_be_offline = true};
    store_session offline = {0};
    store_client_session client_session = {0};
    store_code code;
    minted m;
    if (!c->client->standard_flow) {
        call_refuse(c, 400, "unauthorized_client", "Client not allowed to exchange code");
        return;
    }
    if (!load_client_session(c, &client_session) || !take_code(c, &code) || !check_code(c, &code))
        return;
    if (!text_equal(client_session.session_id, code.session_id)) {
        call_refuse(c, 400, "invalid_grant", "Code not valid");
        return;
    }
    g.acr = client_session_acr(c, &client_session);
    g.client_started = client_session_since(c, &client_session);
    g.granted_resources = code.resources;
    if (grant_choose_scopes(c, code.scope, &g) &&
        resources_narrow(c, code.resources, &g.resources) && load_session(c, &code, &g) &&
        consent_holds(c, g.user_id, g.scopes) && go_offline(c, &g, &offline) &&
        mint_tokens(c, &g, true, &m) && keep(c, &code, &client_session, &offline, &m))
        (void)mint_answer(c, &g, &m);
}
