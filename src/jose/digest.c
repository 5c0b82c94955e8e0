/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-2 digests around tokens: at_hash and c_hash (OpenID Connect Core §3.1.3.6), thumbprints. */
#include "jose/digest.h"

#include "base/base64url.h"
#include "jose/stripes.h"

EVP_MD_CTX *digest_context_new(hash_id hash)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_MD *algorithm = EVP_MD_fetch(NULL, hash_find(hash)->name, NULL);
    if (context == NULL || algorithm == NULL || EVP_DigestInit_ex2(context, algorithm, NULL) != 1) {
        EVP_MD_CTX_free(context);
        context = NULL;
    }
    EVP_MD_free(algorithm); /* the context holds a reference */
    return context;
}

bool digest_with(EVP_MD_CTX *context, ost_text data, unsigned char *ret)
{
    return EVP_DigestInit_ex2(context, NULL, NULL) == 1 &&
           EVP_DigestUpdate(context, data.data, data.len) == 1 &&
           EVP_DigestFinal_ex(context, ret, NULL) == 1;
}

ost_result digest(hash_id hash, ost_text data, unsigned char *ret)
{
    static stripes contexts[HASH_COUNT]; /* reused by every thread until the process ends */
    stripe *own = stripes_take(&contexts[hash]);
    EVP_MD_CTX *context = own != NULL ? own->held : NULL;
    if (context == NULL)
        context = digest_context_new(hash);
    bool done = context != NULL && digest_with(context, data, ret);
    if (own != NULL)
        own->held = context;
    else
        EVP_MD_CTX_free(context);
    stripes_give(own);
    return done ? OST_OK : OST_E_CRYPTO;
}

ost_result ost_sha256(ost_text data, unsigned char ret[32])
{
    return ret != NULL ? digest(HASH_SHA256, data, ret) : OST_E_ARGUMENT;
}

ost_result ost_left_half_hash(ost_text value, ost_alg alg, ost_arena *arena, ost_text *ret_hash)
{
    const alg_facts *facts = alg_find(alg);
    unsigned char hash[HASH_MAX_SIZE];
    if (facts == NULL || !alg_signs(alg) || ret_hash == NULL)
        return OST_E_ARGUMENT;
    ost_result result = digest(facts->hash, value, hash);
    if (result != OST_OK)
        return result;
    ost_text half = {(const char *)hash, hash_find(facts->hash)->size / 2};
    return base64url_encode_to(arena, half, ret_hash);
}
