/* SPDX-License-Identifier: Apache-2.0 */
/* AES key wrap with the default initial value (RFC 3394, RFC 7518 §4.4). */
#include "base/text.h"
#include "jose/crypto_auto.h"
#include "jose/jwe/aes.h"

static EVP_CIPHER_CTX *begin(ost_text key, int wrapping)
{
    const char *name = key.len == 16   ? "AES-128-WRAP"
                       : key.len == 24 ? "AES-192-WRAP"
                                       : "AES-256-WRAP";
    cipher_auto EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (cipher != NULL && context != NULL) {
        EVP_CIPHER_CTX_set_flags(context, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
        if (EVP_CipherInit_ex2(context, cipher, text_bytes(key), NULL, wrapping, NULL) == 1)
            return context;
    }
    EVP_CIPHER_CTX_free(context);
    return NULL;
}

ost_result aes_wrap(ost_text key, ost_text secret, unsigned char *ret)
{
    int len;
    cipher_ctx_auto EVP_CIPHER_CTX *context = begin(key, 1);
    return context != NULL &&
                   EVP_CipherUpdate(context, ret, &len, text_bytes(secret), (int)secret.len) == 1 &&
                   (size_t)len == secret.len + WRAP_OVERHEAD
               ? OST_OK
               : OST_E_CRYPTO;
}

ost_result aes_unwrap(ost_text key, ost_text wrapped, unsigned char *ret, size_t *ret_len)
{
    int len;
    if (wrapped.len < 3 * WRAP_OVERHEAD || wrapped.len % WRAP_OVERHEAD != 0)
        return OST_E_DECRYPTION;
    cipher_ctx_auto EVP_CIPHER_CTX *context = begin(key, 0);
    if (context == NULL)
        return OST_E_CRYPTO;
    if (EVP_CipherUpdate(context, ret, &len, text_bytes(wrapped), (int)wrapped.len) != 1 || len < 0)
        return OST_E_DECRYPTION;
    *ret_len = (size_t)len;
    return OST_OK;
}
