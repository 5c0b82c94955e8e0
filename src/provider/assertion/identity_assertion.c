/* SPDX-License-Identifier: Apache-2.0 */
/* Identity assertion authorization grants; see identity_assertion.h. */
#include "provider/assertion/identity_assertion.h"

#include "base/text.h"
#include "jose/jwt/claims.h"
#include "provider/call/call_policy.h"
#include "provider/detail/authorization_details.h"
#include "provider/policy/policy_executor.h"
#include "provider/token/resource.h"

static bool refuse(call *c, const char *why)
{
    return call_refuse(c, 400, "invalid_grant", why);
}

bool identity_assertion_check(call *c, const ost_claims *claims)
{
    ost_text client = ost_claims_text(claims, "client_id");
    int64_t made;
    if (!text_is(client, c->client->client_id)) /* who has got hold of it is not who it is for */
        return refuse(c, "The assertion is for another client");
    if (!claims_issued_at(claims, &made))
        return refuse(c, "Token iat claim is required");
    return ost_claims_text(claims, "jti").len > 0 || refuse(c, "Token jti claim is required");
}

/* A text, or a list of them. */
static bool choose_resources(call *c, const ost_claims *claims, ost_text *ret_resources)
{
    ost_text granted = {0};
    const ost_json *claim = ost_claims_get(claims, "resource");
    if (claim != NULL && !resources_take(c, claim, &granted))
        return false;
    return resources_narrow(c, granted, ret_resources);
}

/* Without the claim nothing is granted in detail, whatever the request asks for. */
static bool choose_details(call *c, const ost_claims *claims, ost_text *ret_details)
{
    return details_narrow(c, ost_json_source(ost_claims_get(claims, DETAILS)), ret_details);
}

/* What the realm does not know of the assertion's scopes is left out (§4.4.1). */
static bool choose_scopes(call *c, const ost_claims *claims, grant *g)
{
    ost_text asked = call_parameter(c, "scope"), allowed;
    const ost_json *claim = ost_claims_get(claims, "scope");
    if (claim == NULL && (c->policy_effects & POLICY_DOWNSCOPES) == 0)
        return grant_choose_scopes(c, asked, g);
    if (claim == NULL)
        return grant_choose_within(c, (ost_text){0}, asked, g);
    if (!ost_json_text(claim, &allowed))
        return refuse(c, "Invalid claim: scope");
    if (asked.len == 0 && !grant_offered(c, g->client, allowed, &asked))
        return false;
    return grant_choose_within(c, allowed, asked, g);
}

bool identity_assertion_choose(call *c, const ost_claims *claims, grant *g)
{
    return choose_scopes(c, claims, g) && choose_resources(c, claims, &g->resources) &&
           choose_details(c, claims, &g->details);
}
