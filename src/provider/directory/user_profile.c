/* SPDX-License-Identifier: Apache-2.0 */
/* The user profile; see user_profile.h. */
#include "provider/directory/user_profile.h"

#include "base/array.h"
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/member/mail_address.h"
#include "provider/user/profile_check.h"

typedef enum profile_kind { PROFILE_USERNAME, PROFILE_EMAIL, PROFILE_PERSON } profile_kind;

typedef struct profile_rule {
    const char *name;
    profile_kind kind;
    size_t min, max; /* characters; min 0: none, and it may be empty */
} profile_rule;

static const profile_rule rules[] = {
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
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        ost_text value = part_text(a->body, rules[i].name);
        if (value.len == 0)
            continue;
        count += put_length(w, &rules[i], value);
        count += put_characters(w, &rules[i], value);
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
    if (!write_errors(a, &any)) {
        admin_refuse(a, 503, "error", "temporarily_unavailable");
        return false;
    }
    if (any)
        a->status = 400;
    else
        a->answer = (ost_text){0};
    return !any;
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
    for (size_t i = 0; i < ARRAY_LEN(rules); i++)
        put_rule(a, w, &rules[i], metadata);
    ost_json_close_array(w);
    ost_json_put_name(w, OST_TEXT("groups"));
    ost_json_open_array(w);
    ost_json_close_array(w);
    if (!metadata)
        ost_json_member_string(w, "unmanagedAttributePolicy", "ENABLED");
    ost_json_close_object(w);
    return admin_answer(a, w);
}

ost_result admin_read_user_profile(admin_call *a)
{
    return answer(a, false);
}

ost_result admin_read_user_profile_metadata(admin_call *a)
{
    return answer(a, true);
}
