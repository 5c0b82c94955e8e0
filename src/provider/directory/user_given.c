/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/directory/user_given.h"

#include "base/array.h"
#include "base/ascii.h"
#include "base/json/json_member.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/realm/user_row.h"
#include "provider/user/required_action.h"
#include "store/user/store_user.h"

/* Members of their own, which attributes of these names are not beside. */
static const char *const names[] = {"username", "email", "firstName", "lastName", NULL};

static bool is_blank(const ost_json *value)
{
    ost_text text;
    size_t i = 0;
    if (!ost_json_text(value, &text))
        return ost_json_is(value, OST_JSON_NULL);
    while (i < text.len && ascii_is_space(text.data[i]))
        i++;
    return i == text.len;
}

/* Of the required actions those that there are: nobody could ever do another one. */
static ost_result known_actions(admin_call *a, const ost_json *actions, const ost_json **ret_known)
{
    ost_text action;
    ost_result result = ost_json_read(OST_TEXT("[]"), NULL, a->arena, ret_known, NULL);
    for (const ost_json *at = ost_json_first(actions); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        if (ost_json_text(at, &action) && required_action_exists(action))
            result = document_add_text(*ret_known, action, a->arena, ret_known);
    }
    return result;
}

/* ---- attributes ---- */

static void put_values(ost_json_writer *w, const ost_json *attribute)
{
    ost_json_put_name(w, ost_json_name(attribute));
    if (!ost_json_is(attribute, OST_JSON_ARRAY)) {
        ost_json_put_value(w, attribute);
        return;
    }
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(attribute); at != NULL; at = ost_json_next(at)) {
        if (!is_blank(at))
            ost_json_put_value(w, at);
    }
    ost_json_close_array(w);
}

static bool has_values(const ost_json *attribute)
{
    if (!ost_json_is(attribute, OST_JSON_ARRAY))
        return !is_blank(attribute);
    const ost_json *at = ost_json_first(attribute);
    while (at != NULL && is_blank(at))
        at = ost_json_next(at);
    return at != NULL;
}

/* Without values that are blank, and without attributes that are members of their own. */
static ost_result own_attributes(admin_call *a, const ost_json *attributes, const ost_json **ret)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(attributes); at != NULL; at = ost_json_next(at)) {
        if (has_values(at) && !text_is_one_of(ost_json_name(at), names))
            put_values(w, at);
    }
    ost_json_close_object(w);
    return json_writer_read(w, NULL, ret, NULL);
}

/* ---- members ---- */

/* Whether what may be taken away is: by a blank text, or by null in a body that has attributes, as
 * Keycloak reads a user whole only then. */
static bool is_cleared(const admin_call *a, const ost_json *value)
{
    ost_text name = ost_json_name(value);
    if (ost_json_is(value, OST_JSON_NULL))
        return text_is_one_of(name, names) && !text_is(name, "username") &&
               ost_json_is(ost_json_get(a->body, "attributes"), OST_JSON_OBJECT);
    return text_is(name, "email")
               ? ost_json_equals(value, OST_TEXT(""))
               : (text_is(name, "firstName") || text_is(name, "lastName")) && is_blank(value);
}

static bool is_email_the_name(const admin_call *a)
{
    return a->realm.realm->registration.email_is_name;
}

static ost_result merge_member(admin_call *a, const ost_json *at, const ost_json **document)
{
    ost_text name = ost_json_name(at);
    const ost_json *value = is_cleared(a, at) ? NULL : at;
    ost_result result = OST_OK;
    if (value != NULL && ost_json_is(at, OST_JSON_NULL))
        return OST_OK;
    if (text_is(name, "requiredActions") && ost_json_is(at, OST_JSON_ARRAY))
        result = known_actions(a, at, &value);
    else if (text_is(name, "attributes") && ost_json_is(at, OST_JSON_OBJECT))
        result = own_attributes(a, at, &value);
    return result == OST_OK ? document_put(*document, name, value, a->arena, document) : result;
}

/* Names that the body has among the attributes alone. */
static ost_result merge_names(admin_call *a, const ost_json **document)
{
    static const char *const taken[] = {"firstName", "lastName"};
    const ost_json *attributes = ost_json_get(a->body, "attributes");
    ost_result result = OST_OK;
    for (size_t i = 0; i < ARRAY_LEN(taken) && result == OST_OK; i++) {
        const ost_json *own = ost_json_get(a->body, taken[i]);
        const ost_json *value = ost_json_get(attributes, taken[i]);
        if (ost_json_is(value, OST_JSON_ARRAY))
            value = ost_json_first(value);
        if ((own == NULL || ost_json_is(own, OST_JSON_NULL)) &&
            ost_json_is(value, OST_JSON_STRING) && !is_blank(value))
            result = document_put(*document, text_of(taken[i]), value, a->arena, document);
    }
    return result;
}

static bool is_email_blank(admin_call *a)
{
    const ost_json *email = ost_json_get(a->body, "email");
    ost_text text;
    if (!ost_json_text(email, &text) || text.len == 0 || !is_blank(email))
        return false;
    a->answer = text_of(ost_arena_format(a->arena,
                                         "{\"field\":\"email\",\"errorMessage\":"
                                         "\"error-invalid-email\",\"params\":[\"email\",%.*s]}",
                                         OST_FORMAT(ost_json_source(email))));
    a->status = 400;
    return true;
}

ost_result user_given_merge(admin_call *a, bool new_user, const ost_json **document)
{
    static const char *const settable[] = {
        "email",         "firstName",       "lastName",   "enabled",
        "emailVerified", "requiredActions", "attributes", NULL};
    ost_result result = OST_OK;
    ost_text email;
    if (is_email_blank(a))
        return OST_OK;
    for (const ost_json *at = ost_json_first(a->body); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        ost_text name = ost_json_name(at);
        if (text_is_one_of(name, settable) || (new_user && text_is(name, "credentials")) ||
            (text_is(name, "username") && !is_email_the_name(a)))
            result = merge_member(a, at, document);
    }
    if (result == OST_OK)
        result = merge_names(a, document);
    if (result == OST_OK && is_email_the_name(a) &&
        ost_json_text(ost_json_get(*document, "email"), &email) && email.len > 0)
        result = document_put_text(*document, "username", email, a->arena, document);
    return result;
}

ost_result user_given_refuse(admin_call *a, const char *field, const char *message)
{
    a->answer = text_of(
        ost_arena_format(a->arena, "{\"field\":\"%s\",\"errorMessage\":\"%s\",\"params\":[\"%s\"]}",
                         field, message, field));
    a->status = 400;
    return a->answer.data != NULL ? OST_OK : OST_E_MEMORY;
}

/* ---- the name ---- */

static bool is_somebodys(admin_call *a, ost_text username)
{
    store_user other;
    return store_user_find(a->realm.store, a->realm.row.name, username, false, a->arena, &other) ==
           OST_OK;
}

void user_given_check_name(admin_call *a, const ost_json *user, ost_text username)
{
    ost_text wanted, folded;
    if (is_email_the_name(a) || !ost_json_text(ost_json_get(a->body, "username"), &wanted))
        return;
    folded = user_row_fold(wanted, a->arena);
    if (text_equal(folded, username))
        return;
    if (wanted.len == 0) {
        admin_refuse(a, 400, "errorMessage", "User name is missing");
    } else if (is_somebodys(a, wanted)) {
        admin_refuse(a, 409, "errorMessage", "User exists with same username");
    } else if (!json_true_of(a->realm.realm->document, "editUsernameAllowed") ||
               ost_json_get(user, "serviceAccountClientId") != NULL) {
        (void)user_given_refuse(a, "username", "error-user-attribute-read-only");
    }
}
