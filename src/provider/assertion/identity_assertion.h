/* SPDX-License-Identifier: Apache-2.0 */
/* Identity assertion authorization grants (draft-ietf-oauth-identity-assertion-authz-grant-04): an
 * assertion of a trusted issuer that lets one client act for a user, at the APIs and in the scopes
 * that it names, and nowhere else. MCP's enterprise-managed authorization has them. */
#ifndef IDENTITY_ASSERTION_H
#define IDENTITY_ASSERTION_H

#include "provider/token/grant.h"

#define IDENTITY_ASSERTION_TYPE "oauth-id-jag+jwt"

/* It is this client's, and whole. False: refused with invalid_grant. */
bool identity_assertion_check(call *call, const ost_claims *claims);

/* Chooses scopes, APIs and authorization details for grant->client: what the request names of those
 * in the assertion, or all of them. False: it names others, or the assertion has what the realm
 * does not know. */
bool identity_assertion_choose(call *call, const ost_claims *claims, grant *grant);

#endif
