/* SPDX-License-Identifier: Apache-2.0 */
/* Verifying ECDSA on P-256 (SEC 1 §4.1.4, RFC 7518 §3.4) on OpenSSL's points and numbers. Through
 * EVP a signature is written as DER, read, written and read again, and inverted as if it were a
 * secret; docs/development/jose.md has the figures. Nothing in here is secret. */
#ifndef ECDSA_P256_H
#define ECDSA_P256_H

#include <openssl/evp.h>

#include <ostiary/types.h>

#define P256_SIZE 32 /* bytes of a coordinate, of r, of s and of a hash */

/* A public key with all that a verification calculates with: one at a time. */
typedef struct ecdsa_p256 ecdsa_p256;

/* NULL: not a key on P-256, or out of memory. */
OST_MUST_CHECK ecdsa_p256 *ecdsa_p256_new(const EVP_PKEY *pkey);
void ecdsa_p256_free(ecdsa_p256 *verifier); /* NULL is fine */

/* OST_OK: `signature`, r || s, is the key's over `hash`. OST_E_SIGNATURE: it is not. OST_E_CRYPTO:
 * it could not be found out. */
OST_MUST_CHECK ost_result ecdsa_p256_verify(ecdsa_p256 *verifier,
                                            const unsigned char hash[P256_SIZE],
                                            const unsigned char signature[2 * P256_SIZE]);

#endif
