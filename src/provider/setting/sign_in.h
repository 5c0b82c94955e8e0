/* SPDX-License-Identifier: Apache-2.0 */
/* How people sign in to a realm, where its document does not say: see sign_in.json. */
#ifndef SIGN_IN_H
#define SIGN_IN_H

#include "provider/admin/admin_call.h"

/* "authenticationFlows" or "requiredActions", of the document or what holds without it. */
OST_MUST_CHECK ost_result sign_in_read(const admin_call *admin, const char *member,
                                       const ost_json **ret_list);

#endif
