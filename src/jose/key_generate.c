/* New keys, one per algorithm of the table. */
#include <openssl/rand.h>

#include "key.h"
#include "text.h"

#define DEFAULT_RSA_BITS 2048

static ost_result generate_secret(const alg_facts *facts, ost_key *key)
{
    unsigned char secret[HASH_MAX_SIZE];
    if (RAND_priv_bytes(secret, (int)facts->signature_size) != 1)
        return OST_E_CRYPTO;
    ost_result result =
        key_oct_set(key, (ost_text){(const char *)secret, facts->signature_size}, NULL);
    wipe(secret, sizeof secret);
    return result;
}

static ost_result generate(const alg_facts *facts, unsigned bits, ost_key *key)
{
    switch (facts->type) {
    case OST_KEY_RSA:
        return key_rsa_generate(bits != 0 ? bits : DEFAULT_RSA_BITS, key);
    case OST_KEY_EC:
        return key_ec_generate(facts->curve, key);
    case OST_KEY_OKP:
        return key_okp_generate(key);
    case OST_KEY_OCT:
    default:
        return generate_secret(facts, key);
    }
}

static ost_result name_key(ost_key *key, const char *kid)
{
    char thumbprint[44];
    if (kid != NULL)
        return key_set_kid(key, text_of(kid));
    ost_result result = ost_key_thumbprint(key, thumbprint);
    return result == OST_OK ? key_set_kid(key, text_of(thumbprint)) : result;
}

ost_result ost_key_generate(ost_alg alg, unsigned bits, const char *kid, ost_key **ret_key,
                            ost_error *ret_error)
{
    const alg_facts *facts = alg_find(alg);
    if (facts == NULL)
        return ost_error_set(ret_error, OST_E_ARGUMENT, "no algorithm was named");
    if (bits != 0 && facts->type != OST_KEY_RSA)
        return ost_error_set(ret_error, OST_E_ARGUMENT, "only RSA keys come in sizes");
    ost_key *key = key_new(facts->type);
    if (key == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    ost_result result = generate(facts, bits, key);
    if (result == OST_OK)
        result = key_bind(key, alg, NULL);
    if (result == OST_OK)
        result = name_key(key, kid);
    if (result != OST_OK) {
        ost_key_unref(key);
        return ost_error_set(ret_error, result, "a key for %s could not be made", facts->name);
    }
    key->use_given = true;
    *ret_key = key;
    return OST_OK;
}
