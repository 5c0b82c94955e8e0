/* SPDX-License-Identifier: Apache-2.0 */
/* Flows as somebody meets them who has a passkey and no password, or the other way about; see
 * passkey_flow.h. As in Keycloak, where something is required its alternatives do not count. */
#include "provider/webauthn/passkey_flow.h"

#include "base/array.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/flow/flow_condition.h"
#include "provider/flow/flow_read.h"

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

/* Somebody who is not meant by a condition passes a flow by; what they have does not tell. */
static bool is_for_others(const ost_json *realm, const ost_json *step)
{
    if (flow_requirement_of(step) != STEP_CONDITIONAL)
        return false;
    const ost_json *flow = flow_find(realm, flow_part_of(step));
    for (const ost_json *at = ost_json_first(ost_json_get(flow, "authenticationExecutions"));
         at != NULL; at = ost_json_next(at)) {
        if (flow_requirement_of(at) != STEP_DISABLED && flow_step_is_condition(at) &&
            !flow_condition_is_of_owners(at))
            return true;
    }
    return false;
}

/* The condition of Keycloak 26 that asks those for nothing who came by a passkey. */
static bool spares_passkeys(const walk *w, const ost_json *step)
{
    const ost_json *config = flow_config_of(w->realm, step);
    return flow_step_is(step, "conditional-credential") &&
           flow_requirement_of(step) != STEP_DISABLED &&
           text_is(json_text_of(config, "credentials"), "webauthn-passwordless") &&
           !text_says_true(json_text_of(config, "included"));
}

static passage walk_step(const walk *w, const ost_json *step, unsigned depth)
{
    static const char *const passwords[] = {"auth-username-password-form", "auth-password-form",
                                            NULL};
    const ost_json *part = flow_part_of(step);
    ost_text name = json_text_of(step, "authenticator");
    if (part != NULL)
        return walk_flow(w, flow_find(w->realm, part), depth + 1);
    bool key = text_is(name, "webauthn-authenticator-passwordless");
    bool password = text_is_one_of(name, passwords);
    if (w->password ? password : key || (w->offered && password))
        return (passage){.passes = true, .shown = true};
    if (flow_factor_of(step, false) != FACTOR_NONE)
        return (passage){.passes = true, .factor = true};
    return (passage){.passes = text_is(name, "auth-username-form")};
}

/* All that is required, or the first of the alternatives by which they come through. */
static passage walk_flow(const walk *w, const ost_json *flow, unsigned depth)
{
    passage all = {.passes = true}, any = {0};
    bool required = false, spared = false;
    if (flow == NULL || depth > FLOW_DEPTH_MAX)
        return any;
    for (const ost_json *at = ost_json_first(ost_json_get(flow, "authenticationExecutions"));
         at != NULL; at = ost_json_next(at)) {
        spared = spared || spares_passkeys(w, at);
        if (flow_step_is_condition(at) || flow_requirement_of(at) == STEP_DISABLED)
            continue;
        passage here = walk_step(w, at, depth);
        if (flow_requirement_of(at) == STEP_ALTERNATIVE) {
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
