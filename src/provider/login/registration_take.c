/* SPDX-License-Identifier: Apache-2.0 */
/* Users who make themselves; see registration_page.h. Of the form counts what the realm's profile
 * lets its users write, and nothing else. */
#include "base/fold.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/call/call_event.h"
#include "provider/login/registration_page.h"
#include "provider/proof/password_policy.h"
#include "provider/realm/brute_force.h"
#include "provider/realm/password.h"
#include "provider/realm/user_row.h"
#include "provider/user/newcomer.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

#define NAME_MAX_BYTES 255 /* of names and addresses in the store */

static void show_again(call *c, const char *alert, const char *error)
{
    registration_job *job = c->job;
    job->shown = true;
    job->alert = alert;
    c->event.error = error;
}

static void show_busy(call *c)
{
    registration_job *job = c->job;
    job->login.busy = true;
    show_again(c, "The service is busy. Please try again in a moment.", NULL);
}

/* ---- what was typed ---- */

static ost_result put_typed(call *c, const profile_field *field, const ost_json **document)
{
    ost_text typed = profile_form_typed(c, field);
    if (text_is(field->name, "username"))
        return document_put_text(*document, "username", typed, c->arena, document);
    if (!text_is(field->name, "email"))
        return profile_form_put(c, field, document);
    ost_text email = text_lower(typed, c->arena);
    if (email.data == NULL)
        return OST_E_MEMORY;
    return email.len > 0 ? document_put_text(*document, "email", email, c->arena, document)
                         : OST_OK;
}

static ost_result read_typed(call *c, const ost_json **ret_document)
{
    registration_job *job = c->job;
    ost_result result = ost_json_read(OST_TEXT("{}"), NULL, c->arena, ret_document, NULL);
    if (result == OST_OK)
        result = profile_form_of_newcomer(c, &job->form);
    for (size_t i = 0; i < job->form.count && result == OST_OK; i++)
        result = put_typed(c, &job->form.fields[i], ret_document);
    if (result == OST_OK && c->realm->registration.email_is_name)
        result = document_put_text(*ret_document, "username", json_text_of(*ret_document, "email"),
                                   c->arena, ret_document);
    return result;
}

/* ---- is it good? ---- */

static void add_fault(call *c, const char *field, const char *message)
{
    registration_job *job = c->job;
    profile_fault_add(&job->faults, (profile_fault){.field = field, .message = message});
}

static const char *naming_field(const call *c)
{
    return c->realm->registration.email_is_name ? "email" : "username";
}

/* What holds whatever the realm's own rules say. Accounts of clients are known by their names:
 * whoever had such a name would be the client. */
static void check_name(call *c, ost_text username)
{
    bool by_email = c->realm->registration.email_is_name;
    ost_text folded = user_row_fold(username, c->arena);
    if (username.len == 0)
        add_fault(c, naming_field(c), by_email ? "missingEmailMessage" : "missingUsernameMessage");
    else if (username.len > NAME_MAX_BYTES)
        add_fault(c, naming_field(c), "error-invalid-value");
    else if (folded.data == NULL || text_starts(folded, SERVICE_ACCOUNT))
        add_fault(c, naming_field(c), by_email ? "emailExistsMessage" : "usernameExistsMessage");
}

static ost_result check_profile(call *c, const ost_json *document)
{
    registration_job *job = c->job;
    ost_text username = json_text_of(document, "username"), email = json_text_of(document, "email");
    ost_result result = OST_OK;
    check_name(c, username);
    if (job->form.rules != NULL) {
        result =
            profile_rules_check(job->form.rules, document, PROFILE_USER, c->arena, &job->faults);
    } else {
        if (!c->realm->registration.email_is_name && username.len > 0)
            profile_check_username(username, &job->faults);
        profile_check_email(email.len > 0 ? email : OST_TEXT(""), &job->faults);
        profile_check_name("firstName", json_text_of(document, "firstName"), &job->faults);
        profile_check_name("lastName", json_text_of(document, "lastName"), &job->faults);
    }
    if (email.len > NAME_MAX_BYTES)
        add_fault(c, "email", "error-invalid-email");
    return result;
}

static void check_password(call *c, const ost_json *document)
{
    registration_job *job = c->job;
    ost_error error = {0};
    ost_text password = call_parameter(c, "password");
    if (!c->realm->registration.password)
        return;
    if (password.len == 0) {
        job->secret_mistake = "Please specify password.";
        return;
    }
    if (!text_equal_secret(password, call_parameter(c, "password-confirm")))
        job->confirm_mistake = "Password confirmation doesn't match.";
    if (password_policy_check(c->realm->password_policy, password,
                              json_text_of(document, "username"), json_text_of(document, "email"),
                              &error) != OST_OK)
        job->secret_mistake = error.detail[0] != '\0'
                                  ? ost_arena_copy(c->arena, text_of(error.detail))
                                  : "Invalid password.";
}

static void check_terms(call *c)
{
    registration_job *job = c->job;
    if (c->realm->registration.terms && call_parameter(c, "termsAccepted").data == NULL)
        job->terms_mistake = "You must agree to our terms and conditions.";
}

static bool is_faulty(const registration_job *job)
{
    return job->faults.count > 0 || job->secret_mistake != NULL || job->confirm_mistake != NULL ||
           job->terms_mistake != NULL;
}

/* ---- whose name is it? ---- */

/* Each account that is made, and each name that turns out to be taken, counts: a minute's wait
 * after so many from one network, and longer after as many again. */
static ost_result count(call *c, bool *ret_blocked)
{
    const realm_brute_force rule = {.on = c->realm->registration.burst > 0,
                                    .failures = c->realm->registration.burst,
                                    .wait = 60,
                                    .max_wait = 900,
                                    .window = 3600};
    const brute_force_attempt attempt = {.realm = c->realm,
                                         .rule = &rule,
                                         .target = TARGET_REGISTRATIONS,
                                         .address = c->request->peer};
    return brute_force_judge(c->provider->store, &attempt, ATTEMPT_FAILED, ret_blocked);
}

/* Where people log in by address, a name that is somebody's address would be found in its place. */
static ost_result is_taken(call *c, ost_text name, bool or_email, bool *ret_taken)
{
    store_user other;
    ost_result result = store_user_find(c->provider->store, text_of(c->realm->name), name, or_email,
                                        c->arena, &other);
    *ret_taken = result == OST_OK;
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

static ost_result check_taken(call *c, const ost_json *document)
{
    const realm *r = c->realm;
    ost_text email = json_text_of(document, "email");
    bool taken = false, by_email = r->registration.email_is_name;
    bool or_email = r->login_with_email || (by_email && !r->duplicate_emails);
    ost_result result = is_taken(c, json_text_of(document, "username"), or_email, &taken);
    if (taken) {
        add_fault(c, naming_field(c), by_email ? "emailExistsMessage" : "usernameExistsMessage");
        c->event.error = by_email ? "email_in_use" : "username_in_use";
    }
    if (result != OST_OK || by_email || email.len == 0 ||
        (r->duplicate_emails && !r->login_with_email))
        return result;
    result = is_taken(c, email, !r->duplicate_emails, &taken);
    if (taken) {
        add_fault(c, "email", "emailExistsMessage");
        c->event.error = "email_in_use";
    }
    return result;
}

/* ---- the user ---- */

/* When they agreed, as the page of the required action keeps it. */
static ost_result put_terms(call *c, const ost_json **document)
{
    const ost_json *attributes = ost_json_get(*document, "attributes"), *when;
    if (!c->realm->registration.terms)
        return OST_OK;
    ost_result result = document_add_text(NULL, text_of(call_format(c, "%lld", (long long)c->now)),
                                          c->arena, &when);
    if (result == OST_OK)
        result =
            document_put(attributes, OST_TEXT("terms_and_conditions"), when, c->arena, &attributes);
    return result == OST_OK
               ? document_put(*document, OST_TEXT("attributes"), attributes, c->arena, document)
               : result;
}

static ost_result store_user_of(call *c, const ost_json *document, store_user *ret_row)
{
    ost_text credential = {0};
    const password_form form = password_form_of(c->realm->password_policy);
    const user_row_home home = {
        .realm = c->realm, .context = c->provider->context, .arena = c->arena};
    ost_result result = document_put_boolean(document, "enabled", true, c->arena, &document);
    if (result == OST_OK)
        result = document_put_boolean(document, "emailVerified", false, c->arena, &document);
    if (result == OST_OK)
        result = newcomer_put_gifts(c->realm, c->realm->registration.terms, c->arena, &document);
    if (result == OST_OK)
        result = put_terms(c, &document);
    if (result == OST_OK && c->realm->registration.password)
        result = password_hash(call_parameter(c, "password"), &form, c->provider->context, c->arena,
                               &credential);
    if (result == OST_OK)
        result = user_row_read_with(&home, document, credential, 0, ret_row, NULL);
    ret_row->email_shared = c->realm->duplicate_emails;
    return result == OST_OK ? store_user_create(c->provider->store, ret_row) : result;
}

/* ---- the login ---- */

/* Newcomers have proved as much as those who type a password; what they have to set up for more is
 * found as for everybody. */
static bool take_levels(call *c)
{
    browser_login *login = c->job;
    const flow_standing standing = {.flow = REALM_FLOW_BROWSER,
                                    .proofs = OST_TEXT(PROVED_BY_PASSWORD)};
    flow_verdict verdict = {.level = FLOW_LEVEL_NONE};
    if (c->client->browser_leveled)
        verdict = authentication_walk(c, &login->user, &standing);
    if (verdict.outcome != FLOW_ENTERS)
        verdict = (flow_verdict){.level = c->client->browser_leveled ? 0 : FLOW_LEVEL_NONE};
    return browser_login_take_levels(c, &verdict);
}

static void go_on(call *c, ost_text user_id)
{
    browser_login *login = c->job;
    login->request.registering = false;
    if (authentication_load_user(c, user_id, &login->user) != OST_OK) {
        browser_login_break(c);
        return;
    }
    c->event.username = login->user.username;
    if (login->user.barred) {
        c->event.error = "resolve_required_actions";
        login->username = login->user.username;
        login->outcome = LOGIN_PAGE;
        login->alert = "Your account has been made. Before you can sign in, it has to be set up by "
                       "your administrator.";
        return;
    }
    if (take_levels(c) && browser_login_choose_session(c, user_id))
        browser_login_complete(c, true);
}

static void create(call *c, const ost_json *document)
{
    store_user row = {0};
    ost_result result = store_user_of(c, document, &row);
    if (result == OST_E_CONFLICT) { /* somebody else was faster */
        add_fault(c, naming_field(c),
                  c->realm->registration.email_is_name ? "emailExistsMessage"
                                                       : "usernameExistsMessage");
        show_again(c, NULL, "username_in_use");
        return;
    }
    if (result != OST_OK) {
        show_busy(c);
        return;
    }
    c->event.user = row.id;
    event_tell_before(c, EVENT_REGISTER);
    c->event.email = (ost_text){0};
    go_on(c, row.id);
}

/* A name is looked up once all the rest is good, so that each look counts. */
void registration_take(call *c)
{
    registration_job *job = c->job;
    const ost_json *document;
    bool blocked = false;
    ost_result result = read_typed(c, &document);
    if (result == OST_OK) {
        c->event.username = json_text_of(document, "username");
        c->event.email = json_text_of(document, "email");
        result = check_profile(c, document);
        check_password(c, document);
        check_terms(c);
    }
    if (result == OST_OK && is_faulty(job)) {
        show_again(c, NULL, "invalid_registration");
        return;
    }
    if (result == OST_OK)
        result = count(c, &blocked);
    if (result == OST_OK && blocked) {
        show_again(c, "Too many accounts were made from here. Please try again in a few minutes.",
                   "too_many_registrations");
        return;
    }
    if (result == OST_OK)
        result = check_taken(c, document);
    if (result != OST_OK)
        show_busy(c);
    else if (is_faulty(job))
        show_again(c, NULL, c->event.error);
    else
        create(c, document);
}
