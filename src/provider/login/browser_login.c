/* SPDX-License-Identifier: Apache-2.0 */
/* Beginning, opening and answering logins; see browser_login.h. */
#include "provider/login/browser_login.h"

#include "base/percent.h"
#include "base/text.h"
#include "provider/call/call_event.h"
#include "provider/client/client_find.h"
#include "provider/login/device_request.h"
#include "provider/login/realm_language.h"
#include "provider/login/realm_page.h"
#include "provider/login/user_language.h"
#include "provider/session/browser_session.h"
#include "provider/upstream/upstream_button.h"
#include "provider/upstream/upstream_enter.h"

ost_text browser_login_address(call *c, const char *path, ost_text code)
{
    ost_text client = percent_encode(c->arena, text_of(c->client->client_id));
    const browser_login *login = c->job;
    ost_text action = login->request.action;
    return text_of(call_format(c, "%s/login-actions/%s?session_code=%.*s%s%.*s&client_id=%.*s",
                               c->issuer, path, OST_FORMAT(code),
                               action.len > 0 ? "&execution=" : "", OST_FORMAT(action),
                               OST_FORMAT(client)));
}

/* Keycloak's own clients have a name that is a key of its messages. */
ost_text browser_login_client_name(call *c)
{
    ost_text name = page_words_resolve(realm_language_words(c), text_of(c->client->name), c->arena);
    return name.len > 0 && !text_starts(name, "${") ? name : text_of(c->client->client_id);
}

/* By an address of its own, so that the page can be loaded again. */
static void send_to_page(call *c, const browser_login *login)
{
    const char *path = login->outcome == LOGIN_ACT        ? "required-action"
                       : login->outcome == LOGIN_REGISTER ? "registration"
                       : login->outcome == LOGIN_FACTOR   ? "authenticate"
                                                          : "consent";
    ost_text code;
    if (!auth_request_seal(c, &login->request, browser_id(c, true), &code)) {
        page_send_error(c, c->error.status, "The login cannot go on now. Please try again.");
        return;
    }
    call_no_store(c);
    http_redirect(c->exchange, 302, browser_login_address(c, path, code));
}

/* A form that is shown for the first time is no event. */
static void tell_event(call *c, const browser_login *login)
{
    if (c->language.stored) {
        c->event.user = login->session.user_id;
        event_tell_before(c, EVENT_UPDATE_PROFILE);
    }
    switch (login->outcome) {
    case LOGIN_PAGE:
        if (c->event.error != NULL)
            event_tell(c, EVENT_LOGIN, c->event.error);
        break;
    case LOGIN_AWAY:
    case LOGIN_REGISTER:
    case LOGIN_FACTOR:
    case LOGIN_ACT:
    case LOGIN_ASK:
    case LOGIN_AGAIN:
        break;
    case LOGIN_DENIED:
        event_tell(c, EVENT_LOGIN, c->event.error);
        break;
    case LOGIN_DONE:
        c->event.user = login->session.user_id;
        c->event.session = login->session.id;
        event_tell(c, EVENT_LOGIN, NULL);
        break;
    case LOGIN_REFUSED:
    case LOGIN_BROKEN:
        event_tell_outcome(c, login->refused_as);
        break;
    }
}

/* To the identity provider that the request has named. */
static void send_away(call *c, const browser_login *login)
{
    ost_text code;
    if (login->forget_session)
        browser_session_clear(c);
    if (!auth_request_seal(c, &login->request, browser_id(c, true), &code)) {
        page_send_error(c, c->error.status, "The login cannot go on now. Please try again.");
        return;
    }
    call_no_store(c);
    http_redirect(c->exchange, 303, upstream_address(c, login->hint, code));
}

/* In the words of the flow, if it has any. */
static void send_denial(call *c, const browser_login *login)
{
    const char *words = login->denial.len > 0 ? ost_arena_copy(c->arena, login->denial) : NULL;
    page_send_error(c, login->too_many_sessions ? 403 : 401,
                    words != NULL ? words : "Access denied");
}

static void send_done(call *c, browser_login *login)
{
    if (login->new_session)
        browser_session_set(c, &login->session);
    if (login->request.device.len > 0)
        device_request_send_status(c);
    else
        auth_response_send(c, &login->request, &login->parameters);
}

static void send_refusal(call *c, browser_login *login)
{
    if (login->forget_session)
        browser_session_clear(c);
    if (login->request.device.len > 0)
        device_request_send_status(c);
    else
        auth_response_send_error(c, &login->request);
}

void browser_login_send(call *c)
{
    browser_login *login = c->job;
    tell_event(c, login);
    user_language_keep(c);
    switch (login->outcome) {
    case LOGIN_PAGE:
        browser_login_show(c);
        break;
    case LOGIN_AWAY:
        send_away(c, login);
        break;
    case LOGIN_FACTOR:
    case LOGIN_REGISTER:
    case LOGIN_ACT:
    case LOGIN_ASK:
        if (login->new_session)
            browser_session_set(c, &login->session);
        send_to_page(c, login);
        break;
    case LOGIN_AGAIN:
        call_no_store(c);
        http_redirect(c->exchange, 302, auth_request_url(c, &login->request));
        break;
    case LOGIN_DONE:
        send_done(c, login);
        break;
    case LOGIN_DENIED:
        send_denial(c, login);
        break;
    case LOGIN_REFUSED:
        send_refusal(c, login);
        break;
    case LOGIN_BROKEN:
        page_send_error(c, c->error.status, c->error.description);
        break;
    }
}

/* A link that a client has begun by itself has no request that could begin again. */
static ost_text begin_again(call *c, const auth_request *r)
{
    bool any = r->response_type.len > 0 || r->device.len > 0;
    return any ? auth_request_url(c, r) : (ost_text){0};
}

/* At the page of the login it goes on with the same form, elsewhere it begins again; what somebody
 * has typed to register is lost, which is told. */
static void send_expired(call *c, auth_stage stage)
{
    browser_login *login = c->job;
    const char *alert = "Your login attempt timed out. Login will start from the beginning.";
    login->outcome =
        stage == AUTH_STAGE_LOGIN || stage == AUTH_STAGE_CODE ? LOGIN_PAGE : LOGIN_AGAIN;
    login->request.half = login->request.proofs = (ost_text){0};
    login->alert = alert;
    ost_text again = begin_again(c, &login->request);
    if (again.len == 0)
        page_send_error(c, 400, alert);
    else if (stage == AUTH_STAGE_REGISTRATION)
        page_send_error_again(c, 400, alert, again);
    else
        browser_login_send(c);
}

void browser_login_begin(http_exchange *exchange, void *user, size_t job_size,
                         void (*next)(call *c))
{
    call *c = call_begin_job(exchange, user, job_size);
    if (c == NULL)
        return;
    if (http_form_read(c->request->query, c->arena, &c->form) != OST_OK)
        page_send_error(c, 400, "Invalid Request");
    else if (!c->realm->enabled)
        page_send_error(c, 400, "Realm not enabled");
    else
        client_await(c, call_parameter(c, "client_id"), next);
}

bool browser_login_open(call *c, ost_text code, auth_stage stage)
{
    browser_login *login = c->job;
    switch (auth_request_open(c, code, stage, browser_id(c, false), &login->request)) {
    case AUTH_OPEN_GOOD:
        return true;
    case AUTH_OPEN_INVALID:
        page_send_error(c, 400, "An error occurred, please login again through your application.");
        break;
    case AUTH_OPEN_COOKIE:
        page_send_error_again(
            c, 400,
            "Cookie not found. Please make sure cookies are enabled in your browser. This login "
            "was begun in another browser, or your browser has forgotten it.",
            begin_again(c, &login->request));
        break;
    case AUTH_OPEN_EXPIRED:
        send_expired(c, stage);
        break;
    }
    return false;
}
