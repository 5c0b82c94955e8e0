/* SPDX-License-Identifier: Apache-2.0 */
/* The roles that users, groups, scope mappings and "defaultRoles" of a realm file name: Keycloak
 * makes those that the file does not declare. */
#ifndef ROLE_NAMES_H
#define ROLE_NAMES_H

#include <ostiary/json.h>

typedef struct role_name {
    ost_text client; /* empty: a realm role */
    ost_text name;
} role_name;

/* Sorted by client and name, each once. */
typedef struct role_names {
    role_name *names;
    size_t count;
} role_names;

/* Gathers names of one user or group after the other. Zeroed but for the arena. */
typedef struct role_gathering {
    ost_arena *arena; /* where names live; those who have them may go */
    role_name *names;
    size_t count, room;
    size_t sorted; /* of `names`, so many are, each once */
    ost_result result;
} role_gathering;

/* Adds those of a UserRepresentation. What fails is told at the end. */
void role_names_add(role_gathering *gathering, const ost_json *user);
/* Adds those of the groups, scope mappings and default roles of `file`, and ends. OST_E_CEILING:
 * they are more than a million. */
OST_MUST_CHECK ost_result role_names_finish(role_gathering *gathering, const ost_json *file,
                                            role_names *ret_names);

#endif
