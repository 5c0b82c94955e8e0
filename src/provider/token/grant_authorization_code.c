/* SPDX-License-Identifier: Apache-2.0 */
/* The authorization_code grant (RFC 6749 §4.1.3) with PKCE (RFC 7636 §4.6). */
#include "base/base64url.h"
#include "base/text.h"
#include "provider/call/call_policy.h"
#include "provider/detail/authorization_details.h"
#include "provider/session/authentication.h"
#include "provider/session/consent.h"
#include "provider/session/offline_session.h"
#include "provider/session/requested_claims.h"
#include "provider/token/grant.h"
#include "provider/token/login_grant.h"
#include "provider/token/pkce.h"
#include "provider/token/resource.h"
#include "provider/token/token.h"

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

/* The scopes, and whether a challenge came with them, are known by the code alone. */
static bool check_policies(call *c, const store_code *code)
{
    if (!call_has_policies(c))
        return true;
    policy_case is = call_policy_case(c, POLICY_CODE);
    is.scoped = true;
    is.scope = code->scope;
    is.challenge = code->challenge;
    is.challenge_method = code->challenge_method;
    return call_policy_allows(c, &is);
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
    return check_policies(c, code) && pkce_check(c, code->challenge, code->challenge_method);
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

static bool keep(call *c, const store_code *code, const store_client_session *before,
                 const store_session *offline, const minted *m)
{
    store_client_session part = *before;
    part.scope = code->scope;
    part.nonce = code->nonce;
    part.redirect_uri = code->redirect_uri;
    return login_grant_keep(c, &part, offline, m);
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
    g.requested = requested_claims_of(c, &client_session);
    g.client_started = client_session_since(c, &client_session);
    g.nonce = code.nonce;
    g.granted_resources = code.resources;
    g.granted_details = code.details;
    if (grant_choose_scopes(c, code.scope, &g) &&
        resources_narrow(c, code.resources, &g.resources) &&
        details_narrow(c, code.details, &g.details) &&
        login_grant_load(c, code.session_id, "Code not valid", &g) &&
        consent_holds(c, g.user_id, g.scopes) &&
        login_grant_go_offline(c, call_parameter(c, "code"), &g, &offline) &&
        mint_tokens(c, &g, true, &m) && keep(c, &code, &client_session, &offline, &m))
        (void)mint_answer(c, &g, &m);
}
