/* SPDX-License-Identifier: Apache-2.0 */
/* The refresh_token grant (RFC 6749 §6): a new refresh token each time; where the realm says so,
 * the one before dies with its first use, and a second use ends the client's session (RFC 9700
 * §4.14). */
#include "base/text.h"
#include "provider/call/call_policy.h"
#include "provider/detail/authorization_details.h"
#include "provider/session/authentication.h"
#include "provider/session/consent.h"
#include "provider/session/internal_token.h"
#include "provider/session/offline_session.h"
#include "provider/session/proof_of_certificate.h"
#include "provider/session/requested_claims.h"
#include "provider/session/session_level.h"
#include "provider/token/grant.h"
#include "provider/token/resource.h"
#include "provider/token/token.h"
#include "store/session/store_refresh.h"
#include "store/session/store_session.h"

static bool read_token(call *c, const ost_claims **ret_claims)
{
    ost_text token = call_parameter(c, "refresh_token");
    const ost_claims *claims;
    if (token.data == NULL)
        return call_refuse(c, 400, "invalid_request", "No refresh token");
    ost_result result = internal_token_find_refresh(c, token, &claims);
    if (call_is_busy(result))
        return call_refuse_busy(c);
    if (result != OST_OK)
        return call_refuse(c, 400, "invalid_grant", "Invalid refresh token");
    if (!text_is(ost_claims_text(claims, "azp"), c->client->client_id))
        return call_refuse(c, 400, "invalid_grant",
                           "Invalid refresh token. Token client and authorized client don't match");
    if (ost_claims_expiry(claims) <= c->now)
        return call_refuse(c, 400, "invalid_grant", "Token is not active");
    if (call_is_stale(c, claims))
        return call_refuse(c, 400, "invalid_grant", "Stale token");
    *ret_claims = claims;
    return true;
}

/* What is bound to a key, to a certificate, or to both, serves those who have them. */
static bool is_in_its_owners_hands(call *c, const ost_claims *claims)
{
    const ost_json *bound = ost_json_get(ost_claims_get(claims, "cnf"), "jkt");
    if (bound != NULL && !ost_json_equals(bound, c->jkt))
        return call_refuse(c, 400, "invalid_grant",
                           "DPoP proof and token binding verification failed");
    if (!proof_of_certificate_check_refresh(c, claims))
        return false;
    if (call_has_policies(c)) {
        policy_case is = call_policy_case(c, POLICY_REFRESH);
        if (is.scope.len == 0) /* all that it stands for */
            is.scope = ost_claims_text(claims, "scope");
        /* A confidential client's refresh token is bound to whoever proves to be that client, and
         * not to a certificate, which it may renew (RFC 8705 §7.1). */
        is.bound = proof_of_certificate_is_bound(claims) ||
                   (!c->client->public_client && c->certificate.len > 0);
        if (!call_policy_allows(c, &is))
            return false;
    }
    /* What comes of it is bound as well, whatever has become of the client's settings. */
    return !proof_of_certificate_is_bound(claims) || proof_of_certificate_read(c, &c->x5t);
}

static bool load_session(call *c, const ost_claims *claims, store_session *session,
                         store_client_session *client_session, authenticated_user *user)
{
    ost_result result = session_load(c, ost_claims_text(claims, "sid"), session);
    if (result == OST_E_NOT_FOUND)
        return call_refuse(c, 400, "invalid_grant",
                           text_is(ost_claims_text(claims, "typ"), "Offline")
                               ? "Offline user session not found"
                               : "Session not active");
    if (result == OST_OK) {
        result = store_client_session_get(c->provider->store, session->id,
                                          text_of(c->client->client_id), c->arena, client_session);
        /* What was revoked does not revive when the same client begins again. */
        if (result == OST_E_NOT_FOUND ||
            (result == OST_OK && call_issued_at(claims) < client_session->started))
            return call_refuse(c, 400, "invalid_grant", "Session doesn't have required client");
    }
    if (result == OST_OK)
        result = authentication_load_user(c, session->user_id, user);
    if (result == OST_E_STATE || result == OST_E_NOT_FOUND)
        return call_refuse(c, 400, "invalid_grant", "User disabled");
    return result == OST_OK || call_refuse_busy(c);
}

/* A token of an offline session serves that alone, and one of a login no such session. */
static bool enter_session(call *c, const ost_claims *claims, const store_session *session, grant *g)
{
    bool offline = offline_session_is(c, session, &g->login_session_id);
    if (offline != text_is(ost_claims_text(claims, "typ"), "Offline"))
        return call_refuse(c, 400, "invalid_grant", "Session not active");
    g->session_id = session->id.data;
    g->login_notes = session->notes;
    g->session_ends = session->ends;
    g->idle_ends =
        offline ? offline_session_idle_ends(c) : session_idle_ends(c, session->remembered);
    g->may_be_offline = offline;
    return true;
}

/* Keeps the session awake, and rotates: where no other token comes of it, the one that was brought
 * has to be the last one, and goes on. */
static bool use(call *c, const ost_claims *claims, const store_session *session, const minted *m,
                int64_t idle_ends)
{
    ost_text realm_name = text_of(c->realm->name), client = text_of(c->client->client_id);
    ost_text presented = ost_claims_text(claims, "jti");
    ost_result result;
    if (c->realm->revoke_refresh_token)
        result = store_refresh_use(
            c->provider->store,
            &(store_refresh){.realm = realm_name,
                             .session_id = session->id,
                             .client_id = client,
                             .presented = presented,
                             .presented_at = call_issued_at(claims),
                             .next = m->refresh_id.len > 0 ? m->refresh_id : presented,
                             .max_reuse = c->realm->refresh_max_reuse,
                             .grace = c->realm->refresh_grace,
                             .now = c->now,
                             .idle_ends = idle_ends});
    else
        result =
            store_session_touch(c->provider->store, realm_name, session->id, c->now, idle_ends);
    if (result == OST_E_CONFLICT) {
        provider_count(c->provider, COUNT_REFRESHES_REPLAYED);
        result = store_client_session_end(c->provider->store, session->id, client);
        if (result != OST_OK && result != OST_E_NOT_FOUND)
            return call_refuse_busy(c); /* who comes again is found out again */
        return call_refuse(c, 400, "invalid_grant", "Maximum allowed refresh token reuse exceeded");
    }
    if (result == OST_E_EXPIRED)
        return call_refuse(c, 400, "invalid_grant", "Stale token");
    if (result == OST_E_NOT_FOUND)
        return call_refuse(c, 400, "invalid_grant", "Session not active");
    return result == OST_OK || call_refuse_busy(c);
}

/* Each tab's own: another one may have had the user log in again since (OpenID Connect Core §12.2).
 */
static int64_t auth_time_of(const ost_claims *claims, const store_session *session)
{
    int64_t time;
    return ost_json_integer(ost_claims_get(claims, "auth_time"), &time) ? time : session->auth_time;
}

static bool is_interactive(const grant *g, const store_client_session *part)
{
    return part->redirect_uri.len > 0 || (g->acr != NULL && !g->acr->lent && !g->acr->direct);
}

void grant_refresh_token(call *c)
{
    grant g = {.client = c->client};
    const ost_claims *claims;
    store_session session;
    store_client_session client_session;
    authenticated_user user;
    minted m;
    if (!read_token(c, &claims) || !is_in_its_owners_hands(c, claims) ||
        !load_session(c, claims, &session, &client_session, &user) ||
        !enter_session(c, claims, &session, &g) ||
        !grant_narrow_scopes(c, ost_claims_text(claims, "scope"), call_parameter(c, "scope"), &g) ||
        !grant_set_user(c, user.document, user.id, &g) || !consent_holds(c, user.id, g.scopes))
        return;
    g.granted_resources = ost_claims_text(claims, "resource");
    g.granted_details = ost_json_source(ost_claims_get(claims, DETAILS));
    if (!resources_narrow(c, g.granted_resources, &g.resources) ||
        !details_narrow(c, g.granted_details, &g.details))
        return;
    g.offline = g.may_be_offline; /* whatever scopes it is narrowed to */
    if (!grant_check_offline(c, &g))
        return;
    g.client_started = client_session_since(c, &client_session);
    g.nonce = ost_claims_text(claims, "nonce");
    g.auth_time = auth_time_of(claims, &session);
    g.acr = reached_level_own(c, reached_level_read(c, client_session.notes),
                              ost_claims_get(claims, LEVEL_CLAIM));
    g.requested = requested_claims_of(c, &client_session);
    g.interactive = is_interactive(&g, &client_session);
    /* Where policies let no other come of it, the one that was brought goes on (FAPI 2.0 §5.3.2.1).
     */
    bool rotates = (c->policy_effects & POLICY_KEEPS_REFRESH) == 0;
    if (mint_tokens(c, &g, rotates, &m) && use(c, claims, &session, &m, g.idle_ends))
        (void)mint_answer(c, &g, &m);
}
