/* Verifying RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.2) on OpenSSL's big numbers, without an allocation.
 * Nearly every token is signed so, and through EVP a verification takes a sixth longer and twelve
 * allocations; docs/development/jose.md has the figures. Nothing in here is secret. */
#ifndef RSA_PKCS1_H
#define RSA_PKCS1_H

#include <openssl/bn.h>

#include "alg.h"

/* A public key with what can be computed beforehand. Immutable: any number of threads. */
typedef struct rsa_public rsa_public;

/* n is odd; e is odd and at least 3. NULL: out of memory. */
OST_MUST_CHECK rsa_public *rsa_public_new(const BIGNUM *n, uint64_t e);
void rsa_public_free(rsa_public *key); /* NULL is fine */

/* Numbers and bytes to calculate with, for one verification with one key at a time. */
typedef struct rsa_scratch rsa_scratch;

OST_MUST_CHECK rsa_scratch *rsa_scratch_new(const rsa_public *key);
void rsa_scratch_free(rsa_scratch *scratch); /* NULL is fine */

/* OST_OK: `signature` (`size` bytes) is the key's over `digest`, which `hash` made.
 * OST_E_SIGNATURE: it is not. OST_E_CRYPTO: it could not be found out. */
OST_MUST_CHECK ost_result rsa_pkcs1_verify(const rsa_public *key, rsa_scratch *scratch,
                                           hash_id hash, const unsigned char *digest,
                                           const unsigned char *signature, size_t size);

#endif
