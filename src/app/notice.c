/* SPDX-License-Identifier: Apache-2.0 */
/* Notices on their way to the page engine; see notice.h. */
#include "app/notice.h"

#include "base/text.h"
#include "page/page.h"

ost_text notice_site(const app_server *server)
{
    return text_of(server->app->title != NULL ? server->app->title : "API");
}

void notice_send(http_exchange *exchange, const app_server *server, const notice *shown)
{
    /* form-action would also bind where the provider redirects to after the button of the logout
     * page was pressed, and the pages have no other form. */
    page p = {
        .template = PAGE_NOTICE, .status = shown->status, .leads_away = true, .tells_origin = true};
    page_put(&p, PAGE_TITLE, text_of(shown->title));
    page_put(&p, PAGE_SITE, notice_site(server));
    page_put(&p, PAGE_HEADING, text_of(shown->title));
    page_put(&p, PAGE_MESSAGE, text_of(shown->text));
    page_put(&p, PAGE_DETAIL, text_of(shown->detail));
    page_put_flag(&p, PAGE_ERROR, shown->status >= 400);
    if (shown->status >= 400)
        page_put(&p, PAGE_REQUEST_ID, http_request_of(exchange)->request_id);
    page_put_url(&p, shown->post ? PAGE_ACTION : PAGE_LINK, text_of(shown->link));
    page_put(&p, shown->post ? PAGE_BUTTON : PAGE_LINK_TEXT, text_of(shown->link_text));
    page_send(exchange, &p);
}
