/* SPDX-License-Identifier: Apache-2.0 */
/* Where the links of mails lead. A link that is merely opened, by a program that looks at mails or
 * by a browser ahead of its user, changes nothing: it shows what it would do, and does it when the
 * user says so. What then takes several pages goes on in this browser alone, by a token of its own;
 * with the first of them that is done, the link is spent. */
#include "base/base64url.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/action/action_step.h"
#include "provider/action/mail_text.h"
#include "provider/call/call_event.h"
#include "provider/endpoint/endpoints.h"
#include "provider/factor/code_step.h"
#include "provider/login/realm_language.h"
#include "provider/login/realm_page.h"
#include "provider/session/browser_session.h"
#include "store/session/store_session.h"

#define BUSY "The service is busy. Please try again in a moment."

static event_type event_of(action_purpose purpose)
{
    return purpose == ACTION_VERIFY  ? EVENT_VERIFY_EMAIL
           : purpose == ACTION_RESET ? EVENT_RESET_PASSWORD
                                     : EVENT_EXECUTE_ACTIONS;
}

/* ---- the answers ---- */

static void send_notice(call *c, const char *heading, const char *message, ost_text value, page *p)
{
    p->template = PAGE_NOTICE;
    p->status = 200;
    realm_page_say(c, p, PAGE_HEADING, heading);
    realm_page_say_of(c, p, PAGE_MESSAGE, message, value);
    realm_page_send(c, p);
}

static ost_text own_address(call *c)
{
    const action_run *run = c->job;
    return text_of(
        call_format(c, "%s/login-actions/action-token?key=%.*s", c->issuer, OST_FORMAT(run->key)));
}

static void send_question(call *c)
{
    const action_run *run = c->job;
    const action_token *t = &run->token;
    page p = {0};
    page_put_url(&p, PAGE_ACTION, own_address(c));
    realm_page_say(c, &p, PAGE_BUTTON, "doContinue");
    realm_page_offer_languages(c, &p, own_address(c));
    if (t->purpose == ACTION_VERIFY)
        send_notice(c, "emailVerificationSubject", "confirmEmailAddressVerification", t->email, &p);
    else if (t->purpose == ACTION_RESET)
        send_notice(c, "passwordResetSubject", "confirmPasswordReset", run->job.login.user.username,
                    &p);
    else
        send_notice(c, "executeActionsSubject", "confirmExecutionOfActions",
                    mail_text_actions(realm_language_words(c), t->actions, c->arena), &p);
}

static void send_done(call *c)
{
    const action_run *run = c->job;
    const action_token *t = &run->token;
    page p = {0};
    bool verified = t->purpose == ACTION_VERIFY;
    if (t->redirect_uri.len > 0 && call_redirect_allowed(c, t->redirect_uri)) {
        page_put_url(&p, PAGE_LINK, t->redirect_uri);
        realm_page_say(c, &p, PAGE_LINK_TEXT, "backToApplication");
    }
    send_notice(c,
                verified                     ? "emailVerificationSubject"
                : t->purpose == ACTION_RESET ? "passwordResetSubject"
                                             : "executeActionsSubject",
                run->verified_before ? "emailVerifiedAlreadyMessage"
                : verified           ? "emailVerifiedMessage"
                                     : "accountUpdatedMessage",
                t->email, &p);
}

static void send(call *c)
{
    action_run *run = c->job;
    if (c->error.status != 0) {
        page_send_error(c, 503, BUSY);
        return;
    }
    switch (run->outcome) {
    case RUN_ASKS:
        send_question(c);
        break;
    case RUN_SHOWS:
        if (c->event.error != NULL)
            action_page_tell(c);
        action_page_send(c);
        break;
    case RUN_GOES_ON:
        if (run->finished)
            event_tell_before(c, event_of(run->token.purpose));
        call_no_store(c);
        http_redirect(c->exchange, 303, run->next);
        break;
    case RUN_DONE:
        event_tell(c, event_of(run->token.purpose), NULL);
        send_done(c);
        break;
    case RUN_LOGS_IN:
        event_tell_before(c, event_of(run->token.purpose));
        code_step_send(c);
        break;
    case RUN_REFUSED:
        if (c->event.error != NULL)
            event_tell(c, run->known ? event_of(run->token.purpose) : EVENT_EXECUTE_ACTION_TOKEN,
                       c->event.error);
        page_send_error(c, run->status, run->message);
        break;
    }
}

/* ---- the token and its user ---- */

/* Whoever is signed in here as somebody else would be surprised. */
static bool check_browser(call *c)
{
    const action_run *run = c->job;
    store_session session;
    authenticated_user other;
    ost_result result = browser_session_load(c, &session);
    if (call_is_busy(result))
        return action_run_refuse_result(c, result);
    if (result != OST_OK || text_equal(session.user_id, run->token.user) ||
        authentication_load_user(c, session.user_id, &other) != OST_OK)
        return true;
    const char *message =
        call_format(c, "Somebody else is signed in in this browser: %.*s. Please sign out first.",
                    OST_FORMAT(other.username));
    return action_run_refuse(c, 400, message != NULL ? message : ACTION_LINK_INVALID,
                             "different_user_authenticated");
}

static bool load_user(call *c)
{
    action_run *run = c->job;
    authenticated_user *user = &run->job.login.user;
    ost_result result = action_token_user(c, &run->token, user);
    if (result == OST_E_NOT_FOUND)
        return action_run_refuse(c, 400, ACTION_LINK_INVALID, "user_not_found");
    if (result == OST_E_STATE)
        return action_run_refuse(c, 400, "Account is disabled, contact your administrator.",
                                 "user_disabled");
    if (result == OST_E_EXPIRED)
        return action_run_refuse(c, 400, ACTION_LINK_USED, "expired_code");
    if (result != OST_OK)
        return action_run_refuse_result(c, result);
    realm_language_know_user(c, user->document);
    return true;
}

static bool load_client(call *c)
{
    const action_run *run = c->job;
    c->client = realm_find_client(c->realm, run->token.client);
    return (c->client != NULL && c->client->enabled) ||
           action_run_refuse(c, 400, ACTION_LINK_INVALID, "client_not_found");
}

static bool is_allowed(call *c)
{
    const action_run *run = c->job;
    bool allowed = run->token.purpose != ACTION_RESET || c->realm->reset_password_allowed;
    return allowed || action_run_refuse(c, 400, "Passwords cannot be reset here.", "not_allowed");
}

static bool open_link(call *c)
{
    action_run *run = c->job;
    ost_result result = action_token_read(c, run->key, &run->token);
    if (result != OST_OK)
        return action_run_refuse_result(c, result);
    run->known = true;
    c->event.user = run->token.user;
    c->event.email = run->token.purpose == ACTION_VERIFY ? run->token.email : (ost_text){0};
    return is_allowed(c) && load_client(c) && load_user(c) && check_browser(c);
}

/* ---- the work ---- */

static void work_look(call *c)
{
    action_run *run = c->job;
    if (open_link(c))
        run->outcome = RUN_ASKS;
}

/* Who has the link has the mail. */
static bool verify(call *c)
{
    action_run *run = c->job;
    ost_result result = OST_OK;
    if (!json_true_of(run->job.login.user.document, "emailVerified") ||
        run->token.purpose == ACTION_VERIFY)
        result = action_token_verify(c, &run->token);
    if (result == OST_E_CONFLICT)
        return action_run_refuse(c, 400, ACTION_LINK_USED, "expired_code");
    return result == OST_OK || action_run_refuse_result(c, result);
}

static void work_confirm(call *c)
{
    action_run *run = c->job;
    if (!open_link(c))
        return;
    run->verified_before = run->token.purpose == ACTION_VERIFY &&
                           json_true_of(run->job.login.user.document, "emailVerified");
    if (run->token.purpose == ACTION_VERIFY) {
        ost_result result = action_token_spend(c, &run->token);
        if (result != OST_OK)
            (void)!action_run_refuse_result(c, result);
        else if (verify(c))
            action_step_finish(c);
        return;
    }
    if (verify(c) && load_user(c))
        action_step_begin(c);
}

static bool open_step(call *c)
{
    return action_step_open(c) && is_allowed(c) && load_client(c) && load_user(c) &&
           check_browser(c);
}

static void work_step(call *c)
{
    if (open_step(c))
        action_step_show(c);
}

static void work_form(call *c)
{
    if (open_step(c))
        action_step_take(c);
}

/* ---- the endpoint ---- */

static void begin_form(call *c)
{
    const action_run *run = c->job;
    bool read = call_read_form(c);
    if (!read)
        page_send_error(c, 400, "Invalid Request");
    else if (!call_work_hashing(c, run->step.len > 0 ? work_form : work_confirm, send))
        page_send_error(c, 503, BUSY);
}

void action_token_endpoint(http_exchange *exchange, void *user)
{
    call *c = call_begin_job(exchange, user, sizeof(action_run));
    action_run *run = c != NULL ? c->job : NULL;
    if (c == NULL)
        return;
    if (http_form_read(c->request->query, c->arena, &c->form) != OST_OK) {
        page_send_error(c, 400, "Invalid Request");
        return;
    }
    if (!c->realm->enabled) {
        page_send_error(c, 400, "Realm not enabled");
        return;
    }
    run->key = call_parameter(c, "key");
    run->step = call_parameter(c, "session_code");
    run->browser = browser_id(c, true);
    if (c->request->method == HTTP_POST)
        begin_form(c);
    else
        call_work(c, run->step.len > 0 ? work_step : work_look, send);
}
