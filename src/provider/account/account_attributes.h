/* SPDX-License-Identifier: Apache-2.0 */
/* What users see and change of their attributes, where the realm has a user profile of its own.
 * What that does not name is neither shown nor changed. */
#ifndef ACCOUNT_ATTRIBUTES_H
#define ACCOUNT_ATTRIBUTES_H

#include "provider/account/account_call.h"
#include "provider/profile/profile_rules.h"

/* Those that the user may see: whether there are any, and as members of an open object. `rules`
 * NULL: the realm has no profile of its own. */
bool account_attributes_any(const account_call *account, const ost_json *rules);
void account_attributes_put(const account_call *account, const ost_json *rules,
                            ost_json_writer *writer);

/* What the request makes of the document's: those that the user may change and it does not name are
 * taken out. Adds what the rules have against it, and then the document is not to be stored.
 * Look at the status: a request whose attributes are no texts is refused. */
OST_MUST_CHECK ost_result account_attributes_merge(account_call *account, const ost_json *rules,
                                                   const ost_json **document,
                                                   profile_faults *faults);

#endif
