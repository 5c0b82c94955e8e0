/* SPDX-License-Identifier: Apache-2.0 */
/* Authorization requests as signed JWTs (RFC 9101): what the client has signed is the request, and
 * nothing beside it counts. */
#ifndef REQUEST_OBJECT_H
#define REQUEST_OBJECT_H

#include "provider/call/call.h"

/* Reads the form's `request` by the keys of `client`, and puts its claims in the form's place.
 * Without it nothing changes. False: it is not good, or there has to be one; the call is refused
 * with invalid_request_object. */
bool request_object_read(call *call, const realm_client *client);

/* The same for a backchannel authentication request (CIBA Core §7.1.1): signed by the algorithm
 * that the client has registered for it, with all of its times and its audience, good for an hour
 * at most, and once. Refuses with invalid_request. */
bool request_object_read_backchannel(call *call, const realm_client *client);

#endif
