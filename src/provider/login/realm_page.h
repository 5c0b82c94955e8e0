/* SPDX-License-Identifier: Apache-2.0 */
/* The pages of a realm and of the provider itself, made by the page engine, in the language that
 * realm_language.h chooses. */
#ifndef REALM_PAGE_H
#define REALM_PAGE_H

#include "page/page.h"
#include "provider/call/call.h"

/* Puts the message of a key (page_words.h), with a value for its {0}. */
void realm_page_say(call *call, page *page, page_field field, const char *key);
void realm_page_say_of(call *call, page *page, page_field field, const char *key, ost_text value);
/* Puts what the code says in English, as it stands among the messages. */
void realm_page_tell(call *call, page *page, page_field field, const char *english);
/* Puts a name that may be the key of a message, "${client_account}". */
void realm_page_name(call *call, page *page, page_field field, ost_text name);

/* The page may be had in other languages, where the realm has some, at its own address with
 * kc_locale behind it. */
void realm_page_offer_languages(call *call, page *page, ost_text address);

/* Sends the page, with the realm's name on it. A page without a title is called "Sign in to
 * {realm}". */
void realm_page_send(call *call, page *page);

/* The error page; `message` is plain text in English, for the log too. It links back to the client
 * where one is known. */
void page_send_error(call *call, int status, const char *message);
/* The same with a link that begins again; `again` is a URL of ours. */
void page_send_error_again(call *call, int status, const char *message, ost_text again);

/* Pages without a realm: where the provider itself answers, and for paths that do not exist. */
void page_send_root(http_exchange *exchange);
void page_send_not_found(http_exchange *exchange);
/* Where the admin console will be once there is an administrator. */
void page_send_no_administrator(http_exchange *exchange);

#endif
