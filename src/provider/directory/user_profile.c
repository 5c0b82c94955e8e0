/* SPDX-License-Identifier: Apache-2.0 */
/* The user profile; see user_profile.h. */
#include "provider/directory/user_profile.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/member/mail_address.h"
#include "provider/profile/profile_metadata.h"
#include "provider/profile/profile_rules.h"

typedef enum profile_kind { PROFILE_USERNAME, PROFILE_EMAIL, PROFILE_PERSON } profile_kind;

typedef struct profile_rule {
    const char *name;
    profile_kind kind;
    size_t min, max; /* characters; min 0: none, and it may be empty */
} profile_rule;

static const profile_rule usual[] = {
    {"username", PROFILE_USERNAME, 3, 255},
    {"email", PROFILE_EMAIL, 0, 255},
    {"firstName", PROFILE_PERSON, 0, 255},
    {"lastName", PROFILE_PERSON, 0, 255},
};

/* ---- checking ---- */

static void put_error(ost_json_writer *w, const profile_rule *rule, const char *error)
{
    ost_json_open_object(w);
    ost_json_member_string(w, "field", rule->name);
    ost_json_member_string(w, "errorMessage", error);
    ost_json_put_name(w, OST_TEXT("params"));
    ost_json_open_array(w);
    ost_json_put_text(w, text_of(rule->name));
}

static void close_error(ost_json_writer *w)
{
    ost_json_close_array(w);
    ost_json_close_object(w);
}

static size_t put_length(ost_json_writer *w, const profile_rule *rule, ost_text value)
{
    size_t length = profile_length(value);
    if (length >= rule->min && length <= rule->max)
        return 0;
    put_error(w, rule, rule->min > 0 ? "error-invalid-length" : "error-invalid-length-too-long");
    if (rule->min > 0)
        ost_json_put_integer(w, (int64_t)rule->min);
    else
        ost_json_put_null(w);
    ost_json_put_integer(w, (int64_t)rule->max);
    close_error(w);
    return 1;
}

static size_t put_characters(ost_json_writer *w, const profile_rule *rule, ost_text value)
{
    const char *error = NULL;
    if (rule->kind == PROFILE_USERNAME && !profile_is_username(value))
        error = "error-username-invalid-character";
    else if (rule->kind == PROFILE_PERSON && !profile_is_person_name(value))
        error = "error-person-name-invalid-character";
    else if (rule->kind == PROFILE_EMAIL && !mail_address_is_valid(value))
        error = "error-invalid-email";
    if (error == NULL)
        return 0;
    put_error(w, rule, error);
    if (rule->kind == PROFILE_EMAIL)
        ost_json_put_text(w, value);
    close_error(w);
    return 1;
}

static size_t put_errors(const admin_call *a, ost_json_writer *w)
{
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_LEN(usual); i++) {
        ost_text value = part_text(a->body, usual[i].name);
        if (value.len == 0 ||
            (usual[i].kind == PROFILE_USERNAME && a->realm.realm->registration.email_is_name))
            continue;
        count += put_length(w, &usual[i], value);
        count += put_characters(w, &usual[i], value);
    }
    return count;
}

/* One error stands alone, several in a list. */
static bool write_errors(admin_call *a, bool *ret_any)
{
    ost_text list;
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return false;
    ost_json_open_array(w);
    size_t count = put_errors(a, w);
    ost_json_close_array(w);
    *ret_any = count > 0;
    if (ost_json_writer_finish(w, &list) != OST_OK)
        return false;
    a->answer = count == 1
                    ? text_slice(list, 1, list.len - 2)
                    : text_of(ost_arena_format(a->arena, "{\"errors\":%.*s}", OST_FORMAT(list)));
    return a->answer.data != NULL;
}

bool user_profile_check(admin_call *a)
{
    bool any = false;
    const ost_json *rules = NULL;
    ost_result result = profile_rules_of(a->realm.realm->document, a->arena, &rules);
    if (result == OST_OK && rules != NULL)
        return true; /* user_profile_check_own has the word */
    if (result != OST_OK || !write_errors(a, &any)) {
        admin_refuse(a, 503, "error", "temporarily_unavailable");
        return false;
    }
    if (any)
        a->status = 400;
    else
        a->answer = (ost_text){0};
    return !any;
}

/* ---- a realm's own rules ---- */

static const ost_json *body_of(const admin_call *a, ost_text name)
{
    return profile_value_of(a->body, name);
}

static bool is_text_of(const ost_json *value, ost_text *ret_text)
{
    return ost_json_text(ost_json_is(value, OST_JSON_ARRAY) ? ost_json_first(value) : value,
                         ret_text);
}

/* Whether the body has another value than the user. */
static bool body_changes(const admin_call *a, const ost_json *before, ost_text name)
{
    ost_text old = {0}, new = {0};
    (void)!is_text_of(profile_value_of(before, name), &old);
    return body_of(a, name) != NULL && is_text_of(body_of(a, name), &new) && !text_equal(old, new);
}

static ost_result check_own(admin_call *a, const ost_json *rules, const ost_json *before,
                            const ost_json *after, profile_faults *f)
{
    ost_result result = OST_OK;
    for (const ost_json *at = profile_rules_first(rules); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        ost_text name = profile_rule_name(at);
        const char *field = ost_arena_copy(a->arena, name);
        if (field == NULL)
            return OST_E_MEMORY;
        if (before != NULL && body_changes(a, before, name) &&
            !profile_rule_lets_edit(at, PROFILE_ADMIN) && !text_is(name, "username"))
            profile_fault_add(
                f, (profile_fault){.field = field, .message = "error-user-attribute-read-only"});
        else
            result =
                profile_rule_check(at, profile_value_of(after, name), PROFILE_ADMIN, a->arena, f);
    }
    return result;
}

/* One of the two may not be there. */
static void put_bound(ost_json_writer *w, const char *bound)
{
    char *end = NULL;
    double number = bound != NULL ? strtod(bound, &end) : 0;
    if (bound == NULL || end == bound)
        ost_json_put_null(w);
    else if (number > -1e15 && number < 1e15 && number == (double)(int64_t)number)
        ost_json_put_integer(w, (int64_t)number);
    else
        ost_json_put_number(w, number);
}

/* As admin clients read it: the parameters begin with the bare name. */
static void put_fault(ost_json_writer *w, const profile_fault *fault)
{
    ost_json_open_object(w);
    ost_json_member_string(w, "field", fault->field);
    ost_json_member_string(w, "errorMessage", fault->message);
    ost_json_put_name(w, OST_TEXT("params"));
    ost_json_open_array(w);
    ost_json_put_text(w, text_of(fault->field));
    if (fault->minimum != NULL || fault->maximum != NULL) {
        put_bound(w, fault->minimum);
        put_bound(w, fault->maximum);
    }
    if (fault->value.data != NULL)
        ost_json_put_text(w, fault->value);
    close_error(w);
}

static ost_result refuse_faults(admin_call *a, const profile_faults *f)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    if (f->count > 1) {
        ost_json_open_object(w);
        ost_json_put_name(w, OST_TEXT("errors"));
        ost_json_open_array(w);
    }
    for (size_t i = 0; i < f->count; i++)
        put_fault(w, &f->list[i]);
    if (f->count > 1) {
        ost_json_close_array(w);
        ost_json_close_object(w);
    }
    a->status = 400;
    return ost_json_writer_finish(w, &a->answer);
}

ost_result user_profile_check_own(admin_call *a, const ost_json *before, const ost_json *after)
{
    profile_faults faults = {0};
    const ost_json *rules;
    ost_result result = profile_rules_of(a->realm.realm->document, a->arena, &rules);
    if (result == OST_OK && rules != NULL)
        result = check_own(a, rules, before, after, &faults);
    return result == OST_OK && faults.count > 0 ? refuse_faults(a, &faults) : result;
}

/* ---- telling ---- */

static void put_length_rule(ost_json_writer *w, const profile_rule *rule, bool ignores_empty)
{
    ost_json_put_name(w, OST_TEXT("length"));
    ost_json_open_object(w);
    if (rule->min > 0)
        ost_json_member_integer(w, "min", (int64_t)rule->min);
    ost_json_member_integer(w, "max", (int64_t)rule->max);
    if (ignores_empty)
        ost_json_member_boolean(w, "ignore.empty.value", true);
    ost_json_close_object(w);
}

static void put_validations(ost_json_writer *w, const profile_rule *rule, bool ignores_empty)
{
    static const char *const characters[] = {[PROFILE_USERNAME] = "username-prohibited-characters",
                                             [PROFILE_EMAIL] = "email",
                                             [PROFILE_PERSON] =
                                                 "person-name-prohibited-characters"};
    ost_json_open_object(w);
    put_length_rule(w, rule, ignores_empty);
    ost_json_put_name(w, text_of(characters[rule->kind]));
    ost_json_open_object(w);
    if (ignores_empty)
        ost_json_member_boolean(w, "ignore.empty.value", true);
    ost_json_close_object(w);
    ost_json_close_object(w);
}

static void put_permissions(ost_json_writer *w)
{
    static const char *const verbs[] = {"view", "edit"};
    ost_json_put_name(w, OST_TEXT("permissions"));
    ost_json_open_object(w);
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        ost_json_put_name(w, text_of(verbs[i]));
        ost_json_open_array(w);
        ost_json_put_text(w, OST_TEXT("admin"));
        ost_json_put_text(w, OST_TEXT("user"));
        ost_json_close_array(w);
    }
    ost_json_close_object(w);
}

/* Asked of users, and not of administrators: as pages ask it, so that rules that are read, changed
 * and written back go on asking. */
static void put_required(ost_json_writer *w)
{
    ost_json_put_name(w, OST_TEXT("required"));
    ost_json_open_object(w);
    ost_json_put_name(w, OST_TEXT("roles"));
    ost_json_open_array(w);
    ost_json_put_text(w, OST_TEXT("user"));
    ost_json_close_array(w);
    ost_json_close_object(w);
}

static void put_rule(const admin_call *a, ost_json_writer *w, const profile_rule *rule,
                     bool metadata)
{
    const char *shown = ost_arena_format(a->arena, "${%s}", rule->name);
    ost_json_open_object(w);
    ost_json_member_string(w, "name", rule->name);
    ost_json_member_string(w, "displayName", shown);
    if (metadata) {
        ost_json_member_boolean(w, "required", rule->min > 0);
        ost_json_member_boolean(w, "readOnly", false);
    } else {
        if (rule->kind != PROFILE_USERNAME)
            put_required(w);
        put_permissions(w);
    }
    ost_json_put_name(w, text_of(metadata ? "validators" : "validations"));
    put_validations(w, rule, metadata);
    ost_json_member_boolean(w, "multivalued", false);
    ost_json_close_object(w);
}

static ost_result answer(admin_call *a, bool metadata)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_put_name(w, OST_TEXT("attributes"));
    ost_json_open_array(w);
    for (size_t i = 0; i < ARRAY_LEN(usual); i++)
        put_rule(a, w, &usual[i], metadata);
    ost_json_close_array(w);
    ost_json_put_name(w, OST_TEXT("groups"));
    ost_json_open_array(w);
    ost_json_close_array(w);
    if (!metadata)
        ost_json_member_string(w, "unmanagedAttributePolicy", "ENABLED");
    ost_json_close_object(w);
    return admin_answer(a, w);
}

static ost_result answer_own_metadata(admin_call *a, const ost_json *rules)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    profile_metadata_put(w, rules, PROFILE_ADMIN, false, NULL);
    return admin_answer(a, w);
}

ost_result user_profile_answer_usual(admin_call *a)
{
    return answer(a, false);
}

ost_result user_profile_answer_own(admin_call *a, const ost_json *rules)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    profile_whole_put(w, rules);
    return admin_answer(a, w);
}

ost_result admin_read_user_profile(admin_call *a)
{
    const ost_json *rules;
    ost_result result = profile_rules_of(a->realm.realm->document, a->arena, &rules);
    if (result != OST_OK || rules == NULL)
        return result == OST_OK ? user_profile_answer_usual(a) : result;
    return user_profile_answer_own(a, rules);
}

ost_result admin_read_user_profile_metadata(admin_call *a)
{
    const ost_json *rules;
    ost_result result = profile_rules_of(a->realm.realm->document, a->arena, &rules);
    if (result != OST_OK || rules == NULL)
        return result == OST_OK ? answer(a, true) : result;
    return answer_own_metadata(a, rules);
}
