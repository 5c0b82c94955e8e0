/* SPDX-License-Identifier: Apache-2.0 */
/* Stateless nonces for DPoP; see dpop_nonce.h. */
#include "guard/sender/dpop_nonce.h"

#include <ostiary/jwt.h>
#include <sodium.h>

#include "base/base64url.h"
#include "base/context.h"
#include "base/text.h"

#define MAC_BYTES 24
_Static_assert(BASE64URL_LEN(MAC_BYTES) == DPOP_NONCE_LEN, "the MAC fills the nonce");
_Static_assert(MAC_BYTES <= crypto_auth_hmacsha256_BYTES, "a part of the MAC");

ost_result dpop_nonce_init(dpop_nonce *nonces, ost_text secret, const ost_context *context)
{
    if (secret.data == NULL)
        return context_random(context, nonces->key, sizeof nonces->key);
    return ost_sha256(secret, nonces->key);
}

static int64_t slot_of(int64_t now)
{
    return now / DPOP_NONCE_SLOT;
}

static void write_nonce(const dpop_nonce *nonces, int64_t slot, char ret[DPOP_NONCE_LEN])
{
    static const char purpose[] = "ostiary DPoP nonce ";
    unsigned char message[sizeof purpose - 1 + 8], mac[crypto_auth_hmacsha256_BYTES];
    for (size_t i = 0; i < sizeof purpose - 1; i++)
        message[i] = (unsigned char)purpose[i];
    for (size_t i = 0; i < 8; i++)
        message[sizeof purpose - 1 + i] = (unsigned char)((uint64_t)slot >> (56 - 8 * i));
    crypto_auth_hmacsha256(mac, message, sizeof message, nonces->key);
    base64url_encode(mac, MAC_BYTES, ret);
    wipe(mac, sizeof mac);
}

ost_text dpop_nonce_now(const dpop_nonce *nonces, int64_t now, ost_arena *arena)
{
    char nonce[DPOP_NONCE_LEN];
    write_nonce(nonces, slot_of(now), nonce);
    const char *copy = ost_arena_copy(arena, (ost_text){nonce, sizeof nonce});
    return copy != NULL ? (ost_text){copy, sizeof nonce} : (ost_text){0};
}

dpop_nonce_state dpop_nonce_check(const dpop_nonce *nonces, ost_text nonce, int64_t now)
{
    char current[DPOP_NONCE_LEN], old[DPOP_NONCE_LEN];
    write_nonce(nonces, slot_of(now), current);
    write_nonce(nonces, slot_of(now) - 1, old);
    if (text_equal_secret(nonce, (ost_text){current, sizeof current}))
        return DPOP_NONCE_CURRENT;
    return text_equal_secret(nonce, (ost_text){old, sizeof old}) ? DPOP_NONCE_OLD
                                                                 : DPOP_NONCE_FOREIGN;
}
