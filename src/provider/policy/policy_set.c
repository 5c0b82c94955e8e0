/* SPDX-License-Identifier: Apache-2.0 */
/* Enabled client policies; see policy_set.h. */
#include "provider/policy/policy_set.h"

#include "base/json/json_list.h"
#include "base/shown.h"
#include "base/text.h"
#include "provider/policy/client_policy.h"
#include "provider/policy/policy_condition.h"
#include "provider/policy/policy_executor.h"
#include "provider/policy/policy_value.h"

typedef struct condition {
    policy_condition *ask;
    const ost_json *configuration;
} condition;

typedef struct demand {
    const policy_executor *executor;
    const ost_json *configuration;
} demand;

typedef struct policy {
    const condition *conditions;
    size_t condition_count;
    const demand *demands;
    size_t demand_count;
    bool strict; /* a condition that abstains counts as not met */
} policy;

struct policy_set {
    const policy *policies;
    size_t count;
};

/* ---- reading ---- */

static ost_result policy_refuse(ost_error *error, ost_text policy_name, const char *kind,
                                ost_text name)
{
    return ost_error_set(error, OST_E_UNSUPPORTED,
                         "clientPolicies: \"%.*s\" is enabled, and its %s %.*s is not enforced",
                         SHOWN(policy_name, 80), kind, SHOWN(name, 80));
}

/* What nobody could come in by is not enabled; Keycloak answers 500 to every request then. */
static ost_result check_demand(const ost_json *realm, ost_text policy_name, const demand *d,
                               ost_error *error)
{
    const char *why =
        d->executor->fault != NULL ? d->executor->fault(d->configuration, realm) : NULL;
    return why == NULL
               ? OST_OK
               : ost_error_set(error, OST_E_FORMAT,
                               "clientPolicies: \"%.*s\" is enabled, and of its executor %s %s",
                               SHOWN(policy_name, 80), d->executor->name, why);
}

static ost_result read_conditions(const ost_json *document, ost_arena *arena, policy *p,
                                  ost_error *error)
{
    const ost_json *list = ost_json_get(document, "conditions");
    size_t count = ost_json_count(list);
    condition *conditions = ost_arena_alloc(arena, (count + 1) * sizeof *conditions);
    if (conditions == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        condition *c = &conditions[p->condition_count++];
        ost_text name = policy_text(at, "condition");
        ost_result result = policy_condition_read(name, ost_json_get(at, "configuration"), arena,
                                                  &c->ask, &c->configuration);
        if (result == OST_E_MEMORY)
            return ost_error_set(error, result, "out of memory");
        if (result != OST_OK)
            return policy_refuse(error, policy_text(document, "name"), "condition", name);
    }
    p->conditions = conditions;
    return OST_OK;
}

/* Of a profile that is gone nothing is demanded, as in Keycloak. */
static const ost_json *executors_of(const ost_json *profile_name, const ost_json *own,
                                    const ost_json *global)
{
    ost_text name = {0};
    (void)!ost_json_text(profile_name, &name);
    const ost_json *profile = json_list_find(own, "name", name);
    if (profile == NULL)
        profile = json_list_find(global, "name", name);
    return ost_json_get(profile, "executors");
}

static ost_result read_demands(const ost_json *realm, const ost_json *document,
                               const ost_json *global, ost_arena *arena, policy *p,
                               ost_error *error)
{
    const ost_json *own = ost_json_get(ost_json_get(realm, "clientProfiles"), "profiles");
    const ost_json *names = ost_json_get(document, "profiles");
    size_t count = 0;
    for (const ost_json *at = ost_json_first(names); at != NULL; at = ost_json_next(at))
        count += ost_json_count(executors_of(at, own, global));
    demand *demands = ost_arena_alloc(arena, (count + 1) * sizeof *demands);
    if (demands == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    for (const ost_json *at = ost_json_first(names); at != NULL; at = ost_json_next(at)) {
        const ost_json *executor = ost_json_first(executors_of(at, own, global));
        for (; executor != NULL; executor = ost_json_next(executor)) {
            demand *d = &demands[p->demand_count++];
            ost_text name = policy_text(executor, "executor");
            d->executor = policy_executor_find(name);
            d->configuration = ost_json_get(executor, "configuration");
            if (d->executor == NULL)
                return policy_refuse(error, policy_text(document, "name"), "executor", name);
            ost_result result = check_demand(realm, policy_text(document, "name"), d, error);
            if (result != OST_OK)
                return result;
        }
    }
    p->demands = demands;
    return OST_OK;
}

ost_result policy_set_read(const ost_json *document, ost_arena *arena, const policy_set **ret_set,
                           ost_error *error)
{
    const ost_json *list = ost_json_get(ost_json_get(document, "clientPolicies"), "policies");
    const ost_json *global, *at = ost_json_first(list);
    while (at != NULL && !policy_switch(at, "enabled"))
        at = ost_json_next(at);
    *ret_set = NULL;
    if (at == NULL)
        return OST_OK;
    policy_set *set = ost_arena_alloc(arena, sizeof *set);
    policy *policies = ost_arena_alloc(arena, ost_json_count(list) * sizeof *policies);
    if (set == NULL || policies == NULL || policy_global_profiles(arena, &global) != OST_OK)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    *set = (policy_set){.policies = policies};
    for (ost_result result; at != NULL; at = ost_json_next(at)) {
        policy *p = &policies[set->count];
        if (!policy_switch(at, "enabled"))
            continue;
        *p = (policy){.strict = text_is(policy_text(at, "mode"), "STRICT")};
        result = read_conditions(at, arena, p, error);
        if (result == OST_OK)
            result = read_demands(document, at, global, arena, p, error);
        if (result != OST_OK)
            return result;
        set->count++;
    }
    *ret_set = set;
    return OST_OK;
}

/* ---- deciding ---- */

static bool applies(const policy *p, const policy_case *c)
{
    bool met = false;
    for (size_t i = 0; i < p->condition_count; i++) {
        const condition *one = &p->conditions[i];
        policy_vote vote = policy_condition_ask(one->ask, one->configuration, c);
        if (vote == POLICY_NO || (vote == POLICY_ABSTAINS && p->strict))
            return false;
        met = met || vote == POLICY_YES;
    }
    return met;
}

/* False: it has seen enough, or cannot go on. */
typedef bool demand_visit(const demand *d, const policy_case *c, void *user);

/* Walks through what the policies that apply demand, in their order. */
static void visit_demands(const policy_set *set, const policy_case *c, demand_visit *visit,
                          void *user)
{
    for (size_t i = 0; set != NULL && i < set->count; i++) {
        const policy *p = &set->policies[i];
        size_t count = applies(p, c) ? p->demand_count : 0;
        for (size_t k = 0; k < count; k++) {
            if (!visit(&p->demands[k], c, user))
                return;
        }
    }
}

/* ---- refusals and changes ---- */

typedef struct decision {
    policy_edits *edits; /* NULL: nothing is proposed, but checked */
    const policy_refusal *refusal;
    unsigned effects;
} decision;

static const policy_refusal *ask(const demand *d, const policy_case *c, policy_edits *edits)
{
    policy_propose *propose =
        c->event == POLICY_RENEWAL ? d->executor->renew : d->executor->propose;
    if (edits != NULL)
        return propose != NULL ? propose(d->configuration, c, edits) : NULL;
    return d->executor->check != NULL ? d->executor->check(d->configuration, c) : NULL;
}

static unsigned effect_of(const demand *d, const policy_case *c)
{
    policy_has_effect *when = d->executor->effect_when;
    return when == NULL || when(d->configuration, c) ? d->executor->effect : 0;
}

static bool visit_to_decide(const demand *d, const policy_case *c, void *user)
{
    decision *made = user;
    made->refusal = ask(d, c, made->edits);
    made->effects |= effect_of(d, c);
    return made->refusal == NULL;
}

static const policy_refusal *decide(const policy_set *set, const policy_case *c,
                                    policy_edits *edits, unsigned *effects)
{
    decision made = {.edits = edits};
    visit_demands(set, c, visit_to_decide, &made);
    if (made.refusal == NULL)
        *effects |= made.effects;
    return made.refusal;
}

const policy_refusal *policy_set_check(const policy_set *set, const policy_case *c,
                                       unsigned *effects)
{
    return decide(set, c, NULL, effects);
}

const policy_refusal *policy_set_propose(const policy_set *set, const policy_case *c,
                                         policy_edits *ret_edits)
{
    ret_edits->count = 0;
    ret_edits->effects = 0;
    return decide(set, c, ret_edits, &ret_edits->effects);
}

/* ---- flows and questions ---- */

static bool visit_to_choose(const demand *d, const policy_case *c, void *user)
{
    (void)c;
    if (d->executor->choose != NULL)
        d->executor->choose(d->configuration, user);
    return true;
}

policy_flow policy_set_flow(const policy_set *set, const policy_case *c)
{
    policy_flow flow = {.level = -1};
    visit_demands(set, c, visit_to_choose, &flow);
    return flow;
}

typedef struct question_list {
    const policy_question *first, **last;
    ost_result result;
} question_list;

static bool visit_to_question(const demand *d, const policy_case *c, void *user)
{
    question_list *list = user;
    if (d->executor->question == NULL)
        return true;
    policy_question *q = d->executor->question(d->configuration, c);
    if (q == NULL) {
        list->result = OST_E_MEMORY;
        return false;
    }
    *list->last = q;
    list->last = &q->next;
    return true;
}

ost_result policy_set_questions(const policy_set *set, const policy_case *c,
                                const policy_question **ret_first)
{
    question_list list = {.last = &list.first, .result = OST_OK};
    visit_demands(set, c, visit_to_question, &list);
    if (list.result == OST_OK)
        *ret_first = list.first;
    return list.result;
}

int64_t policy_set_secret_end(const policy_set *set, const policy_case *c)
{
    int64_t end = 0;
    for (size_t i = 0; set != NULL && i < set->count && end == 0; i++) {
        const policy *p = &set->policies[i];
        size_t count = applies(p, c) ? p->demand_count : 0;
        for (size_t k = 0; k < count && end == 0; k++) {
            if (p->demands[k].executor->ends != NULL)
                end = p->demands[k].executor->ends(p->demands[k].configuration, c);
        }
    }
    return end;
}

bool policy_set_rotates(const policy_set *set)
{
    for (size_t i = 0; set != NULL && i < set->count; i++) {
        for (size_t k = 0; k < set->policies[i].demand_count; k++) {
            if (set->policies[i].demands[k].executor->renew != NULL)
                return true;
        }
    }
    return false;
}
