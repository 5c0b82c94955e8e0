/* SPDX-License-Identifier: Apache-2.0 */
/* Which client calls the token endpoint and its siblings (RFC 6749 §2.3). */
#ifndef CLIENT_AUTH_H
#define CLIENT_AUTH_H

#include "provider/call/call.h"

/* Sets call->client from the form's client_id and client_secret, from the Authorization field, or
 * from a client assertion. Refuses as Keycloak does: 401 invalid_client for nobody, 401
 * unauthorized_client for a wrong secret, 400 for an assertion. Public clients prove nothing. */
bool client_authenticate(call *call);

/* Begins a call of a client: its realm, its form, and `next` once client_authenticate has what it
 * needs (see client_await). What is wrong with realm or form is in call->error by then. Of a realm
 * that is not enabled all is refused, unless `disabled_too`. */
void client_auth_begin(http_exchange *exchange, void *user, bool disabled_too,
                       void (*next)(struct call *call));

#endif
