/* SPDX-License-Identifier: Apache-2.0 */
/* Authentication flows of a realm's document; see realm_flow.h. */
#include "provider/realm/realm_flow.h"

#include <string.h>

#include "base/array.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/flow/flow_code_rule.h"
#include "provider/flow/flow_condition.h"
#include "provider/flow/flow_read.h"

#define REGISTRATION_BURST 20 /* accounts, where the realm does not say */
#define REGISTRATION_BURST_MAX 1000000

/* A flow as it is looked through. */
typedef struct inspection {
    const ost_json *realm;
    const char *const *known; /* what may stand in it, NULL-terminated */
    bool browser;
    unsigned visits;
    bool asks_password;
    bool needs_passkey;     /* somewhere in it */
    bool takes_session;     /* it asks for the cookie */
    realm_levels levels;    /* that it has conditions by */
    realm_flow_demand code; /* the most that is asked for beside it: */
    unsigned factors;       /* of these */
} inspection;

/* Where in it a step stands. */
typedef struct place {
    unsigned depth;
    bool conditional; /* in a flow that not everybody goes through, */
    bool owners;      /* but who has what it asks for */
} place;

static const char *const browser_steps[] = {"auth-cookie",
                                            "auth-spnego",
                                            "identity-provider-redirector",
                                            "auth-username-form",
                                            "auth-username-password-form",
                                            "auth-password-form",
                                            "organization",
                                            "deny-access-authenticator",
                                            "allow-access-authenticator",
                                            "user-session-limits",
                                            NULL};
static const char *const direct_steps[] = {"direct-grant-validate-username",
                                           "direct-grant-validate-password",
                                           "deny-access-authenticator",
                                           "allow-access-authenticator",
                                           "user-session-limits",
                                           NULL};
/* One page asks for both. */
static const char *const passwords[] = {"auth-username-password-form", "auth-password-form",
                                        "direct-grant-validate-password", NULL};
/* They are nothing that somebody comes in by; what requires them lets nobody in. */
static const char *const passed_by[] = {"auth-spnego", "identity-provider-redirector",
                                        "organization", NULL};

static bool is_one_of(const ost_json *step, const char *const *names)
{
    ost_text text;
    return ost_json_text(ost_json_get(step, "authenticator"), &text) && text_is_one_of(text, names);
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

/* A file may leave out what every realm of Keycloak's has. */
bool realm_flow_exists(const ost_json *realm, ost_text name)
{
    static const char *const usual[] = {"browser",        "direct grant",       "registration",
                                        "clients",        "reset credentials",  "docker auth",
                                        "http challenge", "first broker login", NULL};
    const ost_json *flows = ost_json_get(realm, "authenticationFlows");
    return find_flow_by(flows, "alias", name) != NULL || find_flow_by(flows, "id", name) != NULL ||
           text_is_one_of(name, usual);
}

static bool inspect_flow(inspection *i, const ost_json *flow, place at);

/* Who has none passes where a flow asks owners alone. */
static void add_factor(inspection *i, realm_factor factor, bool owners)
{
    i->code = owners && i->code != FLOW_CODE ? FLOW_CODE_OF_OWNER : FLOW_CODE;
    i->factors |= factor;
}

static bool add_level(realm_levels *levels, int64_t level)
{
    size_t at = 0;
    while (at < levels->count && levels->list[at] < level)
        at++;
    if (at < levels->count && levels->list[at] == level)
        return true;
    if (levels->count == FLOW_LEVELS_MAX)
        return false;
    memmove(&levels->list[at + 1], &levels->list[at], (levels->count - at) * sizeof level);
    levels->list[at] = level;
    levels->count++;
    return true;
}

static bool is_known_condition(inspection *i, const ost_json *step)
{
    int64_t level, age;
    return flow_condition_is_known(i->realm, step) &&
           (!flow_condition_level(i->realm, step, &level, &age) || add_level(&i->levels, level));
}

/* A passkey may stand beside a password, or in its place (passkey_flow.h); there is no page that
 * asks for one after that. */
static bool is_known(inspection *i, const ost_json *step, place at)
{
    flow_requirement requirement = flow_requirement_of(step);
    if (flow_step_is_condition(step))
        return at.conditional && is_known_condition(i, step);
    if (i->browser && flow_step_is(step, "webauthn-authenticator-passwordless")) {
        i->needs_passkey = i->needs_passkey || requirement != STEP_ALTERNATIVE;
        return !at.conditional;
    }
    if (flow_step_has_limit(step))
        return flow_limit_is_known(i->realm, step);
    i->takes_session = i->takes_session || flow_step_is(step, "auth-cookie");
    return is_one_of(step, i->known) &&
           (requirement == STEP_ALTERNATIVE || !is_one_of(step, passed_by));
}

/* For whom a conditional flow is. */
static place place_within(const inspection *i, const ost_json *flow, place at, bool conditional)
{
    place within = at;
    bool others = false, owners = false;
    within.depth++;
    if (!conditional)
        return within;
    for (const ost_json *step = flow_step_after(flow, NULL); step != NULL;
         step = flow_step_after(flow, step)) {
        if (flow_requirement_of(step) == STEP_DISABLED || !flow_step_is_condition(step))
            continue;
        owners = owners || flow_step_is(step, "conditional-user-configured");
        others = others || !flow_condition_is_of_owners(step);
    }
    within.conditional = true;
    within.owners = at.owners || owners || !others;
    return within;
}

static bool inspect_step(inspection *i, const ost_json *step, place at)
{
    flow_requirement requirement = flow_requirement_of(step);
    const ost_json *part = flow_part_of(step);
    bool optional = requirement == STEP_OPTIONAL;
    if (++i->visits > FLOW_VISITS_MAX)
        return false;
    if (part != NULL) {
        const ost_json *flow = flow_find(i->realm, part);
        if (flow == NULL || !flow_is_bounded(flow))
            return false;
        return inspect_flow(i, flow, place_within(i, flow, at, requirement == STEP_CONDITIONAL));
    }
    realm_factor factor = flow_factor_of(step, !i->browser);
    if (factor != FACTOR_NONE) {
        add_factor(i, factor, at.owners || optional);
        return !flow_step_has_code_rule(step) || flow_code_rule_is_known(i->realm, step);
    }
    if (is_one_of(step, passwords))
        i->asks_password = true;
    return !optional && is_known(i, step, at);
}

/* An alternative to what is required is none, and nobody meets it; but whoever wrote it may have
 * meant something by it, so it has to be known. */
static bool inspect_flow(inspection *i, const ost_json *flow, place at)
{
    if (flow == NULL || at.depth > FLOW_DEPTH_MAX || !flow_is_understood(flow))
        return false;
    bool required = flow_has_required(flow);
    for (const ost_json *step = flow_step_after(flow, NULL); step != NULL;
         step = flow_step_after(flow, step)) {
        flow_requirement requirement = flow_requirement_of(step);
        inspection passed_over = *i;
        bool counts = !required || requirement != STEP_ALTERNATIVE;
        if (requirement != STEP_DISABLED && !inspect_step(counts ? i : &passed_over, step, at))
            return false;
        i->visits = counts ? i->visits : passed_over.visits;
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

const ost_json *realm_flow_chosen(const ost_json *realm, const ost_json *client, realm_flow flow)
{
    const ost_json *chosen = NULL;
    (void)choose(realm, client, flow == REALM_FLOW_BROWSER, &chosen);
    return chosen;
}

/* What is found of a flow. */
typedef struct finding {
    realm_flow_demand demand;
    unsigned factors;
    bool password, session; /* will do */
    realm_levels levels;
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
        .realm = realm,
        .known = browser ? browser_steps : direct_steps,
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
    if (!inspect_flow(&i, chosen, (place){0}))
        return found;
    found.password = takes_password(&i, realm, chosen);
    found.passkey = browser ? passkey_flow_rule(realm, chosen, offered) : PASSKEY_NONE;
    if (!found.password && found.passkey == PASSKEY_NONE)
        return found;
    found.demand = i.code;
    found.factors = i.factors;
    found.session = i.takes_session;
    found.levels = i.levels;
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

realm_levels realm_flow_levels_of(const ost_json *realm, const ost_json *client)
{
    return inspect(realm, client, REALM_FLOW_BROWSER, false).levels;
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
    flow_requirement requirement = flow_requirement_of(step);
    const ost_json *part = flow_part_of(step);
    ost_text name = json_text_of(step, "authenticator");
    if (requirement == STEP_DISABLED)
        return true;
    if (requirement != STEP_REQUIRED)
        return false;
    if (part != NULL)
        return (name.len == 0 || text_is(name, "registration-page-form")) &&
               inspect_registration(i, find_flow(i->flows, "alias", part), depth + 1);
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
    if (flow == NULL || depth > FLOW_DEPTH_MAX)
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
