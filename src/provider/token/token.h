/* SPDX-License-Identifier: Apache-2.0 */
/* The token endpoint and its grants: one file each. */
#ifndef TOKEN_H
#define TOKEN_H

#include "provider/call/call.h"

/* POST /realms/{realm}/protocol/openid-connect/token (RFC 6749 §3.2). */
void token_endpoint(http_exchange *exchange, void *provider);

/* Each makes the answer or refuses the call. The client has been authenticated. All but
 * client_credentials use the store and run on the pool. */
void grant_token_exchange(call *call);
void grant_authorization_code(call *call);
void grant_device_code(call *call);
void grant_ciba(call *call);
void grant_refresh_token(call *call);
void grant_password(call *call);
void grant_client_credentials(call *call);

#endif
