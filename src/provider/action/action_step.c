/* SPDX-License-Identifier: Apache-2.0 */
/* The pages behind a link; see action_step.h. */
#include "provider/action/action_step.h"

#include "base/text.h"
#include "provider/factor/code_step.h"
#include "provider/login/subject_request.h"
#include "provider/session/browser_session.h"
#include "provider/session/internal_token.h"
#include "provider/upstream/upstream_enter.h"

#define STEP_TOKEN "ActionStep"

bool action_run_refuse(call *c, int status, const char *message, const char *error)
{
    action_run *run = c->job;
    run->outcome = RUN_REFUSED;
    run->status = status;
    run->message = message;
    c->event.error = error;
    return false;
}

bool action_run_refuse_result(call *c, ost_result result)
{
    if (call_is_busy(result))
        return action_run_refuse(c, 503, "The service is busy. Please try again in a moment.",
                                 NULL);
    if (result == OST_E_EXPIRED)
        return action_run_refuse(c, 400, "This link has expired. Please ask for a new one.",
                                 "expired_code");
    if (result == OST_E_NOT_FOUND)
        return action_run_refuse(c, 400, ACTION_LINK_USED, "expired_code");
    return action_run_refuse(c, 400, ACTION_LINK_INVALID, "invalid_code");
}

/* ---- what is to be done ---- */

/* What the link names comes first. ACTION_OTHER has no page here: an administrator has to do it. */
static required_action next_action(const action_run *run)
{
    ost_text rest = run->token.actions, alias;
    while (text_next(&rest, ' ', &alias)) {
        required_action action = required_action_of(alias);
        if (action != ACTION_OTHER && action != ACTION_EMAIL) /* the link has seen to that */
            return action;
    }
    required_action own = run->job.login.user.action;
    return own != ACTION_OTHER && own != ACTION_EMAIL ? own : ACTION_NONE;
}

static ost_text without(call *c, ost_text actions, required_action done)
{
    const char *left = "";
    ost_text alias;
    while (left != NULL && text_next(&actions, ' ', &alias)) {
        if (required_action_of(alias) != done)
            left = call_format(c, "%s%s%.*s", left, *left != '\0' ? " " : "", OST_FORMAT(alias));
    }
    return text_of(left);
}

/* ---- the token between two pages ---- */

static bool hash_browser(const call *c, ost_text browser, ost_text *ret)
{
    return browser.len > 0 && call_hash(c, browser, ret) == OST_OK;
}

static bool seal(call *c, required_action action, ost_text *ret)
{
    const action_run *run = c->job;
    const action_token *t = &run->token;
    ost_text hash, claims;
    ost_json_writer *w = call_writer(c);
    if (w == NULL || !hash_browser(c, run->browser, &hash))
        return false;
    ost_json_open_object(w);
    ost_json_member_integer(w, "exp", c->now + c->realm->lifespans.user_action);
    ost_json_member_integer(w, "link_exp", t->expires);
    ost_json_member_string(w, "iss", c->issuer);
    ost_json_member_string(w, "typ", STEP_TOKEN);
    ost_json_member_text(w, "jti", t->id);
    ost_json_member_text(w, "sub", t->user);
    ost_json_member_text(w, "browser", hash);
    ost_json_member_integer(w, "purpose", (int64_t)t->purpose);
    ost_json_member_string(w, "action", required_action_alias(action));
    ost_json_member_text(w, "actions", t->actions);
    ost_json_member_text(w, "email", t->email);
    ost_json_member_text(w, "client", t->client);
    ost_json_member_text(w, "redirect_uri", t->redirect_uri);
    ost_json_member_text(w, "login", t->login);
    ost_json_member_integer(w, "since", t->password_since);
    ost_json_member_boolean(w, "spent", run->spent);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, &claims) == OST_OK &&
           internal_token_make(c, claims, "JWT", ret);
}

static void go_to(call *c, required_action action)
{
    action_run *run = c->job;
    ost_text step;
    if (!seal(c, action, &step)) {
        (void)!action_run_refuse_result(c, OST_E_MEMORY);
        return;
    }
    run->outcome = RUN_GOES_ON;
    run->next =
        text_of(call_format(c, "%s/login-actions/action-token?execution=%s&session_code=%.*s",
                            c->issuer, required_action_alias(action), OST_FORMAT(step)));
}

static void fill(const ost_claims *claims, action_run *run)
{
    action_token *t = &run->token;
    int64_t purpose = ACTION_EXECUTE;
    (void)!ost_json_integer(ost_claims_get(claims, "purpose"), &purpose);
    (void)!ost_json_integer(ost_claims_get(claims, "since"), &t->password_since);
    (void)!ost_json_integer(ost_claims_get(claims, "link_exp"), &t->expires);
    (void)!ost_json_boolean(ost_claims_get(claims, "spent"), &run->spent);
    t->purpose = (action_purpose)purpose;
    t->id = ost_claims_text(claims, "jti");
    t->user = ost_claims_subject(claims);
    t->email = ost_claims_text(claims, "email");
    t->client = ost_claims_text(claims, "client");
    t->redirect_uri = ost_claims_text(claims, "redirect_uri");
    t->login = ost_claims_text(claims, "login");
    t->actions = ost_claims_text(claims, "actions");
    run->job.action = required_action_of(ost_claims_text(claims, "action"));
    run->known = true;
}

bool action_step_open(call *c)
{
    action_run *run = c->job;
    const ost_claims *claims;
    ost_text hash;
    ost_result result = internal_token_read(c, run->step, STEP_TOKEN, &claims);
    if (result != OST_OK)
        return action_run_refuse_result(c, result);
    fill(claims, run);
    c->event.user = run->token.user;
    if (!hash_browser(c, run->browser, &hash) ||
        !text_equal_secret(hash, ost_claims_text(claims, "browser")))
        return action_run_refuse(c, 400, ACTION_LINK_INVALID, "invalid_code");
    if (ost_claims_expiry(claims) <= c->now)
        return action_run_refuse_result(c, OST_E_EXPIRED);
    result = run->spent ? OST_OK : action_token_peek(c, &run->token);
    return result == OST_OK || action_run_refuse_result(c, result);
}

/* ---- the pages ---- */

void action_step_begin(call *c)
{
    action_run *run = c->job;
    required_action action = next_action(run);
    if (action != ACTION_NONE) {
        go_to(c, action);
        return;
    }
    ost_result result = run->spent ? OST_OK : action_token_spend(c, &run->token);
    if (result == OST_OK)
        action_step_finish(c);
    else
        (void)!action_run_refuse_result(c, result);
}

/* Of a page that is no longer due, the next one is shown. */
static bool is_due(call *c)
{
    const action_run *run = c->job;
    if (next_action(run) == run->job.action)
        return true;
    action_step_begin(c);
    return false;
}

static void show(call *c)
{
    action_run *run = c->job;
    run->outcome = RUN_SHOWS;
    run->job.shown = true;
    run->job.address = text_of(
        call_format(c, "%s/login-actions/action-token?execution=%s&session_code=%.*s", c->issuer,
                    required_action_alias(run->job.action), OST_FORMAT(run->step)));
}

void action_step_show(call *c)
{
    if (is_due(c))
        show(c);
}

void action_step_take(call *c)
{
    action_run *run = c->job;
    if (!is_due(c))
        return;
    if (!action_page_take(c)) {
        if (run->job.shown)
            show(c);
        else
            (void)!action_run_refuse_result(c, OST_E_BUSY);
        return;
    }
    action_page_tell(c);
    ost_result result = run->spent ? OST_OK : action_token_spend(c, &run->token);
    if (result == OST_OK)
        result = authentication_load_user(c, run->token.user, &run->job.login.user);
    if (result != OST_OK) {
        (void)!action_run_refuse_result(c, result);
        return;
    }
    (void)!ost_json_text(ost_json_get(run->job.login.user.document, "email"), &run->token.email);
    run->spent = true;
    run->token.password_since = run->job.login.user.password_since;
    run->token.actions = without(c, run->token.actions, run->job.action);
    action_step_begin(c);
}

/* ---- the end ---- */

/* A login may be about somebody, and nobody else is answered for. */
static bool is_wanted(call *c, const auth_request *request)
{
    const action_run *run = c->job;
    const authenticated_user *user = &run->job.login.user;
    return subject_request_allows(c->client, request->subject, user->id) &&
           upstream_takes_mails(c, request->identity) &&
           upstream_lets(c, request->identity, request->user, user);
}

/* The login of a forgotten password: its user has proved who they are by the mail. */
static bool log_in(call *c)
{
    action_run *run = c->job;
    browser_login *login = &run->job.login;
    const realm_client *client = c->client;
    auth_request request;
    if (auth_request_open(c, run->token.login, AUTH_STAGE_LOGIN, run->browser, &request) !=
        AUTH_OPEN_GOOD) {
        c->client = client;
        return false;
    }
    /* Once more: what is demanded of them is up to the client. */
    if (authentication_load_user(c, run->token.user, &login->user) != OST_OK ||
        login->user.barred || !is_wanted(c, &request)) {
        c->client = client;
        return false;
    }
    login->request = request;
    login->username = login->user.username;
    run->outcome = RUN_LOGS_IN;
    code_step_begin(c, OST_TEXT(PROVED_BY_PASSWORD)); /* the mail stands for it */
    return true;
}

/* The login that waits for the address to be verified has a page of its own, which finds that it
 * is. */
static bool go_back(call *c)
{
    action_run *run = c->job;
    const realm_client *client = c->client;
    if (auth_request_open(c, run->token.login, AUTH_STAGE_ACTION, run->browser,
                          &run->job.login.request) != AUTH_OPEN_GOOD) {
        c->client = client;
        return false;
    }
    run->outcome = RUN_GOES_ON;
    run->next = browser_login_address(c, "required-action", run->token.login);
    return true;
}

void action_step_finish(call *c)
{
    action_run *run = c->job;
    bool part = run->token.login.len > 0;
    run->finished = true;
    run->outcome = RUN_DONE;
    if (part && run->token.purpose == ACTION_RESET)
        (void)!log_in(c);
    else if (part && run->token.purpose == ACTION_VERIFY)
        (void)!go_back(c);
}
