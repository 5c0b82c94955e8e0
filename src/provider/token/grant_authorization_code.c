/* SPDX-License-Identifier: Apache-2.0 */
/* The authorization_code grant (RFC 6749 §4.1.3) with PKCE (RFC 7636 §4.6). */
#include "base/base64url.h"
#include "base/text.h"
#include "provider/call/call_policy.h"
#include "provider/client/secret_end.h"
#include "provider/detail/authorization_details.h"
#include "provider/realm/uuid.h"
#include "provider/session/authentication.h"
#include "provider/session/consent.h"
#include "provider/session/offline_session.h"
#include "provider/session/requested_claims.h"
#include "provider/session/session_level.h"
#include "provider/token/grant.h"
#include "provider/token/login_grant.h"
#include "provider/token/pkce.h"
#include "provider/token/resource.h"
#include "provider/token/token.h"
#include "store/grant/store_code.h"
#include "store/session/store_session.h"

#define NOT_VALID "Code not valid"

static bool not_valid(call *c)
{
    return call_refuse(c, 400, "invalid_grant", NOT_VALID);
}

static bool name_code(call *c, store_single_use *ret_once)
{
    unsigned char hash[32];
    ost_text given = call_parameter(c, "code");
    char *id = ost_arena_alloc(c->arena, BASE64URL_LEN(sizeof hash));
    if (given.data == NULL)
        return call_refuse(c, 400, "invalid_request", "Missing parameter: code");
    if (id == NULL || ost_sha256(given, hash) != OST_OK)
        return call_refuse(c, 500, "server_error", NULL);
    *ret_once = (store_single_use){.kind = STORE_SINGLE_USE_CODE,
                                   .realm = text_of(c->realm->name),
                                   .id = {id, base64url_encode(hash, sizeof hash, id)}};
    return true;
}

/* What came of it before. */
static ost_result end_of_code(call *c, const store_code *code)
{
    ost_result result =
        store_client_session_end(c->provider->store, code->session_id, code->client_id);
    if (result == OST_OK || result == OST_E_NOT_FOUND)
        result = store_session_end(c->provider->store, text_of(c->realm->name),
                                   offline_session_id(c, call_parameter(c, "code")));
    return result;
}

/* A code is spent by every answer but one that bids the client come again. Where it had been used
 * before, the client that did so loses what it brought (RFC 6749 §4.1.2); what others bring ends
 * nothing. Who is to come again spends it then. */
static void spend_code(call *c, const store_single_use *once)
{
    store_code code;
    ost_result result = store_code_take(c->provider->store, once->realm, once->id, c->arena, &code);
    if (result == OST_E_CONFLICT) {
        if (!text_is(code.client_id, c->client->client_id))
            return;
        provider_count(c->provider, COUNT_CODES_REPLAYED);
        result = end_of_code(c, &code);
    }
    if (result != OST_OK && result != OST_E_NOT_FOUND) {
        c->error = (call_error){0};
        call_refuse_busy(c);
    }
}

/* What came of the login is read with it: later, a second use of the code may have ended it, and
 * the first would fail for it. */
static bool load_code(call *c, const store_single_use *once, store_code *ret_code,
                      store_client_session *ret_part)
{
    ost_result result =
        store_code_get(c->provider->store, once->realm, once->id, c->arena, ret_code, ret_part);
    if (result == OST_E_CONFLICT || result == OST_E_NOT_FOUND ||
        (result == OST_OK && ret_code->expires <= c->now))
        return not_valid(c);
    return result == OST_OK || call_refuse_busy(c);
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
    if (!call_policy_allows(c, &is))
        return false;
    c->secret_ends = policy_set_secret_end(c->realm->policies, &is);
    secret_end_store(c);
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
    return check_policies(c, code) && pkce_check(c, code->challenge, code->challenge_method);
}

static bool keep(call *c, const store_single_use *once, const store_code *code,
                 const store_client_session *before, const store_session *offline, const minted *m)
{
    store_client_session part = *before;
    part.scope = code->scope;
    part.nonce = code->nonce;
    part.redirect_uri = code->redirect_uri;
    return login_grant_keep(c, once, NOT_VALID, &part, offline, m);
}

/* "UUID-2.session.client", where the login's flow has levels, and "UUID-0…" of one that came with a
 * session. */
static int64_t level_of_code(const call *c)
{
    ost_text code = call_parameter(c, "code");
    size_t end = text_find(code, '.', 0);
    uint64_t level;
    return end < code.len && end > UUID_LEN + 1 && code.data[UUID_LEN] == '-' &&
                   text_to_unsigned((ost_text){code.data + UUID_LEN + 1, end - UUID_LEN - 1},
                                    INT64_MAX, &level)
               ? (int64_t)level
               : FLOW_LEVEL_NONE;
}

static bool exchange(call *c, const store_single_use *once, grant *g, minted *ret_minted)
{
    store_session offline = {0};
    store_client_session part;
    store_code code;
    if (!load_code(c, once, &code, &part) || !check_code(c, &code))
        return false;
    if (part.session_id.len == 0)
        return not_valid(c);
    g->acr = reached_level_limit(c, reached_level_read(c, part.notes), level_of_code(c));
    g->requested = requested_claims_of(c, &part);
    g->client_started = client_session_since(c, &part);
    g->nonce = code.nonce;
    g->granted_resources = code.resources;
    g->granted_details = code.details;
    return grant_choose_scopes(c, code.scope, g) &&
           resources_narrow(c, code.resources, &g->resources) &&
           details_narrow(c, code.details, &g->details) &&
           login_grant_load(c, code.session_id, NOT_VALID, g) &&
           consent_holds(c, g->user_id, g->scopes) &&
           login_grant_go_offline(c, call_parameter(c, "code"), g, &offline) &&
           mint_tokens(c, g, true, ret_minted) && keep(c, once, &code, &part, &offline, ret_minted);
}

void grant_authorization_code(call *c)
{
    grant g = {.client = c->client, .may_be_offline = true};
    store_single_use once;
    minted m;
    if (!c->client->standard_flow) {
        call_refuse(c, 400, "unauthorized_client", "Client not allowed to exchange code");
        return;
    }
    if (!name_code(c, &once))
        return;
    if (exchange(c, &once, &g, &m))
        (void)mint_answer(c, &g, &m);
    else if (c->error.status < 500)
        spend_code(c, &once);
}
