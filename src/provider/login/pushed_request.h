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

/* Puts the request that the form names in the form's place. It can be brought again, as who loads a
 * page again does, until a login has been completed for it: *ret_id is what it is spent by. False:
 * there is none that this client has pushed; the call is refused. On the pool. */
bool pushed_request_begin(call *call, ost_text *ret_id);

/* For the login that is complete; an empty id is nobody's. False: another one was faster; the call
 * is refused. On the pool. */
bool pushed_request_spend(call *call, ost_text id);

#endif
