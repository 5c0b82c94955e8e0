/* SPDX-License-Identifier: Apache-2.0 */
/* Keys on Edwards' and Montgomery's curves (RFC 8037 §2). Ed25519 is libsodium's, which verifies
 * nearly twice as fast; Ed448, X25519 and X448 are OpenSSL's. */
#include <openssl/evp.h>
#include <sodium.h>
#include <string.h>

#include "base/shown.h"
#include "base/text.h"
#include "jose/crypto_auto.h"
#include "jose/key/jwk_member.h"
#include "jose/key/key_state.h"
#include "jose/point/ed448_point.h"
#include "jose/point/montgomery_point.h"

static bool is_ed25519(const curve_facts *curve)
{
    return curve->signs && curve->size == ED25519_SIZE;
}

static void take_curve(ost_key *key, const curve_facts *curve, bool is_private)
{
    key->curve = curve;
    key->is_private = is_private;
    key->bits = curve->bits;
    key->algs = algs_of_type(OST_KEY_OKP, curve);
}

static ost_result set_ed25519(ost_key *key, const unsigned char *seed, ost_error *error)
{
    unsigned char derived[ED25519_SIZE];
    if (sodium_init() < 0)
        return ost_error_set(error, OST_E_CRYPTO, "libsodium does not start");
    /* Canonical, on the curve, in the large group: no point under which everything is signed. */
    if (crypto_core_ed25519_is_valid_point(key->okp_public) != 1)
        return ost_error_set(error, OST_E_KEY_WEAK, "x is not a point of Ed25519's main group");
    if (seed == NULL)
        return OST_OK;
    crypto_sign_seed_keypair(derived, key->okp_secret, seed);
    if (memcmp(derived, key->okp_public, ED25519_SIZE) != 0)
        return ost_error_set(error, OST_E_KEY_FORMAT, "d does not belong to x");
    return OST_OK;
}

static bool public_is(EVP_PKEY *pkey, const unsigned char *expected, size_t size)
{
    unsigned char seen[OKP_MAX_SIZE];
    size_t len = sizeof seen;
    return EVP_PKEY_get_raw_public_key(pkey, seen, &len) == 1 && len == size &&
           memcmp(seen, expected, size) == 0;
}

static ost_result set_pkey(ost_key *key, const curve_facts *curve, const unsigned char *d,
                           ost_error *error)
{
    pkey_auto EVP_PKEY *pkey =
        EVP_PKEY_new_raw_public_key_ex(NULL, curve->openssl, NULL, key->okp_public, curve->size);
    if (pkey == NULL)
        return ost_error_set(error, OST_E_CRYPTO, "the key could not be made");
    ost_result result = curve->agrees ? montgomery_point_check(curve, key->okp_public)
                                      : ed448_point_check(key->okp_public);
    if (result != OST_OK)
        return ost_error_set(error, result, "x is no good point of %s", curve->name);
    if (d != NULL) {
        EVP_PKEY_free(pkey);
        pkey = EVP_PKEY_new_raw_private_key_ex(NULL, curve->openssl, NULL, d, curve->size);
        if (pkey == NULL)
            return ost_error_set(error, OST_E_CRYPTO, "the key could not be made");
        if (!public_is(pkey, key->okp_public, curve->size))
            return ost_error_set(error, OST_E_KEY_FORMAT, "d does not belong to x");
    }
    key->pkey = pkey;
    pkey = NULL;
    return OST_OK;
}

ost_result key_okp_set(ost_key *key, const curve_facts *curve, const unsigned char *x,
                       const unsigned char *d, ost_error *error)
{
    memcpy(key->okp_public, x, curve->size);
    ost_result result =
        is_ed25519(curve) ? set_ed25519(key, d, error) : set_pkey(key, curve, d, error);
    if (result == OST_OK)
        take_curve(key, curve, d != NULL);
    return result;
}

ost_result key_okp_import(const ost_json *jwk, ost_key *key, ost_error *error)
{
    unsigned char x[OKP_MAX_SIZE], d[OKP_MAX_SIZE];
    ost_text name = {0};
    bool is_private = jwk_get(jwk, "d") != NULL;
    if (!ost_json_text(jwk_get(jwk, "crv"), &name))
        return ost_error_set(error, OST_E_KEY_FORMAT, "the member \"crv\" is not a string");
    const curve_facts *curve = curve_find(OST_KEY_OKP, name);
    if (curve == NULL) {
        return ost_error_set(error, OST_E_UNSUPPORTED, "the curve \"%.*s\" is not supported",
                             SHOWN(name, 32));
    }
    ost_result result = jwk_bytes_exactly(jwk, "x", curve->size, x, error);
    if (result == OST_OK && is_private)
        result = jwk_bytes_exactly(jwk, "d", curve->size, d, error);
    if (result == OST_OK)
        result = key_okp_set(key, curve, x, is_private ? d : NULL, error);
    wipe(d, sizeof d);
    return result;
}

ost_result key_okp_copy(EVP_PKEY *pkey, bool is_private, ost_key *key, ost_error *error)
{
    unsigned char x[OKP_MAX_SIZE], d[OKP_MAX_SIZE];
    size_t x_len = sizeof x, d_len = sizeof d;
    const curve_facts *curve = curve_find_openssl(OST_KEY_OKP, EVP_PKEY_get0_type_name(pkey));
    if (curve == NULL || EVP_PKEY_get_raw_public_key(pkey, x, &x_len) != 1 || x_len != curve->size)
        return ost_error_set(error, OST_E_KEY_FORMAT, "the public key is missing");
    if (is_private && (EVP_PKEY_get_raw_private_key(pkey, d, &d_len) != 1 || d_len != curve->size))
        return ost_error_set(error, OST_E_KEY_FORMAT, "the private key is missing");
    ost_result result = key_okp_set(key, curve, x, is_private ? d : NULL, error);
    wipe(d, sizeof d);
    return result;
}

EVP_PKEY *key_okp_pkey(const ost_key *key)
{
    const char *type = key->curve->openssl;
    if (key->pkey != NULL)
        return EVP_PKEY_up_ref(key->pkey) == 1 ? key->pkey : NULL;
    if (key->is_private)
        return EVP_PKEY_new_raw_private_key_ex(NULL, type, NULL, key->okp_secret, ED25519_SIZE);
    return EVP_PKEY_new_raw_public_key_ex(NULL, type, NULL, key->okp_public, ED25519_SIZE);
}

ost_result key_okp_generate(const curve_facts *curve, ost_key *key)
{
    size_t size = curve->size;
    if (is_ed25519(curve)) {
        if (sodium_init() < 0 || crypto_sign_keypair(key->okp_public, key->okp_secret) != 0)
            return OST_E_CRYPTO;
    } else {
        key->pkey = EVP_PKEY_Q_keygen(NULL, NULL, curve->openssl);
        if (key->pkey == NULL ||
            EVP_PKEY_get_raw_public_key(key->pkey, key->okp_public, &size) != 1)
            return OST_E_CRYPTO;
    }
    take_curve(key, curve, true);
    return OST_OK;
}

ost_result key_okp_member(const ost_key *key, const char *name, unsigned char *ret, size_t *ret_len)
{
    size_t len = key->curve->size;
    if (name[0] == 'x')
        memcpy(ret, key->okp_public, len);
    else if (is_ed25519(key->curve))
        memcpy(ret, key->okp_secret, len);
    else if (EVP_PKEY_get_raw_private_key(key->pkey, ret, &len) != 1)
        return OST_E_CRYPTO;
    *ret_len = len;
    return OST_OK;
}
