/* Kinds of tokens and policies of routes; see policy.h. */
#include "policy.h"

#include "text.h"

ost_result policy_check_header_type(ost_text typ, ost_error *ret_error)
{
    /* RFC 7515 §4.1.9: "application/" may be left out; letter case does not matter. */
    if (typ.len > 12 && text_equal_ignoring_case(text_slice(typ, 0, 12), OST_TEXT("application/")))
        typ = text_slice(typ, 12, typ.len);
    if (typ.data == NULL || text_equal_ignoring_case(typ, OST_TEXT("JWT")) ||
        text_equal_ignoring_case(typ, OST_TEXT("at+jwt")))
        return OST_OK;
    return ost_error_set(ret_error, OST_E_TOKEN_TYPE, "header typ \"%.*s\" is no access token's",
                         typ.len < 40 ? (int)typ.len : 40, typ.data);
}

static ost_result check_client(const issuer *i, const ost_claims *claims, ost_error *ret_error)
{
    ost_text client = ost_claims_text(claims, "azp");
    if (client.data == NULL)
        client = ost_claims_text(claims, "client_id");
    for (size_t k = 0; k < i->client_count; k++) {
        if (text_is(client, i->clients[k]))
            return OST_OK;
    }
    if (i->client_count == 0)
        return OST_OK;
    return ost_error_set(ret_error, OST_E_CLIENT, "client \"%.*s\" is not in the list",
                         client.len < 80 ? (int)client.len : 80, client.len > 0 ? client.data : "");
}

ost_result policy_check_token(const issuer *i, const ost_claims *claims, ost_error *ret_error)
{
    /* Keycloak says in the claim what kind of token it is: Bearer, ID, Refresh, Offline, Logout …
     */
    const ost_json *typ = ost_claims_get(claims, "typ");
    if (typ != NULL && !ost_json_equals(typ, OST_TEXT("Bearer")))
        return ost_error_set(ret_error, OST_E_TOKEN_TYPE, "claim typ %.*s is no access token's",
                             ost_json_source(typ).len < 40 ? (int)ost_json_source(typ).len : 40,
                             ost_json_source(typ).data);
    /* Other providers do not say, but an ID token has these, and an access token has not. */
    if (typ == NULL &&
        (ost_claims_get(claims, "nonce") != NULL || ost_claims_get(claims, "at_hash") != NULL ||
         ost_claims_get(claims, "c_hash") != NULL || ost_claims_get(claims, "events") != NULL))
        return ost_error_set(ret_error, OST_E_TOKEN_TYPE,
                             "the claims are those of an ID or logout token");
    if (ost_claims_get(claims, "cnf") != NULL)
        return ost_error_set(ret_error, OST_E_SENDER,
                             "the token is bound (cnf) and came as a plain bearer token");
    return check_client(i, claims, ret_error);
}

bool claims_have_scope(const ost_claims *claims, ost_text scope)
{
    return text_list_has(ost_claims_text(claims, "scope"), scope);
}

static bool array_has(const ost_json *array, ost_text text)
{
    for (const ost_json *at = ost_json_first(array); at != NULL; at = ost_json_next(at)) {
        if (ost_json_equals(at, text))
            return true;
    }
    return false;
}

bool claims_have_realm_role(const ost_claims *claims, ost_text role)
{
    return array_has(ost_json_get(ost_claims_get(claims, "realm_access"), "roles"), role);
}

bool claims_have_client_role(const ost_claims *claims, ost_text client, ost_text role)
{
    const ost_json *access = ost_json_get_text(ost_claims_get(claims, "resource_access"), client);
    return array_has(ost_json_get(access, "roles"), role);
}

static ost_result check_scopes(const ost_policy *policy, const ost_claims *claims,
                               ost_error *ret_error)
{
    for (size_t i = 0; policy->scopes != NULL && policy->scopes[i] != NULL; i++) {
        if (!claims_have_scope(claims, text_of(policy->scopes[i])))
            return ost_error_set(ret_error, OST_E_SCOPE, "scope %s is missing", policy->scopes[i]);
    }
    if (policy->any_scopes == NULL)
        return OST_OK;
    for (size_t i = 0; policy->any_scopes[i] != NULL; i++) {
        if (claims_have_scope(claims, text_of(policy->any_scopes[i])))
            return OST_OK;
    }
    return ost_error_set(ret_error, OST_E_SCOPE, "none of the accepted scopes is there");
}

static ost_result check_roles(const ost_policy *policy, const ost_claims *claims,
                              ost_error *ret_error)
{
    for (size_t i = 0; policy->realm_roles != NULL && policy->realm_roles[i] != NULL; i++) {
        if (!claims_have_realm_role(claims, text_of(policy->realm_roles[i])))
            return ost_error_set(ret_error, OST_E_ROLE, "realm role %s is missing",
                                 policy->realm_roles[i]);
    }
    for (size_t i = 0; policy->client_roles != NULL && policy->client_roles[i] != NULL; i++) {
        ost_text both = text_of(policy->client_roles[i]);
        size_t colon = text_find(both, ':', 0);
        if (colon == both.len || !claims_have_client_role(claims, text_slice(both, 0, colon),
                                                          text_slice(both, colon + 1, both.len)))
            return ost_error_set(ret_error, OST_E_ROLE, "client role %s is missing",
                                 policy->client_roles[i]);
    }
    return OST_OK;
}

/* RFC 9470 §3: how, and how long ago, the user proved who they are. */
static ost_result check_step_up(const ost_policy *policy, const ost_claims *claims, int64_t now,
                                unsigned leeway, ost_error *ret_error)
{
    bool fits = policy->acr_values == NULL;
    for (size_t i = 0; !fits && policy->acr_values[i] != NULL; i++)
        fits = text_is(ost_claims_text(claims, "acr"), policy->acr_values[i]);
    if (!fits)
        return ost_error_set(ret_error, OST_E_STEP_UP, "acr is not one of the accepted");
    int64_t auth_time;
    if (policy->max_age > 0 &&
        (!ost_json_integer(ost_claims_get(claims, "auth_time"), &auth_time) ||
         auth_time + (int64_t)policy->max_age + leeway < now))
        return ost_error_set(ret_error, OST_E_STEP_UP, "the login is older than %u seconds",
                             policy->max_age);
    return OST_OK;
}

static ost_result check_audience(const ost_policy *policy, const ost_claims *claims,
                                 ost_error *ret_error)
{
    for (size_t i = 0; policy->audiences != NULL && policy->audiences[i] != NULL; i++) {
        if (ost_claims_has_audience(claims, text_of(policy->audiences[i])))
            return OST_OK;
    }
    if (policy->audiences == NULL)
        return OST_OK;
    return ost_error_set(ret_error, OST_E_AUDIENCE, "this route asks for another audience");
}

ost_result policy_check(const ost_policy *policy, const ost_claims *claims, ost_alg alg,
                        int64_t now, unsigned leeway, ost_error *ret_error)
{
    if (policy->algorithms != 0 && (policy->algorithms & OST_ALG_BIT(alg)) == 0)
        return ost_error_set(ret_error, OST_E_ALGORITHM, "this route does not accept %s",
                             ost_alg_name(alg));
    ost_result result = check_audience(policy, claims, ret_error);
    if (result == OST_OK)
        result = check_step_up(policy, claims, now, leeway, ret_error);
    if (result == OST_OK)
        result = check_scopes(policy, claims, ret_error);
    if (result == OST_OK)
        result = check_roles(policy, claims, ret_error);
    return result;
}
