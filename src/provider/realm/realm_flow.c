/* SPDX-License-Identifier: Apache-2.0 */
/* Authentication flows of a realm's document; see realm_flow.h. */
#include "provider/realm/realm_flow.h"

#include "base/array.h"
#include "base/json/json_member.h"
#include "base/text.h"

#define MAX_DEPTH 8
#define REGISTRATION_BURST 20 /* accounts, where the realm does not say */
#define REGISTRATION_BURST_MAX 1000000

/* A flow as it is looked through. */
typedef struct inspection {
    const ost_json *flows;
    const char *const *known;     /* what may stand in it, NULL-terminated */
    const char *const *passwords; /* the steps that ask for the password */
    bool browser;                 /* it may ask for other second factors than a one-time code */
    bool asks_password;
    bool needs_passkey;     /* somewhere in it */
    bool takes_session;     /* it asks for the cookie */
    realm_flow_demand code; /* the most that is asked for beside it: */
    unsigned factors;       /* one of these */
    const ost_json *place;  /* the flow that they stand in, */
    bool alternative;       /* one beside the other; */
    bool repeated;          /* one is asked for in several flows */
} inspection;

static const char *const browser_steps[] = {"auth-cookie",
                                            "auth-spnego",
                                            "identity-provider-redirector",
                                            "auth-username-form",
                                            "auth-username-password-form",
                                            "auth-password-form",
                                            "organization",
                                            NULL};
/* One page asks for both. */
static const char *const browser_passwords[] = {"auth-username-password-form", "auth-password-form",
                                                NULL};
static const char *const direct_passwords[] = {"direct-grant-validate-password", NULL};
static const char *const direct_steps[] = {"direct-grant-validate-username",
                                           "direct-grant-validate-password", NULL};
static const char *const conditions[] = {"conditional-user-configured", "conditional-credential",
                                         NULL};

static bool is_one_of(const ost_json *name, const char *const *names)
{
    ost_text text;
    return ost_json_text(name, &text) && text_is_one_of(text, names);
}

static const ost_json *find_flow_by(const ost_json *flows, const char *member, ost_text wanted)
{
    const ost_json *at = ost_json_first(flows);
    while (at != NULL && !ost_json_equals(ost_json_get(at, member), wanted))
        at = ost_json_next(at);
    return at;
}

static const ost_json *find_flow(const ost_json *flows, const char *member, const ost_json *value)
{
    ost_text wanted;
    return ost_json_text(value, &wanted) ? find_flow_by(flows, member, wanted) : NULL;
}

static bool inspect_flow(inspection *i, const ost_json *flow, bool conditional, unsigned depth);

static realm_factor factor_of(const inspection *i, const ost_json *name)
{
    static const struct {
        const char *step;
        realm_factor factor;
        bool browser;
    } steps[] = {
        {"auth-otp-form", FACTOR_CODE, true},
        {"auth-recovery-authn-code-form", FACTOR_RECOVERY, true},
        {"webauthn-authenticator", FACTOR_KEY, true},
        {"direct-grant-validate-otp", FACTOR_CODE, false},
    };
    for (size_t at = 0; at < ARRAY_LEN(steps); at++) {
        if (steps[at].browser == i->browser && ost_json_equals(name, text_of(steps[at].step)))
            return steps[at].factor;
    }
    return FACTOR_NONE;
}

/* In a conditional part, who has none passes. Nobody is asked for two of them, one after the other:
 * such a flow cannot be followed. What is an alternative to something required is not asked for. */
static bool add_factor(inspection *i, const ost_json *flow, realm_factor factor, bool conditional,
                       bool alternative)
{
    bool other = (i->factors & ~(unsigned)factor) != 0;
    i->repeated = i->repeated || (i->factors != 0 && i->place != flow);
    if (other && (i->repeated || (!i->alternative && !alternative)))
        return false;
    i->code = conditional && i->code != FLOW_CODE ? FLOW_CODE_OF_OWNER : FLOW_CODE;
    if (other && !i->alternative)
        return true;
    i->factors = other && !alternative ? factor : i->factors | factor;
    i->place = flow;
    i->alternative = alternative;
    return true;
}

/* A passkey may stand beside a password, or in its place (passkey_flow.h). */
static bool is_known(inspection *i, const ost_json *name, const ost_json *requirement,
                     bool conditional)
{
    if (conditional)
        return is_one_of(name, conditions) || ost_json_equals(name, OST_TEXT("organization"));
    if (i->browser && ost_json_equals(name, OST_TEXT("webauthn-authenticator-passwordless"))) {
        i->needs_passkey =
            i->needs_passkey || !ost_json_equals(requirement, OST_TEXT("ALTERNATIVE"));
        return true;
    }
    i->takes_session = i->takes_session || ost_json_equals(name, OST_TEXT("auth-cookie"));
    return is_one_of(name, i->known);
}

static bool inspect_step(inspection *i, const ost_json *flow, const ost_json *step,
                         bool conditional, unsigned depth)
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
    if (is_one_of(name, i->passwords))
        i->asks_password = i->asks_password || !optional;
    realm_factor factor = factor_of(i, name);
    if (factor != FACTOR_NONE)
        return add_factor(i, flow, factor, conditional || optional,
                          ost_json_equals(requirement, OST_TEXT("ALTERNATIVE")));
    return is_known(i, name, requirement, conditional || optional);
}

static bool inspect_flow(inspection *i, const ost_json *flow, bool conditional, unsigned depth)
{
    if (flow == NULL || depth > MAX_DEPTH)
        return false;
    for (const ost_json *at = ost_json_first(ost_json_get(flow, "authenticationExecutions"));
         at != NULL; at = ost_json_next(at)) {
        if (!inspect_step(i, flow, at, conditional, depth))
            return false;
    }
    return true;
}

/* The flow by which a client's users log in; NULL: it is not there. False: Keycloak's own, which a
 * file that has no flows has. */
static bool choose(const ost_json *realm, const ost_json *client, bool browser,
                   const ost_json **ret_flow)
{
    const ost_json *flows = ost_json_get(realm, "authenticationFlows");
    const ost_json *id = ost_json_get(ost_json_get(client, "authenticationFlowBindingOverrides"),
                                      browser ? "browser" : "direct_grant");
    const ost_json *alias = ost_json_get(realm, browser ? "browserFlow" : "directGrantFlow");
    ost_text name;
    if (ost_json_text(id, &name) && name.len > 0) {
        *ret_flow = find_flow(flows, "id", id);
        if (*ret_flow == NULL)
            *ret_flow = find_flow(flows, "alias", id);
        return true;
    }
    *ret_flow = find_flow(flows, "alias", alias);
    return *ret_flow != NULL ||
           (alias != NULL &&
            !ost_json_equals(alias, browser ? OST_TEXT("browser") : OST_TEXT("direct grant")));
}

/* What is found of a flow. */
typedef struct finding {
    realm_flow_demand demand;
    unsigned factors;
    bool password, session; /* will do */
    passkey_rule passkey;
} finding;

/* A password will do where one is asked for, unless a passkey is needed beside it. */
static bool takes_password(const inspection *i, const ost_json *realm, const ost_json *flow)
{
    return i->asks_password && (!i->needs_passkey || passkey_flow_is_needless(realm, flow));
}

static finding inspect(const ost_json *realm, const ost_json *client, realm_flow flow, bool offered)
{
    bool browser = flow == REALM_FLOW_BROWSER;
    inspection i = {
        .flows = ost_json_get(realm, "authenticationFlows"),
        .known = browser ? browser_steps : direct_steps,
        .passwords = browser ? browser_passwords : direct_passwords,
        .browser = browser,
        .code = FLOW_PASSWORD,
    };
    const ost_json *chosen;
    if (!choose(realm, client, browser, &chosen))
        return (finding){.demand = FLOW_CODE_OF_OWNER,
                         .factors = FACTOR_CODE,
                         .password = true,
                         .session = true,
                         .passkey = passkey_flow_rule(realm, NULL, offered)};
    finding found = {.demand = FLOW_REFUSED};
    if (!inspect_flow(&i, chosen, false, 0))
        return found;
    found.password = takes_password(&i, realm, chosen);
    found.passkey = browser ? passkey_flow_rule(realm, chosen, offered) : PASSKEY_NONE;
    if (!found.password && found.passkey == PASSKEY_NONE)
        return found;
    found.demand = i.code;
    found.factors = i.factors;
    found.session = i.takes_session;
    return found;
}

realm_flow_demand realm_flow_demand_of(const ost_json *realm, const ost_json *client,
                                       realm_flow flow)
{
    return inspect(realm, client, flow, false).demand;
}

unsigned realm_flow_factors_of(const ost_json *realm, const ost_json *client, realm_flow flow)
{
    return inspect(realm, client, flow, false).factors;
}

passkey_rule realm_flow_passkey_of(const ost_json *realm, const ost_json *client, bool offered)
{
    return inspect(realm, client, REALM_FLOW_BROWSER, offered).passkey;
}

bool realm_flow_takes_password(const ost_json *realm, const ost_json *client)
{
    return inspect(realm, client, REALM_FLOW_BROWSER, false).password;
}

bool realm_flow_takes_session(const ost_json *realm, const ost_json *client)
{
    return inspect(realm, client, REALM_FLOW_BROWSER, false).session;
}

/* ---- registration ---- */

/* A registration flow as it is looked through. */
typedef struct registration_inspection {
    const ost_json *flows;
    bool creates; /* it makes a user */
    realm_registration_flow found;
} registration_inspection;

static bool inspect_registration(registration_inspection *i, const ost_json *flow, unsigned depth);

static bool inspect_registration_step(registration_inspection *i, const ost_json *step,
                                      unsigned depth)
{
    const ost_json *requirement = ost_json_get(step, "requirement");
    ost_text part, name = {0};
    if (requirement == NULL || ost_json_equals(requirement, OST_TEXT("DISABLED")))
        return true;
    (void)!ost_json_text(ost_json_get(step, "authenticator"), &name);
    if (!ost_json_equals(requirement, OST_TEXT("REQUIRED")))
        return false;
    if (ost_json_text(ost_json_get(step, "flowAlias"), &part) && part.len > 0)
        return (name.len == 0 || text_is(name, "registration-page-form")) &&
               inspect_registration(
                   i, find_flow(i->flows, "alias", ost_json_get(step, "flowAlias")), depth + 1);
    if (text_is(name, "registration-user-creation"))
        i->creates = true;
    else if (text_is(name, "registration-password-action"))
        i->found.password = true;
    else if (text_is(name, "registration-terms-and-conditions"))
        i->found.terms = true;
    else
        return text_is(name, "registration-profile-action"); /* of before Keycloak 24 */
    return true;
}

static bool inspect_registration(registration_inspection *i, const ost_json *flow, unsigned depth)
{
    if (flow == NULL || depth > MAX_DEPTH)
        return false;
    for (const ost_json *at = ost_json_first(ost_json_get(flow, "authenticationExecutions"));
         at != NULL; at = ost_json_next(at)) {
        if (!inspect_registration_step(i, at, depth))
            return false;
    }
    return true;
}

realm_registration_flow realm_flow_of_registration(const ost_json *realm)
{
    registration_inspection i = {.flows = ost_json_get(realm, "authenticationFlows")};
    const ost_json *alias = ost_json_get(realm, "registrationFlow");
    ost_text name;
    bool named = ost_json_text(alias, &name) && name.len > 0;
    const ost_json *chosen = named ? find_flow(i.flows, "alias", alias)
                                   : find_flow_by(i.flows, "alias", OST_TEXT("registration"));
    /* A file that has no flows has Keycloak's own. */
    if (chosen == NULL && (!named || text_is(name, "registration")))
        return (realm_registration_flow){.followed = true, .password = true};
    i.found.followed = inspect_registration(&i, chosen, 0) && i.creates;
    return i.found;
}

/* A number that cannot be read limits as usual. */
realm_registration realm_registration_of(const ost_json *realm)
{
    realm_registration_flow flow = realm_flow_of_registration(realm);
    uint64_t burst = REGISTRATION_BURST;
    ost_text number = {0};
    (void)!ost_json_text(ost_json_get(ost_json_get(realm, "attributes"), "registration.burst"),
                         &number);
    if (!text_to_unsigned(number, REGISTRATION_BURST_MAX, &burst))
        burst = REGISTRATION_BURST;
    return (realm_registration){
        .allowed = json_true_of(realm, "registrationAllowed") && flow.followed,
        .email_is_name = json_true_of(realm, "registrationEmailAsUsername"),
        .password = flow.password,
        .terms = flow.terms,
        .burst = (int64_t)burst,
    };
}
