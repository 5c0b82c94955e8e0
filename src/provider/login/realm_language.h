/* SPDX-License-Identifier: Apache-2.0 */
/* Which language the pages of a realm are in. As Keycloak 24 chooses: what was picked on a page
 * (kc_locale), the user's attribute "locale", what the client asks for (ui_locales, OpenID Connect
 * Core §3.1.2.1), the cookie of an earlier pick, what the browser accepts, the realm's default. Of
 * each only what is one of the realm's languages counts. */
#ifndef REALM_LANGUAGE_H
#define REALM_LANGUAGE_H

#include "page/page_words.h"
#include "provider/call/call.h"

/* The realm's language for a tag: "de-CH" is served by "de-CH" before "de", "pt" by "pt-BR" too,
 * but "pt-PT" is not. NULL: none. */
const char *realm_language_match(const realm *realm, ost_text tag);
/* For an Accept-Language field (RFC 9110 §12.5.4); what is malformed in it is passed over. */
const char *realm_language_accepted(const realm *realm, ost_text field);
/* The same for a page of no realm: of all languages that pages have; English, where none fits. */
const char *realm_language_of_browser(ost_text field);

/* Takes note of what a request for authorization asks for: kc_locale, and a list ui_locales; what
 * is not there, or none of the realm's, changes nothing. */
void realm_language_ask(call *call, ost_text kc_locale, ost_text ui_locales);
/* The same for the kc_locale of the address, which counts most: it is a pick on a page. */
void realm_language_ask_by_address(call *call);
/* The page is for this user, who has shown who they are. */
void realm_language_know_user(call *call, const ost_json *user_document);

/* What the browser's pages are in where nobody says anything; NULL: nothing is known. On the
 * exchange's loop. */
void realm_language_set_cookie(call *call, const char *tag);

/* The words of the call's page; made once. A pick is kept in a cookie then. On the exchange's loop.
 */
const page_words *realm_language_words(call *call);

#endif
