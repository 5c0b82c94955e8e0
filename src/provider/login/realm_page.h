/* SPDX-License-Identifier: Apache-2.0 */
/* The pages of a realm and of the provider itself, made by the page engine. */
#ifndef REALM_PAGE_H
#define REALM_PAGE_H

#include "page/page.h"
#include "provider/call/call.h"

/* Sends the page, with the realm's name on it. A page without a title is called "Sign in to
 * {realm}". */
void realm_page_send(call *call, page *page);

/* The error page; `message` is plain text. It links back to the client where one is known. */
void page_send_error(call *call, int status, const char *message);
/* The same with a link that begins again; `again` is a URL of ours. */
void page_send_error_again(call *call, int status, const char *message, ost_text again);

/* Pages without a realm: where the provider itself answers, and for paths that do not exist. */
void page_send_root(http_exchange *exchange);
void page_send_not_found(http_exchange *exchange);

#endif
