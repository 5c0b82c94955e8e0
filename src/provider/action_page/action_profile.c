/* SPDX-License-Identifier: Apache-2.0 */
/* The required actions UPDATE_PROFILE and VERIFY_PROFILE; see action_page.h. */
#include "base/array.h"
#include "base/fold.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/action_page/action_page.h"
#include "provider/admin/document_edit.h"
#include "provider/login/profile_form.h"
#include "provider/realm/user_row.h"
#include "provider/user/user_change.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

#define NAME_MAX_BYTES 255 /* in the store */

static ost_text known(const action_job *job, ost_text name)
{
    ost_text text = {0};
    const ost_json *value = profile_value_of(job->login.user.document, name);
    (void)!ost_json_text(ost_json_is(value, OST_JSON_ARRAY) ? ost_json_first(value) : value, &text);
    return text;
}

/* ---- the page ---- */

static page_row row_of(call *c, const profile_field *field, const profile_faults *faults)
{
    bool typed = c->request->method == HTTP_POST && !field->fixed;
    ost_text value = typed ? call_parameter(c, ost_arena_copy(c->arena, field->name))
                           : known(c->job, field->name);
    return profile_form_row(c, field, value, faults);
}

/* What is wrong with an attribute that the page has no field for: it has several values. */
static void tell_unseen(call *c, const profile_form *f, const profile_faults *faults)
{
    action_job *job = c->job;
    for (size_t i = 0; i < faults->count && job->alert == NULL; i++) {
        ost_text name = text_of(faults->list[i].field);
        bool shown = false;
        for (size_t k = 0; k < f->count; k++)
            shown = shown || text_equal(f->fields[k].name, name);
        if (!shown)
            job->alert = call_format(c, "%s: %.*s", faults->list[i].field,
                                     OST_FORMAT(profile_form_mistake(c, faults, name)));
    }
}

static ost_result put_fields(call *c, page *p, const profile_faults *faults)
{
    const action_job *job = c->job;
    profile_form f;
    ost_result result = profile_form_make(c, job->login.user.document, &f);
    page_row *rows = ost_arena_alloc(c->arena, PROFILE_FIELDS * sizeof *rows);
    if (result != OST_OK || rows == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < f.count; i++)
        rows[i] = row_of(c, &f.fields[i], faults);
    tell_unseen(c, &f, faults);
    p->rows = rows;
    p->row_count = f.count;
    return OST_OK;
}

/* What was typed, once something was; before, what is known. */
void action_profile_put(call *c, page *p)
{
    const action_job *job = c->job;
    profile_faults faults = job->faults;
    ost_result result = OST_OK;
    p->template = PAGE_UPDATE_PROFILE;
    realm_page_say(c, p, PAGE_HEADING, "loginProfileTitle");
    if (!job->optional && job->action == ACTION_PROFILE)
        realm_page_say(c, p, PAGE_MESSAGE, "updateProfileMessage");
    if (c->request->method != HTTP_POST && job->action == ACTION_VERIFY_PROFILE)
        result = profile_check_of(c->realm, job->login.user.document, c->arena, &faults);
    if (result != OST_OK || put_fields(c, p, &faults) != OST_OK)
        p->broken = true;
}

/* ---- the form ---- */

static bool asks_for(const profile_form *f, const char *name)
{
    size_t i = 0;
    while (i < f->count && !text_is(f->fields[i].name, name))
        i++;
    return i < f->count && !f->fields[i].fixed;
}

/* Whether somebody else is found by it. */
static ost_result check_taken(call *c, ost_text name, bool or_email, profile_fault fault)
{
    action_job *job = c->job;
    store_user other;
    ost_result result = store_user_find(c->provider->store, text_of(c->realm->name), name, or_email,
                                        c->arena, &other);
    if (result == OST_OK && !text_equal(other.id, job->login.user.id))
        profile_fault_add(&job->faults, fault);
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

static ost_result check_address(call *c, ost_text email)
{
    const profile_fault taken = {.field = "email", .message = "emailExistsMessage"};
    return email.len > 0 && !c->realm->duplicate_emails ? check_taken(c, email, true, taken)
                                                        : OST_OK;
}

/* A new name. Where people log in by address it is nobody else's address; accounts of clients are
 * known by their names, so it is none of these. */
static ost_result check_name(call *c, const store_user *user, ost_text name)
{
    bool by_email = c->realm->registration.email_is_name;
    const profile_fault taken = {
        .field = by_email ? "email" : "username",
        .message = by_email ? "emailExistsMessage" : "usernameExistsMessage",
    };
    action_job *job = c->job;
    ost_text folded = user_row_fold(name, c->arena);
    if (folded.data == NULL)
        return OST_E_MEMORY;
    if (text_equal(folded, user->username))
        return OST_OK;
    if (text_starts(folded, SERVICE_ACCOUNT))
        profile_fault_add(&job->faults, taken);
    return check_taken(c, name, c->realm->login_with_email, taken);
}

/* By Keycloak's own rules. */
static void check_usual(call *c, const profile_form *f)
{
    action_job *job = c->job;
    if (asks_for(f, "username"))
        profile_check_username(text_trim(call_parameter(c, "username")), &job->faults);
    if (asks_for(f, "email"))
        profile_check_email(text_trim(call_parameter(c, "email")), &job->faults);
    profile_check_name("firstName", call_parameter(c, "firstName"), &job->faults);
    profile_check_name("lastName", call_parameter(c, "lastName"), &job->faults);
}

/* Nobody has shown that a new address is theirs. */
static ost_result put_email(call *c, ost_text typed, const store_user *user,
                            const ost_json **document)
{
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

/* As it is typed; what is the same in another case stays. */
static ost_result put_name(call *c, ost_text typed, const store_user *user,
                           const ost_json **document)
{
    ost_text folded = user_row_fold(typed, c->arena);
    if (folded.data == NULL)
        return OST_E_MEMORY;
    return text_equal(folded, user->username)
               ? OST_OK
               : document_put_text(*document, "username", typed, c->arena, document);
}

/* Where the address is the name, the name follows it. */
static ost_result put_address_as_name(call *c, const store_user *user, const ost_json **document)
{
    ost_text email = json_text_of(*document, "email");
    return c->realm->registration.email_is_name && email.len > 0
               ? put_name(c, email, user, document)
               : OST_OK;
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

static ost_result put_field(call *c, const profile_field *field, const store_user *user,
                            const ost_json **document)
{
    if (!field->fixed && text_is(field->name, "email"))
        return put_email(c, profile_form_typed(c, field), user, document);
    if (!field->fixed && text_is(field->name, "username"))
        return put_name(c, profile_form_typed(c, field), user, document);
    return profile_form_put(c, field, document);
}

/* The user's document with what was typed in it. */
static ost_result read_typed(call *c, const profile_form *f, store_user *ret_user,
                             const ost_json **ret_document)
{
    const browser_login *login = c->job;
    ost_result result = store_user_get(c->provider->store, text_of(c->realm->name), login->user.id,
                                       c->arena, ret_user);
    if (result == OST_OK)
        result = ost_json_read(ret_user->document, NULL, c->arena, ret_document, NULL);
    for (size_t i = 0; i < f->count && result == OST_OK; i++)
        result = put_field(c, &f->fields[i], ret_user, ret_document);
    return result == OST_OK ? put_address_as_name(c, ret_user, ret_document) : result;
}

static ost_result check(call *c, const profile_form *f, const store_user *user,
                        const ost_json *document)
{
    action_job *job = c->job;
    ost_text name = json_text_of(document, "username");
    ost_result result = OST_OK;
    if (f->rules == NULL)
        check_usual(c, f);
    else
        result = profile_rules_check(f->rules, document, PROFILE_USER, c->arena, &job->faults);
    if (name.len > NAME_MAX_BYTES || (name.len == 0 && f->rules != NULL))
        profile_fault_add(&job->faults,
                          (profile_fault){.field = "username", .message = "error-invalid-value"});
    else if (result == OST_OK && name.len > 0)
        result = check_name(c, user, name);
    return result == OST_OK ? check_address(c, json_text_of(document, "email")) : result;
}

static ost_result take(call *c)
{
    action_job *job = c->job;
    profile_form form;
    store_user user;
    const ost_json *document;
    ost_result result = profile_form_make(c, job->login.user.document, &form);
    if (result == OST_OK)
        result = read_typed(c, &form, &user, &document);
    if (result == OST_OK)
        result = check(c, &form, &user, document);
    if (result != OST_OK || job->faults.count > 0)
        return result;
    result = put_done(c, &document);
    return result == OST_OK
               ? user_change_store(c->provider->store, c->realm, &user, document, c->arena)
               : result;
}

bool action_profile_take(call *c)
{
    const action_job *job = c->job;
    ost_result result = take(c);
    if (result == OST_OK && job->faults.count > 0)
        return action_show_again(c, NULL, NULL);
    if (result == OST_OK)
        return true;
    if (result == OST_E_CONFLICT)
        return action_show_again(c, ACTION_CHANGED, NULL);
    browser_login_break(c);
    return false;
}
