/* SPDX-License-Identifier: Apache-2.0 */
/* What the calls of both registrations have in common: by metadata (RFC 7591, RFC 7592) and by
 * Keycloak's representation. */
#ifndef REGISTRATION_CALL_H
#define REGISTRATION_CALL_H

#include "provider/call/call.h"
#include "provider/call/call_event.h"
#include "provider/session/bearer_token.h"

/* The token that is presented, by the scheme Bearer or DPoP; empty: none is. Refuses the call. */
bool registration_call_token(call *call, shown_token *ret_token);

/* Answers the call and tells the event: `status` (200, 201 or 204) is that of a good answer,
 * `location` (NULL: none) where what was made can be found. On the loop's thread. */
void registration_call_send(call *call, event_type event, int status, const char *location);

#endif
