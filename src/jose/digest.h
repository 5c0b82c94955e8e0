/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-2 with fetched algorithms and reused contexts: no look-up and no allocation per call. */
#ifndef DIGEST_H
#define DIGEST_H

#include <openssl/types.h>

#include "jose/alg.h"

/* A context for `hash`, to be used with digest_with as often as wanted. NULL: out of memory. */
OST_MUST_CHECK EVP_MD_CTX *digest_context_new(hash_id hash);
OST_MUST_CHECK bool digest_with(EVP_MD_CTX *context, ost_text data, unsigned char *ret);

/* One digest, into hash_find(hash)->size bytes. Any thread. OST_E_CRYPTO. */
OST_MUST_CHECK ost_result digest(hash_id hash, ost_text data, unsigned char *ret);

/* Whether `hash` is at_hash or c_hash of `value` within an ID token that is signed by `alg`. By
 * OST_EDDSA it may be that of either curve; of SHAKE256 Keycloak takes 64 bytes, others the 114 of
 * RFC 8032 §5.2. OST_E_SIGNATURE: it is not; OST_E_ARGUMENT, OST_E_CRYPTO as
 * ost_left_half_hash. */
OST_MUST_CHECK ost_result digest_half_check(ost_text value, ost_alg alg, ost_text hash);

#endif
