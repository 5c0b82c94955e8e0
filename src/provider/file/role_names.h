/* SPDX-License-Identifier: Apache-2.0 */
/* The roles that users and groups of a realm file name: Keycloak makes those that the file does not
 * declare. */
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

/* Those of `users` (UserRepresentations) and of the groups of `file`. In the arena. OST_E_CEILING:
 * they name more than a million. */
OST_MUST_CHECK ost_result role_names_gather(const ost_json *file, const ost_json *const *users,
                                            size_t user_count, ost_arena *arena,
                                            role_names *ret_names);

#endif
