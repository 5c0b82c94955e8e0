/* SPDX-License-Identifier: Apache-2.0 */
/* Digests around tokens: at_hash and c_hash (OpenID Connect Core §3.1.3.6), thumbprints. */
#include "jose/digest.h"

#include <openssl/evp.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/text.h"
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

/* ---- the hash of a signature algorithm ---- */

#define SHAKE_SIZE 114 /* bytes that Ed448 takes of SHAKE256 (RFC 8032 §5.2) */
#define SHAKE_SHORT 64 /* that Keycloak takes for at_hash */

typedef struct half_hash {
    char text[BASE64URL_LEN(SHAKE_SIZE)];
    size_t len;
} half_hash;

static ost_result shake256(ost_text data, size_t size, unsigned char *ret)
{
    EVP_MD *algorithm = EVP_MD_fetch(NULL, "SHAKE256", NULL);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool done = context != NULL && algorithm != NULL &&
                EVP_DigestInit_ex2(context, algorithm, NULL) == 1 &&
                EVP_DigestUpdate(context, data.data, data.len) == 1 &&
                EVP_DigestFinalXOF(context, ret, size) == 1;
    EVP_MD_CTX_free(context);
    EVP_MD_free(algorithm);
    return done ? OST_OK : OST_E_CRYPTO;
}

/* `shake`: so many bytes of SHAKE256; 0: the hash of the algorithm's table. */
static ost_result halve(ost_text value, const alg_facts *facts, size_t shake, half_hash *ret)
{
    unsigned char hash[SHAKE_SIZE];
    size_t size = shake != 0 ? shake : hash_find(facts->hash)->size;
    ost_result result = shake != 0 ? shake256(value, size, hash) : digest(facts->hash, value, hash);
    if (result == OST_OK)
        ret->len = base64url_encode(hash, size / 2, ret->text);
    return result;
}

ost_result ost_left_half_hash(ost_text value, ost_alg alg, ost_arena *arena, ost_text *ret_hash)
{
    half_hash half;
    const alg_facts *facts = alg_find(alg);
    if (facts == NULL || !alg_signs(alg) || ret_hash == NULL)
        return OST_E_ARGUMENT;
    ost_result result = halve(value, facts, alg == OST_ED448 ? SHAKE_SIZE : 0, &half);
    if (result != OST_OK)
        return result;
    const char *copy = ost_arena_copy(arena, (ost_text){half.text, half.len});
    if (copy == NULL)
        return OST_E_MEMORY;
    *ret_hash = (ost_text){copy, half.len};
    return OST_OK;
}

ost_result digest_half_check(ost_text value, ost_alg alg, ost_text hash)
{
    static const size_t shakes[] = {0, SHAKE_SIZE, SHAKE_SHORT};
    const alg_facts *facts = alg_find(alg);
    if (facts == NULL || !alg_signs(alg))
        return OST_E_ARGUMENT;
    size_t from = alg == OST_ED448 ? 1 : 0;
    size_t count = alg == OST_ED448 || alg == OST_EDDSA ? ARRAY_LEN(shakes) : 1;
    for (size_t i = from; i < count; i++) {
        half_hash half;
        ost_result result = halve(value, facts, shakes[i], &half);
        if (result != OST_OK || text_equal(hash, (ost_text){half.text, half.len}))
            return result;
    }
    return OST_E_SIGNATURE;
}
