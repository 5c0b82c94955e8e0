/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates in a JWK (RFC 7517 §4.7–4.9). */
#ifndef JWK_X5C_H
#define JWK_X5C_H

#include "jose/key/key_state.h"

/* Where the JWK has an `x5c`: the first certificate holds this key, and `x5t` and `x5t#S256`, where
 * they are there, are its digests. Nothing is verified, and nobody's trust gained. An `x5t` alone
 * is compared with nothing. OST_E_KEY_FORMAT, OST_E_CRYPTO, OST_E_MEMORY. */
OST_MUST_CHECK ost_result jwk_check_x5c(const ost_json *jwk, const ost_key *key, ost_error *error);

#endif
