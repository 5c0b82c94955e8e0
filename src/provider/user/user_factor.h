/* SPDX-License-Identifier: Apache-2.0 */
/* Which second factors a user has: what the types of credentials are good for at a login. */
#ifndef USER_FACTOR_H
#define USER_FACTOR_H

#include <ostiary/json.h>
#include <ostiary/types.h>

#include "provider/realm/realm_flow.h"

/* Those of the user's credentials, bits of realm_factor; and of these the ones among `wanted`, in
 * the order in which the user has them. */
unsigned user_factors_of(const ost_json *user);
size_t user_factors_list(const ost_json *user, unsigned wanted, realm_factor ret[FACTORS]);

/* The type of its credentials, and back; NULL and FACTOR_NONE: there is none. */
const char *user_factor_type(realm_factor factor);
realm_factor user_factor_of_type(ost_text type);

/* Whether a user may call one of them so: text of 255 bytes at most, which may be empty. */
bool user_factor_label_fits(ost_text label);

#endif
