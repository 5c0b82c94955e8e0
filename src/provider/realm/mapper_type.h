/* SPDX-License-Identifier: Apache-2.0 */
/* The protocol mappers that are known, by the names that realm files give them. */
#ifndef MAPPER_TYPE_H
#define MAPPER_TYPE_H

/* What each does is told where it is done (mapper.c). */
typedef enum mapper_type {
    MAPPER_UNKNOWN, /* scripts, other protocols: says nothing */
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

/* The type of a member `protocolMapper`. */
mapper_type mapper_type_of(const char *name);

#endif
