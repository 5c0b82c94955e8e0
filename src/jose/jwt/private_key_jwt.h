/* SPDX-License-Identifier: Apache-2.0 */
/* A client that proves by a signature who it is (RFC 7521 §4.2, RFC 7523 §2.2), by a private key
 * or, as client_secret_jwt, by its secret. */
#ifndef PRIVATE_KEY_JWT_H
#define PRIVATE_KEY_JWT_H

#include <ostiary/jws.h>

#include "base/buffer.h"

/* Borrowed. */
typedef struct private_key_jwt {
    const ost_context *context;
    const char *audience; /* the issuer, or an endpoint of its */
    const char *client_id;
    const ost_key *key; /* that signs, or a secret one */
    ost_alg alg;
} private_key_jwt;

/* What the key signs with when nothing else is said; OST_ALG_UNSET: it signs nothing. */
ost_alg private_key_jwt_alg(const ost_key *key);

/* Adds client_id, client_assertion_type and client_assertion to the form. OST_E_MEMORY,
 * OST_E_CEILING, OST_E_CRYPTO, OST_E_KEY_USE. */
OST_MUST_CHECK ost_result private_key_jwt_append(const private_key_jwt *made, buffer *form);

#endif
