/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions of conditional flows; see flow_condition.h. */
#include "provider/flow/flow_condition.h"

#include "base/array.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/flow/flow_read.h"

#define LEVEL_AGE 36000 /* seconds, of an old way to say that a level is kept */

realm_factor flow_factor_of(const ost_json *step, bool direct)
{
    static const struct {
        const char *step;
        realm_factor factor;
        bool direct;
    } steps[] = {
        {"auth-otp-form", FACTOR_CODE, false},
        {"auth-conditional-otp-form", FACTOR_CODE, false},
        {"auth-recovery-authn-code-form", FACTOR_RECOVERY, false},
        {"webauthn-authenticator", FACTOR_KEY, false},
        {"direct-grant-validate-otp", FACTOR_CODE, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        if (steps[i].direct == direct && flow_step_is(step, steps[i].step))
            return steps[i].factor;
    }
    return FACTOR_NONE;
}

/* ---- what the user has ---- */

/* As Keycloak's authenticators say of themselves. */
static flow_match is_configured(const flow_facts *facts, const flow_progress *progress,
                                const ost_json *step)
{
    static const char *const always[] = {"auth-cookie",
                                         "auth-username-form",
                                         "auth-username-password-form",
                                         "identity-provider-redirector",
                                         "allow-access-authenticator",
                                         "direct-grant-validate-username",
                                         NULL};
    static const char *const never[] = {"deny-access-authenticator", "organization",
                                        "idp-add-organization-member", NULL};
    unsigned owned = facts->owned | progress->kinds;
    unsigned factor = flow_factor_of(step, facts->direct);
    ost_text name = json_text_of(step, "authenticator");
    if (factor != FACTOR_NONE)
        return (owned & factor) != 0 ? MATCH_YES : MATCH_NO;
    if (text_is(name, "auth-password-form") || text_is(name, "direct-grant-validate-password"))
        return (owned & PROOF_PASSWORD) != 0 ? MATCH_YES : MATCH_NO;
    if (text_is(name, "webauthn-authenticator-passwordless"))
        return (owned & PROOF_PASSKEY) != 0 ? MATCH_YES : MATCH_NO;
    if (text_is_one_of(name, always))
        return MATCH_YES;
    return text_is_one_of(name, never) ? MATCH_NO : MATCH_UNKNOWN;
}

/* All that is required, or one of the alternatives; flows within are not looked into. */
static flow_match match_configured(const flow_facts *facts, const flow_progress *progress,
                                   const ost_json *flow)
{
    flow_match all = MATCH_YES, any = MATCH_NO;
    size_t required = 0, alternatives = 0;
    for (const ost_json *at = flow_step_after(flow, NULL); at != NULL;
         at = flow_step_after(flow, at)) {
        flow_requirement requirement = flow_requirement_of(at);
        if (flow_part_of(at) != NULL || flow_step_is_condition(at) ||
            (requirement != STEP_REQUIRED && requirement != STEP_ALTERNATIVE))
            continue;
        flow_match its = is_configured(facts, progress, at);
        if (its == MATCH_UNKNOWN)
            return its;
        required += requirement == STEP_REQUIRED;
        alternatives += requirement == STEP_ALTERNATIVE;
        all = requirement == STEP_REQUIRED && its == MATCH_NO ? MATCH_NO : all;
        any = requirement == STEP_ALTERNATIVE && its == MATCH_YES ? MATCH_YES : any;
    }
    return required > 0 || alternatives == 0 ? all : any;
}

/* ---- what they have brought ---- */

static flow_match match_credential(const flow_progress *progress, const ost_json *config)
{
    static const struct {
        const char *type;
        unsigned kind;
    } types[] = {
        {"password", PROOF_PASSWORD},
        {"webauthn-passwordless", PROOF_PASSKEY},
        {"otp", FACTOR_CODE},
        {"webauthn", FACTOR_KEY},
        {"recovery-authn-codes", FACTOR_RECOVERY},
    };
    ost_text type, rest = json_text_of(config, "credentials");
    bool included = text_says_true(json_text_of(config, "included")), found = false;
    while (text_next(&rest, '#', &type)) {
        found = found || (text_is(type, "none") && progress->kinds == 0);
        for (size_t i = 0; i < ARRAY_LEN(types); i++)
            found =
                found || (text_is(type, types[i].type) && (progress->kinds & types[i].kind) != 0);
    }
    return found == included ? MATCH_YES : MATCH_NO;
}

/* ---- roles, client scopes, attributes ---- */

static ost_text setting_of(const ost_json *realm, const ost_json *step, const char *condition,
                           const char *name)
{
    return flow_step_is(step, condition) ? json_text_of(flow_config_of(realm, step), name)
                                         : (ost_text){0};
}

ost_text flow_condition_role(const ost_json *realm, const ost_json *step)
{
    return setting_of(realm, step, "conditional-user-role", "condUserRole");
}

ost_text flow_condition_scope(const ost_json *realm, const ost_json *step)
{
    return setting_of(realm, step, "conditional-client-scope", "client_scope");
}

/* What is not there is held by nobody; where it is the others who are meant, a name that is wrong
 * would let everybody pass at Keycloak: nobody does here. */
static flow_match match_of(flow_hold hold, bool negate)
{
    switch (hold) {
    case HOLD_YES:
        return negate ? MATCH_NO : MATCH_YES;
    case HOLD_NO:
        return negate ? MATCH_YES : MATCH_NO;
    case HOLD_ABSENT:
        return negate ? MATCH_UNKNOWN : MATCH_NO;
    case HOLD_UNKNOWN:
        break;
    }
    return MATCH_UNKNOWN;
}

static bool is_negated(const flow_facts *facts, const ost_json *step, const char *name)
{
    return text_says_true(json_text_of(flow_config_of(facts->realm, step), name));
}

static flow_match match_role(const flow_facts *facts, const ost_json *step)
{
    ost_text name = flow_condition_role(facts->realm, step);
    return name.len == 0
               ? MATCH_UNKNOWN
               : match_of(facts->role(facts->user, name), is_negated(facts, step, "negate"));
}

static flow_match match_scope(const flow_facts *facts, const ost_json *step)
{
    ost_text name = flow_condition_scope(facts->realm, step);
    return name.len == 0
               ? MATCH_UNKNOWN
               : match_of(facts->scope(facts->user, name), is_negated(facts, step, "negate"));
}

/* False: it is another condition, or lacks a name or a value. */
static bool read_attribute(const ost_json *realm, const ost_json *step,
                           flow_attribute *ret_attribute)
{
    const ost_json *config = flow_config_of(realm, step);
    const flow_attribute read = {
        .name = json_text_of(config, "attribute_name"),
        .value = json_text_of(config, "attribute_expected_value"),
        .pattern = text_says_true(json_text_of(config, "regex")),
        .groups = text_says_true(json_text_of(config, "include_group_attributes"))};
    if (!flow_step_is(step, "conditional-user-attribute") || read.name.len == 0 ||
        read.value.len == 0)
        return false;
    *ret_attribute = read;
    return true;
}

static flow_match match_attribute(const flow_facts *facts, const ost_json *step)
{
    flow_attribute attribute;
    return read_attribute(facts->realm, step, &attribute)
               ? match_of(facts->attribute(facts->user, &attribute), is_negated(facts, step, "not"))
               : MATCH_UNKNOWN;
}

/* ---- the way they have come ---- */

const ost_json *flow_condition_flow(const ost_json *realm, const ost_json *step)
{
    const ost_json *alias = ost_json_get(flow_config_of(realm, step), "flow_to_check");
    ost_text name;
    return flow_step_is(step, "conditional-sub-flow-executed") && ost_json_text(alias, &name) &&
                   name.len > 0
               ? alias
               : NULL;
}

/* Nobody has come through a flow that is not there, or is under way. */
static flow_match match_executed(const flow_facts *facts, const ost_json *step,
                                 const flow_progress *progress)
{
    const ost_json *alias = flow_condition_flow(facts->realm, step), *flow;
    ost_text result = json_text_of(flow_config_of(facts->realm, step), "check_result");
    bool through = false;
    if (alias == NULL)
        return MATCH_UNKNOWN;
    flow = flow_find(facts->realm, alias);
    for (size_t i = 0; i < progress->through_count && flow != NULL; i++)
        through = through || progress->through[i] == flow;
    return through != text_is(result, "not-executed") ? MATCH_YES : MATCH_NO;
}

/* ---- levels ---- */

bool flow_condition_level(const ost_json *realm, const ost_json *step, int64_t *ret_level,
                          int64_t *ret_max_age)
{
    const ost_json *config = flow_config_of(realm, step);
    uint64_t level, age;
    if (!flow_step_is(step, FLOW_LEVEL_CONDITION) ||
        !text_to_unsigned(json_text_of(config, "loa-condition-level"), FLOW_LEVEL_MAX, &level))
        return false;
    if (!text_to_unsigned(json_text_of(config, "loa-max-age"), FLOW_LEVEL_MAX, &age))
        age = text_says_true(json_text_of(config, "loa-store-in-user-session")) ? LEVEL_AGE : 0;
    *ret_level = (int64_t)level;
    *ret_max_age = (int64_t)age;
    return true;
}

/* For how long a level holds, by the flow's own condition; 0: it has none, or the flow has more
 * steps than are looked at, as one that stands in itself. */
static int64_t max_age_in(const ost_json *realm, const ost_json *flow, int64_t level,
                          unsigned depth, unsigned *visits)
{
    int64_t found = 0, its, age;
    if (flow == NULL || depth > FLOW_DEPTH_MAX || !flow_is_bounded(flow))
        return 0;
    for (const ost_json *at = flow_step_after(flow, NULL);
         at != NULL && found == 0 && ++*visits <= FLOW_VISITS_MAX; at = flow_step_after(flow, at)) {
        const ost_json *part = flow_part_of(at);
        if (flow_requirement_of(at) == STEP_DISABLED)
            continue;
        if (part != NULL)
            found = max_age_in(realm, flow_find(realm, part), level, depth + 1, visits);
        else if (flow_condition_level(realm, at, &its, &age) && its == level)
            found = age;
    }
    return found;
}

static const flow_level *find_level(const flow_facts *facts, int64_t level)
{
    for (size_t i = 0; i < facts->level_count; i++) {
        if (facts->levels[i].level == level)
            return &facts->levels[i];
    }
    return NULL;
}

static bool holds(const flow_level *reached, int64_t max_age, int64_t now)
{
    return reached != NULL && reached->time <= now && now - reached->time <= max_age;
}

/* From the lowest up, until one has lapsed. */
int64_t flow_level_before(const ost_json *flow, const flow_facts *facts)
{
    int64_t highest = facts->level_count > 0 ? 0 : FLOW_LEVEL_NONE, at = FLOW_LEVEL_NONE;
    for (size_t count = 0; count < facts->level_count; count++) {
        const flow_level *next = NULL;
        unsigned visits = 0;
        for (size_t i = 0; i < facts->level_count; i++) {
            const flow_level *l = &facts->levels[i];
            if (l->level > at && (next == NULL || l->level < next->level))
                next = l;
        }
        if (next == NULL ||
            !holds(next, max_age_in(facts->realm, flow, next->level, 0, &visits), facts->now))
            break;
        at = highest = next->level;
    }
    return highest;
}

static flow_match match_level(const flow_facts *facts, const ost_json *step,
                              flow_progress *progress)
{
    int64_t level, age;
    if (!flow_condition_level(facts->realm, step, &level, &age))
        return MATCH_UNKNOWN;
    if (progress->level == FLOW_LEVEL_NONE)
        return MATCH_YES;
    if (facts->wanted < level)
        return MATCH_NO;
    if (!holds(find_level(facts, level), age, facts->now))
        return MATCH_YES;
    progress->level = progress->level < level ? level : progress->level;
    return MATCH_NO;
}

/* ---- all of them ---- */

bool flow_condition_is_of_owners(const ost_json *step)
{
    return flow_step_is(step, "conditional-user-configured") ||
           flow_step_is(step, "conditional-credential");
}

bool flow_condition_is_known(const ost_json *realm, const ost_json *step)
{
    flow_attribute attribute;
    int64_t level, age;
    return flow_condition_is_of_owners(step) || flow_condition_level(realm, step, &level, &age) ||
           flow_condition_role(realm, step).len > 0 || flow_condition_scope(realm, step).len > 0 ||
           read_attribute(realm, step, &attribute) || flow_condition_flow(realm, step) != NULL;
}

flow_match flow_condition_match(const flow_facts *facts, const ost_json *flow, const ost_json *step,
                                flow_progress *progress)
{
    if (flow_step_is(step, "conditional-user-configured"))
        return match_configured(facts, progress, flow);
    if (flow_step_is(step, "conditional-credential"))
        return match_credential(progress, flow_config_of(facts->realm, step));
    if (flow_step_is(step, "conditional-user-role"))
        return match_role(facts, step);
    if (flow_step_is(step, "conditional-client-scope"))
        return match_scope(facts, step);
    if (flow_step_is(step, "conditional-user-attribute"))
        return match_attribute(facts, step);
    if (flow_step_is(step, "conditional-sub-flow-executed"))
        return match_executed(facts, step, progress);
    return match_level(facts, step, progress);
}
