/* SPDX-License-Identifier: Apache-2.0 */
/* The pages of required actions. What a page is about counts only in the browser and the session
 * that it was shown in, for as long as the action is due: what has been done in another window is
 * not done again. */
#include "base/text.h"
#include "provider/action/action_mail.h"
#include "provider/action_page/action_page.h"
#include "provider/broker/broker_endpoint.h"
#include "provider/call/call_event.h"
#include "provider/endpoint/endpoints.h"
#include "provider/login/realm_page.h"
#include "store/session/store_session.h"

#define LINKS_MAX 3 /* of one user that wait: they last five minutes */

static void send_outcome(call *c)
{
    action_job *job = c->job;
    if (job->leaves) {
        broker_leave(c, upstreams_find(&c->realm->upstreams,
                                       required_action_provider(job->login.request.action)));
    } else if (job->shown) {
        if (c->event.error != NULL)
            action_page_tell(c);
        action_page_send(c);
    } else if (job->login.check == AUTH_PAGE) {
        page_send_error_again(c, 400,
                              "This has been done already. What you have sent now has changed "
                              "nothing.",
                              auth_request_url(c, &job->login.request));
    } else {
        browser_login_send(c);
    }
}

/* Is the page's action what the user has to do next, or what the client may still wish for? */
static bool is_due(call *c)
{
    action_job *job = c->job;
    const browser_login *login = &job->login;
    const auth_request *r = &login->request;
    const char *since = call_format(c, "%lld", (long long)login->user.password_since);
    job->action = required_action_of(r->action);
    job->optional = login->user.action == ACTION_NONE;
    return login->user.action == job->action ||
           (job->optional && text_equal(r->kc_action, r->action) &&
            text_is(r->since, since != NULL ? since : "") &&
            required_action_initiated(c->realm, r->kc_action) == job->action);
}

static void end_wish(auth_request *r, ost_text status)
{
    if (!text_equal(r->kc_action, r->action))
        return;
    r->kc_action = (ost_text){0};
    r->kc_action_status = status;
}

/* What only the client wishes for may be left undone; nothing but a clear yes links accounts. */
static bool is_left(const call *c)
{
    const action_job *job = c->job;
    bool agreed = (call_parameter(c, "accept").data != NULL ||
                   call_parameter(c, "continue").data != NULL) && /* Keycloak's name */
                  call_parameter(c, "cancel").data == NULL;
    return job->optional && (call_parameter(c, "cancel-aia").data != NULL ||
                             (job->action == ACTION_LINK && !agreed));
}

static void go_on(call *c)
{
    browser_login *login = c->job;
    (void)!store_session_touch(c->provider->store, login->session.realm, login->session.id, c->now,
                               session_idle_ends(c, login->session.remembered));
    browser_login_complete(c, login->request.proved);
}

/* A first mail comes by itself, and others when they are asked for, a few at a time. */
static void send_verification(call *c, size_t limit)
{
    action_job *job = c->job;
    ost_error error = {0};
    mail_letter letter;
    action_token t = {.purpose = ACTION_VERIFY,
                      .user = job->login.user.id,
                      .client = text_of(c->client->client_id),
                      .login = job->code};
    (void)!ost_json_text(ost_json_get(job->login.user.document, "email"), &t.email);
    ost_result result =
        action_mail_link(c, &t, action_lifespan_of_user(c->realm, ACTION_VERIFY), limit,
                         job->login.user.document, c->language.picked, &letter, &error);
    if (result == OST_E_BUSY && limit == 1)
        return; /* it is on its way */
    if (result == OST_OK)
        result = mailer_post(c->provider->mails, &letter);
    c->event.user = t.user;
    c->event.email = t.email;
    if (result == OST_OK)
        event_tell_before(c, EVENT_SEND_VERIFY_EMAIL);
    else
        job->alert = result == OST_E_BUSY
                         ? "Enough mails have been sent for now. Please look for the last one, or "
                           "try again in a few minutes."
                         : "The mail could not be sent. Please try again later.";
}

/* What is missing of a profile is asked for. */
static void tell_shown(call *c)
{
    const browser_login *login = c->job;
    c->event.user = login->user.id;
    c->event.username = login->user.username;
    event_tell_before(c, EVENT_VERIFY_PROFILE);
}

static void work_show(call *c)
{
    action_job *job = c->job;
    if (!browser_login_load_user(c))
        return;
    job->shown = is_due(c);
    if (!job->shown)
        go_on(c);
    else if (job->action == ACTION_EMAIL)
        send_verification(c, 1);
    else if (job->action == ACTION_VERIFY_PROFILE)
        tell_shown(c);
}

static void work_form(call *c)
{
    action_job *job = c->job;
    browser_login *login = &job->login;
    if (!browser_login_load_user(c))
        return;
    c->event.user = login->user.id;
    c->event.session = login->session.id;
    if (!is_due(c)) {
        login->check = AUTH_PAGE;
        return;
    }
    if (is_left(c)) {
        action_page_name(c);
        event_tell_failed_before(c, EVENT_CUSTOM_REQUIRED_ACTION, "rejected_by_user");
        end_wish(&login->request, OST_TEXT("cancelled"));
        go_on(c);
        return;
    }
    if (!action_page_take(c)) {
        if (job->action == ACTION_EMAIL)
            send_verification(c, LINKS_MAX);
        return;
    }
    end_wish(&login->request, OST_TEXT("success"));
    action_page_tell(c);
    if (browser_login_load_user(c)) /* as they are now */
        go_on(c);
}

static void form_begin(call *c)
{
    action_job *job = c->job;
    if (call_work_hashing(c, work_form, send_outcome))
        return;
    job->action = required_action_of(job->login.request.action);
    job->alert = "The service is busy. Please try again in a moment.";
    job->shown = job->login.busy = true;
    send_outcome(c);
}

/* c->form is the address's query. */
static void open_request(call *c)
{
    action_job *job = c->job;
    job->code = call_parameter(c, "session_code");
    if (!browser_login_open(c, job->code, AUTH_STAGE_ACTION))
        return;
    if (c->request->method != HTTP_POST)
        call_work(c, work_show, send_outcome);
    else if (call_read_form(c))
        form_begin(c);
    else
        page_send_error(c, 400, "Invalid Request");
}

void action_endpoint(http_exchange *exchange, void *user)
{
    browser_login_begin(exchange, user, sizeof(action_job), open_request);
}
