/* SPDX-License-Identifier: Apache-2.0 */
/* The required actions UPDATE_PROFILE and VERIFY_PROFILE; see action_page.h. */
#include <string.h>

#include "base/array.h"
#include "base/fold.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/login/action_page.h"
#include "provider/login/realm_language.h"
#include "provider/user/profile_check.h"
#include "provider/user/user_change.h"

#define EMAIL 0

static const struct {
    const char *name;
    page_field value, error;
} fields[] = {
    [EMAIL] = {"email", PAGE_EMAIL, PAGE_EMAIL_ERROR},
    {"firstName", PAGE_FIRST_NAME, PAGE_FIRST_NAME_ERROR},
    {"lastName", PAGE_LAST_NAME, PAGE_LAST_NAME_ERROR},
};

static ost_text known(const action_job *job, const char *name)
{
    ost_text value = {0};
    (void)!ost_json_text(ost_json_get(job->login.user.document, name), &value);
    return value;
}

/* Keycloak's messages tell of the field, and of the bounds of a length. */
static void put_fault(call *c, page *p, page_field field, const profile_fault *fault)
{
    const ost_text values[] = {text_of(fault->field), text_of(fault->minimum),
                               text_of(fault->maximum)};
    const page_words *words = realm_language_words(c);
    page_put(p, field, page_words_say(words, fault->message, values, ARRAY_LEN(values), c->arena));
}

/* What was typed, once something was; before, what is known. */
void action_profile_put(call *c, page *p)
{
    const action_job *job = c->job;
    bool typed = c->request->method == HTTP_POST;
    profile_faults faults = job->faults;
    p->template = PAGE_UPDATE_PROFILE;
    realm_page_say(c, p, PAGE_HEADING, "loginProfileTitle");
    if (!job->optional && job->action == ACTION_PROFILE)
        realm_page_say(c, p, PAGE_MESSAGE, "updateProfileMessage");
    if (!typed && job->action == ACTION_VERIFY_PROFILE)
        profile_check(job->login.user.document, &faults);
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        page_put(p, fields[i].value,
                 typed ? call_parameter(c, fields[i].name) : known(job, fields[i].name));
        for (size_t k = faults.count; k > 0; k--) {
            if (strcmp(faults.list[k - 1].field, fields[i].name) == 0)
                put_fault(c, p, fields[i].error, &faults.list[k - 1]);
        }
    }
}

static ost_result check_taken(call *c, ost_text email)
{
    action_job *job = c->job;
    store_user other;
    if (email.len == 0 || c->realm->duplicate_emails)
        return OST_OK;
    ost_result result =
        store_user_find(c->provider->store, text_of(c->realm->name), email, true, c->arena, &other);
    if (result == OST_OK && !text_equal(other.id, job->login.user.id))
        profile_fault_add(&job->faults,
                          (profile_fault){.field = "email", .message = "emailExistsMessage"});
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

static ost_result check(call *c)
{
    action_job *job = c->job;
    profile_check_email(text_trim(call_parameter(c, "email")), &job->faults);
    profile_check_name("firstName", call_parameter(c, "firstName"), &job->faults);
    profile_check_name("lastName", call_parameter(c, "lastName"), &job->faults);
    return check_taken(c, text_trim(call_parameter(c, "email")));
}

/* Nobody has shown that a new address is theirs. */
static ost_result put_email(call *c, const store_user *user, const ost_json **document)
{
    ost_text typed = text_trim(call_parameter(c, "email"));
    ost_text email = text_lower(typed, c->arena), folded = text_fold(typed, c->arena);
    if (email.data == NULL || folded.data == NULL)
        return OST_E_MEMORY;
    if (text_equal(folded, user->email))
        return OST_OK;
    ost_result result = document_put_text(*document, "email", email, c->arena, document);
    return result == OST_OK
               ? document_put_boolean(*document, "emailVerified", false, c->arena, document)
               : result;
}

static ost_result put_done(call *c, const ost_json **document)
{
    const ost_json *actions = ost_json_get(*document, "requiredActions");
    if (actions == NULL)
        return OST_OK;
    ost_result result = required_action_drop(actions, ACTION_PROFILE, c->arena, &actions);
    if (result == OST_OK)
        result = required_action_drop(actions, ACTION_VERIFY_PROFILE, c->arena, &actions);
    return result == OST_OK
               ? document_put(*document, OST_TEXT("requiredActions"), actions, c->arena, document)
               : result;
}

static ost_result store_profile(call *c)
{
    const browser_login *login = c->job;
    store_user user;
    const ost_json *document;
    ost_result result = store_user_get(c->provider->store, text_of(c->realm->name), login->user.id,
                                       c->arena, &user);
    if (result == OST_OK)
        result = ost_json_read(user.document, NULL, c->arena, &document, NULL);
    for (size_t i = EMAIL + 1; i < ARRAY_LEN(fields) && result == OST_OK; i++)
        result = document_put_text(document, fields[i].name, call_parameter(c, fields[i].name),
                                   c->arena, &document);
    if (result == OST_OK)
        result = put_email(c, &user, &document);
    if (result == OST_OK)
        result = put_done(c, &document);
    return result == OST_OK
               ? user_change_store(c->provider->store, c->realm, &user, document, c->arena)
               : result;
}

bool action_profile_take(call *c)
{
    action_job *job = c->job;
    ost_result result = check(c);
    if (result == OST_OK && job->faults.count > 0)
        return action_show_again(c, NULL, NULL);
    if (result == OST_OK)
        result = store_profile(c);
    if (result == OST_OK)
        return true;
    if (result == OST_E_CONFLICT)
        return action_show_again(c, ACTION_CHANGED, NULL);
    browser_login_break(c);
    return false;
}
