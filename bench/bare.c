/* SPDX-License-Identifier: Apache-2.0 */
/* Bare verification by OpenSSL and libsodium; see bare.h. */
#include "bare.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <sodium.h>
#include <string.h>

#include "base/base64url.h"
#include "jose/digest.h"
#include "jose/key/key_state.h"
#include "jose/signature/ecdsa.h"

static const EVP_MD *hash_of(ost_alg alg)
{
    return EVP_get_digestbyname(hash_find(alg_find(alg)->hash)->name);
}

static bool set_padding(EVP_PKEY_CTX *context, ost_alg alg)
{
    if (alg_find(alg)->padding == PADDING_PKCS1)
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(context, hash_of(alg)) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

bool bare_prepare(bare_library library, ost_alg alg, const ost_key *key, bare *ret_bare)
{
    *ret_bare = (bare){.library = library, .alg = alg, .key = key};
    if (library == BARE_SODIUM)
        return alg == OST_EDDSA && sodium_init() >= 0;
    if (alg == OST_EDDSA) {
        ret_bare->edwards_key =
            EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->okp_public, ED25519_SIZE);
        ret_bare->edwards = EVP_MD_CTX_new();
        return ret_bare->edwards_key != NULL && ret_bare->edwards != NULL &&
               EVP_DigestVerifyInit(ret_bare->edwards, NULL, NULL, NULL, ret_bare->edwards_key) ==
                   1;
    }
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
    ret_bare->context = context;
    return context != NULL && EVP_PKEY_verify_init(context) == 1 &&
           EVP_PKEY_CTX_set_signature_md(context, hash_of(alg)) == 1 &&
           (alg_find(alg)->type != OST_KEY_RSA || set_padding(context, alg));
}

void bare_clear(bare *limit)
{
    EVP_PKEY_CTX_free(limit->context);
    EVP_MD_CTX_free(limit->edwards);
    EVP_PKEY_free(limit->edwards_key);
    *limit = (bare){0};
}

bool bare_read(const bare *limit, ost_text token, ost_arena *arena, bare_input *ret_input)
{
    ost_unverified_jws jws;
    unsigned char raw[512];
    size_t size;
    if (ost_jws_read_unverified(token, 0, arena, &jws, NULL) != OST_OK ||
        base64url_decode(jws.signature_encoded, raw, &size) != OST_OK ||
        digest(alg_find(limit->alg)->hash, jws.signing_input, ret_input->hash) != OST_OK)
        return false;
    ret_input->signing_input = jws.signing_input;
    if (alg_find(limit->alg)->type == OST_KEY_EC)
        return ecdsa_to_der(alg_find(limit->alg)->curve, raw, ret_input->signature,
                            &ret_input->signature_size);
    memcpy(ret_input->signature, raw, size);
    ret_input->signature_size = size;
    return true;
}

bool bare_verify(const bare *limit, const bare_input *input)
{
    const unsigned char *message = (const unsigned char *)input->signing_input.data;
    if (limit->library == BARE_SODIUM)
        return crypto_sign_verify_detached(input->signature, message, input->signing_input.len,
                                           limit->key->okp_public) == 0;
    if (limit->alg == OST_EDDSA)
        return EVP_DigestVerify(limit->edwards, input->signature, input->signature_size, message,
                                input->signing_input.len) == 1;
    return EVP_PKEY_verify(limit->context, input->signature, input->signature_size, input->hash,
                           hash_find(alg_find(limit->alg)->hash)->size) == 1;
}
