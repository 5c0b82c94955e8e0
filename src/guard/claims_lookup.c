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

bool claims_have_scope(const ost_claims *claims, ost_text scope)
{
    if (ost_claims_get(claims, "scope") != NULL)
        return text_list_has(ost_claims_text(claims, "scope"), scope);
    const ost_json *scp = ost_claims_get(claims, "scp");
    return ost_json_is(scp, OST_JSON_ARRAY) ? array_has(scp, scope)
                                            : text_list_has(ost_claims_text(claims, "scp"), scope);
}

ost_text claims_scopes_shown(const ost_claims *claims)
{
    bool named = ost_claims_get(claims, "scope") != NULL;
    const ost_json *scp = ost_claims_get(claims, "scp");
    if (!named && ost_json_is(scp, OST_JSON_ARRAY))
        return ost_json_source(scp);
    return ost_claims_text(claims, named ? "scope" : "scp");
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
