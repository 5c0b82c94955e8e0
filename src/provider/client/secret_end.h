/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets that end since their client has been here: what client policies (secret-rotation) say of
 * an authorization request or a code is stored with the client. */
#ifndef SECRET_END_H
#define SECRET_END_H

#include "provider/call/call.h"

/* Stores call->secret_ends, if that is an end and the client still has none. What cannot be stored
 * now is by the client's next request. On the pool. */
void secret_end_store(call *call);

#endif
