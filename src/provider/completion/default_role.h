/* SPDX-License-Identifier: Apache-2.0 */
/* "defaultRoles" of a realm and its clients: the layout of before Keycloak 13, which has one role
 * with all of them. */
#ifndef DEFAULT_ROLE_H
#define DEFAULT_ROLE_H

#include <ostiary/json.h>

/* Writes the members "composite" and "composites" of the default role `role`: what it holds, and
 * what the lists of `file`, a realm, add to it. `built_in`: it is not of the file. */
void default_role_put_composites(const ost_json *file, const ost_json *role, bool built_in,
                                 ost_json_writer *writer);

#endif
