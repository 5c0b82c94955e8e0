/* SPDX-License-Identifier: Apache-2.0 */
/* Policies of routes; see policy_check.h. A list that is there but empty is satisfied
 * by nothing, where one of its entries is asked for. */
#include "guard/policy_check.h"

#include "base/shown.h"
#include "base/text.h"
#include "guard/claim_rule.h"
#include "guard/claims_lookup.h"
#include "jose/alg.h"
#include "jose/jwt/numeric_date.h"

static ost_result check_audience(const ost_policy *policy, const ost_claims *claims,
                                 ost_error *error)
{
    if (policy->audiences == NULL)
        return OST_OK;
    for (size_t i = 0; policy->audiences[i] != NULL; i++) {
        if (ost_claims_has_audience(claims, text_of(policy->audiences[i])))
            return OST_OK;
    }
    ost_text seen = ost_json_source(ost_claims_get(claims, "aud"));
    return ost_error_set(error, OST_E_AUDIENCE,
                         "this route expects audience \"%.60s\", the token is for %.*s",
                         policy->audiences[0] != NULL ? policy->audiences[0] : "", SHOWN(seen, 60));
}

static ost_result check_scopes(const ost_policy *policy, const ost_claims *claims, ost_error *error)
{
    ost_text seen = claims_scopes_shown(claims);
    for (size_t i = 0; policy->scopes != NULL && policy->scopes[i] != NULL; i++) {
        if (!claims_have_scope(claims, text_of(policy->scopes[i]))) {
            return ost_error_set(error, OST_E_SCOPE,
                                 "scope \"%.60s\" is missing, the token has \"%.*s\"",
                                 policy->scopes[i], SHOWN(seen, 60));
        }
    }
    if (policy->any_scopes == NULL)
        return OST_OK;
    for (size_t i = 0; policy->any_scopes[i] != NULL; i++) {
        if (claims_have_scope(claims, text_of(policy->any_scopes[i])))
            return OST_OK;
    }
    return ost_error_set(error, OST_E_SCOPE,
                         "none of the accepted scopes is there, the token has \"%.*s\"",
                         SHOWN(seen, 60));
}

static bool has_realm_role(const ost_claims *claims, const char *role)
{
    return claims_have_realm_role(claims, text_of(role));
}

static bool has_client_role(const ost_claims *claims, const char *client_role)
{
    ost_text both = text_of(client_role);
    size_t colon = text_find(both, ':', 0);
    return colon < both.len && claims_have_client_role(claims, text_slice(both, 0, colon),
                                                       text_slice(both, colon + 1, both.len));
}

typedef bool (*has_role)(const ost_claims *claims, const char *role);

/* Every one of `all`, and one of `any`. */
static ost_result check_role_lists(const char *const *all, const char *const *any, has_role has,
                                   const ost_claims *claims, const char *kind, ost_error *error)
{
    for (size_t i = 0; all != NULL && all[i] != NULL; i++) {
        if (!has(claims, all[i]))
            return ost_error_set(error, OST_E_ROLE, "%s role \"%.100s\" is missing", kind, all[i]);
    }
    if (any == NULL)
        return OST_OK;
    for (size_t i = 0; any[i] != NULL; i++) {
        if (has(claims, any[i]))
            return OST_OK;
    }
    return ost_error_set(error, OST_E_ROLE, "none of the accepted %s roles is there", kind);
}

static ost_result check_roles(const ost_policy *policy, const ost_claims *claims, ost_error *error)
{
    ost_result result = check_role_lists(policy->realm_roles, policy->any_realm_roles,
                                         has_realm_role, claims, "realm", error);
    if (result == OST_OK)
        result = check_role_lists(policy->client_roles, policy->any_client_roles, has_client_role,
                                  claims, "client", error);
    return result;
}

static ost_result check_route_client(const ost_policy *policy, const ost_claims *claims,
                                     ost_error *error)
{
    ost_text client = claims_client(claims);
    if (policy->clients == NULL)
        return OST_OK;
    for (size_t i = 0; policy->clients[i] != NULL; i++) {
        if (client.len > 0 && text_is(client, policy->clients[i]))
            return OST_OK;
    }
    return ost_error_set(error, OST_E_CLIENT, "this route is not for tokens of client \"%.*s\"",
                         SHOWN(client, 60));
}

static ost_result check_claim_rules(const ost_policy *policy, const ost_claims *claims,
                                    ost_error *error)
{
    static const char *const tests[] = {"be", "contain", "match"};
    for (const ost_claim_rule *r = policy->claims; r != NULL && r->claim != NULL; r++) {
        if (claim_rule_holds(r, claims))
            continue;
        ost_text seen = ost_json_source(claim_rule_find(ost_claims_json(claims), r->claim));
        return ost_error_set(error, OST_E_CLAIM, "claim %.60s must %s \"%.60s\", it is %.*s",
                             r->claim, (unsigned)r->test < 3 ? tests[r->test] : "hold",
                             r->value != NULL ? r->value : "",
                             SHOWN(seen.len > 0 ? seen : OST_TEXT("not there"), 60));
    }
    return OST_OK;
}

/* RFC 9470 §3: how, and how long ago, the user proved who they are. */
static ost_result check_step_up(const ost_policy *policy, const ost_claims *claims, int64_t now,
                                unsigned leeway, ost_error *error)
{
    ost_text acr = ost_claims_text(claims, "acr");
    bool fits = policy->acr_values == NULL;
    int64_t auth_time;
    for (size_t i = 0; !fits && policy->acr_values[i] != NULL; i++)
        fits = acr.len > 0 && text_is(acr, policy->acr_values[i]);
    if (!fits) {
        return ost_error_set(error, OST_E_STEP_UP,
                             "the login was of class (acr) \"%.*s\", which is not accepted here",
                             SHOWN(acr, 60));
    }
    if (policy->max_age == 0)
        return OST_OK;
    if (!numeric_date_read(ost_claims_get(claims, "auth_time"), &auth_time)) {
        return ost_error_set(error, OST_E_STEP_UP,
                             "the token does not say when the user signed in (auth_time)");
    }
    if (auth_time > now + (int64_t)leeway) {
        return ost_error_set(error, OST_E_STEP_UP, "the login (auth_time) lies %lld seconds ahead",
                             (long long)(auth_time - now));
    }
    if (auth_time + (int64_t)policy->max_age + leeway < now) {
        return ost_error_set(error, OST_E_STEP_UP,
                             "the login was %lld seconds ago, %u are accepted here",
                             (long long)(now - auth_time), policy->max_age);
    }
    return OST_OK;
}

ost_result policy_check(const ost_policy *policy, const ost_claims *claims, ost_alg alg,
                        int64_t now, unsigned leeway, ost_error *error)
{
    if (policy->algorithms != 0 && !alg_is_accepted(policy->algorithms, alg)) {
        return ost_error_set(error, OST_E_ALGORITHM, "this route does not accept %s",
                             ost_alg_name(alg));
    }
    ost_result result = check_audience(policy, claims, error);
    if (result == OST_OK)
        result = check_route_client(policy, claims, error);
    if (result == OST_OK)
        result = check_step_up(policy, claims, now, leeway, error);
    if (result == OST_OK)
        result = check_scopes(policy, claims, error);
    if (result == OST_OK)
        result = check_roles(policy, claims, error);
    if (result == OST_OK)
        result = check_claim_rules(policy, claims, error);
    return result;
}
