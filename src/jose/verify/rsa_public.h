/* SPDX-License-Identifier: Apache-2.0 */
/* What RSA signatures are verified with: a public key and the exponentiation (RSAVP1, RFC 8017
 * §5.2.2), on OpenSSL's big numbers and without an allocation. Through EVP a verification takes a
 * sixth longer and a dozen allocations; docs/development/jose.md has the figures. Nothing in here
 * is secret. */
#ifndef RSA_PUBLIC_H
#define RSA_PUBLIC_H

#include <openssl/types.h>

#include <ostiary/types.h>

/* A public key with what can be computed beforehand. Immutable: any number of threads. */
typedef struct rsa_public rsa_public;

/* n is odd; e is odd and at least 3. NULL: out of memory. */
OST_MUST_CHECK rsa_public *rsa_public_new(const BIGNUM *n, uint64_t e);
void rsa_public_free(rsa_public *key); /* NULL is fine */

/* Numbers and bytes to calculate with, for one verification with one key at a time. */
typedef struct rsa_scratch {
    BN_CTX *context;
    BIGNUM *signature, *base, *power;
    unsigned bits;         /* of the key's modulus */
    size_t size;           /* bytes of it */
    unsigned char *block;  /* so many: what was signed */
    unsigned char *spare;  /* as many, for the code that judges the block */
    unsigned char bytes[]; /* both of them */
} rsa_scratch;

OST_MUST_CHECK rsa_scratch *rsa_scratch_new(const rsa_public *key);
void rsa_scratch_free(rsa_scratch *scratch); /* NULL is fine */

/* The block that `signature` was made of, into scratch->block. OST_E_SIGNATURE: another size than
 * the modulus has, or not a number below it. OST_E_CRYPTO: it could not be found out. */
OST_MUST_CHECK ost_result rsa_public_raise(const rsa_public *key, rsa_scratch *scratch,
                                           const unsigned char *signature, size_t size);

#endif
