/* SPDX-License-Identifier: Apache-2.0 */
/* Revocation (RFC 7009) ends the client's part of the session. With a refresh token of its last
 * client the session ends too, and with it the browser's login; what other clients have in it is
 * theirs. A token without a session, of client credentials, is revoked by itself. */
#include "base/text.h"
#include "provider/call/call_event.h"
#include "provider/call/call_policy.h"
#include "provider/endpoint/endpoints.h"
#include "provider/session/bearer_token.h"
#include "provider/session/internal_token.h"
#include "provider/session/proof_of_certificate.h"
#include "provider/session/proof_of_key.h"
#include "provider/token/client_auth.h"
#include "store/memory/store_memory.h"
#include "store/session/store_session.h"

static void send(call *c)
{
    call_allow_origin(c, c->client);
    if (c->error.status == 0 && c->event.error != NULL)
        event_tell(c, EVENT_REVOKE_GRANT, c->event.error);
    else
        event_tell_outcome(c, EVENT_REVOKE_GRANT);
    if (c->error.status != 0)
        call_send_json(c);
    else
        http_respond(c->exchange, 200, NULL, (ost_text){0});
}

/* `claims` NULL: the token is none of ours. */
static bool check_policies(call *c, const ost_claims *claims)
{
    ost_text jkt = {0};
    if (!call_has_policies(c))
        return true;
    policy_case is = call_policy_case(c, POLICY_REVOKE);
    if (is.proof && !proof_of_key_read(c, "/protocol/openid-connect/revoke", &jkt))
        return false;
    if (claims != NULL && !proof_of_key_use(c))
        return false;
    const ost_json *bound = claims != NULL ? ost_claims_get(claims, "cnf") : NULL;
    is.unknown = claims == NULL;
    is.proved = jkt.len > 0 && ost_json_equals(ost_json_get(bound, "jkt"), jkt);
    is.bound = claims != NULL && proof_of_certificate_is_bound(claims) &&
               proof_of_certificate_holds(c, claims);
    return call_policy_allows(c, &is);
}

/* Whoever hears that it is done trusts in that: what only may be unknown is refused. */
static ost_result find_token(call *c, ost_text token, bool *ret_refresh,
                             const ost_claims **ret_claims)
{
    ost_result result = internal_token_find_ending(c, token, ret_claims);
    *ret_refresh = result == OST_OK;
    return result == OST_OK || call_is_busy(result)
               ? result
               : bearer_token_find_ending(c, token, ret_claims);
}

static ost_result end_token(call *c, const ost_claims *claims, bool refresh)
{
    store *s = c->provider->store;
    ost_text session = ost_claims_text(claims, "sid"), id = ost_claims_text(claims, "jti");
    ost_text in = text_of(c->realm->name), who = text_of(c->client->client_id);
    c->event.session = session;
    if (session.data == NULL)
        return store_token_revoke(s, id, ost_claims_expiry(claims) + NODES_APART);
    return refresh ? store_session_leave(s, in, session, who)
                   : store_client_session_end(s, session, who);
}

static void work(call *c)
{
    const ost_claims *claims;
    bool refresh;
    ost_result result = find_token(c, call_parameter(c, "token"), &refresh, &claims);
    bool known = result == OST_OK;
    if (call_is_busy(result)) {
        call_refuse_busy(c);
        return;
    }
    if (!check_policies(c, known ? claims : NULL))
        return;
    if (!known) { /* RFC 7009 §2.2: what is invalid already is no error, but for the operator */
        c->event.error = "invalid_token";
        return;
    }
    ost_text typ = ost_claims_text(claims, "typ");
    if (!refresh && !text_is(typ, "Bearer") && !text_is(typ, "DPoP")) {
        call_refuse(c, 400, "unsupported_token_type", "Unsupported token type");
        return;
    }
    if (!text_is(ost_claims_text(claims, "azp"), c->client->client_id)) {
        call_refuse(c, 400, "invalid_request", "Unmatching clients");
        return;
    }
    result = end_token(c, claims, refresh);
    if (result != OST_OK && result != OST_E_NOT_FOUND)
        call_refuse_busy(c);
    logout_bell_ring(&c->provider->logouts_bell);
}

static void begin(call *c)
{
    if (c->error.status == 0 && client_authenticate(c) && call_policy_check(c, POLICY_REVOKE) &&
        call_parameter(c, "token").data == NULL)
        call_refuse(c, 400, "invalid_request", "Token not provided");
    call_work(c, work, send);
}

void revoke_endpoint(http_exchange *exchange, void *user)
{
    client_auth_begin(exchange, user, true, begin);
}
