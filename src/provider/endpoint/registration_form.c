/* SPDX-License-Identifier: Apache-2.0 */
/* The registration page's endpoint: its form counts in the browser that it was shown in alone, and
 * for as long as the realm lets people make accounts for themselves. */
#include "base/text.h"
#include "provider/call/call_event.h"
#include "provider/endpoint/endpoints.h"
#include "provider/login/realm_page.h"
#include "provider/login/registration_page.h"

static void send(call *c)
{
    registration_job *job = c->job;
    if (!job->shown) {
        browser_login_send(c);
        return;
    }
    if (c->event.error != NULL)
        event_tell(c, EVENT_REGISTER, c->event.error);
    registration_page_send(c, job);
}

static void begin(call *c)
{
    registration_job *job = c->job;
    if (call_work_hashing(c, registration_take, send))
        return;
    job->alert = "The service is busy. Please try again in a moment.";
    job->shown = job->login.busy = true;
    send(c);
}

/* c->form is the address's query. */
static void open_request(call *c)
{
    const browser_login *login = c->job;
    if (!browser_login_open(c, call_parameter(c, "session_code"), AUTH_STAGE_REGISTRATION))
        return;
    if (!auth_request_lets_register(c, &login->request))
        page_send_error(c, 400, "Registration not allowed");
    else if (c->request->method != HTTP_POST)
        registration_page_send(c, NULL);
    else if (call_read_form(c))
        begin(c);
    else
        page_send_error(c, 400, "Invalid Request");
}

void registration_endpoint(http_exchange *exchange, void *user)
{
    browser_login_begin(exchange, user, sizeof(registration_job), open_request);
}
