/* SPDX-License-Identifier: Apache-2.0 */
/* The limit: the verification of a signature and nothing else, by the cryptographic library, with
 * everything prepared that can be. RSA and ECDSA are given the hash and ECDSA the signature as
 * DER; EdDSA hashes by itself. */
#ifndef BARE_H
#define BARE_H

#include <openssl/evp.h>

#include <ostiary/jose.h>

#include "jose/alg.h"

typedef enum bare_library { BARE_OPENSSL, BARE_SODIUM } bare_library; /* libsodium: Ed25519 */

typedef struct bare {
    bare_library library;
    ost_alg alg; /* of RSA, EC or Ed25519 */
    const ost_key *key;
    EVP_PKEY_CTX *context; /* RSA, EC */
    EVP_MD_CTX *edwards;
    EVP_PKEY *edwards_key;
} bare;

typedef struct bare_input {
    unsigned char hash[HASH_MAX_SIZE], signature[512];
    size_t signature_size;
    ost_text signing_input;
} bare_input;

bool bare_prepare(bare_library library, ost_alg alg, const ost_key *key, bare *ret_bare);
void bare_clear(bare *limit);

/* Borrows from the token. */
bool bare_read(const bare *limit, ost_text token, ost_arena *arena, bare_input *ret_input);

bool bare_verify(const bare *limit, const bare_input *input);

#endif
