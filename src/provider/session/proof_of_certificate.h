/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens that are bound to a client's TLS certificate (RFC 8705 §3). */
#ifndef PROOF_OF_CERTIFICATE_H
#define PROOF_OF_CERTIFICATE_H

#include <ostiary/jose.h>

#include "provider/call/call.h"

/* SHA-256 of the certificate that the client of this call has shown, in base64url; empty: it has
 * shown none. False: the call is refused with server_error. */
bool proof_of_certificate_read(call *call, ost_text *ret_x5t);

/* Whether a token's claims bind it so (cnf.x5t#S256). */
bool proof_of_certificate_is_bound(const ost_claims *claims);

/* Whether what is bound so came with its certificate; true for what is not. */
bool proof_of_certificate_holds(call *call, const ost_claims *claims);

/* The same of a refresh token's claims. False: the call is refused, in Keycloak's words. */
bool proof_of_certificate_check_refresh(call *call, const ost_claims *claims);

#endif
