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
void grant_identity_assertion(call *call); /* what token exchange gives for identity_issue.h */
void grant_authorization_code(call *call);
void grant_device_code(call *call);
void grant_ciba(call *call);
void grant_refresh_token(call *call);
void grant_password(call *call);
void grant_client_credentials(call *call);
/* The same on the loop's thread; `send` is called, now or once others have been signed too. */
void grant_client_credentials_with_others(call *call, void (*send)(struct call *call));
void grant_jwt_bearer(call *call);

/* Goes on with `next`, on the exchange's loop, once the keys are at hand that a call of
 * grant_jwt_bearer has to look into. The client has been authenticated. */
void grant_jwt_bearer_await(call *call, void (*next)(struct call *call));

#endif
