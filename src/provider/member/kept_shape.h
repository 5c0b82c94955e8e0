/* SPDX-License-Identifier: Apache-2.0 */
/* The shape of what is kept without being read (authorization settings, organizations, …): names
 * that Keycloak's classes know, so that a misspelt one is refused here, too, and what texts of
 * enumerated types may be. */
#ifndef KEPT_SHAPE_H
#define KEPT_SHAPE_H

typedef enum kept_form {
    KEPT_OBJECT,
    KEPT_LIST,    /* an array of objects */
    KEPT_OBJECTS, /* an object of objects, by names of the user's own */
    KEPT_LISTS,   /* an object of arrays of objects */
    KEPT_CHOICE,  /* a text of an enumerated type */
} kept_form;

/* How a member is built. */
typedef struct kept_shape {
    kept_form form;
    const struct kept_class *of;
    const struct member_kind *kind; /* the table of the names that `of` (or NULL) lacks */
} kept_shape;

typedef struct kept_part {
    const char *name;
    kept_shape shape;
} kept_part;

typedef struct kept_class {
    const char *representation;
    const char *names;      /* of plain values, separated by '|'; of a choice these values, in the
                               order of their numbers */
    const kept_part *parts; /* of others; NULL: none. The last has no name. */
} kept_class;

extern const kept_shape kept_authorization, kept_organizations, kept_profile_metadata,
    kept_sub_components, kept_federation_providers, kept_federation_mappers, kept_client_policies,
    kept_client_profiles;

#endif
