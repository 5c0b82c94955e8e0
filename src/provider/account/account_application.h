/* SPDX-License-Identifier: Apache-2.0 */
/* Applications of a user, and what they have been granted, as the account REST API shows them. */
#ifndef ACCOUNT_APPLICATION_H
#define ACCOUNT_APPLICATION_H

#include "provider/account/account_call.h"
#include "store/user/store_consent.h"

/* Writes a consent of the client with the key as an element or a member. */
void account_put_consent_members(const account_call *account, ost_text key,
                                 const store_consent *row, ost_json_writer *writer);

#endif
