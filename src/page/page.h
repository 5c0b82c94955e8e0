/* SPDX-License-Identifier: Apache-2.0 */
/* The pages that people see: templates of web/page, filled in and sent with a policy that lets
 * nothing else in. One engine for the provider and for the API framework, so that a person who logs
 * in meets one design. Each page works without a script. */
#ifndef PAGE_H
#define PAGE_H

#include "http/http.h"
#include "page/page_fields.h"

/* Each takes fields of its own kind and breaks the page for others. All values are escaped. */
void page_put(page *page, page_field field, ost_text text);
void page_put_flag(page *page, page_field field, bool flag);

/* An address is a path of ours or an http(s) URL; what else it is stays empty, so that no link runs
 * a script. The target of a form may have any scheme that does not. */
void page_put_url(page *page, page_field field, ost_text url);

/* Fills the page in and sends it, once, as text/html with its headers. Runs on the exchange's loop,
 * or where http_respond may be called. */
void page_send(http_exchange *exchange, const page *page);

#endif
