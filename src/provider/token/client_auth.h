/* SPDX-License-Identifier: Apache-2.0 */
/* Which client calls the token endpoint and its siblings (RFC 6749 §2.3). */
#ifndef CLIENT_AUTH_H
#define CLIENT_AUTH_H

#include "provider/call/call.h"

/* Sets call->client from the form's client_id and client_secret, from the Authorization field, or
 * from a client assertion. Refuses as Keycloak does: 401 invalid_client for nobody, 401
 * unauthorized_client for a wrong secret, 400 for an assertion. Public clients prove nothing. */
bool client_authenticate(call *call);

/* Goes on with `next` once client_authenticate has what it needs: see client_await. A call that is
 * refused already needs nothing. */
void client_auth_await(call *call, void (*next)(struct call *call));

#endif
