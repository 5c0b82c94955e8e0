/* SPDX-License-Identifier: Apache-2.0 */
/* JWTs that a client has signed: by a key of its own, or by its secret (RFC 7523, RFC 9101). */
#ifndef CLIENT_SIGNATURE_H
#define CLIENT_SIGNATURE_H

#include "provider/call/call.h"

/* Verifies a token of which nothing but its form has been read. OST_E_KEY_UNKNOWN: the client has
 * no such key; OST_E_KEY_WEAK: its secret is too short for the algorithm; OST_E_SIGNATURE and its
 * siblings; OST_E_MEMORY, OST_E_CRYPTO. */
OST_MUST_CHECK ost_result client_signature_verify(call *call, const realm_client *client,
                                                  const ost_unverified_jws *jws,
                                                  ost_text *ret_payload);

#endif
