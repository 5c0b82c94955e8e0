/* SPDX-License-Identifier: Apache-2.0 */
/* The login form's endpoint: the password is checked on the pool, wrong ones show the form again;
 * and the form of a one-time code, which has the same address. */
#include "base/text.h"
#include "provider/client/client_find.h"
#include "provider/endpoint/endpoints.h"
#include "provider/factor/code_step.h"
#include "provider/factor/passkey_step.h"
#include "provider/login/browser_login.h"
#include "provider/login/realm_page.h"
#include "provider/login/subject_request.h"
#include "provider/session/authentication.h"
#include "provider/session/browser_session.h"

static void show_again(browser_login *login, const char *alert, bool wrong)
{
    login->outcome = LOGIN_PAGE;
    login->alert = alert;
    login->wrong = wrong;
}

static void show_busy(browser_login *login)
{
    show_again(login, "The service is busy. Please try again in a moment.", false);
    login->busy = true;
}

/* Somebody has proved who they are, as far as that. */
static void go_on(call *c, const char *proof)
{
    browser_login *login = c->job;
    if (login->user.barred) {
        c->event.error = "resolve_required_actions";
        show_again(login, LOGIN_BARRED, false);
        return;
    }
    if (!subject_request_allows(c->client, login->request.subject, login->user.id)) {
        show_again(login, "The application asks for another user.", false);
        return;
    }
    code_step_begin(c, text_of(proof));
}

static void work(call *c)
{
    browser_login *login = c->job;
    switch (authenticate(c, REALM_FLOW_BROWSER, login->username, login->password, &login->user)) {
    case AUTHENTICATED:
        break;
    case AUTHENTICATION_WRONG:
        show_again(login,
                   login->request.user.len > 0 ? "Invalid password."
                                               : "Invalid username or password.",
                   true);
        return;
    case AUTHENTICATION_DISABLED:
    case AUTHENTICATION_DENIED:
        show_again(login, "Account is disabled, contact your administrator.", false);
        return;
    case AUTHENTICATION_BUSY:
        show_busy(login);
        return;
    }
    go_on(c, PROVED_BY_PASSWORD);
}

static void work_passkey(call *c)
{
    browser_login *login = c->job;
    switch (passkey_step_take(c)) {
    case AUTHENTICATED:
        login->by_passkey = true;
        go_on(c, PROVED_BY_PASSKEY);
        break;
    case AUTHENTICATION_WRONG:
    case AUTHENTICATION_DISABLED:
    case AUTHENTICATION_DENIED:
        show_again(login, "The security key could not be used. Please try again.", true);
        break;
    case AUTHENTICATION_BUSY:
        show_busy(login);
        break;
    }
}

/* What is wrong with a passkey is said on its own page. */
static void send_passkey(call *c)
{
    const browser_login *login = c->job;
    if (login->by_passkey)
        code_step_send(c);
    else
        passkey_step_send(c);
}

static void begin_passkey(call *c)
{
    if (c->request->method != HTTP_POST)
        passkey_step_send(c);
    else if (call_read_form(c))
        call_work(c, work_passkey, send_passkey);
    else
        page_send_error(c, 400, "Invalid Request");
}

static void form_begin(call *c, browser_login *login)
{
    login->username = login->request.user.len > 0 ? login->request.user
                                                  : text_trim(call_parameter(c, "username"));
    login->password = call_parameter(c, "password");
    login->remember = call_parameter(c, "rememberMe").data != NULL;
    if (call_work_hashing(c, work, code_step_send))
        return;
    provider_count(c->provider, COUNT_LOGINS_BUSY);
    show_busy(login);
    browser_login_send(c);
}

/* c->form is the address's query. */
static void open_request(call *c)
{
    browser_login *login = c->job;
    ost_text code = call_parameter(c, "session_code");
    bool submitted = c->request->method == HTTP_POST;
    if (!c->realm->enabled) {
        page_send_error(c, 400, "Realm not enabled");
        return;
    }
    auth_stage stage =
        auth_request_is_of(c, code, AUTH_STAGE_CODE) ? AUTH_STAGE_CODE : AUTH_STAGE_LOGIN;
    if (!browser_login_open(c, code, stage))
        return;
    if (stage == AUTH_STAGE_CODE) {
        code_step_open(c);
        return;
    }
    if (passkey_step_is(c)) {
        begin_passkey(c);
        return;
    }
    /* Where a password does not do, what comes with one is not looked at. */
    if (submitted && c->client->browser_password && call_read_form(c)) {
        form_begin(c, login);
    } else {
        login->outcome = LOGIN_PAGE;
        browser_login_send(c);
    }
}

void login_endpoint(http_exchange *exchange, void *user)
{
    call *c = call_begin_job(exchange, user, sizeof(browser_login));
    if (c == NULL)
        return;
    if (http_form_read(c->request->query, c->arena, &c->form) != OST_OK)
        page_send_error(c, 400, "Invalid Request");
    else
        client_await(c, call_parameter(c, "client_id"), open_request);
}
