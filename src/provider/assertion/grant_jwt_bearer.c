/* SPDX-License-Identifier: Apache-2.0 */
/* Assertions as grants (RFC 7523 §2.1), as Keycloak's JWT authorization grant: a confidential
 * client brings what an issuer that the realm trusts has signed about a user of its own, and gets
 * tokens for the user of the realm whom the issuer knows by that name. No session begins, and there
 * is no refresh token: who wants more brings another assertion. */
#include "base/text.h"
#include "provider/assertion/identity_assertion.h"
#include "provider/call/call_policy.h"
#include "provider/call/call_use.h"
#include "provider/client/client_keys.h"
#include "provider/detail/authorization_details.h"
#include "provider/policy/policy_executor.h"
#include "provider/session/authentication.h"
#include "provider/token/grant.h"
#include "provider/token/resource.h"
#include "provider/token/token.h"
#include "store/memory/store_memory.h"
#include "store/search/user_search.h"
#include "store/user/user_link.h"
#include "store/user/user_record.h"

#define ID_MAX 256 /* bytes of jti */
#define RSA_BITS_MAX 4096
#define MALFORMED "The provided assertion is not a valid JWT"
#define NO_USER "User not found"

static bool assertion_refuse(call *c, const char *why)
{
    return call_refuse(c, 400, "invalid_grant", why);
}

/* ---- whose it is, before anything is verified ---- */

/* By whom the assertion says that it is, if the client may bring what they sign. NULL: the call is
 * refused. */
static const trusted_issuer *find_issuer(call *c, ost_text assertion)
{
    ost_unverified_token token;
    ost_text name, subject;
    const trusted_issuer *issuer = NULL;
    if (assertion.data == NULL)
        assertion_refuse(c, "Missing parameter:assertion");
    else if (ost_jwt_read_unverified(assertion, c->arena, &token, NULL) != OST_OK)
        assertion_refuse(c, MALFORMED);
    else if (c->client->public_client)
        assertion_refuse(c, "Public client not allowed to use authorization grant");
    else if (!c->client->jwt_grant)
        assertion_refuse(c, "JWT Authorization Grant is not supported for the requested client");
    else if (!ost_json_text(ost_json_get(token.claims, "iss"), &name))
        assertion_refuse(c, "Missing claim: iss");
    else if (!ost_json_text(ost_json_get(token.claims, "sub"), &subject) || subject.len == 0)
        assertion_refuse(c, "Missing claim: sub");
    else if ((issuer = trusted_issuers_find(&c->realm->issuers, name)) == NULL)
        assertion_refuse(c, "No Identity Provider for provided issuer");
    else if (!trusted_issuer_serves(issuer, c->client->document))
        assertion_refuse(c, "Identity Provider is not allowed for the client");
    return c->error.status == 0 ? issuer : NULL;
}

/* Nothing is fetched for a call that will be refused, whatever the keys are. */
void grant_jwt_bearer_await(call *c, void (*next)(call *c))
{
    ost_text assertion = call_parameter(c, "assertion");
    const trusted_issuer *issuer = find_issuer(c, assertion);
    c->error = (call_error){0}; /* grant_jwt_bearer finds it again */
    if (issuer != NULL && issuer->keys_url != NULL)
        client_keys_await_published(c, issuer->keys_url, assertion, next);
    else
        next(c);
}

/* ---- verifying ---- */

static const ost_key *find_key(call *c, const trusted_issuer *issuer, const ost_unverified_jws *jws)
{
    const ost_key *key = NULL;
    const ost_keyset *keys = client_key_set_signing(
        issuer->keys_url != NULL ? client_keys_published(c, issuer->keys_url) : issuer->keys);
    if (issuer->single_key != NULL) {
        bool meant = issuer->single_kid.len == 0 || jws->kid.len == 0 ||
                     text_equal(jws->kid, issuer->single_kid);
        key = meant ? ost_keyset_at(issuer->single_key, 0) : NULL;
    } else if (keys == NULL || ost_keyset_find(keys, jws->kid, jws->alg, &key) != OST_OK) {
        return NULL;
    }
    bool fits = key != NULL && ost_key_serves(key, jws->alg) &&
                (ost_key_type_of(key) != OST_KEY_RSA || ost_key_bits(key) <= RSA_BITS_MAX);
    return fits ? key : NULL;
}

/* What else the issuer signs has a type of its own and is no grant: access tokens (RFC 9068),
 * logout tokens, proofs of possession. */
static bool is_of_type(ost_text typ)
{
    return typ.len == 0 || ost_typ_is(typ, "JWT") || ost_typ_is(typ, "authorization-grant+jwt");
}

/* *ret_identity: whether it is one that names a client, APIs and scopes. */
static bool verify(call *c, const trusted_issuer *issuer, ost_text assertion, ost_text *ret_payload,
                   bool *ret_identity)
{
    ost_unverified_jws jws;
    ost_result result =
        issuer->algorithms != 0
            ? ost_jws_read_unverified(assertion, issuer->algorithms, c->arena, &jws, NULL)
            : OST_E_ALGORITHM;
    if (result == OST_E_ALGORITHM)
        return assertion_refuse(c, "Invalid signature algorithm");
    if (result != OST_OK)
        return assertion_refuse(c, MALFORMED);
    *ret_identity = ost_typ_is(jws.typ, IDENTITY_ASSERTION_TYPE);
    if (!*ret_identity && !is_of_type(jws.typ))
        return assertion_refuse(c, "Token is of another type");
    const ost_key *key = find_key(c, issuer, &jws);
    result = key != NULL ? ost_jws_verify(&jws, key, c->arena, ret_payload) : OST_E_KEY_UNKNOWN;
    if (result == OST_E_MEMORY || result == OST_E_CRYPTO)
        return call_refuse(c, 500, "server_error", NULL);
    return result == OST_OK || assertion_refuse(c, "Invalid signature");
}

/* ---- what it says ---- */

/* Keycloak's own tokens tell by a claim what they are. One that is bound to a key is of no use to
 * whoever has not shown that key to its issuer (RFC 7800 §3); one that tells of events is no grant.
 */
static bool check_kind(call *c, const ost_claims *claims)
{
    ost_text typ = ost_claims_text(claims, "typ");
    bool plain = ost_claims_get(claims, "cnf") == NULL && ost_claims_get(claims, "events") == NULL;
    return (plain && (typ.len == 0 || text_is(typ, "Bearer") || text_is(typ, "JWT"))) ||
           assertion_refuse(c, "Token is of another type");
}

/* The realm or its token endpoint, or whom the client's attribute names; and nobody beside: what
 * another server was sent is not to be had here (draft-ietf-oauth-rfc7523bis §4). */
static bool check_audience(call *c, const trusted_issuer *issuer, const ost_claims *claims,
                           bool identity)
{
    ost_text own, name = {0};
    const ost_json *audience = ost_claims_get(claims, "aud");
    if (!trusted_issuer_audience(issuer, c->client->document, c->arena, &own))
        return assertion_refuse(c, "The client's audience of assertions cannot be read");
    if (ost_json_is(audience, OST_JSON_ARRAY)) {
        if (ost_json_count(audience) > 1)
            return assertion_refuse(c, "Multiple audiences not allowed");
        audience = ost_json_first(audience);
    }
    const char *endpoint = call_format(c, "%s/protocol/openid-connect/token", c->issuer);
    if (endpoint == NULL)
        return false;
    bool good = ost_json_text(audience, &name) &&
                (own.len > 0 ? text_equal(name, own)
                             : text_is(name, c->issuer) || (!identity && text_is(name, endpoint)));
    return good || assertion_refuse(c, "Invalid token audience");
}

static bool is_early(const call *c, const ost_claims *claims, const char *name, int64_t leeway)
{
    double at;
    return ost_json_number(ost_claims_get(claims, name), &at) &&
           at - (double)leeway > (double)c->now;
}

/* When it was made, and until when it is good: whatever it says, for no longer than the issuer's
 * assertions may be used. */
static bool check_times(call *c, const trusted_issuer *issuer, const ost_claims *claims,
                        int64_t *ret_made, int64_t *ret_until)
{
    int64_t ends = ost_claims_expiry(claims);
    bool dated = ost_claims_get(claims, "iat") != NULL;
    int64_t made = dated ? call_issued_at(claims) : ends - issuer->max_lifetime;
    int64_t until = made + issuer->max_lifetime;
    if (ends <= c->now || is_early(c, claims, "nbf", issuer->leeway))
        return assertion_refuse(c, "Token is not active");
    if (is_early(c, claims, "iat", issuer->leeway))
        return assertion_refuse(c, "Token was issued in the future");
    if (!dated && ends - c->now > issuer->max_lifetime)
        return assertion_refuse(
            c, "Token expiration is too far in the future and iat claim not present in token");
    if (until < c->now)
        return assertion_refuse(c, "Token was issued too far in the past to be used now");
    *ret_made = made;
    *ret_until = (until < ends ? until : ends) + 1;
    return true;
}

/* As client assertions: what could have been shown before this process began is refused, unless the
 * store remembers it. */
static bool use_up(call *c, const trusted_issuer *issuer, const ost_claims *claims)
{
    int64_t made, until;
    ost_text id = ost_claims_text(claims, "jti");
    if (!check_times(c, issuer, claims, &made, &until) || issuer->reusable)
        return c->error.status == 0;
    if (id.len == 0 || id.len > ID_MAX)
        return assertion_refuse(c, "Token jti claim is required");
    if (made < c->provider->started && !store_is_shared(c->provider->store))
        return assertion_refuse(c, "Token was made before the server started");
    const char *owner =
        call_format(c, "assertion\n%s\n%.*s", c->realm->id, OST_FORMAT(issuer->issuer));
    const call_use use = {.owner = text_of(owner),
                          .id = id,
                          .until = until,
                          .refusal = {400, "invalid_grant", "Token reuse detected"}};
    return owner != NULL && call_use_once(c, c->provider->assertions, use) && call_confirm_uses(c);
}

static bool read_claims(call *c, const trusted_issuer *issuer, ost_text assertion,
                        const ost_claims **ret_claims, bool *ret_identity)
{
    ost_text payload;
    if (!verify(c, issuer, assertion, &payload, ret_identity))
        return false;
    ost_result result = ost_claims_read(payload, c->arena, ret_claims, NULL);
    if (result == OST_E_CLAIM_MISSING)
        return assertion_refuse(c, "Token exp claim is required");
    if (result != OST_OK)
        return assertion_refuse(c, MALFORMED);
    return check_kind(c, *ret_claims) && check_audience(c, issuer, *ret_claims, *ret_identity) &&
           (!*ret_identity || identity_assertion_check(c, *ret_claims)) &&
           use_up(c, issuer, *ret_claims);
}

/* ---- who it is about ---- */

/* Whom the issuer knows by that name: one user. */
static bool find_user(call *c, const trusted_issuer *issuer, ost_text subject,
                      authenticated_user *ret_user)
{
    const store_renaming link = {
        .kind = STORE_LINK_FEDERATED, .owner = issuer->alias, .from = subject};
    store_user *users;
    size_t count = 0;
    ost_result result = text_is_utf8(subject)
                            ? store_user_linked(c->provider->store, text_of(c->realm->name), &link,
                                                0, 2, c->arena, &users, &count)
                            : OST_E_NOT_FOUND;
    if (result == OST_OK && count == 1)
        result = authentication_load_user(c, users[0].id, ret_user);
    else if (result == OST_OK)
        result = OST_E_NOT_FOUND;
    if (result == OST_E_NOT_FOUND)
        return assertion_refuse(c, NO_USER);
    if (result == OST_E_STATE)
        return assertion_refuse(c, "User is not enabled");
    if (result != OST_OK)
        return call_refuse_busy(c);
    return ret_user->complete || assertion_refuse(c, "Account is not fully set up");
}

/* What the client names, within the assertion where that says for what it is. */
static bool choose(call *c, const ost_claims *claims, bool identity, grant *g)
{
    ost_text scope = call_parameter(c, "scope");
    if (identity)
        return identity_assertion_choose(c, claims, g);
    bool chosen = (c->policy_effects & POLICY_DOWNSCOPES) != 0
                      ? grant_choose_within(c, ost_claims_text(claims, "scope"), scope, g)
                      : grant_choose_scopes(c, scope, g);
    return chosen && resources_read(c, &g->resources) && details_read(c, &g->details);
}

void grant_jwt_bearer(call *c)
{
    grant g = {.client = c->client, .auth_time = -1};
    const ost_claims *claims;
    authenticated_user user;
    minted m;
    bool identity = false;
    ost_text assertion = call_parameter(c, "assertion");
    const trusted_issuer *issuer = find_issuer(c, assertion);
    if (issuer == NULL || !read_claims(c, issuer, assertion, &claims, &identity) ||
        !find_user(c, issuer, ost_claims_subject(claims), &user))
        return;
    c->event.user = user.id;
    c->event.username = user.username;
    if (!choose(c, claims, identity, &g) || !grant_set_user(c, user.document, user.id, &g) ||
        !grant_check_consent(c, &g, "the client"))
        return;
    if (issuer->limits_tokens)
        g.session_ends = ost_claims_expiry(claims);
    if (mint_tokens(c, &g, false, &m))
        (void)mint_answer(c, &g, &m);
}
