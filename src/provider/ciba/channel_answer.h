/* SPDX-License-Identifier: Apache-2.0 */
/* What the authentication channel answers: that a user has approved what a client asks for, or has
 * not. */
#ifndef CHANNEL_ANSWER_H
#define CHANNEL_ANSWER_H

#include "provider/call/call.h"

/* Takes the answer in the call's body, once for each request, by the bearer token that the channel
 * was asked with. Refuses the call, by the words of Keycloak. On the pool. */
bool channel_answer_take(call *call);

#endif
