/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of realms; see realm_page.h. */
#include "provider/login/realm_page.h"

#include "base/text.h"

#define SORRY "We are sorry …"

void realm_page_send(call *c, page *p)
{
    const char *shown = c->realm->display_name != NULL ? c->realm->display_name : c->realm->name;
    page_put(p, PAGE_SITE, text_of(shown));
    if (p->values[PAGE_TITLE].len == 0)
        page_put(p, PAGE_TITLE, text_of(call_format(c, "Sign in to %s", shown)));
    if (p->status == 503)
        call_set_retry_after(c);
    page_send(c->exchange, p);
}

static void send_error_page(call *c, int status, const char *message, ost_text url,
                            const char *text)
{
    page p = {.template = PAGE_NOTICE, .status = status};
    page_put(&p, PAGE_HEADING, OST_TEXT(SORRY));
    page_put_flag(&p, PAGE_ERROR, true);
    page_put(&p, PAGE_MESSAGE, text_of(message));
    page_put(&p, PAGE_REQUEST_ID, c->request->request_id);
    page_put_url(&p, PAGE_LINK, url);
    page_put(&p, PAGE_LINK_TEXT, text_of(text));
    http_set_reason(c->exchange, "%s", message);
    realm_page_send(c, &p);
}

void page_send_error(call *c, int status, const char *message)
{
    ost_text home = text_of(c->client != NULL ? c->client->base_url : NULL);
    /* A path would be one of ours. */
    if (text_starts(home, "/"))
        home = (ost_text){0};
    send_error_page(c, status, message, home, "Back to the application");
}

void page_send_error_again(call *c, int status, const char *message, ost_text again)
{
    send_error_page(c, status, message, again, "Begin again");
}

void page_send_root(http_exchange *exchange)
{
    page p = {.template = PAGE_ROOT, .status = 200};
    page_put(&p, PAGE_TITLE, OST_TEXT("Ostiary"));
    page_put(&p, PAGE_HEADING, OST_TEXT("Ostiary"));
    page_send(exchange, &p);
}

void page_send_not_found(http_exchange *exchange)
{
    page p = {.template = PAGE_NOTICE, .status = 404};
    page_put(&p, PAGE_TITLE, OST_TEXT("Page not found"));
    page_put(&p, PAGE_SITE, OST_TEXT("Ostiary"));
    page_put(&p, PAGE_HEADING, OST_TEXT("Page not found"));
    page_put_flag(&p, PAGE_ERROR, true);
    page_put(&p, PAGE_MESSAGE, OST_TEXT("There is nothing at this address. Please check it."));
    page_send(exchange, &p);
}
