/* Keys: their life, what they may be used for, and making new ones. */
#include "key.h"

#include "context.h"
#include "digest.h"
#include "signature.h"
#include "text.h"

#define MIN_SECRET 32 /* bytes: the hash of HS256 */

ost_key *key_new(ost_key_type type, alg_curve curve)
{
    static atomic_uint_fast64_t serials;
    ost_key *key = memory_alloc(sizeof *key);
    if (key == NULL)
        return NULL;
    atomic_init(&key->references, 1);
    key->serial = atomic_fetch_add_explicit(&serials, 1, memory_order_relaxed) + 1;
    key->type = type;
    key->curve = curve;
    key->may_sign = key->may_verify = true;
    return key;
}

ost_key *ost_key_ref(ost_key *key)
{
    if (key != NULL)
        atomic_fetch_add_explicit(&key->references, 1, memory_order_relaxed);
    return key;
}

void ost_key_unref(ost_key *key)
{
    if (key == NULL || atomic_fetch_sub_explicit(&key->references, 1, memory_order_acq_rel) != 1)
        return;
    EVP_PKEY_free(key->pkey);
    if (key->secret != NULL)
        wipe(key->secret, key->secret_len);
    memory_free(key->secret);
    memory_free(key->kid);
    memory_free(key);
}

ost_result key_settle(ost_key *key, ost_error *ret_error)
{
    ost_algs fitting = 0;
    for (int alg = OST_RS256; alg <= OST_HS512; alg++) {
        const alg_info *info = alg_info_of((ost_alg)alg);
        if (info->key_type != key->type || info->curve != key->curve)
            continue;
        if (key->type == OST_KEY_OCT && key->secret_len < info->hash_bits / 8)
            continue;
        fitting |= OST_ALG_BIT(alg);
    }
    if (key->type == OST_KEY_OCT && key->secret_len < MIN_SECRET)
        return ost_error_set(ret_error, OST_E_KEY_WEAK, "the secret has %zu bytes, %d are needed",
                             key->secret_len, MIN_SECRET);
    if (key->bound == OST_ALG_NONE_SET) {
        key->serves = fitting;
        return OST_OK;
    }
    const alg_info *bound = alg_info_of(key->bound);
    if (bound->key_type != key->type || bound->curve != key->curve)
        return ost_error_set(ret_error, OST_E_KEY_FORMAT, "alg %s does not fit the key's type",
                             bound->name);
    if ((fitting & OST_ALG_BIT(key->bound)) == 0)
        return ost_error_set(ret_error, OST_E_KEY_WEAK, "the secret has %zu bytes, %s needs %u",
                             key->secret_len, bound->name, bound->hash_bits / 8);
    key->serves = OST_ALG_BIT(key->bound);
    return OST_OK;
}

ost_result key_self_test(const ost_key *key, ost_error *ret_error)
{
    const ost_text message = OST_TEXT("the two halves belong together");
    unsigned char signature[ALG_MAX_SIGNATURE];
    size_t len;
    ost_alg alg = OST_ALG_NONE_SET;
    for (int candidate = OST_RS256; alg == OST_ALG_NONE_SET && candidate <= OST_HS512;
         candidate++) {
        if ((key->serves & OST_ALG_BIT(candidate)) != 0)
            alg = (ost_alg)candidate;
    }
    if (signature_make(key, alg, message, signature, &len) != OST_OK ||
        signature_check(key, alg, message, (ost_text){(const char *)signature, len}) != OST_OK)
        return ost_error_set(ret_error, OST_E_KEY_FORMAT,
                             "the private members do not belong to the public ones");
    return OST_OK;
}

static ost_result generate(const alg_info *info, unsigned bits, ost_key *key)
{
    unsigned char secret[DIGEST_MAX];
    ost_result result = OST_E_UNSUPPORTED;
    switch (key->type) {
    case OST_KEY_RSA:
        return rsa_generate(bits > 0 ? bits : 2048, key);
    case OST_KEY_EC:
        return ec_generate(key);
    case OST_KEY_OKP:
        return okp_generate(key);
    case OST_KEY_OCT:
        result = context_random(NULL, secret, info->hash_bits / 8);
        if (result == OST_OK)
            result = oct_set((ost_text){(const char *)secret, info->hash_bits / 8}, key);
        wipe(secret, sizeof secret);
    }
    return result;
}

ost_result ost_key_generate(ost_alg alg, unsigned bits, const char *kid, ost_key **ret_key,
                            ost_error *ret_error)
{
    const alg_info *info = alg_info_of(alg);
    char thumbprint[44];
    if (info == NULL || (bits != 0 && (bits < 2048 || bits > 16384 || bits % 8 != 0)))
        return ost_error_set(ret_error, OST_E_ARGUMENT, "no such algorithm or key size");
    ost_key *key = key_new(info->key_type, info->curve);
    if (key == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    key->bound = alg;
    key->for_signature = true;
    ost_result result = generate(info, bits, key);
    if (result == OST_OK)
        result = key_settle(key, ret_error);
    if (result == OST_OK && kid == NULL) {
        result = ost_key_thumbprint(key, thumbprint);
        kid = thumbprint;
    }
    if (result == OST_OK && (key->kid = memory_copy(text_of(kid))) == NULL)
        result = OST_E_MEMORY;
    if (result != OST_OK) {
        ost_key_unref(key);
        return ost_error_set(ret_error, result, "%s", ost_result_sentence(result));
    }
    *ret_key = key;
    return OST_OK;
}

ost_result ost_key_import_secret(ost_text secret, ost_alg alg, const char *kid, ost_key **ret_key,
                                 ost_error *ret_error)
{
    const alg_info *info = alg_info_of(alg);
    if (info == NULL || info->family != ALG_HMAC)
        return ost_error_set(ret_error, OST_E_ARGUMENT, "a secret serves HS256, HS384 or HS512");
    ost_key *key = key_new(OST_KEY_OCT, CURVE_NONE);
    if (key == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    key->bound = alg;
    key->for_signature = true;
    ost_result result = oct_set(secret, key);
    if (result == OST_OK)
        result = key_settle(key, ret_error);
    if (result == OST_OK && kid != NULL && (key->kid = memory_copy(text_of(kid))) == NULL)
        result = ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    if (result != OST_OK) {
        ost_key_unref(key);
        return result;
    }
    *ret_key = key;
    return OST_OK;
}

ost_key_type ost_key_type_of(const ost_key *key)
{
    return key->type;
}

ost_text ost_key_kid(const ost_key *key)
{
    return text_of(key->kid);
}

bool ost_key_is_private(const ost_key *key)
{
    return key->is_private;
}

bool ost_key_serves(const ost_key *key, ost_alg alg)
{
    return alg_info_of(alg) != NULL && (key->serves & OST_ALG_BIT(alg)) != 0;
}

unsigned ost_key_bits(const ost_key *key)
{
    return key->bits;
}
