/* SPDX-License-Identifier: Apache-2.0 */
/* Verifying ECDSA (SEC 1 §4.1.4, RFC 7518 §3.4) on OpenSSL's points and numbers. Through EVP a
 * signature is written as DER, read, written and read again, and inverted as if it were a secret;
 * docs/development/jose.md has the figures. Nothing in here is secret. */
#ifndef ECDSA_VERIFY_H
#define ECDSA_VERIFY_H

#include <openssl/types.h>

#include <ostiary/types.h>

#include "jose/verify/ec_table.h"

/* A public key with all that a verification calculates with: one at a time. */
typedef struct ecdsa_verifier ecdsa_verifier;

/* `curve` is the key's, by OpenSSL's name for it. NULL: it is not, or out of memory. */
OST_MUST_CHECK ecdsa_verifier *ecdsa_verifier_new(const EVP_PKEY *pkey, const char *curve);
void ecdsa_verifier_free(ecdsa_verifier *verifier); /* NULL is fine */

/* A table of the key's point; see ec_table_new. */
OST_MUST_CHECK ec_table *ecdsa_table_new(const EVP_PKEY *pkey, const char *curve);

/* OST_OK: `signature`, r || s of a coordinate's size each, is the key's over `hash`, of which as
 * many bits count as the curve's order has. OST_E_SIGNATURE: it is not. OST_E_CRYPTO: it could not
 * be found out. `table` is the key's, or NULL; the answer is the same. */
OST_MUST_CHECK ost_result ecdsa_verify(ecdsa_verifier *verifier, const ec_table *table,
                                       const unsigned char *hash, size_t hash_size,
                                       const unsigned char *signature);

#endif
