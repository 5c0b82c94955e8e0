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

#endif
