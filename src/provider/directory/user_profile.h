/* SPDX-License-Identifier: Apache-2.0 */
/* The rules for what users are called, as Keycloak's user profile has them where nobody has changed
 * it. Attributes beside these four are kept as they come. */
#ifndef USER_PROFILE_H
#define USER_PROFILE_H

#include "provider/admin/admin_call.h"

/* Checks those of the four that the body names, where the realm has no rules of its own. False: one
 * is wrong, and the call is refused with its field. */
bool user_profile_check(admin_call *admin);

/* Checks, by the realm's own rules, what the user's document was (NULL: a new one) and becomes.
 * a->status is set where it is refused. */
OST_MUST_CHECK ost_result user_profile_check_own(admin_call *admin, const ost_json *before,
                                                 const ost_json *after);

/* Answers with the profile of a realm that has none of its own. */
OST_MUST_CHECK ost_result user_profile_answer_usual(admin_call *admin);
/* Or with its own. */
OST_MUST_CHECK ost_result user_profile_answer_own(admin_call *admin, const ost_json *rules);

#endif
