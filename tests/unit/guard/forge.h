/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens as an attacker, or a careless provider, would make them: any header, any claims, signed as
 * one likes. Everything lives in the arena; the test ends when something cannot be made. */
#ifndef FORGE_H
#define FORGE_H

#include <ostiary/jose.h>

/* header "." claims, both encoded, as they are given. */
ost_text forge_input(ost_arena *arena, ost_text header, ost_text claims);

/* input "." signature. */
ost_text forge_join(ost_arena *arena, ost_text input, const unsigned char *signature, size_t size);

typedef enum forge_how {
    FORGE_NOTHING, /* input "." */
    FORGE_PKCS1,   /* RSA, EC: by the key, SHA-256 */
    FORGE_PSS,     /* RSA, salt of 32 bytes */
    FORGE_PSS_SHORT_SALT,
    FORGE_PSS_NO_SALT,
    FORGE_PSS_SHA384, /* also MGF1 with it */
    FORGE_PKCS1_SHA384,
    FORGE_DER, /* EC: the signature as OpenSSL makes it */
} forge_how;

ost_text forge(ost_arena *arena, const char *header, const char *claims, const ost_key *key,
               forge_how how);

/* HMAC-SHA-256 under any bytes. */
ost_text forge_hmac(ost_arena *arena, const char *header, const char *claims, ost_text secret);

#endif
