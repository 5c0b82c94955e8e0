/* SPDX-License-Identifier: Apache-2.0 */
/* The validators of Keycloak's declarative user profile, each held against one value. */
#ifndef PROFILE_VALIDATOR_H
#define PROFILE_VALIDATOR_H

#include "provider/profile/profile_check.h"

/* Whether there is a validator of the name, and whether what it asks for is looked at here: dates
 * as a language writes them are not. */
bool profile_validator_exists(ost_text name);
bool profile_validator_works(ost_text name);

/* Adds what `value`, which is not empty, has against it. `settings` are the validator's own, of the
 * profile's configuration. What cannot be judged (a pattern that PCRE2 may read otherwise than
 * Java) is not good enough. False: out of memory. */
OST_MUST_CHECK bool profile_validator_check(ost_text name, const ost_json *settings,
                                            const char *field, ost_text value, ost_arena *arena,
                                            profile_faults *faults);

#endif
