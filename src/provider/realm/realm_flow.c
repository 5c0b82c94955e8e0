/* SPDX-License-Identifier: Apache-2.0 */
/* Authentication flows of a realm's document; see realm_flow.h. */
#include "provider/realm/realm_flow.h"

#include "base/array.h"
#include "base/text.h"

#define MAX_DEPTH 8

/* A flow as it is looked through. */
typedef struct inspection {
    const ost_json *flows;
    const char *const *known; /* what may stand in it, NULL-terminated */
    const char *password;     /* the step that asks for the password */
    const char *otp;          /* the one for those who have a second factor */
    bool asks_password;
} inspection;

static const char *const browser_steps[] = {
    "auth-cookie",  "auth-spnego", "identity-provider-redirector", "auth-username-password-form",
    "organization", NULL};
static const char *const direct_steps[] = {"direct-grant-validate-username",
                                           "direct-grant-validate-password", NULL};
static const char *const conditions[] = {"conditional-user-configured", "conditional-credential",
                                         NULL};

static bool is_one_of(const ost_json *name, const char *const *names)
{
    ost_text text;
    return ost_json_text(name, &text) && text_is_one_of(text, names);
}

static const ost_json *find_flow(const ost_json *flows, const char *member, const ost_json *value)
{
    ost_text wanted;
    if (!ost_json_text(value, &wanted))
        return NULL;
    for (const ost_json *at = ost_json_first(flows); at != NULL; at = ost_json_next(at)) {
        if (ost_json_equals(ost_json_get(at, member), wanted))
            return at;
    }
    return NULL;
}

static bool inspect_flow(inspection *i, const ost_json *flow, bool conditional, unsigned depth);

/* A second factor is asked for in a conditional part alone: who has none passes. */
static bool inspect_step(inspection *i, const ost_json *step, bool conditional, unsigned depth)
{
    const ost_json *requirement = ost_json_get(step, "requirement");
    const ost_json *name = ost_json_get(step, "authenticator");
    ost_text part;
    if (requirement == NULL || ost_json_equals(requirement, OST_TEXT("DISABLED")))
        return true;
    if (ost_json_text(ost_json_get(step, "flowAlias"), &part) && part.len > 0)
        return inspect_flow(i, find_flow(i->flows, "alias", ost_json_get(step, "flowAlias")),
                            conditional || ost_json_equals(requirement, OST_TEXT("CONDITIONAL")),
                            depth + 1);
    bool optional = ost_json_equals(requirement, OST_TEXT("OPTIONAL")); /* of before Keycloak 8 */
    if (ost_json_equals(name, text_of(i->password)))
        i->asks_password = i->asks_password || !optional;
    if (conditional || optional)
        return is_one_of(name, conditions) || ost_json_equals(name, text_of(i->otp)) ||
               ost_json_equals(name, OST_TEXT("organization"));
    return is_one_of(name, i->known);
}

static bool inspect_flow(inspection *i, const ost_json *flow, bool conditional, unsigned depth)
{
    if (flow == NULL || depth > MAX_DEPTH)
        return false;
    for (const ost_json *at = ost_json_first(ost_json_get(flow, "authenticationExecutions"));
         at != NULL; at = ost_json_next(at)) {
        if (!inspect_step(i, at, conditional, depth))
            return false;
    }
    return true;
}

bool realm_flow_is_usual(const ost_json *realm, const ost_json *client, realm_flow flow)
{
    bool browser = flow == REALM_FLOW_BROWSER;
    inspection i = {
        .flows = ost_json_get(realm, "authenticationFlows"),
        .known = browser ? browser_steps : direct_steps,
        .password = browser ? "auth-username-password-form" : "direct-grant-validate-password",
        .otp = browser ? "auth-otp-form" : "direct-grant-validate-otp",
    };
    ost_text name;
    const ost_json *chosen = NULL;
    const ost_json *id = ost_json_get(ost_json_get(client, "authenticationFlowBindingOverrides"),
                                      browser ? "browser" : "direct_grant");
    const ost_json *alias = ost_json_get(realm, browser ? "browserFlow" : "directGrantFlow");
    if (ost_json_text(id, &name) && name.len > 0) {
        chosen = find_flow(i.flows, "id", id);
        if (chosen == NULL)
            chosen = find_flow(i.flows, "alias", id);
    } else {
        chosen = find_flow(i.flows, "alias", alias);
        /* A file that has no flows has Keycloak's own. */
        if (chosen == NULL &&
            (alias == NULL ||
             ost_json_equals(alias, browser ? OST_TEXT("browser") : OST_TEXT("direct grant"))))
            return true;
    }
    return inspect_flow(&i, chosen, false, 0) && i.asks_password;
}
