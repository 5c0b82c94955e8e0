/* SPDX-License-Identifier: Apache-2.0 */
/* AES-CBC with HMAC (RFC 7518 §5.2): the tag is compared first, in constant time, so that nothing
 * can be learned from the padding. */
#include "jose/jwe/aes.h"

#include <openssl/crypto.h>
#include <string.h>

#include "base/text.h"
#include "jose/crypto_auto.h"

#define MAC_MAX_SIZE 64

static bool mac_update(EVP_MAC_CTX *context, ost_text text)
{
    return text.len == 0 || EVP_MAC_update(context, text_bytes(text), text.len) == 1;
}

/* The first half of the key is the MAC's; the tag is the first half of what it gives (§5.2.2.1). */
static bool make_tag(const enc_facts *facts, ost_text key, const unsigned char *iv, ost_text aad,
                     ost_text sealed, unsigned char ret[MAC_MAX_SIZE])
{
    unsigned char aad_bits[8];
    size_t len;
    char hash[16];
    uint64_t bits = (uint64_t)aad.len * 8;
    for (size_t i = 0; i < sizeof aad_bits; i++)
        aad_bits[i] = (unsigned char)(bits >> (56 - 8 * i));
    snprintf(hash, sizeof hash, "%s", facts->hash);
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string("digest", hash, 0),
                                 OSSL_PARAM_construct_end()};
    mac_auto EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    mac_ctx_auto EVP_MAC_CTX *context = mac != NULL ? EVP_MAC_CTX_new(mac) : NULL;
    return context != NULL && EVP_MAC_init(context, text_bytes(key), key.len / 2, params) == 1 &&
           mac_update(context, aad) && mac_update(context, text_of_bytes(iv, facts->iv_size)) &&
           mac_update(context, sealed) &&
           mac_update(context, text_of_bytes(aad_bits, sizeof aad_bits)) &&
           EVP_MAC_final(context, ret, &len, MAC_MAX_SIZE) == 1 && len == key.len;
}

static EVP_CIPHER_CTX *begin(const enc_facts *facts, ost_text key, const unsigned char *iv,
                             int sealing)
{
    cipher_auto EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, facts->cipher, NULL);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (cipher != NULL && context != NULL &&
        EVP_CipherInit_ex2(context, cipher, text_bytes(key) + key.len / 2, iv, sealing, NULL) == 1)
        return context;
    EVP_CIPHER_CTX_free(context);
    return NULL;
}

ost_result aes_cbc_hmac_seal(const enc_facts *facts, ost_text key, const unsigned char *iv,
                             ost_text aad, ost_text plain, unsigned char *ret, size_t *ret_len,
                             unsigned char *ret_tag)
{
    unsigned char mac[MAC_MAX_SIZE];
    int len = 0, rest;
    cipher_ctx_auto EVP_CIPHER_CTX *context = begin(facts, key, iv, 1);
    if (context == NULL ||
        (plain.len > 0 &&
         EVP_CipherUpdate(context, ret, &len, text_bytes(plain), (int)plain.len) != 1) ||
        EVP_CipherFinal_ex(context, ret + len, &rest) != 1)
        return OST_E_CRYPTO;
    size_t total = (size_t)len + (size_t)rest;
    if (!make_tag(facts, key, iv, aad, text_of_bytes(ret, total), mac))
        return OST_E_CRYPTO;
    memcpy(ret_tag, mac, facts->tag_size);
    *ret_len = total;
    return OST_OK;
}

ost_result aes_cbc_hmac_open(const enc_facts *facts, ost_text key, const unsigned char *iv,
                             ost_text aad, ost_text sealed, const unsigned char *tag,
                             unsigned char *ret, size_t *ret_len)
{
    unsigned char mac[MAC_MAX_SIZE];
    int len, rest;
    if (!make_tag(facts, key, iv, aad, sealed, mac))
        return OST_E_CRYPTO;
    if (CRYPTO_memcmp(mac, tag, facts->tag_size) != 0 || sealed.len == 0 ||
        sealed.len % AES_BLOCK != 0)
        return OST_E_DECRYPTION;
    cipher_ctx_auto EVP_CIPHER_CTX *context = begin(facts, key, iv, 0);
    if (context == NULL)
        return OST_E_CRYPTO;
    if (EVP_CipherUpdate(context, ret, &len, text_bytes(sealed), (int)sealed.len) != 1 ||
        EVP_CipherFinal_ex(context, ret + len, &rest) != 1)
        return OST_E_DECRYPTION;
    *ret_len = (size_t)len + (size_t)rest;
    return OST_OK;
}
