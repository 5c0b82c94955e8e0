/* SPDX-License-Identifier: Apache-2.0 */
/* Clients that prove themselves by a signed JWT: private_key_jwt and client_secret_jwt (RFC 7523
 * §2.2 and §3, OpenID Connect Core §9). */
#ifndef CLIENT_ASSERTION_H
#define CLIENT_ASSERTION_H

#include "provider/call/call.h"

#define CLIENT_ASSERTIONS 1000000  /* remembered at once, so that none is used twice */
#define CLIENT_ASSERTION_LEEWAY 15 /* seconds that the clocks may be apart */

/* The client that the form's assertion names as its subject, before anything is known of it: to
 * find whose keys to judge it by. Empty: there is no assertion, or it names nobody. */
ost_text client_assertion_unverified_subject(call *call);

/* Checks the form's assertion by the client's keys or its secret: it is by this client and for this
 * realm alone, new, and has not been used. Refuses as Keycloak does. */
bool client_assertion_check(call *call, const realm_client *client);

#endif
