/* SPDX-License-Identifier: Apache-2.0 */
/* A realm's own user profile; see profile_rules.h. */
#include "provider/profile/profile_rules.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/json/json_list.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/profile/profile_validator.h"

#define MAX_ATTRIBUTES 256
#define MAX_VALUES 64 /* of an attribute, that are looked at */

static const ost_json_limits limits = {.max_bytes = (size_t)256 << 10, .max_values = 8192};

static const ost_json *config_of(const ost_json *document)
{
    const ost_json *at =
        ost_json_first(ost_json_get(ost_json_get(document, "components"), PROFILE_COMPONENTS));
    const ost_json *text = NULL;
    for (; at != NULL && text == NULL; at = ost_json_next(at))
        text = ost_json_first(ost_json_get(ost_json_get(at, "config"), PROFILE_SETTING));
    return text;
}

ost_result profile_rules_of(const ost_json *document, ost_arena *arena, const ost_json **ret_rules)
{
    ost_text text;
    const ost_json *rules = NULL;
    ost_result result = OST_OK;
    if (ost_json_text(config_of(document), &text))
        result = ost_json_read(text, &limits, arena, &rules, NULL);
    if (result == OST_E_MEMORY)
        return result;
    *ret_rules = result == OST_OK && ost_json_is(rules, OST_JSON_OBJECT) ? rules : NULL;
    return OST_OK;
}

const ost_json *profile_rules_first(const ost_json *rules)
{
    return ost_json_first(ost_json_get(rules, "attributes"));
}

const ost_json *profile_rules_find(const ost_json *rules, const char *name)
{
    const ost_json *at = profile_rules_first(rules);
    while (at != NULL && !text_is(profile_rule_name(at), name))
        at = ost_json_next(at);
    return at;
}

/* ---- one attribute ---- */

ost_text profile_rule_name(const ost_json *rule)
{
    return json_text_of(rule, "name");
}

ost_text profile_rule_shown(const ost_json *rule)
{
    ost_text shown = {0};
    return ost_json_text(ost_json_get(rule, "displayName"), &shown) && shown.len > 0
               ? shown
               : profile_rule_name(rule);
}

bool profile_rule_has_many(const ost_json *rule)
{
    return json_true_of(rule, "multivalued");
}

static bool has_role(const ost_json *list, profile_side side)
{
    return json_list_has(list, side == PROFILE_ADMIN ? OST_TEXT("admin") : OST_TEXT("user"));
}

/* As in Keycloak, administrators change user name and address where no permissions are told. */
bool profile_rule_lets_edit(const ost_json *rule, profile_side side)
{
    static const char *const own[] = {"username", "email", NULL};
    if (side == PROFILE_ADMIN && ost_json_get(rule, "permissions") == NULL &&
        text_is_one_of(profile_rule_name(rule), own))
        return true;
    return has_role(ost_json_get(ost_json_get(rule, "permissions"), "edit"), side);
}

bool profile_rule_shows(const ost_json *rule, profile_side side)
{
    return profile_rule_lets_edit(rule, side) ||
           has_role(ost_json_get(ost_json_get(rule, "permissions"), "view"), side);
}

/* Of nobody who may not change it. */
bool profile_rule_requires(const ost_json *rule, profile_side side)
{
    const ost_json *required = ost_json_get(rule, "required");
    const ost_json *roles = ost_json_get(required, "roles");
    if (!ost_json_is(required, OST_JSON_OBJECT) || !profile_rule_lets_edit(rule, side))
        return false;
    if (ost_json_count(roles) + ost_json_count(ost_json_get(required, "scopes")) == 0)
        return true;
    return has_role(roles, side);
}

const ost_json *profile_value_of(const ost_json *user, ost_text name)
{
    static const char *const own[] = {"username", "email", "firstName", "lastName", NULL};
    return text_is_one_of(name, own) ? ost_json_get_text(user, name)
                                     : ost_json_get_text(ost_json_get(user, "attributes"), name);
}

/* ---- checking ---- */

typedef struct rule_check {
    const ost_json *rule;
    const char *field;
    ost_arena *arena;
    profile_faults *faults;
    bool broken; /* out of memory */
} rule_check;

static void check_value(rule_check *c, ost_text value)
{
    for (const ost_json *at = ost_json_first(ost_json_get(c->rule, "validations")); at != NULL;
         at = ost_json_next(at))
        c->broken = c->broken || !profile_validator_check(ost_json_name(at), at, c->field, value,
                                                          c->arena, c->faults);
}

/* Returns how many of the values say something. */
static size_t check_values(rule_check *c, const ost_json *value)
{
    ost_text text;
    size_t said = 0;
    const ost_json *at = ost_json_is(value, OST_JSON_ARRAY) ? ost_json_first(value) : value;
    for (size_t i = 0; at != NULL && i < MAX_VALUES; i++) {
        if (ost_json_text(at, &text) && text_trim(text).len > 0) {
            said++;
            check_value(c, text);
        }
        at = ost_json_is(value, OST_JSON_ARRAY) ? ost_json_next(at) : NULL;
    }
    return said;
}

ost_result profile_rule_check(const ost_json *rule, const ost_json *value, profile_side side,
                              ost_arena *arena, profile_faults *faults)
{
    size_t before = faults->count;
    rule_check c = {.rule = rule,
                    .field = ost_arena_copy(arena, profile_rule_name(rule)),
                    .arena = arena,
                    .faults = faults};
    if (!profile_rule_lets_edit(rule, side))
        return OST_OK; /* nobody could mend it */
    const char *shown = c.field != NULL ? ost_arena_copy(arena, profile_rule_shown(rule)) : NULL;
    if (shown == NULL)
        return OST_E_MEMORY;
    if (check_values(&c, value) == 0 && profile_rule_requires(rule, side))
        profile_fault_add(
            faults, (profile_fault){.field = c.field, .message = "error-user-attribute-required"});
    for (; before < faults->count; before++)
        faults->list[before].shown = shown;
    return c.broken ? OST_E_MEMORY : OST_OK;
}

ost_result profile_rules_check(const ost_json *rules, const ost_json *user, profile_side side,
                               ost_arena *arena, profile_faults *faults)
{
    ost_result result = OST_OK;
    for (const ost_json *at = profile_rules_first(rules); at != NULL && result == OST_OK;
         at = ost_json_next(at))
        result = profile_rule_check(at, profile_value_of(user, profile_rule_name(at)), side, arena,
                                    faults);
    return result;
}

ost_result profile_check_of(const realm *r, const ost_json *user, ost_arena *arena,
                            profile_faults *faults)
{
    const ost_json *rules;
    ost_result result = profile_rules_of(r->document, arena, &rules);
    if (result != OST_OK)
        return result;
    if (rules != NULL)
        return profile_rules_check(rules, user, PROFILE_USER, arena, faults);
    profile_check(user, faults);
    return OST_OK;
}

/* ---- judging the rules themselves ---- */

/* `before` the name and `after` it are Keycloak's words. */
static ost_result is_wrong(ost_error *error, const char *before, ost_text name, const char *after)
{
    return ost_error_set(error, OST_E_FORMAT, "[%s%.*s%s]", before,
                         (int)(name.len < 80 ? name.len : 80), name.len > 0 ? name.data : "",
                         after);
}

static ost_result judge_roles(const ost_json *owner, const char *of, const char *member,
                              ost_text attribute, ost_error *error)
{
    ost_text role = {0};
    for (const ost_json *at = ost_json_first(ost_json_get(owner, member)); at != NULL;
         at = ost_json_next(at)) {
        if (ost_json_equals(at, OST_TEXT("admin")) || ost_json_equals(at, OST_TEXT("user")))
            continue;
        (void)!ost_json_text(at, &role);
        return ost_error_set(error, OST_E_FORMAT,
                             "['%s.%s' configuration for attribute '%.*s' contains unsupported "
                             "role '%.*s']",
                             of, member, (int)(attribute.len < 80 ? attribute.len : 80),
                             attribute.data, (int)(role.len < 80 ? role.len : 80),
                             role.len > 0 ? role.data : "");
    }
    return OST_OK;
}

/* A misspelt member would ask for nothing, in silence. */
static ost_result judge_members(const ost_json *rule, ost_error *error)
{
    static const char *const known[] = {"name",        "displayName",  "annotations", "validations",
                                        "permissions", "required",     "selector",    "group",
                                        "multivalued", "defaultValue", NULL};
    for (const ost_json *at = ost_json_first(rule); at != NULL; at = ost_json_next(at)) {
        if (!text_is_one_of(ost_json_name(at), known))
            return is_wrong(error, "Unrecognized field '", ost_json_name(at), "' of an attribute");
    }
    return OST_OK;
}

static bool is_name(ost_text name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (!ascii_is_alphanumeric(name.data[i]) && memchr("-_.", name.data[i], 3) == NULL)
            return false;
    }
    return name.len > 0;
}

static ost_result judge_attribute(const ost_json *rule, const char **odd, ost_error *error)
{
    ost_text name = profile_rule_name(rule);
    const ost_json *permissions = ost_json_get(rule, "permissions");
    const ost_json *required = ost_json_get(rule, "required");
    if (!is_name(name))
        return is_wrong(error,
                        "Invalid attribute name (only letters, numbers and '.' '_' '-' special "
                        "characters allowed): ",
                        name, "'");
    if (ost_json_count(ost_json_get(required, "scopes")) > 0)
        *odd = "what is required for some client scopes alone is not required";
    else if (ost_json_count(ost_json_get(ost_json_get(rule, "selector"), "scopes")) > 0)
        *odd = "attributes of some client scopes alone are those of all logins";
    for (const ost_json *at = ost_json_first(ost_json_get(rule, "validations")); at != NULL;
         at = ost_json_next(at)) {
        if (!profile_validator_exists(ost_json_name(at)))
            return ost_error_set(error, OST_E_FORMAT,
                                 "[Validator '%.*s' defined for attribute '%.*s' doesn't exist]",
                                 (int)(ost_json_name(at).len < 80 ? ost_json_name(at).len : 80),
                                 ost_json_name(at).data, (int)(name.len < 80 ? name.len : 80),
                                 name.data);
        if (!profile_validator_works(ost_json_name(at)))
            *odd = "the validator local-date is not looked at";
    }
    ost_result result = judge_members(rule, error);
    if (result == OST_OK)
        result = judge_roles(permissions, "permissions", "view", name, error);
    if (result == OST_OK)
        result = judge_roles(permissions, "permissions", "edit", name, error);
    return result == OST_OK ? judge_roles(required, "required", "roles", name, error) : result;
}

static ost_result judge_attributes(const ost_json *rules, const char **odd, ost_error *error)
{
    static const char *const needed[] = {"username", "email"};
    const ost_json *list = ost_json_get(rules, "attributes");
    ost_result result = OST_OK;
    if (list == NULL || ost_json_is(list, OST_JSON_NULL))
        return is_wrong(error,
                        "UserProfile configuration without 'attributes' section is not allowed",
                        (ost_text){0}, "");
    if (!ost_json_is(list, OST_JSON_ARRAY) || ost_json_count(list) > MAX_ATTRIBUTES)
        return is_wrong(error, "no list of at most 256 attributes", (ost_text){0}, "");
    for (const ost_json *at = ost_json_first(list); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        result = judge_attribute(at, odd, error);
        for (const ost_json *other = ost_json_next(at); other != NULL && result == OST_OK;
             other = ost_json_next(other)) {
            if (text_equal(profile_rule_name(at), profile_rule_name(other)))
                result = is_wrong(error, "Attribute configuration already exists with 'name':'",
                                  profile_rule_name(at), "'");
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(needed) && result == OST_OK; i++) {
        if (profile_rules_find(rules, needed[i]) == NULL)
            result = is_wrong(error, "The attribute '", text_of(needed[i]), "' can not be removed");
    }
    return result;
}

ost_result profile_rules_judge(ost_text config, ost_arena *arena, const ost_json **ret_rules,
                               const char **ret_odd, ost_error *error)
{
    const ost_json *rules;
    const char *odd = NULL;
    ost_result result = ost_json_read(config, &limits, arena, &rules, NULL);
    if (result == OST_E_MEMORY)
        return result;
    if (result != OST_OK || !ost_json_is(rules, OST_JSON_OBJECT))
        return is_wrong(error, "no JSON object in " PROFILE_SETTING, (ost_text){0}, "");
    result = judge_attributes(rules, &odd, error);
    if (result != OST_OK)
        return result;
    *ret_rules = rules;
    *ret_odd = odd;
    return OST_OK;
}
