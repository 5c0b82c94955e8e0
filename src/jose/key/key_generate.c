/* SPDX-License-Identifier: Apache-2.0 */
/* New keys, one per algorithm of the table. */
#include <openssl/rand.h>

#include "base/text.h"
#include "jose/key/key_state.h"

#define DEFAULT_RSA_BITS 2048
#define DEFAULT_SECRET_SIZE 32 /* where the algorithm leaves it open */

typedef struct wanted {
    ost_alg alg;
    const alg_facts *facts;
    const curve_facts *curve; /* EC, OKP */
    unsigned bits;            /* RSA, OST_DIR; 0: the usual */
} wanted;

static ost_result generate_secret(const wanted *what, ost_key *key)
{
    unsigned char secret[HASH_MAX_SIZE];
    size_t size = what->facts->secret_size;
    if (size == 0)
        size = what->bits != 0 ? what->bits / 8 : DEFAULT_SECRET_SIZE;
    if (size > sizeof secret || (what->bits != 0 && size * 8 != what->bits))
        return OST_E_ARGUMENT;
    if (RAND_priv_bytes(secret, (int)size) != 1)
        return OST_E_CRYPTO;
    ost_result result = key_oct_set(key, (ost_text){(const char *)secret, size}, NULL);
    wipe(secret, sizeof secret);
    return result == OST_OK ? key_oct_bind(key, what->alg, NULL) : result;
}

static ost_result generate(const wanted *what, ost_key *key)
{
    ost_result result;
    switch (key->type) {
    case OST_KEY_RSA:
        result = key_rsa_generate(what->bits != 0 ? what->bits : DEFAULT_RSA_BITS, key);
        break;
    case OST_KEY_EC:
        result = key_ec_generate(what->curve, key);
        break;
    case OST_KEY_OKP:
        result = key_okp_generate(what->curve, key);
        break;
    case OST_KEY_OCT:
    default:
        return generate_secret(what, key);
    }
    return result == OST_OK ? key_bind(key, what->alg, NULL) : result;
}

static ost_result name_key(ost_key *key, const char *kid)
{
    char thumbprint[44];
    if (kid != NULL)
        return key_set_kid(key, text_of(kid));
    ost_result result = ost_key_thumbprint(key, thumbprint);
    return result == OST_OK ? key_set_kid(key, text_of(thumbprint)) : result;
}

static ost_result make(const wanted *what, ost_key_type type, const char *kid, ost_key **ret_key,
                       ost_error *error)
{
    if (ret_key == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "no place for the key");
    ost_key *key = key_new(type);
    if (key == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    key->use = alg_signs(what->alg) ? KEY_USE_SIG : KEY_USE_ENC;
    ost_result result = generate(what, key);
    if (result == OST_OK)
        result = name_key(key, kid);
    if (result != OST_OK) {
        ost_key_unref(key);
        return ost_error_set(error, result, "a key for %s could not be made", what->facts->name);
    }
    *ret_key = key;
    return OST_OK;
}

static const curve_facts *usual_curve(const alg_facts *facts)
{
    if (facts->type == OST_KEY_OKP && facts->curve == NULL)
        return curve_find(OST_KEY_OKP, OST_TEXT("Ed25519"));
    if (facts->agrees)
        return curve_find(OST_KEY_EC, OST_TEXT("P-256"));
    return facts->curve;
}

ost_result ost_key_generate(ost_alg alg, unsigned bits, const char *kid, ost_key **ret_key,
                            ost_error *error)
{
    wanted what = {.alg = alg, .facts = alg_find(alg), .bits = bits};
    if (what.facts == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "no algorithm was named");
    if (bits != 0 && what.facts->type != OST_KEY_RSA && alg != OST_DIR)
        return ost_error_set(error, OST_E_ARGUMENT, "only RSA and direct keys come in sizes");
    what.curve = usual_curve(what.facts);
    return make(&what, what.facts->type, kid, ret_key, error);
}

ost_result ost_key_generate_curve(ost_alg alg, const char *curve, const char *kid,
                                  ost_key **ret_key, ost_error *error)
{
    wanted what = {.alg = alg, .facts = alg_find(alg)};
    if (what.facts == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "no algorithm was named");
    what.curve = curve_find(OST_KEY_EC, text_of(curve));
    if (what.curve == NULL)
        what.curve = curve_find(OST_KEY_OKP, text_of(curve));
    if (what.curve == NULL ||
        (algs_of_type(what.curve->type, what.curve) & OST_ALG_BIT(alg)) == 0) {
        return ost_error_set(error, OST_E_ARGUMENT, "%s is not on such a curve", what.facts->name);
    }
    return make(&what, what.curve->type, kid, ret_key, error);
}
