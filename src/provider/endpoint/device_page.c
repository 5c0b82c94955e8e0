/* SPDX-License-Identifier: Apache-2.0 */
/* Where the user of a device goes (RFC 8628 §3.3): the page that asks for the code that the device
 * shows, unless the address has it, from there to the login and to the question; and the page at
 * the end. */
#include "base/text.h"
#include "provider/call/call_event.h"
#include "provider/endpoint/endpoints.h"
#include "provider/login/browser_login.h"
#include "provider/login/device_request.h"
#include "provider/login/realm_page.h"
#include "provider/session/browser_session.h"

typedef struct device_job {
    browser_login login; /* first: it is the call's job for the login too */
    device_found found;
} device_job;

/* ---- asking for the code ---- */

static const char *words_of(device_found found)
{
    switch (found) {
    case DEVICE_WRONG:
        return "Invalid code, please try again.";
    case DEVICE_EXPIRED:
        return "The code has expired. Please go back to your device and try connecting again.";
    case DEVICE_BLOCKED:
        return "Too many wrong codes came from here. Please try again in a few minutes.";
    case DEVICE_BUSY:
        return "The service is busy. Please try again in a moment.";
    case DEVICE_FOUND:
        break;
    }
    return NULL;
}

static void send_form(call *c, device_found found)
{
    page p = {.template = PAGE_DEVICE,
              .status = found == DEVICE_BLOCKED ? 429
                        : found == DEVICE_BUSY  ? 503
                                                : 200};
    ost_text address = text_of(call_format(c, "%s/device", c->issuer));
    realm_page_tell(c, &p, PAGE_ALERT, words_of(found));
    page_put_url(&p, PAGE_ACTION, address);
    realm_page_offer_languages(c, &p, address);
    realm_page_send(c, &p);
}

static void send(call *c)
{
    device_job *job = c->job;
    event_tell(c, EVENT_DEVICE_VERIFY_USER_CODE,
               job->found == DEVICE_FOUND     ? NULL
               : job->found == DEVICE_EXPIRED ? "expired_oauth2_user_code"
                                              : "invalid_oauth2_user_code");
    if (job->found == DEVICE_FOUND)
        browser_login_send(c);
    else
        send_form(c, job->found);
}

static void work(call *c)
{
    device_job *job = c->job;
    ost_text typed = call_parameter(c, "device_user_code");
    if (typed.data == NULL)
        typed = call_parameter(c, "user_code");
    job->found = device_request_find(c, typed, &job->login.request);
    if (job->found != DEVICE_FOUND)
        return;
    if (browser_has_identity(c))
        browser_login_by_session(c);
    else
        browser_login_ask(c);
}

void device_page_endpoint(http_exchange *exchange, void *user)
{
    call *c = call_begin_job(exchange, user, sizeof(device_job));
    if (c == NULL)
        return;
    bool submitted = c->request->method == HTTP_POST;
    bool good = submitted ? call_read_form(c)
                          : http_form_read(c->request->query, c->arena, &c->form) == OST_OK;
    if (!good)
        page_send_error(c, 400, "Invalid Request");
    else if (!c->realm->enabled)
        page_send_error(c, 400, "Realm not enabled");
    else if (!submitted && call_parameter(c, "user_code").len == 0)
        send_form(c, DEVICE_FOUND);
    else
        call_work(c, work, send);
}

/* ---- the end ---- */

static const char *failure_of(ost_text error)
{
    if (text_is(error, "access_denied"))
        return "oauth2DeviceConsentDeniedMessage";
    if (text_is(error, "expired_token"))
        return "oauth2DeviceExpiredUserCodeMessage";
    return "oauth2DeviceVerificationFailedMessage";
}

void device_status_endpoint(http_exchange *exchange, void *user)
{
    call *c = call_begin(exchange, user);
    page p = {.template = PAGE_NOTICE, .status = 200};
    if (c == NULL)
        return;
    if (http_form_read(c->request->query, c->arena, &c->form) != OST_OK) {
        page_send_error(c, 400, "Invalid Request");
        return;
    }
    ost_text error = call_parameter(c, "error");
    bool failed = error.data != NULL;
    realm_page_say(c, &p, PAGE_HEADING,
                   failed ? "oauth2DeviceVerificationFailedHeader"
                          : "oauth2DeviceVerificationCompleteHeader");
    realm_page_say(c, &p, PAGE_MESSAGE,
                   failed ? failure_of(error) : "oauth2DeviceVerificationCompleteMessage");
    page_put_flag(&p, PAGE_ERROR, failed);
    realm_page_send(c, &p);
}
