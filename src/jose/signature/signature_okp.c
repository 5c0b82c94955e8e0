/* SPDX-License-Identifier: Apache-2.0 */
/* EdDSA (RFC 8032, RFC 8037 §3.1): Ed25519 by libsodium, Ed448 by OpenSSL. */
#include <openssl/err.h>
#include <sodium.h>

#include "jose/crypto_auto.h"
#include "jose/signature/signature.h"

#define ED448_SIGNATURE_SIZE 114

ost_result signature_check_okp(const ost_key *key, ost_text input, const unsigned char *signature)
{
    const unsigned char *bytes = (const unsigned char *)input.data;
    if (key->pkey == NULL) {
        return crypto_sign_verify_detached(signature, bytes, input.len, key->okp_public) == 0
                   ? OST_OK
                   : OST_E_SIGNATURE;
    }
    md_ctx_auto EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL || EVP_DigestVerifyInit(context, NULL, NULL, NULL, key->pkey) != 1)
        return OST_E_CRYPTO;
    ERR_set_mark();
    int accepted = EVP_DigestVerify(context, signature, ED448_SIGNATURE_SIZE, bytes, input.len);
    ERR_pop_to_mark();
    return accepted == 1 ? OST_OK : OST_E_SIGNATURE;
}

ost_result signature_make_okp(const ost_key *key, ost_text input, unsigned char *ret)
{
    const unsigned char *bytes = (const unsigned char *)input.data;
    size_t size = ED448_SIGNATURE_SIZE;
    if (key->pkey == NULL) {
        crypto_sign_detached(ret, NULL, bytes, input.len, key->okp_secret);
        return OST_OK;
    }
    md_ctx_auto EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL || EVP_DigestSignInit(context, NULL, NULL, NULL, key->pkey) != 1 ||
        EVP_DigestSign(context, ret, &size, bytes, input.len) != 1 || size != ED448_SIGNATURE_SIZE)
        return OST_E_CRYPTO;
    return OST_OK;
}
