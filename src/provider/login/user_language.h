/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody picks on a page of a login is their language from then on: the user's attribute
 * "locale", where the realm has several languages and its required action update_user_locale is
 * on. As in Keycloak 24. */
#ifndef USER_LANGUAGE_H
#define USER_LANGUAGE_H

#include "provider/call/call.h"

/* The user of that document has shown who they are. Uses the store: on the pool. */
void user_language_take(call *call, ost_text user_id, const ost_json *document);

/* Before the answer to who has been through that: the browser's next pages are in the language of
 * the user, whatever was picked there before. On the exchange's loop. */
void user_language_keep(call *call);

#endif
