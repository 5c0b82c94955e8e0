/* SPDX-License-Identifier: Apache-2.0 */
/* Which client calls the token endpoint and its siblings (RFC 6749 §2.3). */
#ifndef CLIENT_AUTH_H
#define CLIENT_AUTH_H

#include "provider/call/call.h"

/* Sets call->client from the form's client_id and client_secret, or from the Authorization field.
 * Refuses as Keycloak does: 401 invalid_client for nobody, 401 unauthorized_client for a wrong
 * secret. Public clients need no secret. */
bool client_authenticate(call *call);

#endif
