/* SPDX-License-Identifier: Apache-2.0 */
/* How to mend a scope or a role that is missing; a role that stands elsewhere in the token is the
 * most frequent mistake. */
#include "base/text.h"
#include "cli/explain/explain.h"
#include "cli/printable.h"

static bool has(const ost_json *roles, ost_text role)
{
    const ost_json *entry = ost_json_first(ost_json_get(roles, "roles"));
    for (; entry != NULL; entry = ost_json_next(entry)) {
        if (ost_json_equals(entry, role))
            return true;
    }
    return false;
}

/* The client that the token has this role of; empty: of none. */
static ost_text client_of(const ost_json *claims, ost_text role)
{
    const ost_json *client = ost_json_first(ost_json_get(claims, "resource_access"));
    for (; client != NULL; client = ost_json_next(client)) {
        if (has(client, role))
            return ost_json_name(client);
    }
    return (ost_text){0};
}

static ost_text tell(const explain_input *in, const char *found, ost_text client, ost_text role)
{
    char *text =
        ost_arena_format(in->arena, "The token has it %s%.*s%s%.*s. Ask for that.", found,
                         client.len < 60 ? (int)client.len : 60, client.data,
                         client.len > 0 ? ":" : "", role.len < 60 ? (int)role.len : 60, role.data);
    if (text != NULL)
        printable_make(text);
    return text_of(text);
}

/* A role of the realm in the place of a client's, and the other way round; empty: none. */
static ost_text find_elsewhere(const explain_input *in, const ost_json *claims)
{
    const ost_json *realm = ost_json_get(claims, "realm_access");
    const char *const *asked = in->policy->realm_roles;
    for (; asked != NULL && *asked != NULL; asked++) {
        ost_text role = text_of(*asked), client = client_of(claims, role);
        if (!has(realm, role) && client.len > 0)
            return tell(in, "as a client's role: --client-role ", client, role);
    }
    for (asked = in->policy->client_roles; asked != NULL && *asked != NULL; asked++) {
        ost_text role = text_of(*asked);
        size_t colon = text_find(role, ':', 0);
        ost_text wanted = text_slice(role, 0, colon);
        role = text_slice(role, colon + 1, role.len);
        const ost_json *clients = ost_json_get(claims, "resource_access");
        if (has(ost_json_get_text(clients, wanted), role))
            continue;
        ost_text client = client_of(claims, role);
        if (client.len > 0)
            return tell(in, "as another client's: --client-role ", client, role);
        if (has(realm, role))
            return tell(in, "as a role of the realm: --realm-role ", OST_TEXT(""), role);
    }
    return OST_TEXT("");
}

static ost_text advise_role(const explain_input *in, const ost_json *claims)
{
    ost_text elsewhere = find_elsewhere(in, claims);
    if (elsewhere.len > 0)
        return elsewhere;
    if (ost_json_get(claims, "realm_access") == NULL &&
        ost_json_get(claims, "resource_access") == NULL)
        return OST_TEXT(
            "There are no roles at all in the token. In Keycloak: has the client the scope "
            "\"roles\" (Client scopes), with its mappers on \"Add to access token\"? Lightweight "
            "access tokens carry roles only if their mappers say so. In Ostiary, the same stands "
            "in "
            "the realm file: `ostiary realm import --merge`. Other providers write roles "
            "elsewhere: ask for a claim.");
    return OST_TEXT(
        "In Keycloak: does the user have the role (Users, Role mapping; in Ostiary, `ostiary user "
        "add-role`)? Is it in the "
        "client's scope (Full scope allowed, or the dedicated scope's Scope tab)? It comes with "
        "the next token, not into this one.");
}

static ost_text advise_scope(void)
{
    return OST_TEXT(
        "The client must ask for the scope (scope=…), and in Keycloak it must be one "
        "of the client's scopes, default or optional, with \"Include in token scope\" on. In "
        "Ostiary, the same stands in the realm file: `ostiary realm import --merge`.");
}

ost_text explain_advice_policy(const explain_step *step, const explain_input *input,
                               const ost_json *claims)
{
    if (step->reason == OST_E_SCOPE)
        return advise_scope();
    if (step->reason == OST_E_ROLE)
        return advise_role(input, claims);
    if (step->reason == OST_E_STEP_UP)
        return OST_TEXT("The client must send the user to a stronger or fresher login with the "
                        "acr_values and max_age of the challenge.");
    if (step->reason == OST_E_CLAIM)
        return OST_TEXT("In Keycloak and Ostiary a mapper puts a claim into the token: of the "
                        "client, or of one "
                        "of its client scopes, with \"Add to access token\" on. The value is the "
                        "user's or the group's attribute.");
    if (step->reason == OST_E_AUDIENCE || step->reason == OST_E_CLIENT)
        return OST_TEXT("This route is for fewer than the API is: the client must ask for a token "
                        "that is meant for it.");
    return OST_TEXT("The route asks for something that the token does not have.");
}
