/* SPDX-License-Identifier: Apache-2.0 */
/* Names of protocol mappers; see mapper_type.h. */
#include "provider/realm/mapper_type.h"

#include <stddef.h>
#include <string.h>

#include "provider/proof/pairwise_subject.h"

static const char *const names[MAPPER_TYPES] = {
    [MAPPER_HARDCODED_ROLE] = "oidc-hardcoded-role-mapper",
    [MAPPER_ATTRIBUTE] = "oidc-usermodel-attribute-mapper",
    [MAPPER_PROPERTY] = "oidc-usermodel-property-mapper",
    [MAPPER_FULL_NAME] = "oidc-full-name-mapper",
    [MAPPER_ADDRESS] = "oidc-address-mapper",
    [MAPPER_GROUPS] = "oidc-group-membership-mapper",
    [MAPPER_SUBJECT] = "oidc-sub-mapper",
    [MAPPER_PAIRWISE] = PAIRWISE_MAPPER,
    [MAPPER_REALM_ROLES] = "oidc-usermodel-realm-role-mapper",
    [MAPPER_CLIENT_ROLES] = "oidc-usermodel-client-role-mapper",
    [MAPPER_AUDIENCE_RESOLVE] = "oidc-audience-resolve-mapper",
    [MAPPER_AUDIENCE] = "oidc-audience-mapper",
    [MAPPER_ALLOWED_ORIGINS] = "oidc-allowed-origins-mapper",
    [MAPPER_ACR] = "oidc-acr-mapper",
    [MAPPER_SESSION_NOTE] = "oidc-usersessionmodel-note-mapper",
    [MAPPER_HARDCODED_CLAIM] = "oidc-hardcoded-claim-mapper",
    [MAPPER_REQUESTED_CLAIMS] = "oidc-claims-param-token-mapper",
    [MAPPER_REQUESTED_VALUE] = "oidc-claims-param-value-idtoken-mapper",
};

mapper_type mapper_type_of(const char *name)
{
    for (mapper_type type = MAPPER_UNKNOWN + 1; type < MAPPER_TYPES; type++) {
        if (strcmp(name, names[type]) == 0)
            return type;
    }
    return MAPPER_UNKNOWN;
}
