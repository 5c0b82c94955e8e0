/* SPDX-License-Identifier: Apache-2.0 */
/* Pushed authorization requests (RFC 9126): a client sends its request first, by itself, and the
 * browser carries nothing but its name. */
#ifndef PUSHED_REQUEST_H
#define PUSHED_REQUEST_H

#include "provider/call/call.h"

#define PUSHED_REQUEST_PREFIX "urn:ietf:params:oauth:request_uri:"

/* Keeps the parameters of call->form, but for those by which the client proved itself, for
 * call->client. The name lives in the arena. Refuses the call. On the pool. */
bool pushed_request_keep(call *call, ost_text *ret_uri);

/* The form's request_uri is the name of a pushed request. */
bool pushed_request_is_named(const call *call);

/* Puts the request that the form names in the form's place; it is spent then. False: there is none
 * that this client has pushed; the call is refused. On the pool. */
bool pushed_request_take(call *call);

#endif
