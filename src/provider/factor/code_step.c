/* SPDX-License-Identifier: Apache-2.0 */
/* One-time codes at a login; see code_step.h. */
#include "provider/factor/code_step.h"

#include "base/text.h"
#include "provider/call/call_event.h"
#include "provider/login/realm_language.h"
#include "provider/login/realm_page.h"
#include "provider/login/subject_request.h"
#include "provider/realm/uuid.h"
#include "provider/session/browser_session.h"
#include "provider/user/otp_credential.h"
#include "store/memory/store_memory.h"

#define DEVICES_MAX 20 /* that are shown to choose from */

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
        bool same = text_equal(since, r->since) && login->user.has_code;
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
        browser_login_choose_session(c, login->user.id);
        browser_login_complete(c, true);
    }
}

static void work_show(call *c)
{
    if (load_user(c))
        ask_again(c, NULL);
}

static void work_form(call *c)
{
    browser_login *login = c->job;
    if (!load_user(c))
        return;
    switch (authentication_check_code(c, &login->user, call_parameter(c, "selectedCredentialId"),
                                      call_parameter(c, "otp"))) {
    case AUTHENTICATED:
        go_on(c);
        break;
    case AUTHENTICATION_BUSY:
        login->busy = true;
        ask_again(c, "The service is busy. Please try again in a moment.");
        break;
    case AUTHENTICATION_WRONG:
    case AUTHENTICATION_DISABLED:
        login->wrong = true;
        ask_again(c, "Invalid authenticator code.");
        break;
    }
}

void code_step_open(call *c)
{
    if (c->request->method != HTTP_POST)
        call_work(c, work_show, code_step_send);
    else if (call_read_form(c))
        call_work(c, work_form, code_step_send);
    else
        page_send_error(c, 400, "Invalid Request");
}

/* ---- the page ---- */

static ost_text name_of(call *c, const otp_credential *device)
{
    return device->label.len > 0
               ? device->label
               : page_words_say(realm_language_words(c), "loginTotpUnnamed", NULL, 0, c->arena);
}

/* Who has one device is not asked which. */
static bool put_devices(call *c, page *p)
{
    const browser_login *login = c->job;
    ost_text chosen = call_parameter(c, "selectedCredentialId");
    otp_credential *devices;
    size_t count, at = 0;
    if (otp_credentials_read(login->user.document, login->user.id, c->arena, &devices, &count) !=
        OST_OK)
        return false;
    count = count > DEVICES_MAX ? DEVICES_MAX : count;
    page_row *rows = ost_arena_alloc(c->arena, (count + 1) * sizeof *rows);
    if (rows == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        at = text_equal(devices[i].id, chosen) ? i : at;
    for (size_t i = 0; i < count; i++)
        rows[i] = (page_row){{{PAGE_ROW_NAME, name_of(c, &devices[i])},
                              {PAGE_ROW_VALUE, devices[i].id},
                              {PAGE_ROW_CURRENT, i == at ? OST_TEXT("1") : (ost_text){0}}}};
    p->rows = rows;
    p->row_count = count > 1 ? count : 0;
    return true;
}

/* To sign in as somebody else. */
static bool put_restart(call *c, page *p)
{
    const browser_login *login = c->job;
    auth_request anybody = login->request;
    ost_text code;
    anybody.half = anybody.since = anybody.user = (ost_text){0};
    if (!auth_request_seal(c, &anybody, browser_id(c, true), &code))
        return false;
    page_put_url(p, PAGE_RESTART, browser_login_address(c, "authenticate", code));
    return true;
}

static void send_page(call *c)
{
    const browser_login *login = c->job;
    page p = {.template = PAGE_ONE_TIME_CODE,
              .status = login->busy ? 503 : 200,
              .leads_away = login->request.device.len == 0};
    ost_text code;
    if (!auth_request_seal(c, &login->request, browser_id(c, true), &code) || !put_restart(c, &p) ||
        !put_devices(c, &p)) {
        page_send_error(c, 500, "The login cannot be shown now. Please try again.");
        return;
    }
    ost_text address = browser_login_address(c, "authenticate", code);
    page_put(&p, PAGE_CLIENT, browser_login_client_name(c));
    page_put_url(&p, PAGE_ACTION, address);
    page_put(&p, PAGE_USERNAME, login->user.username);
    realm_page_offer_languages(c, &p, address);
    realm_page_tell(c, &p, PAGE_ALERT, login->alert);
    page_put_flag(&p, PAGE_WRONG, login->wrong);
    realm_page_send(c, &p);
}

void code_step_send(call *c)
{
    const browser_login *login = c->job;
    if (!login->asks_code) {
        browser_login_send(c);
        return;
    }
    if (c->event.error != NULL)
        event_tell(c, EVENT_LOGIN, c->event.error);
    send_page(c);
}
