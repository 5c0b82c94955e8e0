/* SPDX-License-Identifier: Apache-2.0 */
/* Showing the pages of required actions; see action_page.h. */
#include "provider/login/action_page.h"

#include "base/text.h"
#include "provider/login/realm_page.h"
#include "provider/session/browser_session.h"

/* A page that the user has not asked for says why it comes. */
static void put_password(const action_job *job, page *p)
{
    p->template = PAGE_UPDATE_PASSWORD;
    page_put(p, PAGE_HEADING, OST_TEXT("Update password"));
    if (!job->optional)
        page_put(p, PAGE_MESSAGE,
                 OST_TEXT("You need to change your password to activate your account."));
    page_put_flag(p, PAGE_END_SESSIONS, !job->keep_sessions);
}

void action_page_send(call *c)
{
    action_job *job = c->job;
    page p = {.status = job->login.busy ? 503 : 200,
              .leads_away = job->login.request.device.len == 0};
    ost_text code;
    if (!auth_request_seal(c, &job->login.request, browser_id(c, true), &code)) {
        page_send_error(c, 500, "The page cannot be shown now. Please try again.");
        return;
    }
    put_password(job, &p);
    page_put(&p, PAGE_USERNAME, job->login.user.username);
    page_put(&p, PAGE_ALERT, text_of(job->alert));
    page_put_flag(&p, PAGE_WRONG, job->alert != NULL);
    page_put_flag(&p, PAGE_CANCEL, job->optional);
    page_put_url(&p, PAGE_ACTION, browser_login_address(c, "required-action", code));
    realm_page_send(c, &p);
}
