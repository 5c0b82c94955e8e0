/* SPDX-License-Identifier: Apache-2.0 */
/* A realm's own user profile is written: the setting of its component (profile_rules.h). */
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/directory/user_profile.h"
#include "provider/profile/profile_rules.h"

static bool check_names(admin_call *a)
{
    static const char attributes[] = "name|displayName|validations|annotations|required|"
                                     "permissions|selector|group|multivalued|defaultValue";
    static const char groups[] = "name|displayHeader|displayDescription|annotations";
    return admin_body_has_only(a, "UPConfig", "attributes|groups|unmanagedAttributePolicy") &&
           admin_list_has_only(a, ost_json_get(a->body, "attributes"), "UPAttribute", attributes) &&
           admin_list_has_only(a, ost_json_get(a->body, "groups"), "UPGroup", groups);
}

/* Neither what is misspelt nor what would ask for nothing is taken. */
static bool check_members(admin_call *a)
{
    static const char *const policies[] = {"ENABLED", "ADMIN_VIEW", "ADMIN_EDIT", NULL};
    const ost_json *policy = ost_json_get(a->body, "unmanagedAttributePolicy");
    ost_text text;
    bool good = policy == NULL || ost_json_is(policy, OST_JSON_NULL) ||
                (ost_json_text(policy, &text) && text_is_one_of(text, policies));
    if (!good)
        admin_refuse(a, 400, "error", "unknown_error");
    return good && check_names(a);
}

/* Each attribute's group is one of the profile's. */
static bool check_groups(admin_call *a)
{
    const ost_json *groups = ost_json_get(a->body, "groups");
    ost_text group, name;
    for (const ost_json *at = ost_json_first(ost_json_get(a->body, "attributes")); at != NULL;
         at = ost_json_next(at)) {
        const ost_json *one = ost_json_first(groups);
        if (!ost_json_text(ost_json_get(at, "group"), &group) || group.len == 0)
            continue;
        while (one != NULL && !text_equal(part_text(one, "name"), group))
            one = ost_json_next(one);
        if (one != NULL)
            continue;
        name = profile_rule_name(at);
        const char *why =
            ost_arena_format(a->arena, "[Attribute '%.*s' references unknown group '%.*s']",
                             OST_FORMAT(name), OST_FORMAT(group));
        admin_refuse(a, 400, "errorMessage", why != NULL ? why : "UserProfile is invalid");
        return false;
    }
    return true;
}

/* As it is stored: a text within the document. *ret_rules: read back. */
static ost_result judge(admin_call *a, ost_text *ret_text, const ost_json **ret_rules)
{
    ost_error error = {0};
    const char *odd = NULL;
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_put_value(w, a->body);
    ost_result result = ost_json_writer_finish(w, ret_text);
    if (result == OST_OK)
        result = profile_rules_judge(*ret_text, a->arena, ret_rules, &odd, &error);
    if (result == OST_E_FORMAT)
        return admin_refuse(a, 400, "errorMessage", error.detail);
    if (result != OST_OK || odd == NULL)
        return result;
    const char *why = ost_arena_format(a->arena, "This user profile is not carried out: %s", odd);
    return why != NULL ? admin_refuse(a, 501, "error", why) : OST_E_MEMORY;
}

/* The realm's only component of the kind, with the setting; whatever else it has stays. */
static ost_result write_component(admin_call *a, ost_text text, const ost_json **ret_list)
{
    const ost_json *components = ost_json_get(a->realm.realm->document, "components");
    const ost_json *before = ost_json_first(ost_json_get(components, PROFILE_COMPONENTS));
    const ost_json *list = NULL, *config, *component;
    ost_result result = document_add_text(NULL, text, a->arena, &list);
    if (result == OST_OK)
        result = document_put(ost_json_get(before, "config"), OST_TEXT(PROFILE_SETTING), list,
                              a->arena, &config);
    if (result == OST_OK)
        result = document_put(before, OST_TEXT("config"), config, a->arena, &component);
    if (result == OST_OK)
        result = document_put_text(component, "providerId", OST_TEXT("declarative-user-profile"),
                                   a->arena, &component);
    if (result == OST_OK)
        result = ost_json_read(OST_TEXT("[]"), NULL, a->arena, &list, NULL);
    return result == OST_OK ? document_append(list, component, a->arena, ret_list) : result;
}

static ost_result store_profile(admin_call *a, const ost_json *list)
{
    const ost_json *components = ost_json_get(a->realm.realm->document, "components");
    ost_result result =
        document_put(components, OST_TEXT(PROFILE_COMPONENTS), list, a->arena, &components);
    return result == OST_OK ? admin_store_member(a, "components", components) : result;
}

static ost_result replace_profile(admin_call *a, ost_text text)
{
    const ost_json *list;
    ost_result result = write_component(a, text, &list);
    return result == OST_OK ? store_profile(a, list) : result;
}

/* The realm has Keycloak's own profile again. */
static ost_result remove_profile(admin_call *a)
{
    ost_result result = store_profile(a, NULL);
    return result == OST_OK && a->status == 0 ? user_profile_answer_usual(a) : result;
}

ost_result admin_update_user_profile(admin_call *a)
{
    const ost_json *rules;
    ost_text text;
    if (a->body == NULL)
        return remove_profile(a);
    if (!admin_body_is(a, OST_JSON_OBJECT) || !check_members(a))
        return OST_OK;
    ost_result result = judge(a, &text, &rules);
    if (result == OST_OK && a->status == 0 && check_groups(a))
        result = replace_profile(a, text);
    return result == OST_OK && a->status == 0 ? user_profile_answer_own(a, rules) : result;
}
