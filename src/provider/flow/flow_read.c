/* SPDX-License-Identifier: Apache-2.0 */
/* Authentication flows of a realm's document; see flow_read.h. */
#include "provider/flow/flow_read.h"

#include "base/array.h"
#include "base/json/json_member.h"
#include "base/text.h"

flow_requirement flow_requirement_of(const ost_json *step)
{
    static const struct {
        const char *name;
        flow_requirement requirement;
    } names[] = {
        {"DISABLED", STEP_DISABLED},       {"REQUIRED", STEP_REQUIRED},
        {"ALTERNATIVE", STEP_ALTERNATIVE}, {"CONDITIONAL", STEP_CONDITIONAL},
        {"OPTIONAL", STEP_OPTIONAL},
    };
    const ost_json *requirement = ost_json_get(step, "requirement");
    if (requirement == NULL)
        return STEP_DISABLED;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (ost_json_equals(requirement, text_of(names[i].name)))
            return names[i].requirement;
    }
    return STEP_UNKNOWN;
}

static const ost_json *find_named(const ost_json *list, ost_text wanted)
{
    const ost_json *at = ost_json_first(list);
    while (at != NULL && !ost_json_equals(ost_json_get(at, "alias"), wanted))
        at = ost_json_next(at);
    return at;
}

static const ost_json *find_alias(const ost_json *list, const ost_json *alias)
{
    ost_text wanted;
    return ost_json_text(alias, &wanted) ? find_named(list, wanted) : NULL;
}

const ost_json *flow_find_named(const ost_json *realm, ost_text alias)
{
    return alias.len > 0 ? find_named(ost_json_get(realm, "authenticationFlows"), alias) : NULL;
}

bool flow_find_for_browsers(const ost_json *realm, ost_text alias, const ost_json **ret_flow)
{
    ost_text usual = json_text_of(realm, "browserFlow");
    bool whole = true;
    *ret_flow = flow_find_named(realm, alias);
    if (*ret_flow == NULL)
        return text_is(alias, "browser") && (usual.len == 0 || text_is(usual, "browser"));
    (void)!ost_json_boolean(ost_json_get(*ret_flow, "topLevel"), &whole);
    return whole;
}

const ost_json *flow_find(const ost_json *realm, const ost_json *alias)
{
    return find_alias(ost_json_get(realm, "authenticationFlows"), alias);
}

const ost_json *flow_part_of(const ost_json *step)
{
    const ost_json *alias = ost_json_get(step, "flowAlias");
    ost_text text;
    return ost_json_text(alias, &text) && text.len > 0 ? alias : NULL;
}

bool flow_step_is(const ost_json *step, const char *authenticator)
{
    return flow_part_of(step) == NULL &&
           ost_json_equals(ost_json_get(step, "authenticator"), text_of(authenticator));
}

bool flow_step_is_condition(const ost_json *step)
{
    ost_text name;
    return flow_part_of(step) == NULL &&
           ost_json_text(ost_json_get(step, "authenticator"), &name) &&
           text_starts(name, "conditional-");
}

bool flow_is_bounded(const ost_json *flow)
{
    return ost_json_count(ost_json_get(flow, "authenticationExecutions")) <= FLOW_STEPS_MAX;
}

bool flow_is_understood(const ost_json *flow)
{
    if (!flow_is_bounded(flow))
        return false;
    for (const ost_json *at = ost_json_first(ost_json_get(flow, "authenticationExecutions"));
         at != NULL; at = ost_json_next(at)) {
        flow_requirement requirement = flow_requirement_of(at);
        if (requirement == STEP_UNKNOWN ||
            (requirement == STEP_CONDITIONAL && flow_part_of(at) == NULL))
            return false;
    }
    return true;
}

static int64_t priority_of(const ost_json *step)
{
    int64_t priority;
    return ost_json_integer(ost_json_get(step, "priority"), &priority) ? priority : 0;
}

/* Of two with one priority the first comes first. */
const ost_json *flow_step_after(const ost_json *flow, const ost_json *before)
{
    const ost_json *found = NULL;
    bool passed = before == NULL; /* `before`, in the list */
    for (const ost_json *at = ost_json_first(ost_json_get(flow, "authenticationExecutions"));
         at != NULL; at = ost_json_next(at)) {
        bool later = before == NULL || priority_of(at) > priority_of(before) ||
                     (priority_of(at) == priority_of(before) && passed && at != before);
        passed = passed || at == before;
        if (later && (found == NULL || priority_of(at) < priority_of(found)))
            found = at;
    }
    return found;
}

bool flow_has_required(const ost_json *flow)
{
    for (const ost_json *at = ost_json_first(ost_json_get(flow, "authenticationExecutions"));
         at != NULL; at = ost_json_next(at)) {
        flow_requirement requirement = flow_requirement_of(at);
        if (requirement != STEP_DISABLED && requirement != STEP_ALTERNATIVE &&
            !flow_step_is_condition(at))
            return true;
    }
    return false;
}

const ost_json *flow_config_of(const ost_json *realm, const ost_json *step)
{
    const ost_json *config = ost_json_get(find_alias(ost_json_get(realm, "authenticatorConfig"),
                                                     ost_json_get(step, "authenticatorConfig")),
                                          "config");
    return ost_json_is(config, OST_JSON_OBJECT) ? config : NULL;
}
