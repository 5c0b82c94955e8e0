/* SPDX-License-Identifier: Apache-2.0 */
/* Verifying RSASSA-PSS (RFC 8017 §8.1.2) as RFC 7518 §3.5 asks for it: MGF1 with the same hash, and
 * a salt as long as that. EVP would say of a lack of memory that the signature does not match. */
#ifndef RSA_PSS_H
#define RSA_PSS_H

#include <openssl/types.h>

#include "jose/alg.h"
#include "jose/verify/rsa_public.h"

/* OST_OK: `signature` (`size` bytes) is the key's over `digest`, which `hash` made; `hasher` is a
 * context for that. OST_E_SIGNATURE: it is not. OST_E_CRYPTO: it could not be found out. */
OST_MUST_CHECK ost_result rsa_pss_verify(const rsa_public *key, rsa_scratch *scratch, hash_id hash,
                                         EVP_MD_CTX *hasher, const unsigned char *digest,
                                         const unsigned char *signature, size_t size);

#endif
