/* SPDX-License-Identifier: Apache-2.0 */
/* Verifying RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.2). Nearly every token is signed so. */
#ifndef RSA_PKCS1_H
#define RSA_PKCS1_H

#include "jose/alg.h"
#include "jose/verify/rsa_public.h"

#define RSA_DIGEST_INFO_SIZE 19
/* RFC 8017 §9.2, note 1: the DER of DigestInfo up to the digest. */
const unsigned char *rsa_digest_info(hash_id hash);

/* OST_OK: `signature` (`size` bytes) is the key's over `digest`, which `hash` made.
 * OST_E_SIGNATURE: it is not. OST_E_CRYPTO: it could not be found out. */
OST_MUST_CHECK ost_result rsa_pkcs1_verify(const rsa_public *key, rsa_scratch *scratch,
                                           hash_id hash, const unsigned char *digest,
                                           const unsigned char *signature, size_t size);

#endif
