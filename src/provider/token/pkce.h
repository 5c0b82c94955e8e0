/* SPDX-License-Identifier: Apache-2.0 */
/* Proof keys of codes (RFC 7636). */
#ifndef PKCE_H
#define PKCE_H

#include "provider/call/call.h"

/* What a code verifier may be (§4.1), and so a challenge (§4.2): 43 to 128 unreserved characters.
 */
bool pkce_is_key(ost_text text);

/* The challenge of a request of call->client for a code, and its method; NULL data: there is none.
 * Refuses the call with invalid_request: it is malformed, or not what the client has to send. */
bool pkce_read(call *call, ost_text *ret_challenge, ost_text *ret_method);

/* Checks the form's code_verifier against a challenge; empty: there was none, and no verifier may
 * come. Refuses the call with invalid_grant. */
bool pkce_check(call *call, ost_text challenge, ost_text method);

#endif
