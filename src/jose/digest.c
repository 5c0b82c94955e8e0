/* Digests; see digest.h. EVP_sha256() looks its implementation up on every use, which costs as much
 * as hashing a short input and does not scale over threads: algorithms are fetched once. */
#include "digest.h"

#include <pthread.h>
#include <string.h>

#include "base64url.h"

static EVP_MD *fetched[3];
static pthread_once_t fetched_once = PTHREAD_ONCE_INIT;
static pthread_key_t context_key;
static bool context_key_made;

static void free_context(void *context)
{
    EVP_MD_CTX_free(context);
}

static void fetch(void)
{
    fetched[0] = EVP_MD_fetch(NULL, "SHA256", NULL);
    fetched[1] = EVP_MD_fetch(NULL, "SHA384", NULL);
    fetched[2] = EVP_MD_fetch(NULL, "SHA512", NULL);
    context_key_made = pthread_key_create(&context_key, free_context) == 0;
}

const EVP_MD *digest_md(unsigned bits)
{
    pthread_once(&fetched_once, fetch);
    return bits == 256 ? fetched[0] : bits == 384 ? fetched[1] : bits == 512 ? fetched[2] : NULL;
}

const char *digest_name(unsigned bits)
{
    return bits == 256 ? "SHA256" : bits == 384 ? "SHA384" : "SHA512";
}

/* The thread's own context; the key's destructor frees it with the thread. */
static EVP_MD_CTX *thread_context(void)
{
    static _Thread_local EVP_MD_CTX *context;
    if (context == NULL && context_key_made) {
        context = EVP_MD_CTX_new();
        if (context != NULL && pthread_setspecific(context_key, context) != 0) {
            EVP_MD_CTX_free(context);
            context = NULL;
        }
    }
    return context;
}

ost_result digest_of(unsigned bits, ost_text data, unsigned char *ret)
{
    const EVP_MD *md = digest_md(bits);
    EVP_MD_CTX *context = md != NULL ? thread_context() : NULL;
    if (context == NULL || EVP_DigestInit_ex2(context, md, NULL) != 1 ||
        EVP_DigestUpdate(context, data.data, data.len) != 1 ||
        EVP_DigestFinal_ex(context, ret, NULL) != 1)
        return OST_E_CRYPTO;
    return OST_OK;
}

ost_result ost_sha256(ost_text data, unsigned char ret[32])
{
    return digest_of(256, data, ret);
}

ost_result ost_left_half_hash(ost_text value, ost_alg alg, ost_arena *arena, ost_text *ret_hash)
{
    unsigned char hash[DIGEST_MAX];
    const alg_info *info = alg_info_of(alg);
    if (info == NULL)
        return OST_E_ARGUMENT;
    ost_result result = digest_of(info->hash_bits, value, hash);
    if (result != OST_OK)
        return result;
    return base64url_encode_to(arena, (ost_text){(const char *)hash, info->hash_bits / 16},
                               ret_hash);
}
