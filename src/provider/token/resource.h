/* SPDX-License-Identifier: Apache-2.0 */
/* Resource indicators (RFC 8707): a client names the APIs that its token is for, and the token's
 * audience is these and no other. Only APIs that the realm knows may be named:
 *   - a client of the realm whose client ID is the API's URI,
 *   - an audience that a mapper of the asking client or of its scopes gives anyway,
 *   - an entry of the realm's attribute `resource.indicators` (separated by "##", a "*" at the end
 *     of a path stands for what follows),
 *   - with start-dev, any address of this machine. */
#ifndef RESOURCE_H
#define RESOURCE_H

#include "provider/call/call.h"

#define RESOURCES_MAX 8 /* of one request */

/* The `resource` parameters of the form, each once, separated by spaces, in the arena; empty: none
 * is given. False: one of them is not an absolute URI without a fragment, or is not known; the call
 * is refused with invalid_target. */
bool resources_read(call *call, ost_text *ret_resources);

/* The same of a claim that somebody else has signed: a text, or a list of texts. */
bool resources_take(call *call, const ost_json *claim, ost_text *ret_resources);

/* The same for a request that continues a grant (a code, a refresh token): those that it names, or
 * else all of `granted`. With an empty `granted` any may be named that is known. False: one of them
 * was not granted; refused with invalid_target. */
bool resources_narrow(call *call, ost_text granted, ost_text *ret_resources);

#endif
