/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets that are not told: Keycloak's ten asterisks stand for them, and an import takes these for
 * what the realm has. */
#ifndef MASKED_H
#define MASKED_H

#include <ostiary/json.h>

#define MASK "**********"

/* Writes a value with masks for what the members are that `is_secret` names, at every depth.
 * `keeps_lists`: a secret that is a list, as in settings of components, becomes a list of one. */
void masked_put(ost_json_writer *writer, const ost_json *value, bool (*is_secret)(ost_text name),
                bool keeps_lists);

/* The members of Keycloak's representations that are secrets wherever they stand. */
bool masked_is_secret(ost_text name);

/* It is a mask, or a list of one. NULL is none. */
bool masked_is(const ost_json *value);

#endif
