/* SPDX-License-Identifier: Apache-2.0 */
/* Looking into an access token's claims; see claims_lookup.h. */
#include "guard/claims_lookup.h"

#include "base/array.h"
#include "base/text.h"

ost_text claims_client(const ost_claims *claims)
{
    static const char *const names[] = {"azp", "client_id", "cid", "appid"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (ost_claims_get(claims, names[i]) != NULL)
            return ost_claims_text(claims, names[i]);
    }
    return OST_TEXT("");
}

static bool array_has(const ost_json *array, ost_text value)
{
    const ost_json *at = ost_json_first(array);
    while (at != NULL && !ost_json_equals(at, value))
        at = ost_json_next(at);
    return at != NULL;
}

/* RFC 9068 §2.2.3 has one text. Okta's scp is an array, and so is scope where IdentityServer,
 * Spring's authorization server or UAA wrote it. */
static const ost_json *scope_of(const ost_claims *claims)
{
    const ost_json *scope = ost_claims_get(claims, "scope");
    bool none = scope == NULL || ost_json_is(scope, OST_JSON_NULL);
    return none ? ost_claims_get(claims, "scp") : scope;
}

bool claims_have_scope(const ost_claims *claims, ost_text scope)
{
    ost_text list = {0};
    const ost_json *claim = scope_of(claims);
    if (ost_json_is(claim, OST_JSON_ARRAY))
        return array_has(claim, scope);
    return ost_json_text(claim, &list) && text_list_has(list, scope);
}

ost_text claims_scopes_shown(const ost_claims *claims)
{
    ost_text list = OST_TEXT("");
    const ost_json *claim = scope_of(claims);
    if (ost_json_is(claim, OST_JSON_ARRAY))
        return ost_json_source(claim);
    (void)!ost_json_text(claim, &list);
    return list;
}

/* {"roles": [role, …]} */
static bool roles_have(const ost_json *access, ost_text role)
{
    const ost_json *roles = ost_json_get(access, "roles");
    return ost_json_is(roles, OST_JSON_ARRAY) && array_has(roles, role);
}

bool claims_have_realm_role(const ost_claims *claims, ost_text role)
{
    return roles_have(ost_claims_get(claims, "realm_access"), role);
}

bool claims_have_client_role(const ost_claims *claims, ost_text client, ost_text role)
{
    return roles_have(ost_json_get_text(ost_claims_get(claims, "resource_access"), client), role);
}
