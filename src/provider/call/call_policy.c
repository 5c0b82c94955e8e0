/* SPDX-License-Identifier: Apache-2.0 */
/* Requests under client policies; see call_policy.h. */
#include "provider/call/call_policy.h"

#include <ostiary/jwt.h>

#include "base/text.h"
#include "provider/realm/client_roles.h"

/* One audience, by itself or in a list. */
static bool is_for_issuer(const call *c, const ost_json *audience)
{
    if (ost_json_is(audience, OST_JSON_ARRAY))
        return ost_json_count(audience) == 1 && is_for_issuer(c, ost_json_first(audience));
    return ost_json_equals(audience, text_of(c->issuer));
}

/* The assertion has been verified, where the client proves itself by one. */
static void read_assertion(call *c, policy_case *is)
{
    ost_unverified_token token;
    bool by_assertion = !c->client->public_client && (c->client->proof.kind == PROOF_JWT ||
                                                      c->client->proof.kind == PROOF_SECRET_JWT);
    if (!by_assertion)
        return;
    is->assertion = call_parameter(c, "client_assertion");
    if (is->assertion.len == 0 ||
        ost_jwt_read_unverified(is->assertion, c->arena, &token, NULL) != OST_OK)
        return; /* of no algorithm, and for nobody */
    (void)!ost_json_text(ost_json_get(token.header, "alg"), &is->assertion_alg);
    is->assertion_for_issuer = is_for_issuer(c, ost_json_get(token.claims, "aud"));
}

/* The grant reads it again, and verifies it. */
static const ost_json *read_brought(call *c, const char *name)
{
    ost_unverified_token token;
    ost_text text = call_parameter(c, name);
    return text.len > 0 && ost_jwt_read_unverified(text, c->arena, &token, NULL) == OST_OK
               ? token.claims
               : NULL;
}

static ost_text alias_of(const call *c, const ost_json *assertion)
{
    ost_text issuer = {0};
    (void)!ost_json_text(ost_json_get(assertion, "iss"), &issuer);
    const trusted_issuer *trusted = trusted_issuers_find(&c->realm->issuers, issuer);
    return trusted != NULL ? trusted->alias : (ost_text){0};
}

/* Where a client says which scopes it wants. */
static bool names_scopes(policy_event event)
{
    switch (event) {
    case POLICY_PREAUTHORIZATION:
    case POLICY_AUTHORIZATION:
    case POLICY_PUSHED:
    case POLICY_PUSHING:
    case POLICY_REFRESH:
    case POLICY_PASSWORD:
    case POLICY_SERVICE_ACCOUNT:
    case POLICY_EXCHANGE:
    case POLICY_JWT_GRANT:
    case POLICY_DEVICE:
    case POLICY_CIBA:
    case POLICY_CIBA_REQUEST:
        return true;
    default:
        return false;
    }
}

policy_case call_policy_case(call *c, policy_event event)
{
    policy_case is = {.event = event,
                      .client = c->client->document,
                      .roles = client_own_roles(c->realm, c->client),
                      .scoped = names_scopes(event),
                      .scope = call_parameter(c, "scope"),
                      .object = c->object,
                      .encrypted = c->object_encrypted,
                      .now = c->now,
                      .arena = c->arena,
                      .certificate = c->certificate.len > 0,
                      .proof = http_request_field(c->request, "dpop").len > 0,
                      .bound = true,
                      .proved = true};
    read_assertion(c, &is);
    if (event == POLICY_EXCHANGE || event == POLICY_JWT_GRANT)
        is.token = read_brought(c, event == POLICY_EXCHANGE ? "subject_token" : "assertion");
    if (event == POLICY_JWT_GRANT)
        is.alias = alias_of(c, is.token);
    return is;
}

bool call_policy_allows(call *c, const policy_case *is)
{
    const policy_refusal *refusal = policy_set_check(c->realm->policies, is, &c->policy_effects);
    return refusal == NULL || call_refuse(c, refusal->status, refusal->error, refusal->description);
}

bool call_policy_check(call *c, policy_event event)
{
    if (!call_has_policies(c))
        return true;
    policy_case is = call_policy_case(c, event);
    return call_policy_allows(c, &is);
}
