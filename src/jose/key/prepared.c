/* SPDX-License-Identifier: Apache-2.0 */
/* Setting up and keeping contexts for RSA (RFC 7518 §3.3, §3.5), ECDSA (§3.4) and HMAC (§3.2). */
#include "jose/key/prepared.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rsa.h>

#include "base/context.h"
#include "base/text.h"
#include "jose/digest.h"

/* RFC 7518 §3.5: the salt is as long as the hash, and MGF1 uses the same hash. */
static bool set_rsa_padding(EVP_PKEY_CTX *pkey, const alg_facts *facts, const EVP_MD *hash)
{
    if (facts->padding == PADDING_PKCS1)
        return EVP_PKEY_CTX_set_rsa_padding(pkey, RSA_PKCS1_PADDING) == 1;
    int salt = (int)hash_find(facts->hash)->size;
    return EVP_PKEY_CTX_set_rsa_padding(pkey, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(pkey, hash) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(pkey, salt) == 1;
}

/* What RSA and EC verify with. */
static ost_result prepare_verifier(prepared *contexts, const ost_key *key, const alg_facts *facts)
{
    contexts->digest = digest_context_new(facts->hash);
    if (facts->type == OST_KEY_RSA)
        contexts->rsa = rsa_scratch_new(key->rsa);
    else
        contexts->ecdsa = ecdsa_verifier_new(key->pkey, key->curve->openssl);
    bool ready = contexts->digest != NULL && (contexts->rsa != NULL || contexts->ecdsa != NULL);
    return ready ? OST_OK : OST_E_MEMORY; /* the key is good */
}

/* What they sign with. */
static ost_result prepare_signer(prepared *contexts, const ost_key *key, const alg_facts *facts)
{
    contexts->digest = digest_context_new(facts->hash);
    contexts->pkey = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
    if (contexts->digest == NULL || contexts->pkey == NULL)
        return OST_E_CRYPTO;
    const EVP_MD *hash = EVP_MD_CTX_get0_md(contexts->digest);
    bool ready = EVP_PKEY_sign_init(contexts->pkey) == 1 &&
                 EVP_PKEY_CTX_set_signature_md(contexts->pkey, hash) == 1 &&
                 (facts->type != OST_KEY_RSA || set_rsa_padding(contexts->pkey, facts, hash));
    return ready ? OST_OK : OST_E_CRYPTO;
}

static ost_result prepare_mac(prepared *contexts, const ost_key *key, const alg_facts *facts)
{
    char hash[16];
    if (!text_to_string(text_of(hash_find(facts->hash)->name), hash, sizeof hash))
        return OST_E_CRYPTO;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, hash, 0),
        OSSL_PARAM_construct_end(),
    };
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    contexts->mac = mac != NULL ? EVP_MAC_CTX_new(mac) : NULL;
    EVP_MAC_free(mac); /* the context holds a reference */
    bool ready = contexts->mac != NULL &&
                 EVP_MAC_init(contexts->mac, key->secret, key->secret_size, params) == 1;
    return ready ? OST_OK : OST_E_CRYPTO;
}

static ost_result prepared_new(const ost_key *key, ost_alg alg, bool signs, prepared **ret_contexts)
{
    const alg_facts *facts = alg_find(alg);
    prepared *contexts = memory_alloc(sizeof *contexts);
    if (contexts == NULL)
        return OST_E_MEMORY;
    contexts->alg = alg;
    contexts->signs = signs;
    ost_result result;
    if (facts->type == OST_KEY_OCT)
        result = prepare_mac(contexts, key, facts);
    else if (signs)
        result = prepare_signer(contexts, key, facts);
    else
        result = prepare_verifier(contexts, key, facts);
    if (result != OST_OK) {
        prepared_free(contexts);
        return result;
    }
    *ret_contexts = contexts;
    return OST_OK;
}

ost_result prepared_take(const ost_key *key, ost_alg alg, bool signs, prepared_use *ret_use)
{
    stripe *own = stripes_take(&key->working->contexts);
    prepared *found = own != NULL ? own->held : NULL;
    while (found != NULL && (found->alg != alg || found->signs != signs))
        found = found->next;
    if (found == NULL) {
        ost_result result = prepared_new(key, alg, signs, &found);
        if (result != OST_OK) {
            stripes_give(own);
            return result;
        }
        if (own != NULL) {
            found->next = own->held;
            own->held = found;
        }
    }
    *ret_use = (prepared_use){own, found};
    return OST_OK;
}

void prepared_give(prepared_use *use)
{
    if (use->stripe == NULL)
        prepared_free(use->contexts);
    stripes_give(use->stripe);
    *use = (prepared_use){0};
}

bool prepared_digest(const prepared_use *use, ost_text data, unsigned char *ret, size_t *ret_len)
{
    if (!digest_with(use->contexts->digest, data, ret))
        return false;
    *ret_len = hash_find(alg_find(use->contexts->alg)->hash)->size;
    return true;
}

bool prepared_mac(const prepared_use *use, ost_text data, unsigned char *ret, size_t *ret_len)
{
    EVP_MAC_CTX *mac = use->contexts->mac;
    /* Without a key, the one of the preparation is taken again. */
    return EVP_MAC_init(mac, NULL, 0, NULL) == 1 &&
           EVP_MAC_update(mac, (const unsigned char *)data.data, data.len) == 1 &&
           EVP_MAC_final(mac, ret, ret_len, HASH_MAX_SIZE) == 1;
}
