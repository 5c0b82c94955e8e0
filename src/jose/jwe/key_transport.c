/* SPDX-License-Identifier: Apache-2.0 */
/* RSAES-OAEP by the cryptographic library, and RSAES-PKCS1-v1_5 (RFC 8017 §7.2) with the padding
 * judged here: the length of the content key is known, so that one fixed form is right and the
 * whole block is compared without a branch. */
#include "jose/jwe/key_transport.h"

#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <string.h>

#include "base/text.h"
#include "jose/crypto_auto.h"

#define BLOCK_MAX KEY_MEMBER_MAX

/* OAEP's MGF1 uses the same hash unless told otherwise. */
static bool set_oaep(EVP_PKEY_CTX *context, const char *hash)
{
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_oaep_md_name(context, hash, NULL) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md_name(context, hash, NULL) == 1;
}

ost_result key_transport_seal(const ost_key *key, const char *hash, ost_text cek,
                              unsigned char *ret, size_t *ret_len)
{
    size_t len = BLOCK_MAX;
    pkey_ctx_auto EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
    if (context == NULL || EVP_PKEY_encrypt_init(context) != 1 || !set_oaep(context, hash) ||
        EVP_PKEY_encrypt(context, ret, &len, text_bytes(cek), cek.len) != 1)
        return OST_E_CRYPTO;
    *ret_len = len;
    return OST_OK;
}

/* Into `block` of BLOCK_MAX bytes. */
static ost_result open_oaep(EVP_PKEY_CTX *context, const char *hash, ost_text sealed,
                            unsigned char *block, size_t *ret_len)
{
    *ret_len = BLOCK_MAX;
    if (!set_oaep(context, hash))
        return OST_E_CRYPTO;
    return EVP_PKEY_decrypt(context, block, ret_len, text_bytes(sealed), sealed.len) == 1
               ? OST_OK
               : OST_E_DECRYPTION;
}

static ost_result open_oaep_sized(EVP_PKEY_CTX *context, const char *hash, ost_text sealed,
                                  size_t cek_size, unsigned char *ret)
{
    unsigned char block[BLOCK_MAX];
    size_t len;
    ost_result result = open_oaep(context, hash, sealed, block, &len);
    if (result == OST_OK && len != cek_size)
        result = OST_E_DECRYPTION;
    if (result == OST_OK)
        memcpy(ret, block, cek_size);
    wipe(block, sizeof block);
    return result;
}

/* 0xff when `byte` is zero, else 0: without a branch. */
static unsigned char mask_if_zero(unsigned byte)
{
    return (unsigned char)(((byte | (0u - byte)) >> 31) - 1u);
}

/* 0xff when the block is 00 02, bytes none of which is 00, 00, and the key. */
static unsigned char mask_of_padding(const unsigned char *block, size_t size, size_t cek_size)
{
    size_t separator = size - cek_size - 1;
    unsigned char good = mask_if_zero(block[0]);
    good &= mask_if_zero(block[1] ^ 2u);
    for (size_t i = 2; i < separator; i++)
        good &= (unsigned char)~mask_if_zero(block[i]);
    return good & mask_if_zero(block[separator]);
}

static ost_result open_pkcs1(EVP_PKEY_CTX *context, ost_text sealed, size_t cek_size,
                             unsigned char *ret)
{
    unsigned char block[BLOCK_MAX], random[CEK_MAX_SIZE];
    size_t len = sizeof block;
    if (EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) != 1 ||
        RAND_priv_bytes(random, (int)cek_size) != 1)
        return OST_E_CRYPTO;
    /* Without padding to judge, only a number beyond the modulus can fail: no secret of anyone's.
     */
    if (EVP_PKEY_decrypt(context, block, &len, text_bytes(sealed), sealed.len) != 1 ||
        len != sealed.len)
        return OST_E_DECRYPTION;
    unsigned char good = mask_of_padding(block, len, cek_size);
    const unsigned char *cek = block + len - cek_size;
    for (size_t i = 0; i < cek_size; i++)
        ret[i] = (unsigned char)((cek[i] & good) | (random[i] & (unsigned char)~good));
    wipe(block, sizeof block);
    wipe(random, sizeof random);
    return OST_OK;
}

static ost_result begin_open(const ost_key *key, ost_text sealed, EVP_PKEY_CTX **ret_context)
{
    if (sealed.len != (key->bits + 7) / 8)
        return OST_E_DECRYPTION;
    *ret_context = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
    return *ret_context != NULL && EVP_PKEY_decrypt_init(*ret_context) == 1 ? OST_OK : OST_E_CRYPTO;
}

ost_result key_transport_open(const ost_key *key, const char *hash, ost_text sealed,
                              size_t cek_size, unsigned char *ret)
{
    pkey_ctx_auto EVP_PKEY_CTX *context = NULL;
    ost_result result = begin_open(key, sealed, &context);
    if (result != OST_OK)
        return result;
    return hash != NULL ? open_oaep_sized(context, hash, sealed, cek_size, ret)
                        : open_pkcs1(context, sealed, cek_size, ret);
}

ost_result key_transport_open_any(const ost_key *key, const char *hash, ost_text sealed,
                                  unsigned char *ret, size_t *ret_len)
{
    pkey_ctx_auto EVP_PKEY_CTX *context = NULL;
    ost_result result = begin_open(key, sealed, &context);
    return result == OST_OK ? open_oaep(context, hash, sealed, ret, ret_len) : result;
}
