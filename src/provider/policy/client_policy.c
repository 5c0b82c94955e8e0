/* SPDX-License-Identifier: Apache-2.0 */
/* Well-formed client profiles and policies; see client_policy.h. */
#include "provider/policy/client_policy.h"

#include "base/error_sentence.h"
#include "base/json/json_list.h"
#include "base/text.h"
#include "provider/policy/policy_provider.h"
#include "provider/policy/policy_value.h"

const char *policy_fault_words(policy_fault fault)
{
    switch (fault) {
    case POLICY_GOOD:
        break;
    case POLICY_SHAPE:
        return "unknown_error";
    case PROFILE_NAMELESS:
        return "client profile without its name not allowed.";
    case PROFILE_GLOBAL:
        return "Proposed profile name duplicated as the name of some global profile";
    case PROFILE_TWICE:
        return "proposed client profile name duplicated.";
    case PROFILE_EXECUTOR:
        return "proposed client profile contains the executor, which does not have valid provider, "
               "or has invalid configuration.";
    case POLICY_NAMELESS:
        return "proposed client policy name missing.";
    case POLICY_TWICE:
        return "proposed client policy name duplicated.";
    case POLICY_CONDITION:
        return "the proposed client policy contains the condition with its invalid configuration.";
    case POLICY_PROFILE:
        return "referring not existing client profile not allowed.";
    case POLICY_MODE:
        return "the proposed client policy has an invalid mode.";
    }
    return NULL;
}

ost_result policy_global_profiles(ost_arena *arena, const ost_json **ret_list)
{
    extern const unsigned char global_profiles_json[];
    extern const size_t global_profiles_json_len;
    return ost_json_read(text_of_bytes(global_profiles_json, global_profiles_json_len), NULL, arena,
                         ret_list, NULL);
}

/* ---- shapes ---- */

#define PARTS_MAX 200 /* of each list: names are looked for one by one */

typedef struct shape {
    const char *name;
    ost_json_type type;
    bool anything;
} shape;

/* Every member is known, and null or of its type. */
static bool has_shape(const ost_json *object, const shape *members)
{
    if (!ost_json_is(object, OST_JSON_OBJECT))
        return false;
    for (const ost_json *at = ost_json_first(object); at != NULL; at = ost_json_next(at)) {
        const shape *m = members;
        while (m->name != NULL && !text_is(ost_json_name(at), m->name))
            m++;
        if (m->name == NULL ||
            !(m->anything || ost_json_is(at, m->type) || ost_json_is(at, OST_JSON_NULL)))
            return false;
    }
    return true;
}

static bool all_have_shape(const ost_json *list, const shape *members)
{
    const ost_json *at = ost_json_first(list);
    while (at != NULL && has_shape(at, members))
        at = ost_json_next(at);
    return at == NULL && ost_json_count(list) <= PARTS_MAX;
}

static bool are_profiles(const ost_json *profiles)
{
    static const shape whole[] = {
        {"profiles", OST_JSON_ARRAY, false}, {"globalProfiles", OST_JSON_NULL, true}, {0}};
    static const shape profile[] = {{"name", OST_JSON_STRING, false},
                                    {"description", OST_JSON_STRING, false},
                                    {"executors", OST_JSON_ARRAY, false},
                                    {0}};
    static const shape executor[] = {
        {"executor", OST_JSON_STRING, false}, {"configuration", OST_JSON_NULL, true}, {0}};
    const ost_json *list = ost_json_get(profiles, "profiles");
    bool good = has_shape(profiles, whole) && all_have_shape(list, profile);
    for (const ost_json *at = ost_json_first(list); at != NULL && good; at = ost_json_next(at))
        good = all_have_shape(ost_json_get(at, "executors"), executor);
    return good;
}

static bool are_policies(const ost_json *policies)
{
    static const shape whole[] = {
        {"policies", OST_JSON_ARRAY, false}, {"globalPolicies", OST_JSON_NULL, true}, {0}};
    static const shape policy[] = {{"name", OST_JSON_STRING, false},
                                   {"description", OST_JSON_STRING, false},
                                   {"enabled", OST_JSON_BOOL, false},
                                   {"conditions", OST_JSON_ARRAY, false},
                                   {"profiles", OST_JSON_ARRAY, false},
                                   {"mode", OST_JSON_STRING, false},
                                   {0}};
    static const shape condition[] = {
        {"condition", OST_JSON_STRING, false}, {"configuration", OST_JSON_NULL, true}, {0}};
    const ost_json *list = ost_json_get(policies, "policies");
    bool good = has_shape(policies, whole) && all_have_shape(list, policy);
    for (const ost_json *at = ost_json_first(list); at != NULL && good; at = ost_json_next(at))
        good = all_have_shape(ost_json_get(at, "conditions"), condition) &&
               ost_json_count(ost_json_get(at, "profiles")) <= PARTS_MAX;
    return good;
}

/* ---- what they say ---- */

static bool are_executors(const ost_json *list)
{
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (!policy_has_executor(policy_text(at, "executor")) ||
            !policy_executor_configured(ost_json_get(at, "configuration")))
            return false;
    }
    return true;
}

static policy_fault check_name(const ost_json *profile, const ost_json *list,
                               const ost_json *global)
{
    ost_text name = policy_text(profile, "name");
    if (name.len == 0)
        return PROFILE_NAMELESS;
    if (json_list_find(global, "name", name) != NULL)
        return PROFILE_GLOBAL;
    return json_list_find(list, "name", name) != profile ? PROFILE_TWICE : POLICY_GOOD;
}

/* As Keycloak does: the names of all before any executor. */
policy_fault client_profiles_check(const ost_json *profiles, const ost_json *global)
{
    const ost_json *list = ost_json_get(profiles, "profiles"), *at;
    policy_fault fault = profiles == NULL || are_profiles(profiles) ? POLICY_GOOD : POLICY_SHAPE;
    if (fault == POLICY_SHAPE)
        return fault;
    for (at = ost_json_first(list); at != NULL && fault == POLICY_GOOD; at = ost_json_next(at))
        fault = check_name(at, list, global);
    for (at = ost_json_first(list); at != NULL && fault == POLICY_GOOD; at = ost_json_next(at))
        fault = are_executors(ost_json_get(at, "executors")) ? POLICY_GOOD : PROFILE_EXECUTOR;
    return fault;
}

static bool are_conditions(const ost_json *list)
{
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        const ost_json *configuration = ost_json_get(at, "configuration");
        if (!policy_has_condition(policy_text(at, "condition")) ||
            (ost_json_type_of(configuration) != OST_JSON_NULL &&
             !ost_json_is(configuration, OST_JSON_OBJECT)))
            return false;
    }
    return true;
}

static policy_fault check_policy(const ost_json *policy, const ost_json *list, const ost_json *own,
                                 const ost_json *global)
{
    ost_text name = policy_text(policy, "name"), profile;
    static const char *const modes[] = {"DEFAULT", "STRICT", NULL};
    bool moded = ost_json_is(ost_json_get(policy, "mode"), OST_JSON_STRING);
    if (name.len == 0)
        return POLICY_NAMELESS;
    if (json_list_find(list, "name", name) != policy)
        return POLICY_TWICE;
    if (!are_conditions(ost_json_get(policy, "conditions")))
        return POLICY_CONDITION;
    if (moded && !text_is_one_of(policy_text(policy, "mode"), modes))
        return POLICY_MODE;
    const ost_json *at = ost_json_first(ost_json_get(policy, "profiles"));
    for (; at != NULL; at = ost_json_next(at)) {
        if (!ost_json_text(at, &profile) || (json_list_find(own, "name", profile) == NULL &&
                                             json_list_find(global, "name", profile) == NULL))
            return POLICY_PROFILE;
    }
    return POLICY_GOOD;
}

policy_fault client_policies_check(const ost_json *policies, const ost_json *profiles,
                                   const ost_json *global)
{
    const ost_json *list = ost_json_get(policies, "policies");
    const ost_json *own = ost_json_get(profiles, "profiles");
    policy_fault fault = policies == NULL || are_policies(policies) ? POLICY_GOOD : POLICY_SHAPE;
    if (fault == POLICY_SHAPE)
        return fault;
    for (const ost_json *at = ost_json_first(list); at != NULL && fault == POLICY_GOOD;
         at = ost_json_next(at))
        fault = check_policy(at, list, own, global);
    return fault;
}

ost_result policy_document_check(const ost_json *document, ost_arena *arena, ost_error *error)
{
    const ost_json *profiles = ost_json_get(document, "clientProfiles"), *global;
    const ost_json *policies = ost_json_get(document, "clientPolicies");
    if (profiles == NULL && policies == NULL)
        return OST_OK;
    ost_result result = policy_global_profiles(arena, &global);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    policy_fault fault = client_profiles_check(profiles, global);
    if (fault != POLICY_GOOD)
        return ost_error_set(error, OST_E_FORMAT, "clientProfiles: %s",
                             fault == POLICY_SHAPE ? "not the representation of client profiles"
                                                   : policy_fault_words(fault));
    fault = client_policies_check(policies, profiles, global);
    if (fault != POLICY_GOOD)
        return ost_error_set(error, OST_E_FORMAT, "clientPolicies: %s",
                             fault == POLICY_SHAPE ? "not the representation of client policies"
                                                   : policy_fault_words(fault));
    return OST_OK;
}

/* ---- writing ---- */

static void put_known(ost_json_writer *w, const ost_json *object, const char *name)
{
    const ost_json *value = ost_json_get(object, name);
    if (ost_json_type_of(value) != OST_JSON_NULL)
        ost_json_member_value(w, name, value);
}

static void put_parts(ost_json_writer *w, const ost_json *list, const char *name)
{
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        ost_json_open_object(w);
        put_known(w, at, name);
        put_known(w, at, "configuration");
        ost_json_close_object(w);
    }
    ost_json_close_array(w);
}

void client_profiles_open(ost_json_writer *w, const ost_json *profiles)
{
    const ost_json *at = ost_json_first(ost_json_get(profiles, "profiles"));
    ost_json_open_object(w);
    ost_json_put_name(w, OST_TEXT("profiles"));
    ost_json_open_array(w);
    for (; at != NULL; at = ost_json_next(at)) {
        const ost_json *executors = ost_json_get(at, "executors");
        ost_json_open_object(w);
        put_known(w, at, "name");
        put_known(w, at, "description");
        if (ost_json_is(executors, OST_JSON_ARRAY)) {
            ost_json_put_name(w, OST_TEXT("executors"));
            put_parts(w, executors, "executor");
        }
        ost_json_close_object(w);
    }
    ost_json_close_array(w);
}

static void put_profile_names(ost_json_writer *w, const ost_json *list)
{
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        const ost_json *before = ost_json_first(list);
        ost_text name;
        if (!ost_json_text(at, &name))
            continue;
        while (before != at && !ost_json_equals(before, name))
            before = ost_json_next(before);
        if (before == at)
            ost_json_put_text(w, name);
    }
    ost_json_close_array(w);
}

void client_policies_put(ost_json_writer *w, const ost_json *policies)
{
    const ost_json *at = ost_json_first(ost_json_get(policies, "policies"));
    ost_json_open_object(w);
    ost_json_put_name(w, OST_TEXT("policies"));
    ost_json_open_array(w);
    for (; at != NULL; at = ost_json_next(at)) {
        bool enabled = false;
        if (!ost_json_boolean(ost_json_get(at, "enabled"), &enabled))
            enabled = false;
        ost_json_open_object(w);
        put_known(w, at, "name");
        put_known(w, at, "description");
        ost_json_member_boolean(w, "enabled", enabled);
        put_known(w, at, "mode");
        ost_json_put_name(w, OST_TEXT("conditions"));
        put_parts(w, ost_json_get(at, "conditions"), "condition");
        ost_json_put_name(w, OST_TEXT("profiles"));
        put_profile_names(w, ost_json_get(at, "profiles"));
        ost_json_close_object(w);
    }
    ost_json_close_array(w);
    ost_json_close_object(w);
}
