/* SPDX-License-Identifier: Apache-2.0 */
/* The rules for what users are called, as Keycloak's user profile has them where nobody has changed
 * it. Attributes beside these four are kept as they come. */
#ifndef USER_PROFILE_H
#define USER_PROFILE_H

#include "provider/admin/admin_call.h"

/* Checks those of the four that the body names. False: one is wrong, and the call is refused with
 * its field. */
bool user_profile_check(admin_call *admin);

#endif
