/* SPDX-License-Identifier: Apache-2.0 */
/* The protocol mappers that are known, by the names that realm files give them. */
#ifndef MAPPER_TYPE_H
#define MAPPER_TYPE_H

#include "provider/proof/pairwise_subject.h"

/* What each does is told where it is done (mapper.c). */
typedef enum mapper_type {
    MAPPER_UNKNOWN, /* scripts, other protocols: says nothing */
    MAPPER_ROLE_NAME,
    MAPPER_HARDCODED_ROLE,
    MAPPER_ATTRIBUTE,
    MAPPER_PROPERTY,
    MAPPER_FULL_NAME,
    MAPPER_ADDRESS,
    MAPPER_GROUPS,
    MAPPER_SUBJECT,
    MAPPER_PAIRWISE, /* of the client, as a whole: see realm_client */
    MAPPER_REALM_ROLES,
    MAPPER_CLIENT_ROLES,
    MAPPER_AUDIENCE_RESOLVE,
    MAPPER_AUDIENCE,
    MAPPER_ALLOWED_ORIGINS,
    MAPPER_ACR,
    MAPPER_SESSION_NOTE,
    MAPPER_HARDCODED_CLAIM,
    MAPPER_REQUESTED_CLAIMS,
    MAPPER_REQUESTED_VALUE,
    MAPPER_TYPES,
} mapper_type;

/* X(type, name) of each that does something. */
#define MAPPER_NAMES(X)                                                                            \
    X(MAPPER_ROLE_NAME, "oidc-role-name-mapper")                                                   \
    X(MAPPER_HARDCODED_ROLE, "oidc-hardcoded-role-mapper")                                         \
    X(MAPPER_ATTRIBUTE, "oidc-usermodel-attribute-mapper")                                         \
    X(MAPPER_PROPERTY, "oidc-usermodel-property-mapper")                                           \
    X(MAPPER_FULL_NAME, "oidc-full-name-mapper")                                                   \
    X(MAPPER_ADDRESS, "oidc-address-mapper")                                                       \
    X(MAPPER_GROUPS, "oidc-group-membership-mapper")                                               \
    X(MAPPER_SUBJECT, "oidc-sub-mapper")                                                           \
    X(MAPPER_PAIRWISE, PAIRWISE_MAPPER)                                                            \
    X(MAPPER_REALM_ROLES, "oidc-usermodel-realm-role-mapper")                                      \
    X(MAPPER_CLIENT_ROLES, "oidc-usermodel-client-role-mapper")                                    \
    X(MAPPER_AUDIENCE_RESOLVE, "oidc-audience-resolve-mapper")                                     \
    X(MAPPER_AUDIENCE, "oidc-audience-mapper")                                                     \
    X(MAPPER_ALLOWED_ORIGINS, "oidc-allowed-origins-mapper")                                       \
    X(MAPPER_ACR, "oidc-acr-mapper")                                                               \
    X(MAPPER_SESSION_NOTE, "oidc-usersessionmodel-note-mapper")                                    \
    X(MAPPER_HARDCODED_CLAIM, "oidc-hardcoded-claim-mapper")                                       \
    X(MAPPER_REQUESTED_CLAIMS, "oidc-claims-param-token-mapper")                                   \
    X(MAPPER_REQUESTED_VALUE, "oidc-claims-param-value-idtoken-mapper")

/* The type of a member `protocolMapper`. */
mapper_type mapper_type_of(const char *name);

#endif
