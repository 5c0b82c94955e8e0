/* SPDX-License-Identifier: Apache-2.0 */
/* Flows of logins by identity providers; see broker_flow.h. What they do is walked (flow_walk.c);
 * here is what they are made of. */
#include "provider/flow/broker_flow.h"

#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/flow/flow_code_rule.h"
#include "provider/flow/flow_condition.h"
#include "provider/flow/flow_limit.h"
#include "provider/flow/flow_read.h"

#define NAME_SHOWN 100 /* bytes of a name */

/* A look through all that a flow has. */
typedef struct look {
    const ost_json *realm;
    const char *wanted; /* an authenticator; NULL: none, but what cannot be done */
    bool first;
    unsigned visits;
    const ost_json *found;
    ost_text unknown; /* a step that cannot be done; empty: none */
} look;

static bool is_known(const look *l, const ost_json *step)
{
    static const char *const always[] = {"deny-access-authenticator", "allow-access-authenticator",
                                         NULL};
    static const char *const of_first[] = {
        "idp-review-profile", "idp-create-user-if-unique",   "idp-detect-existing-broker-user",
        "idp-confirm-link",   "idp-email-verification",      "idp-username-password-form",
        "idp-auto-link",      "idp-add-organization-member", NULL};
    ost_text name = json_text_of(step, "authenticator");
    if (flow_step_is_condition(step))
        return flow_condition_is_known(l->realm, step);
    if (flow_step_has_limit(step))
        return !l->first && flow_limit_is_known(l->realm, step);
    if (flow_step_has_code_rule(step))
        return flow_code_rule_is_known(l->realm, step);
    return flow_factor_of(step, false) != FACTOR_NONE || text_is_one_of(name, always) ||
           (l->first && text_is_one_of(name, of_first));
}

static void look_through(look *l, const ost_json *flow, unsigned depth);

static void look_at(look *l, const ost_json *step, unsigned depth)
{
    flow_requirement requirement = flow_requirement_of(step);
    const ost_json *part = flow_part_of(step);
    if (requirement == STEP_UNKNOWN || (requirement == STEP_CONDITIONAL && part == NULL))
        l->unknown = OST_TEXT("a requirement");
    else if (part != NULL)
        look_through(l, flow_find(l->realm, part), depth + 1);
    else if (l->wanted != NULL && flow_step_is(step, l->wanted))
        l->found = step;
    else if (!is_known(l, step))
        l->unknown = json_text_of(step, "authenticator");
}

static void look_through(look *l, const ost_json *flow, unsigned depth)
{
    if (flow == NULL || depth > FLOW_DEPTH_MAX || !flow_is_bounded(flow)) {
        l->unknown = OST_TEXT("a part");
        return;
    }
    for (const ost_json *at = flow_step_after(flow, NULL); at != NULL && l->found == NULL;
         at = flow_step_after(flow, at)) {
        if (++l->visits > FLOW_VISITS_MAX) {
            l->unknown = OST_TEXT("too many of them");
            return;
        }
        if (flow_requirement_of(at) != STEP_DISABLED)
            look_at(l, at, depth);
    }
}

const ost_json *broker_flow_step(const ost_json *realm, const ost_json *flow,
                                 const char *authenticator)
{
    look l = {.realm = realm, .wanted = authenticator, .first = true};
    if (flow != NULL)
        look_through(&l, flow, 0);
    return l.found;
}

const char *broker_flow_fault(const ost_json *realm, ost_text alias, bool first, ost_arena *arena)
{
    const ost_json *flow = flow_find_named(realm, alias);
    look l = {.realm = realm, .first = first};
    const char *why = NULL;
    ost_text shown = text_slice(alias, 0, alias.len < NAME_SHOWN ? alias.len : NAME_SHOWN);
    if (alias.len == 0 || (flow == NULL && first && text_is(alias, BROKER_FLOW_USUAL)))
        return NULL;
    if (flow == NULL) {
        why = ost_arena_format(arena, "its flow \"%.*s\" is not there", (int)shown.len, shown.data);
        return why != NULL ? why : "its flow is not there";
    }
    look_through(&l, flow, 0);
    if (l.unknown.len == 0)
        return NULL;
    why = ost_arena_format(
        arena, "its flow \"%.*s\" has a step that is not there: %.*s", (int)shown.len, shown.data,
        (int)(l.unknown.len < NAME_SHOWN ? l.unknown.len : NAME_SHOWN), l.unknown.data);
    return why != NULL ? why : "its flow has a step that is not there";
}

static ost_text setting_of(const ost_json *realm, const ost_json *step, const char *name)
{
    return json_text_of(flow_config_of(realm, step), name);
}

broker_first broker_flow_first(const ost_json *realm, ost_text alias)
{
    const ost_json *flow = flow_find_named(realm, alias), *review, *create;
    broker_first first = {.review = REVIEW_MISSING, .mail = true};
    if (flow == NULL)
        return first;
    review = broker_flow_step(realm, flow, "idp-review-profile");
    create = broker_flow_step(realm, flow, "idp-create-user-if-unique");
    ost_text when = setting_of(realm, review, "update.profile.on.first.login");
    first.review = review == NULL || text_is(when, "off") ? REVIEW_NEVER
                   : text_is(when, "on")                  ? REVIEW_ALWAYS
                                                          : REVIEW_MISSING;
    first.password =
        text_is(setting_of(realm, create, "require.password.update.after.registration"), "true");
    first.mail = broker_flow_step(realm, flow, "idp-email-verification") != NULL;
    return first;
}
