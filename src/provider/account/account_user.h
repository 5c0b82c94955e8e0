/* SPDX-License-Identifier: Apache-2.0 */
/* The user of the account REST API in the store. */
#ifndef ACCOUNT_USER_H
#define ACCOUNT_USER_H

#include "provider/account/account_call.h"

/* Stores the user with another document, answers 204 and tells the event. What the store does not
 * take is answered 400. EVENTS: it is none. OST_E_CONFLICT: they have been changed since they were
 * read. */
OST_MUST_CHECK ost_result account_store_user(account_call *account, const ost_json *document,
                                             event_type event);

/* A new password: by the realm's policies, whose words are the refusal. OST_E_CONFLICT as above. */
OST_MUST_CHECK ost_result account_store_password(account_call *account, ost_text password);

#endif
