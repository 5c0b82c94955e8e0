/* HMAC secrets (RFC 7518 §6.4), from a JWK and from bytes of the caller's. */
#include <string.h>

#include "context.h"
#include "jwk_member.h"
#include "key.h"
#include "text.h"

/* RFC 7518 §3.2: a key of the same size as the hash output or larger must be used. */
static ost_algs algs_of_size(size_t size)
{
    ost_algs fitting = 0, all = algs_of_type(OST_KEY_OCT, NULL);
    for (ost_alg alg = OST_HS256; alg <= OST_HS512; alg++) {
        if ((all & OST_ALG_BIT(alg)) != 0 && size >= alg_find(alg)->signature_size)
            fitting |= OST_ALG_BIT(alg);
    }
    return fitting;
}

ost_result key_oct_set(ost_key *key, ost_text secret, ost_error *ret_error)
{
    ost_algs algs = algs_of_size(secret.len);
    if (algs == 0) {
        return ost_error_set(ret_error, OST_E_KEY_WEAK,
                             "a secret of %zu bytes is shorter than any hash", secret.len);
    }
    if (secret.len > SECRET_MAX)
        return ost_error_set(ret_error, OST_E_CEILING, "a secret of more than %d bytes",
                             SECRET_MAX);
    key->secret = memory_alloc(secret.len);
    if (key->secret == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    memcpy(key->secret, secret.data, secret.len);
    key->secret_size = secret.len;
    key->bits = (unsigned)secret.len * 8;
    key->is_private = true;
    key->algs = algs;
    return OST_OK;
}

ost_result key_oct_import(const ost_json *jwk, ost_key *key, ost_error *ret_error)
{
    unsigned char secret[SECRET_MAX];
    size_t len;
    ost_result result = jwk_bytes(jwk, "k", sizeof secret, secret, &len, ret_error);
    if (result == OST_OK)
        result = key_oct_set(key, (ost_text){(const char *)secret, len}, ret_error);
    wipe(secret, sizeof secret);
    return result;
}

ost_result ost_key_import_secret(ost_text secret, ost_alg alg, const char *kid, ost_key **ret_key,
                                 ost_error *ret_error)
{
    const alg_facts *facts = alg_find(alg);
    if (facts == NULL || facts->type != OST_KEY_OCT)
        return ost_error_set(ret_error, OST_E_ARGUMENT, "a secret serves HS256, HS384 or HS512");
    if (secret.len < facts->signature_size) {
        return ost_error_set(ret_error, OST_E_KEY_WEAK, "%s needs a secret of at least %zu bytes",
                             facts->name, facts->signature_size);
    }
    ost_key *key = key_new(OST_KEY_OCT);
    if (key == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    ost_result result = key_oct_set(key, secret, ret_error);
    if (result == OST_OK)
        result = key_bind(key, alg, ret_error);
    if (result == OST_OK && (result = key_set_kid(key, text_of(kid))) != OST_OK)
        ost_error_set(ret_error, result, "the kid is not accepted");
    if (result != OST_OK) {
        ost_key_unref(key);
        return result;
    }
    *ret_key = key;
    return OST_OK;
}
