/* SPDX-License-Identifier: Apache-2.0 */
/* Answers to authorization requests: parameters for the redirect URI, in the query, the fragment or
 * a form that posts itself. */
#ifndef AUTH_RESPONSE_H
#define AUTH_RESPONSE_H

#include "provider/login/auth_request.h"

typedef struct auth_parameters {
    http_pair pairs[16];
    size_t count;
} auth_parameters;

void auth_parameter_add(auth_parameters *parameters, const char *name, ost_text value);

/* Sends the browser to the request's redirect URI; what travels in a JWT is signed on the pool
 * first. Takes call->job and call->error: nothing may be done with the call after it. */
void auth_response_send(call *call, const auth_request *request, const auth_parameters *parameters);

/* call->error as an OAuth error (RFC 6749 §4.1.2.1) with state and iss (RFC 9207). */
void auth_response_send_error(call *call, const auth_request *request);

#endif
