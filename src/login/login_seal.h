/* SPDX-License-Identifier: Apache-2.0 */
/* Authenticated encryption of what a browser keeps for us: AES-256-GCM under a key that HKDF-SHA256
 * (RFC 5869) derives from the configured secret and a label for the purpose. The name of the
 * cookie is authenticated too, so that one cookie's value is worth nothing in another. */
#ifndef LOGIN_SEAL_H
#define LOGIN_SEAL_H

#include <openssl/types.h>
#include <ostiary/types.h>

#define LOGIN_SEAL_SECRET_MIN 32
#define LOGIN_SEAL_TEXT_MAX 49152 /* bytes of plain text at most: three tokens of 16 KiB */

/* Immutable after init; any thread. Random 96-bit nonces under one key are safe for 2^32 seals
 * (NIST SP 800-38D §8.3): at a thousand a second, replace the secret within seven weeks. */
typedef struct login_seal {
    EVP_CIPHER *cipher;
    unsigned char keys[2][32]; /* the one that seals and opens, one that only opens */
    size_t key_count;
    const ost_context *context;
} login_seal;

/* OST_E_KEY_WEAK: a secret is shorter than 32 bytes; `older` may be empty. */
OST_MUST_CHECK ost_result login_seal_init(login_seal *seal, const char *label, ost_text secret,
                                          ost_text older, const ost_context *context);
void login_seal_clear(login_seal *seal);

/* Seals `plain` for `max_age` seconds. The result is base64url, in the arena. */
OST_MUST_CHECK ost_result login_seal_close(const login_seal *seal, ost_text name, ost_text plain,
                                           uint32_t max_age, ost_arena *arena,
                                           ost_text *ret_sealed);

/* OST_E_FORMAT: not sealed by us under that name, or too old. */
OST_MUST_CHECK ost_result login_seal_open(const login_seal *seal, ost_text name, ost_text sealed,
                                          ost_arena *arena, ost_text *ret_plain);

#endif
