/* SPDX-License-Identifier: Apache-2.0 */
/* A realm's own user profile, told to those who make forms of it (Keycloak's
 * UserProfileMetadata). */
#ifndef PROFILE_METADATA_H
#define PROFILE_METADATA_H

#include "provider/profile/profile_rules.h"

/* An object with what the side may see. `fixed_username`: it cannot be changed. `more`: an
 * attribute before them; NULL: none. */
void profile_metadata_put(ost_json_writer *writer, const ost_json *rules, profile_side side,
                          bool fixed_username, const ost_json *more);

/* The profile itself, with what it leaves out (UPConfig). */
void profile_whole_put(ost_json_writer *writer, const ost_json *rules);

#endif
