/* SPDX-License-Identifier: Apache-2.0 */
/* Forging tokens; see forge.h. */
#include "forge.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64url.h"
#include "base/text.h"
#include "jose/key/key_state.h"
#include "jose/signature/ecdsa.h"

static void must(bool made, const char *what)
{
    if (made)
        return;
    fprintf(stderr, "forge: %s\n", what);
    ERR_print_errors_fp(stderr);
    abort();
}

ost_text forge_input(ost_arena *arena, ost_text header, ost_text claims)
{
    ost_text h, c;
    must(base64url_encode_to(arena, header, &h) == OST_OK, "header");
    must(base64url_encode_to(arena, claims, &c) == OST_OK, "claims");
    char *input = ost_arena_format(arena, "%.*s.%.*s", (int)h.len, h.data, (int)c.len, c.data);
    must(input != NULL, "memory");
    return text_of(input);
}

ost_text forge_join(ost_arena *arena, ost_text input, const unsigned char *signature, size_t size)
{
    ost_text encoded;
    must(base64url_encode_to(arena, (ost_text){(const char *)signature, size}, &encoded) == OST_OK,
         "signature");
    char *token = ost_arena_format(arena, "%.*s.%.*s", (int)input.len, input.data, (int)encoded.len,
                                   encoded.data);
    must(token != NULL, "memory");
    return text_of(token);
}

static void set_padding(EVP_PKEY_CTX *context, forge_how how)
{
    bool pss = how == FORGE_PSS || how == FORGE_PSS_SHORT_SALT || how == FORGE_PSS_NO_SALT ||
               how == FORGE_PSS_SHA384;
    int salt = how == FORGE_PSS_SHORT_SALT ? 20 : how == FORGE_PSS_NO_SALT ? 0 : 32;
    if (how == FORGE_PSS_SHA384)
        salt = 48;
    if (!pss)
        return;
    must(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1, "padding");
    must(EVP_PKEY_CTX_set_rsa_pss_saltlen(context, salt) == 1, "salt");
}

ost_text forge(ost_arena *arena, const char *header, const char *claims, const ost_key *key,
               forge_how how)
{
    ost_text input = forge_input(arena, text_of(header), text_of(claims));
    unsigned char signature[1024], raw[256];
    size_t size = sizeof signature;
    if (how == FORGE_NOTHING)
        return forge_join(arena, input, signature, 0);
    bool sha384 = how == FORGE_PSS_SHA384 || how == FORGE_PKCS1_SHA384;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *inner;
    must(EVP_DigestSignInit(context, &inner, sha384 ? EVP_sha384() : EVP_sha256(), NULL,
                            key->pkey) == 1,
         "init");
    set_padding(inner, how);
    must(EVP_DigestSign(context, signature, &size, (const unsigned char *)input.data, input.len) ==
             1,
         "sign");
    EVP_MD_CTX_free(context);
    if (key->type != OST_KEY_EC || how == FORGE_DER)
        return forge_join(arena, input, signature, size);
    must(ecdsa_from_der(key->curve, signature, size, raw), "form");
    return forge_join(arena, input, raw, 2 * key->curve->size);
}

ost_text forge_hmac(ost_arena *arena, const char *header, const char *claims, ost_text secret)
{
    ost_text input = forge_input(arena, text_of(header), text_of(claims));
    unsigned char mac[32];
    unsigned size;
    must(HMAC(EVP_sha256(), secret.len > 0 ? secret.data : "", (int)secret.len,
              (const unsigned char *)input.data, input.len, mac, &size) != NULL,
         "hmac");
    return forge_join(arena, input, mac, sizeof mac);
}
