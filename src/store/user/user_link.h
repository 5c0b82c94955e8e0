/* SPDX-License-Identifier: Apache-2.0 */
/* What users' documents name, so that a new name reaches them. */
#ifndef USER_LINK_H
#define USER_LINK_H

#include <ostiary/types.h>

/* What users' documents name: a role of the realm, a role of a client (the owner), a group with all
 * below it by its path, the value of an attribute (the owner), an identity provider's (the owner's)
 * id of the user. */
typedef enum store_link {
    STORE_LINK_REALM_ROLE = 1,
    STORE_LINK_CLIENT_ROLE,
    STORE_LINK_GROUP,
    STORE_LINK_ATTRIBUTE,
    STORE_LINK_FEDERATED,
} store_link;

typedef struct store_renaming {
    store_link kind;
    ost_text owner; /* empty: none */
    ost_text from;  /* empty: every role of the client, every id at the identity provider */
    ost_text to;    /* empty: it is taken out */
} store_renaming;

#endif
