/* SPDX-License-Identifier: Apache-2.0 */
/* Second factors at a login; see code_step.h. */
#include "provider/factor/code_step.h"

#include "base/text.h"
#include "provider/call/call_event.h"
#include "provider/factor/factor_page.h"
#include "provider/factor/key_step.h"
#include "provider/login/realm_language.h"
#include "provider/login/realm_page.h"
#include "provider/login/subject_request.h"
#include "provider/realm/uuid.h"
#include "provider/session/browser_session.h"
#include "provider/upstream/upstream_enter.h"
#include "provider/user/user_factor.h"
#include "store/memory/store_memory.h"

/* ---- which ---- */

/* The factor of a type, if the user has it and it will do here. */
static realm_factor one_of_theirs(const call *c, ost_text type)
{
    const browser_login *login = c->job;
    realm_factor factor = user_factor_of_type(type);
    return (authentication_factors(c, &login->user) & factor) != 0 ? factor : FACTOR_NONE;
}

static realm_factor first_of_theirs(const call *c)
{
    const browser_login *login = c->job;
    realm_factor list[FACTORS] = {FACTOR_NONE};
    (void)user_factors_list(login->user.document, authentication_factors(c, &login->user), list);
    return list[0];
}

/* ---- asking ---- */

static ost_text since_of(call *c)
{
    const browser_login *login = c->job;
    return text_of(call_format(c, "%lld", (long long)login->user.password_since));
}

void code_step_ask(call *c)
{
    browser_login *login = c->job;
    auth_request *r = &login->request;
    r->half = login->user.id;
    r->half_id = uuid_text(c->provider->context, c->arena);
    r->half_ends = c->now + c->realm->lifespans.login;
    r->since = since_of(c);
    r->remember = login->remember;
    realm_language_know_user(c, login->user.document);
    login->factor = first_of_theirs(c);
    if (r->half_id.data == NULL || r->since.data == NULL)
        browser_login_break(c);
    else
        login->asks_code = true;
}

static void ask_again(call *c, const char *alert)
{
    browser_login *login = c->job;
    login->asks_code = true;
    login->alert = alert;
}

/* From the password on. */
static void begin_again(call *c, const char *alert)
{
    browser_login *login = c->job;
    login->outcome = LOGIN_PAGE;
    login->alert = alert;
    login->request.half = login->request.since = (ost_text){0};
    if (!upstream_awaits_proof(c, login->request.identity))
        login->request.identity = (ost_text){0};
}

/* ---- the form ---- */

/* The user as they are now. False: the outcome is set. */
static bool load_user(call *c)
{
    browser_login *login = c->job;
    const auth_request *r = &login->request;
    ost_result result = authentication_load_user(c, r->half, &login->user);
    if (result == OST_OK) {
        ost_text since = since_of(c);
        bool same = text_equal(since, r->since) && authentication_factors(c, &login->user) != 0;
        if (same)
            realm_language_know_user(c, login->user.document);
        else
            begin_again(c, "Your login attempt timed out. Login will start from the beginning.");
        return same;
    }
    if (result == OST_E_STATE) {
        c->event.error = "user_disabled";
        begin_again(c, "Account is disabled, contact your administrator.");
    } else if (result == OST_E_NOT_FOUND) {
        begin_again(c, NULL);
    } else {
        browser_login_break(c);
    }
    return false;
}

/* Of two who bring codes to one page, one goes on. */
static bool complete_once(call *c)
{
    browser_login *login = c->job;
    const auth_request *r = &login->request;
    const char *owner = call_format(c, "login of %s", c->realm->name);
    if (owner == NULL) {
        browser_login_break(c);
        return false;
    }
    ost_result result =
        store_use_once(c->provider->store, text_of(owner), r->half_id, r->half_ends);
    if (result == OST_E_CONFLICT)
        begin_again(c, "Your login attempt timed out. Login will start from the beginning.");
    else if (result != OST_OK)
        browser_login_break(c);
    return result == OST_OK;
}

static bool load_used(call *c)
{
    browser_login *login = c->job;
    if (authentication_load_user(c, login->request.half, &login->user) == OST_OK)
        return true;
    browser_login_break(c);
    return false;
}

static void go_on(call *c)
{
    browser_login *login = c->job;
    if (!complete_once(c))
        return;
    login->remember = login->request.remember;
    login->request.half = login->request.since = (ost_text){0};
    if (login->user.barred) {
        c->event.error = "resolve_required_actions";
        begin_again(c, LOGIN_BARRED);
    } else if (!subject_request_allows(c->client, login->request.subject, login->user.id)) {
        begin_again(c, "The application asks for another user.");
    } else {
        browser_login_enter(c);
    }
}

/* That of the page's address, which says what was shown. */
static void choose_shown(call *c)
{
    browser_login *login = c->job;
    login->factor = one_of_theirs(c, login->factor_type);
    if (login->factor == FACTOR_NONE)
        login->factor = first_of_theirs(c);
}

/* True: the form is about which factor it is to be. */
static bool choose(call *c)
{
    browser_login *login = c->job;
    ost_text type = call_parameter(c, "authenticationExecution");
    choose_shown(c);
    login->chooses_factor = call_parameter(c, "tryAnotherWay").data != NULL;
    if (one_of_theirs(c, type) != FACTOR_NONE)
        login->factor = one_of_theirs(c, type);
    return login->chooses_factor || type.data != NULL;
}

static authentication_outcome check(call *c)
{
    const browser_login *login = c->job;
    if (login->factor == FACTOR_KEY)
        return key_step_take(c);
    return login->factor == FACTOR_RECOVERY
               ? authentication_check_recovery(c, &login->user,
                                               call_parameter(c, "recoveryCodeInput"))
               : authentication_check_code(c, &login->user,
                                           call_parameter(c, "selectedCredentialId"),
                                           call_parameter(c, "otp"));
}

static void work_form(call *c)
{
    browser_login *login = c->job;
    if (!load_user(c))
        return;
    if (choose(c)) {
        ask_again(c, NULL);
        return;
    }
    switch (check(c)) {
    case AUTHENTICATED:
        /* As they are now: a key counts on, and whoever has used the last code makes new ones. */
        if (login->factor == FACTOR_CODE || load_used(c))
            go_on(c);
        break;
    case AUTHENTICATION_BUSY:
        login->busy = true;
        ask_again(c, "The service is busy. Please try again in a moment.");
        break;
    case AUTHENTICATION_WRONG:
    case AUTHENTICATION_DISABLED:
        login->wrong = true;
        ask_again(c, login->factor == FACTOR_RECOVERY ? "Invalid recovery authentication code"
                     : login->factor == FACTOR_KEY
                         ? "The security key could not be used. Please try again."
                         : "Invalid authenticator code.");
        break;
    }
}

static void work_show(call *c)
{
    if (!load_user(c))
        return;
    choose_shown(c);
    ask_again(c, NULL);
}

/* c->form is the address's query. */
void code_step_open(call *c)
{
    browser_login *login = c->job;
    login->factor_type = call_parameter(c, "execution");
    if (c->request->method != HTTP_POST)
        call_work(c, work_show, code_step_send);
    else if (call_read_form(c))
        call_work(c, work_form, code_step_send);
    else
        page_send_error(c, 400, "Invalid Request");
}

/* ---- the page ---- */

void code_step_send(call *c)
{
    const browser_login *login = c->job;
    if (!login->asks_code) {
        browser_login_send(c);
        return;
    }
    if (c->event.error != NULL)
        event_tell(c, EVENT_LOGIN, c->event.error);
    factor_page_send(c);
}
