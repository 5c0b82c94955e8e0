/* SPDX-License-Identifier: Apache-2.0 */
/* The authorization endpoint (RFC 6749 §3.1): a session that is there answers, otherwise the login
 * form does. */
#include "base/text.h"
#include "provider/call/call_event.h"
#include "provider/client/client_find.h"
#include "provider/client/request_reference.h"
#include "provider/client/secret_end.h"
#include "provider/endpoint/endpoints.h"
#include "provider/login/browser_login.h"
#include "provider/login/intent_check.h"
#include "provider/login/pushed_request.h"
#include "provider/login/realm_page.h"
#include "provider/session/browser_session.h"
#include "provider/upstream/upstream_button.h"

static bool read_parameters(call *c)
{
    ost_text source = c->request->method == HTTP_POST ? c->request->body : c->request->query;
    return http_form_read(source, c->arena, &c->form) == OST_OK;
}

/* Who wants an account is not asked who they are. */
static auth_check check_newcomer(call *c)
{
    browser_login *login = c->job;
    auth_request *r = &login->request;
    r->registering = r->registering || login->newcomer;
    if (!r->registering || auth_request_lets_register(c, r))
        return AUTH_GOOD;
    call_refuse(c, 400, "invalid_request", "Registration not allowed");
    return AUTH_PAGE;
}

/* What to answer when no store has been asked yet. True: the browser's session has to be looked at.
 */
static bool auth_begin(call *c)
{
    browser_login *login = c->job;
    login->check = check_newcomer(c);
    login->username = login->request.login_hint;
    login->request.fresh_since = browser_login_fresh_since(c, &login->request);
    login->request.forwarded = upstream_forwarded(c);
    login->hint = upstream_usable(c, call_parameter(c, "kc_idp_hint"));
    if (login->check != AUTH_GOOD)
        return false;
    bool known = browser_has_identity(c) && !login->request.registering;
    if (!known)
        browser_login_ask(c);
    return known;
}

static void send(call *c)
{
    browser_login *login = c->job;
    switch (login->check) {
    case AUTH_PAGE:
        event_tell_outcome(c, EVENT_LOGIN);
        page_send_error(c, c->error.status,
                        c->error.description != NULL ? c->error.description : "Invalid Request");
        break;
    case AUTH_REDIRECT:
        event_tell_outcome(c, EVENT_LOGIN);
        auth_response_send_error(c, &login->request);
        break;
    case AUTH_GOOD:
        browser_login_send(c);
        break;
    }
}

static void begin_login(call *c)
{
    if (auth_begin(c))
        call_work(c, browser_login_by_session, send);
    else
        send(c);
}

static void go_on(call *c)
{
    const browser_login *login = c->job;
    if (login->check != AUTH_GOOD)
        send(c);
    else if (c->secret_ends != 0)
        call_work(c, secret_end_store, begin_login);
    else
        begin_login(c);
}

/* On the pool, where nothing is to be asked elsewhere: the request is in the store. */
static void take_pushed(call *c)
{
    browser_login *login = c->job;
    ost_text id;
    login->check = AUTH_PAGE;
    if (pushed_request_begin(c, &id)) {
        login->check = auth_request_read(c, AUTH_PUSHED, &login->request);
        login->request.pushed = id;
    }
    if (login->check != AUTH_GOOD || intent_check_is_due(c))
        return;
    secret_end_store(c);
    if (auth_begin(c))
        browser_login_by_session(c);
}

static void pushed_taken(call *c)
{
    browser_login *login = c->job;
    if (login->check == AUTH_GOOD && intent_check_is_due(c))
        intent_check_await(c, go_on);
    else
        send(c);
}

static void read_request(call *c)
{
    browser_login *login = c->job;
    login->check = auth_request_read(c, AUTH_BROWSER, &login->request);
    if (login->check == AUTH_GOOD)
        intent_check_await(c, go_on);
    else
        send(c);
}

/* Once the client can be known. */
static void check_request(call *c)
{
    if (pushed_request_is_named(c))
        call_work(c, take_pushed, pushed_taken);
    else
        request_reference_await(c, read_request);
}

static void begin_request(http_exchange *exchange, void *user, bool newcomer)
{
    call *c = call_begin_job(exchange, user, sizeof(browser_login));
    if (c == NULL)
        return;
    ((browser_login *)c->job)->newcomer = newcomer;
    if (!read_parameters(c))
        page_send_error(c, 400, "Invalid Request");
    else
        client_await(c, call_parameter(c, "client_id"), check_request);
}

void authorize_endpoint(http_exchange *exchange, void *user)
{
    begin_request(exchange, user, false);
}

/* Where keycloak-js' register() and its like lead: to the page on which somebody makes an account,
 * whoever the browser's session is of. */
void registrations_endpoint(http_exchange *exchange, void *user)
{
    begin_request(exchange, user, true);
}
