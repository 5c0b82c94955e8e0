/* SPDX-License-Identifier: Apache-2.0 */
/* What names of users must not hold, as Keycloak's user profile has it, and names of realms may. */
#ifndef NAME_SIGNS_H
#define NAME_SIGNS_H

#include <ostiary/types.h>

/* Whether there is a control character or a sign of ASCII that could be markup, a path or a pattern
 * where the name is shown or used; in the name that a user logs in with (`of_user`) also spaces,
 * quotes and what separates. */
bool name_has_sign(ost_text name, bool of_user);

/* What a realm may be called: letters of any script, digits, blanks, and - _ . @ */
bool name_is_of_realm(ost_text name);

#endif
