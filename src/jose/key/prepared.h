/* SPDX-License-Identifier: Apache-2.0 */
/* Contexts of the cryptographic library that are set up once for a key and an algorithm, and then
 * used again and again: a signature costs its arithmetic and nothing else. They are kept in the
 * key, one set for each thread that uses it, and end with it. */
#ifndef PREPARED_H
#define PREPARED_H

#include "jose/key/key_state.h"
#include "jose/key/prepared_context.h"

typedef struct prepared_use {
    stripe *stripe; /* NULL: the contexts are made for this one use */
    prepared *contexts;
} prepared_use;

/* What `key` needs to sign (or to verify) with `alg`, for this thread alone until it is given
 * back. The key serves `alg` and is not an OKP key. OST_E_MEMORY, OST_E_CRYPTO. */
OST_MUST_CHECK ost_result prepared_take(const ost_key *key, ost_alg alg, bool signs,
                                        prepared_use *ret_use);
void prepared_give(prepared_use *use);

/* SHA-2 of `data` into `ret` (HASH_MAX_SIZE bytes) with the algorithm's hash. */
OST_MUST_CHECK bool prepared_digest(const prepared_use *use, ost_text data, unsigned char *ret,
                                    size_t *ret_len);

/* HMAC of `data` into `ret` (HASH_MAX_SIZE bytes). */
OST_MUST_CHECK bool prepared_mac(const prepared_use *use, ost_text data, unsigned char *ret,
                                 size_t *ret_len);

#endif
