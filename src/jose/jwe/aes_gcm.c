/* SPDX-License-Identifier: Apache-2.0 */
/* AES-GCM with a nonce of 96 and a tag of 128 bits (RFC 7518 §4.7, §5.3). */
#include "jose/jwe/aes.h"

#include <string.h>

#include "base/text.h"
#include "jose/crypto_auto.h"

static const char *cipher_name(size_t key_size)
{
    return key_size == 16 ? "AES-128-GCM" : key_size == 24 ? "AES-192-GCM" : "AES-256-GCM";
}

/* A context that has taken key, nonce and additional data; NULL: it could not. */
static EVP_CIPHER_CTX *begin(ost_text key, const unsigned char *iv, ost_text aad, int sealing)
{
    cipher_auto EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, cipher_name(key.len), NULL);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int len;
    if (cipher != NULL && context != NULL &&
        EVP_CipherInit_ex2(context, cipher, text_bytes(key), iv, sealing, NULL) == 1 &&
        (aad.len == 0 || EVP_CipherUpdate(context, NULL, &len, text_bytes(aad), (int)aad.len) == 1))
        return context;
    EVP_CIPHER_CTX_free(context);
    return NULL;
}

/* Nothing at all is not handed to the library, which would take it for the end. */
static bool update(EVP_CIPHER_CTX *context, ost_text input, unsigned char *ret)
{
    int len;
    return input.len == 0 ||
           EVP_CipherUpdate(context, ret, &len, text_bytes(input), (int)input.len) == 1;
}

ost_result aes_gcm_seal(ost_text key, const unsigned char *iv, ost_text aad, ost_text plain,
                        unsigned char *ret, unsigned char ret_tag[GCM_TAG_SIZE])
{
    unsigned char rest[AES_BLOCK];
    int len;
    cipher_ctx_auto EVP_CIPHER_CTX *context = begin(key, iv, aad, 1);
    if (context == NULL || !update(context, plain, ret) ||
        EVP_CipherFinal_ex(context, rest, &len) != 1 ||
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, GCM_TAG_SIZE, ret_tag) != 1)
        return OST_E_CRYPTO;
    return OST_OK;
}

ost_result aes_gcm_open(ost_text key, const unsigned char *iv, ost_text aad, ost_text sealed,
                        const unsigned char *tag, unsigned char *ret)
{
    unsigned char rest[AES_BLOCK], expected[GCM_TAG_SIZE];
    int len;
    cipher_ctx_auto EVP_CIPHER_CTX *context = begin(key, iv, aad, 0);
    memcpy(expected, tag, sizeof expected);
    if (context == NULL ||
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, GCM_TAG_SIZE, expected) != 1 ||
        !update(context, sealed, ret))
        return OST_E_CRYPTO;
    if (EVP_CipherFinal_ex(context, rest, &len) == 1)
        return OST_OK;
    wipe(ret, sealed.len);
    return OST_E_DECRYPTION;
}
