/* SPDX-License-Identifier: Apache-2.0 */
/* Client profiles and client policies of a realm in the admin REST API: kept, checked as Keycloak
 * does; what nothing would enforce cannot be enabled. */
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/policy/client_policy.h"
#include "provider/policy/policy_set.h"
#include "provider/realm/document_limit.h"

#define PROFILES "clientProfiles"
#define POLICIES "clientPolicies"

static const ost_json *of_realm(const admin_call *a, const char *which)
{
    return ost_json_get(a->realm.realm->document, which);
}

ost_result admin_read_client_profiles(admin_call *a)
{
    const ost_json *global = NULL;
    bool with_global = admin_flag(a, "include-global-profiles", false);
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_result result = with_global ? policy_global_profiles(a->arena, &global) : OST_OK;
    if (result != OST_OK)
        return result;
    client_profiles_open(w, of_realm(a, PROFILES));
    if (with_global)
        ost_json_member_value(w, "globalProfiles", global);
    ost_json_close_object(w);
    return admin_answer(a, w);
}

ost_result admin_read_client_policies(admin_call *a)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    client_policies_put(w, of_realm(a, POLICIES));
    return admin_answer(a, w);
}

static ost_result refuse_fault(admin_call *a, policy_fault fault)
{
    return admin_refuse(a, 400, fault == POLICY_SHAPE ? "error" : "errorMessage",
                        policy_fault_words(fault));
}

/* What nothing would enforce is not enabled. */
static ost_result check_enforced(admin_call *a, const char *which, const ost_json *value)
{
    ost_error error = {0};
    const policy_set *set;
    const ost_json *document;
    ost_result result =
        document_put(a->realm.realm->document, text_of(which), value, a->arena, &document);
    if (result == OST_OK)
        result = policy_set_read(document, a->arena, &set, &error);
    if (result == OST_E_FORMAT)
        return admin_refuse_result(a, result, &error);
    if (result != OST_E_UNSUPPORTED)
        return result;
    const char *why = ost_arena_copy(a->arena, text_of(error.detail));
    return why != NULL ? admin_refuse(a, 501, "errorMessage", why) : OST_E_MEMORY;
}

static ost_result store_written(admin_call *a, const char *which, ost_json_writer *w)
{
    const ost_json *value;
    ost_result result = json_writer_read(w, NULL, &value, NULL);
    if (result == OST_OK)
        result = check_enforced(a, which, value);
    if (result == OST_OK && a->status == 0)
        result = admin_store_member(a, which, value);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}

static bool check_profile_names(admin_call *a)
{
    const ost_json *list = ost_json_get(a->body, "profiles");
    bool known =
        admin_body_has_only(a, "ClientProfilesRepresentation", "profiles|globalProfiles") &&
        admin_list_has_only(a, list, "ClientProfileRepresentation", "name|description|executors");
    for (const ost_json *at = ost_json_first(list); at != NULL && known; at = ost_json_next(at))
        known = admin_list_has_only(a, ost_json_get(at, "executors"),
                                    "ClientPolicyExecutorRepresentation", "executor|configuration");
    return known;
}

static bool check_policy_names(admin_call *a)
{
    const ost_json *list = ost_json_get(a->body, "policies");
    bool known =
        admin_body_has_only(a, "ClientPoliciesRepresentation", "policies|globalPolicies") &&
        admin_list_has_only(a, list, "ClientPolicyRepresentation",
                            "name|description|enabled|conditions|profiles|mode");
    for (const ost_json *at = ost_json_first(list); at != NULL && known; at = ost_json_next(at))
        known =
            admin_list_has_only(a, ost_json_get(at, "conditions"),
                                "ClientPolicyConditionRepresentation", "condition|configuration");
    return known;
}

ost_result admin_update_client_profiles(admin_call *a)
{
    const ost_json *global;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (a->body == NULL)
        return admin_refuse(a, 400, "errorMessage", "Passing null clientProfiles not allowed");
    if (!check_profile_names(a))
        return OST_OK;
    ost_result result = policy_global_profiles(a->arena, &global);
    if (result != OST_OK || w == NULL)
        return OST_E_MEMORY;
    policy_fault fault = client_profiles_check(a->body, global);
    if (fault != POLICY_GOOD)
        return refuse_fault(a, fault);
    client_profiles_open(w, a->body);
    ost_json_close_object(w);
    return store_written(a, PROFILES, w);
}

ost_result admin_update_client_policies(admin_call *a)
{
    const ost_json *global;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (a->body == NULL)
        return admin_refuse(a, 400, "errorMessage", "Passing null clientPolicies not allowed");
    if (!check_policy_names(a))
        return OST_OK;
    ost_result result = policy_global_profiles(a->arena, &global);
    if (result != OST_OK || w == NULL)
        return OST_E_MEMORY;
    policy_fault fault = client_policies_check(a->body, of_realm(a, PROFILES), global);
    if (fault != POLICY_GOOD)
        return refuse_fault(a, fault);
    client_policies_put(w, a->body);
    return store_written(a, POLICIES, w);
}
