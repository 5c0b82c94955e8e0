/* SPDX-License-Identifier: Apache-2.0 */
/* Flows as somebody meets them who has a passkey and no password, or the other way about; see
 * passkey_flow.h. As in Keycloak, where something is required its alternatives do not count. */
#include "provider/webauthn/passkey_flow.h"

#include "base/array.h"
#include "base/text.h"
#include "provider/flow/flow_read.h"

#define MAX_DEPTH 8

/* What becomes of them in a flow, or at a step. */
typedef struct passage {
    bool passes;
    bool shown;  /* what they have has been asked for, */
    bool factor; /* and a second factor is, too */
} passage;

typedef struct walk {
    const ost_json *realm;
    bool offered;  /* forms for passwords take passkeys, too */
    bool password; /* they have that, and no passkey */
} walk;

static passage walk_flow(const walk *w, const ost_json *flow, unsigned depth);

static const ost_json *find(const ost_json *list, const ost_json *alias)
{
    const ost_json *at = ost_json_first(list);
    ost_text name;
    if (!ost_json_text(alias, &name))
        return NULL;
    while (at != NULL && !ost_json_equals(ost_json_get(at, "alias"), name))
        at = ost_json_next(at);
    return at;
}

static bool is(const ost_json *step, const char *member, const char *value)
{
    return ost_json_equals(ost_json_get(step, member), text_of(value));
}

static bool is_enabled(const ost_json *step)
{
    ost_text requirement = {0};
    return ost_json_text(ost_json_get(step, "requirement"), &requirement) &&
           !text_is(requirement, "DISABLED");
}

/* Somebody who is not meant by a condition passes a flow by; what they have does not tell. */
static bool is_for_others(const ost_json *realm, const ost_json *step)
{
    if (flow_requirement_of(step) != STEP_CONDITIONAL)
        return false;
    const ost_json *flow = flow_find(realm, flow_part_of(step));
    for (const ost_json *at = ost_json_first(ost_json_get(flow, "authenticationExecutions"));
         at != NULL; at = ost_json_next(at)) {
        if (is_enabled(at) && (flow_step_is(at, "conditional-user-role") ||
                               flow_step_is(at, "conditional-level-of-authentication")))
            return true;
    }
    return false;
}

/* The condition of Keycloak 26 that asks those for nothing who came by a passkey. */
static bool spares_passkeys(const walk *w, const ost_json *step)
{
    ost_text types = {0}, included = {0};
    const ost_json *config = ost_json_get(find(ost_json_get(w->realm, "authenticatorConfig"),
                                               ost_json_get(step, "authenticatorConfig")),
                                          "config");
    if (!is(step, "authenticator", "conditional-credential") || !is_enabled(step))
        return false;
    (void)!ost_json_text(ost_json_get(config, "included"), &included);
    return ost_json_text(ost_json_get(config, "credentials"), &types) &&
           text_is(types, "webauthn-passwordless") && !text_says_true(included);
}

static passage walk_step(const walk *w, const ost_json *step, unsigned depth)
{
    static const char *const factors[] = {"auth-otp-form", "webauthn-authenticator",
                                          "auth-recovery-authn-code-form", NULL};
    static const char *const passwords[] = {"auth-username-password-form", "auth-password-form",
                                            NULL};
    const ost_json *alias = ost_json_get(step, "flowAlias");
    ost_text name = {0};
    if (ost_json_text(alias, &name) && name.len > 0)
        return walk_flow(w, find(ost_json_get(w->realm, "authenticationFlows"), alias), depth + 1);
    (void)!ost_json_text(ost_json_get(step, "authenticator"), &name);
    bool key = text_is(name, "webauthn-authenticator-passwordless");
    bool password = text_is_one_of(name, passwords);
    if (w->password ? password : key || (w->offered && password))
        return (passage){.passes = true, .shown = true};
    if (text_is_one_of(name, factors))
        return (passage){.passes = true, .factor = true};
    return (passage){.passes = text_is(name, "auth-username-form")};
}

/* All that is required, or the first of the alternatives by which they come through. */
static passage walk_flow(const walk *w, const ost_json *flow, unsigned depth)
{
    passage all = {.passes = true}, any = {0};
    bool required = false, spared = false;
    if (flow == NULL || depth > MAX_DEPTH)
        return any;
    for (const ost_json *at = ost_json_first(ost_json_get(flow, "authenticationExecutions"));
         at != NULL; at = ost_json_next(at)) {
        spared = spared || spares_passkeys(w, at);
        if (flow_step_is_condition(at) || !is_enabled(at))
            continue;
        passage here = walk_step(w, at, depth);
        if (is(at, "requirement", "ALTERNATIVE")) {
            any = !any.passes ? here : any;
            continue;
        }
        required = true;
        all.passes = all.passes && (here.passes || is_for_others(w->realm, at));
        all.shown = all.shown || here.shown;
        all.factor = all.factor || here.factor;
    }
    passage found = required ? all : any;
    found.factor = found.factor && !spared;
    return found;
}

bool passkey_flow_is_needless(const ost_json *realm, const ost_json *flow)
{
    const walk w = {.realm = realm, .password = true};
    passage found = walk_flow(&w, flow, 0);
    return found.passes && found.shown;
}

passkey_rule passkey_flow_rule(const ost_json *realm, const ost_json *flow, bool offered)
{
    const walk w = {.realm = realm, .offered = offered};
    if (flow == NULL)
        return offered ? PASSKEY_SUFFICES : PASSKEY_NONE;
    passage found = walk_flow(&w, flow, 0);
    if (!found.passes || !found.shown)
        return PASSKEY_NONE;
    return found.factor ? PASSKEY_AND_FACTOR : PASSKEY_SUFFICES;
}
