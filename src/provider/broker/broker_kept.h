/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of an identity provider's tokens, as JSON. */
#ifndef BROKER_KEPT_H
#define BROKER_KEPT_H

#define KEPT_ISSUER "issuer"               /* of the provider that has given them */
#define KEPT_TOKENS "tokens"               /* its answer, and in that, by Keycloak's name: */
#define KEPT_UNTIL "accessTokenExpiration" /* when the access token is over, seconds */

#endif
