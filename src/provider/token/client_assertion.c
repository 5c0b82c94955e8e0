/* SPDX-License-Identifier: Apache-2.0 */
/* Client assertions; see client_assertion.h. */
#include "provider/token/client_assertion.h"

#include "base/array.h"
#include "base/text.h"
#include "jose/jwt/claims.h"
#include "provider/call/call_use.h"
#include "provider/token/client_signature.h"
#include "store/memory/store_memory.h"

#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#define SHOWN_MAX 100 /* bytes of a wrong parameter that the answer repeats */
#define ID_MAX 256    /* bytes of jti */
#define AUDIENCES 4
#define REUSED "Token reuse detected"

ost_text client_assertion_unverified_subject(call *c)
{
    ost_unverified_token token;
    ost_text subject = {0};
    ost_text assertion = call_parameter(c, "client_assertion");
    if (assertion.len == 0 || ost_jwt_read_unverified(assertion, c->arena, &token, NULL) != OST_OK)
        return subject;
    (void)!ost_json_text(ost_json_get(token.claims, "sub"), &subject);
    return subject;
}

static call_error refusal(call *c, const realm_client *client, const char *why)
{
    bool by_secret = client->proof.kind == PROOF_SECRET_JWT;
    return (call_error){400, by_secret ? "unauthorized_client" : "invalid_client",
                        call_format(c, "Client authentication with %ssigned JWT failed: %s",
                                    by_secret ? "client secret " : "", why)};
}

static bool assertion_refuse(call *c, const realm_client *client, const char *why)
{
    call_error is = refusal(c, client, why);
    return call_refuse(c, is.status, is.error, is.description);
}

static bool read_parameters(call *c, ost_text *ret_assertion)
{
    ost_text type = call_parameter(c, "client_assertion_type");
    *ret_assertion = call_parameter(c, "client_assertion");
    if (type.len == 0)
        return call_refuse(c, 400, "invalid_client", "Parameter client_assertion_type is missing");
    if (!text_is(type, ASSERTION_TYPE))
        return call_refuse(c, 400, "invalid_client",
                           call_format(c,
                                       "Parameter client_assertion_type has value '%.*s' but "
                                       "expected is '" ASSERTION_TYPE "'",
                                       OST_FORMAT(text_slice(type, 0, SHOWN_MAX))));
    if (ret_assertion->len == 0)
        return call_refuse(c, 400, "invalid_client", "client_assertion parameter missing");
    return true;
}

/* What else the client's key may have signed is no assertion: proofs of possession (RFC 9449),
 * request objects (RFC 9101) and access tokens each have a type of their own. */
static bool is_of_type(ost_text typ)
{
    return typ.len == 0 || ost_typ_is(typ, "JWT") || ost_typ_is(typ, "client-authentication+jwt");
}

static bool read_jws(call *c, const realm_client *client, ost_text assertion,
                     ost_unverified_jws *ret_jws)
{
    ost_algs algorithms = client->proof.algorithms;
    ost_result result =
        algorithms != 0 ? ost_jws_read_unverified(assertion, algorithms, c->arena, ret_jws, NULL)
                        : OST_E_ALGORITHM;
    if (result == OST_E_ALGORITHM)
        return call_refuse(c, 400, "invalid_client", "invalid signature algorithm");
    if (result != OST_OK)
        return call_refuse(c, 401, "invalid_client",
                           "Invalid client or Invalid client credentials");
    return is_of_type(ret_jws->typ) || assertion_refuse(c, client, "Token is of another type");
}

static bool verify(call *c, const realm_client *client, const ost_unverified_jws *jws,
                   ost_text *ret_payload)
{
    switch (client_signature_verify(c, client, jws, ret_payload)) {
    case OST_OK:
        return true;
    case OST_E_MEMORY:
    case OST_E_CRYPTO:
        return call_refuse(c, 500, "server_error", NULL);
    case OST_E_KEY_UNKNOWN:
        return call_refuse(c, 400, "invalid_client", "Unable to load public key");
    case OST_E_KEY_WEAK:
        return assertion_refuse(c, client, "the secret is too short for the algorithm");
    default:
        return assertion_refuse(c, client, "Signature on JWT token failed validation");
    }
}

static bool is_text(const ost_json *json, const char *wanted)
{
    ost_text text;
    return ost_json_text(json, &text) && text_is(text, wanted);
}

/* The realm itself, its token endpoint and those of pushed requests (RFC 9126 §2) and of
 * backchannel authentication (CIBA Core §7.1), and none beside these: what another server was sent
 * is not to be had here (draft-ietf-oauth-rfc7523bis §4). */
static bool check_audience(call *c, const realm_client *client, const ost_claims *claims)
{
    const char *const ours[AUDIENCES] = {
        c->issuer, call_format(c, "%s/protocol/openid-connect/token", c->issuer),
        call_format(c, "%s/protocol/openid-connect/ext/par/request", c->issuer),
        call_format(c, "%s/protocol/openid-connect/ext/ciba/auth", c->issuer)};
    const ost_json *audience = ost_claims_get(claims, "aud");
    if (!client->proof.endpoint_audiences)
        return is_text(audience, c->issuer) ||
               assertion_refuse(
                   c, client,
                   call_format(c,
                               "Token audience doesn't match domain. Expected audience is "
                               "'%s' as a string",
                               c->issuer));
    const ost_json *at =
        ost_json_is(audience, OST_JSON_ARRAY) ? ost_json_first(audience) : audience;
    bool good = at != NULL && c->error.status == 0;
    for (; at != NULL && good; at = at == audience ? NULL : ost_json_next(at)) {
        ost_text name = {0};
        good = false;
        for (size_t i = 0; ost_json_text(at, &name) && i < AUDIENCES; i++)
            good = good || text_is(name, ours[i]);
    }
    return good || assertion_refuse(
                       c, client,
                       call_format(c,
                                   "Token audience doesn't match domain. Expected audiences are "
                                   "any of [%s, %s, %s, %s]",
                                   ours[0], ours[1], ours[2], ours[3]));
}

/* When it was made, and so until when it may be used: what says no more than when it ends must end
 * soon. */
static bool check_lifetime(call *c, const realm_client *client, const ost_claims *claims,
                           int64_t *ret_made, int64_t *ret_until)
{
    const int64_t max = client->proof.max_lifetime;
    int64_t ends = ost_claims_expiry(claims);
    bool dated = ost_claims_get(claims, "iat") != NULL;
    int64_t made = dated ? call_issued_at(claims) : ends - max;
    if (ends <= c->now - CLIENT_ASSERTION_LEEWAY)
        return assertion_refuse(c, client, "Token is not active");
    if (!dated && ends > c->now + max + CLIENT_ASSERTION_LEEWAY)
        return assertion_refuse(
            c, client,
            "Token expiration is too far in the future and iat claim not present in token");
    if (made + max < c->now - CLIENT_ASSERTION_LEEWAY)
        return assertion_refuse(c, client, "Token was issued too far in the past to be used now");
    *ret_made = made;
    *ret_until = (ends < made + max ? ends : made + max) + CLIENT_ASSERTION_LEEWAY;
    return true;
}

/* What was shown before this process began it does not remember, so that what could have been is
 * refused like what was; a store that nodes share remembers it. */
static bool use_up(call *c, const realm_client *client, const ost_claims *claims)
{
    int64_t made, until;
    ost_text id = ost_claims_text(claims, "jti");
    if (id.len == 0 || id.len > ID_MAX)
        return assertion_refuse(c, client, "Missing ID on the token");
    if (!check_lifetime(c, client, claims, &made, &until))
        return false;
    if (made < c->provider->started && !store_is_shared(c->provider->store))
        return assertion_refuse(c, client, "Token was made before the server started");
    const char *owner = call_format(c, "%s %s", c->realm->id, client->client_id);
    return owner != NULL && call_use_once(c, c->provider->assertions,
                                          (call_use){.owner = text_of(owner),
                                                     .id = id,
                                                     .until = until,
                                                     .refusal = refusal(c, client, REUSED)});
}

static bool check_claims(call *c, const realm_client *client, const ost_claims *claims)
{
    const ost_claims_rules rules = {.issuer = client->client_id,
                                    .insecure_any_audience = true, /* check_audience */
                                    .leeway = CLIENT_ASSERTION_LEEWAY};
    ost_result result = ost_claims_check(claims, &rules, c->now, NULL);
    if (result == OST_E_ISSUER || !text_is(ost_claims_subject(claims), client->client_id))
        return call_refuse(c, 401, "invalid_client",
                           "Invalid client or Invalid client credentials");
    if (result != OST_OK)
        return assertion_refuse(c, client, "Token is not active");
    return check_audience(c, client, claims) && use_up(c, client, claims);
}

bool client_assertion_check(call *c, const realm_client *client)
{
    ost_text assertion, payload;
    ost_unverified_jws jws;
    const ost_claims *claims;
    if (!read_parameters(c, &assertion) || !read_jws(c, client, assertion, &jws) ||
        !verify(c, client, &jws, &payload))
        return false;
    if (claims_read_digits(payload, c->arena, &claims, NULL) != OST_OK)
        return assertion_refuse(c, client, "The claims are malformed, or there is no exp");
    return check_claims(c, client, claims);
}
