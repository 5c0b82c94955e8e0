/* SPDX-License-Identifier: Apache-2.0 */
/* Answers as JWTs: signed by the realm, and encrypted for the client if it wants (RFC 7519 §5.2).
 */
#ifndef ANSWER_TOKEN_H
#define ANSWER_TOKEN_H

#include "provider/call/call.h"

/* Signs a JSON document. Refuses the call with server_error. */
bool answer_sign(call *call, ost_text claims, ost_alg alg, const char *typ, ost_text *ret_token);

/* The same on the loop's thread, and then `next`, when the call may have been refused: now, or,
 * where the key is held by somebody who takes several at once, when others are signed too. */
void answer_sign_with_others(call *call, ost_text claims, ost_alg alg, const char *typ,
                             ost_text *ret_token, void (*next)(struct call *call));
/* For http_config.together. */
void answer_sign_gathered(void *const *users, size_t count);

/* Encrypts it as the answer says, or gives it back as it is. `cty` "JWT": what was signed; NULL: a
 * JSON document. Refuses the call with unauthorized_client when the client has no key that fits. */
bool answer_encrypt(call *call, const realm_client *client, const client_answer *answer,
                    ost_text content, const char *cty, ost_text *ret_token);

#endif
