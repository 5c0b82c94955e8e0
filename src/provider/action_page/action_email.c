/* SPDX-License-Identifier: Apache-2.0 */
/* The required action VERIFY_EMAIL; see action_page.h. The mail's link does it; the page waits, and
 * its form asks for another mail, which the endpoint sends. */
#include "base/text.h"
#include "provider/action_page/action_page.h"

void action_email_put(call *c, page *p)
{
    const action_job *job = c->job;
    ost_text email = {0};
    (void)!ost_json_text(ost_json_get(job->login.user.document, "email"), &email);
    p->template = PAGE_NOTICE;
    realm_page_say(c, p, PAGE_HEADING, "emailVerificationSubject");
    realm_page_say_of(c, p, PAGE_MESSAGE, "emailVerifyInstruction1", email);
    realm_page_say(c, p, PAGE_BUTTON, "emailVerifyResend");
    realm_page_say(c, p, PAGE_LINK_TEXT, "doContinue");
    realm_page_tell(c, p, PAGE_DETAIL, job->alert);
}

/* Nothing that is typed here verifies anything. */
bool action_email_take(call *c)
{
    return action_show_again(c, NULL, NULL);
}
