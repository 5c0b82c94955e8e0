/* SPDX-License-Identifier: Apache-2.0 */
/* The shape of what is kept without being read (authorization settings, organizations, …): names
 * that Keycloak's classes know, so that a misspelt one is refused here, too. */
#ifndef KEPT_SHAPE_H
#define KEPT_SHAPE_H

#include <ostiary/json.h>

typedef enum kept_form {
    KEPT_OBJECT,
    KEPT_LIST,    /* an array of objects */
    KEPT_OBJECTS, /* an object of objects, by names of the user's own */
    KEPT_LISTS,   /* an object of arrays of objects */
} kept_form;

/* How a member is built. */
typedef struct kept_shape {
    kept_form form;
    const struct kept_class *of;
    const struct member_kind
        *kind; /* the table that has the other names of it, or (`of` NULL) all */
} kept_shape;

extern const kept_shape kept_authorization, kept_organizations, kept_profile_metadata,
    kept_sub_components, kept_federation_providers, kept_federation_mappers, kept_client_policies,
    kept_client_profiles;

/* Why the first thing in the value that is not so built cannot be read, in the arena; NULL: it can.
 * What is null is as if it were left out. */
const char *kept_shape_fault(const ost_json *value, const kept_shape *shape, ost_arena *arena);

#endif
