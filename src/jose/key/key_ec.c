/* SPDX-License-Identifier: Apache-2.0 */
/* Elliptic-curve keys (RFC 7518 §6.2) on the three NIST curves and secp256k1
 * (RFC 8812), from and to the bytes of a JWK. */
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <string.h>

#include "base/array.h"
#include "base/shown.h"
#include "base/text.h"
#include "jose/crypto_auto.h"
#include "jose/key/jwk_member.h"
#include "jose/key/key_state.h"
#include "jose/point/ec_point.h"

#define POINT_MAX (1 + 2 * CURVE_MAX_SIZE)
#define UNCOMPRESSED 0x04 /* SEC 1, §2.3.3 */

static void take_pkey(ost_key *key, EVP_PKEY *pkey, const curve_facts *curve, bool is_private)
{
    key->pkey = pkey;
    key->curve = curve;
    key->is_private = is_private;
    key->bits = curve->bits;
    key->algs = algs_of_type(OST_KEY_EC, curve);
}

/* `d` may be NULL. NULL: the point is not on the curve, or out of memory. */
static EVP_PKEY *make_pkey(const curve_facts *curve, const unsigned char *point, const BIGNUM *d)
{
    param_bld_auto OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    pkey_ctx_auto EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *pkey = NULL;
    OSSL_PARAM *params = NULL;
    if (builder != NULL && context != NULL &&
        OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, curve->openssl, 0) ==
            1 &&
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point,
                                         1 + 2 * curve->size) == 1 &&
        (d == NULL ||
         OSSL_PARAM_BLD_push_BN_pad(builder, OSSL_PKEY_PARAM_PRIV_KEY, d, curve->size) == 1))
        params = OSSL_PARAM_BLD_to_param(builder);
    int selection = d != NULL ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
    if (params != NULL && EVP_PKEY_fromdata_init(context) == 1 &&
        EVP_PKEY_fromdata(context, &pkey, selection, params) != 1)
        pkey = NULL;
    OSSL_PARAM_free(params);
    return pkey;
}

static bool is_pair(EVP_PKEY *pkey)
{
    pkey_ctx_auto EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    return context != NULL && EVP_PKEY_private_check(context) == 1 &&
           EVP_PKEY_pairwise_check(context) == 1;
}

static ost_result read_private(const ost_json *jwk, const curve_facts *curve, BIGNUM **ret_d,
                               ost_error *error)
{
    unsigned char bytes[CURVE_MAX_SIZE];
    if (jwk_get(jwk, "d") == NULL)
        return OST_OK;
    ost_result result = jwk_bytes_exactly(jwk, "d", curve->size, bytes, error);
    if (result == OST_OK) {
        *ret_d = secret_integer(bytes, curve->size);
        if (*ret_d == NULL)
            result = ost_error_set(error, OST_E_CRYPTO, "out of memory");
    }
    wipe(bytes, sizeof bytes);
    return result;
}

/* With a private part the public one is made and checked first, so that a point off the curve is
 * told apart from a wrong d. The curves have cofactor 1: on the curve is in the group. */
static ost_result set_parts(ost_key *key, const curve_facts *curve, const unsigned char *point,
                            const BIGNUM *d, ost_error *error)
{
    pkey_auto EVP_PKEY *pkey = make_pkey(curve, point, NULL);
    if (pkey == NULL && ec_point_check(curve, point + 1) == OST_E_KEY_WEAK)
        return ost_error_set(error, OST_E_KEY_WEAK, "the point is not on %s", curve->name);
    if (pkey == NULL)
        return ost_error_set(error, OST_E_CRYPTO, "the key could not be made");
    if (d != NULL) {
        EVP_PKEY_free(pkey);
        pkey = make_pkey(curve, point, d);
        if (pkey == NULL || !is_pair(pkey))
            return ost_error_set(error, OST_E_KEY_FORMAT, "d does not belong to the point");
    }
    take_pkey(key, pkey, curve, d != NULL);
    pkey = NULL;
    return OST_OK;
}

ost_result key_ec_import(const ost_json *jwk, ost_key *key, ost_error *error)
{
    unsigned char point[POINT_MAX] = {UNCOMPRESSED};
    ost_text name = {0};
    bn_auto BIGNUM *d = NULL;
    if (!ost_json_text(jwk_get(jwk, "crv"), &name))
        return ost_error_set(error, OST_E_KEY_FORMAT, "the member \"crv\" is not a string");
    const curve_facts *curve = curve_find(OST_KEY_EC, name);
    if (curve == NULL) {
        return ost_error_set(error, OST_E_UNSUPPORTED, "the curve \"%.*s\" is not supported",
                             SHOWN(name, 32));
    }
    ost_result result = jwk_bytes_exactly(jwk, "x", curve->size, point + 1, error);
    if (result == OST_OK)
        result = jwk_bytes_exactly(jwk, "y", curve->size, point + 1 + curve->size, error);
    if (result == OST_OK)
        result = read_private(jwk, curve, &d, error);
    return result == OST_OK ? set_parts(key, curve, point, d, error) : result;
}

static bool get_coordinate(EVP_PKEY *pkey, const char *name, size_t size, unsigned char *ret)
{
    bn_auto BIGNUM *number = NULL;
    return EVP_PKEY_get_bn_param(pkey, name, &number) == 1 &&
           BN_bn2binpad(number, ret, (int)size) == (int)size;
}

/* A curve that is spelled out is not the one it may look like: CVE-2020-0601. */
static const curve_facts *curve_of(EVP_PKEY *pkey)
{
    char name[64], encoding[32];
    size_t len;
    if (EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_EC_ENCODING, encoding, sizeof encoding,
                                       &len) != 1 ||
        !text_is(text_of(encoding), OSSL_PKEY_EC_ENCODING_GROUP) ||
        EVP_PKEY_get_group_name(pkey, name, sizeof name, &len) != 1)
        return NULL;
    return curve_find_openssl(OST_KEY_EC, name);
}

ost_result key_ec_copy(EVP_PKEY *pkey, bool is_private, ost_key *key, ost_error *error)
{
    unsigned char point[POINT_MAX] = {UNCOMPRESSED};
    bn_auto BIGNUM *d = NULL;
    const curve_facts *curve = curve_of(pkey);
    if (curve == NULL) {
        return ost_error_set(error, OST_E_UNSUPPORTED,
                             "a curve that is not supported, or not named");
    }
    if (!get_coordinate(pkey, OSSL_PKEY_PARAM_EC_PUB_X, curve->size, point + 1) ||
        !get_coordinate(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, curve->size, point + 1 + curve->size) ||
        (is_private && EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_PRIV_KEY, &d) != 1))
        return ost_error_set(error, OST_E_KEY_FORMAT, "the point or d is missing");
    return set_parts(key, curve, point, d, error);
}

ost_result key_ec_generate(const curve_facts *curve, ost_key *key)
{
    EVP_PKEY *pkey = EVP_EC_gen(curve->openssl);
    if (pkey == NULL)
        return OST_E_CRYPTO;
    take_pkey(key, pkey, curve, true);
    return OST_OK;
}

ost_result key_ec_member(const ost_key *key, const char *name, unsigned char *ret, size_t *ret_len)
{
    static const struct {
        const char *jwk, *openssl;
    } members[] = {
        {"x", OSSL_PKEY_PARAM_EC_PUB_X},
        {"y", OSSL_PKEY_PARAM_EC_PUB_Y},
        {"d", OSSL_PKEY_PARAM_PRIV_KEY},
    };
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        bn_auto BIGNUM *number = NULL;
        if (strcmp(members[i].jwk, name) != 0)
            continue;
        if (EVP_PKEY_get_bn_param(key->pkey, members[i].openssl, &number) != 1 ||
            BN_bn2binpad(number, ret, (int)key->curve->size) < 0)
            return OST_E_CRYPTO;
        *ret_len = key->curve->size;
        return OST_OK;
    }
    return OST_E_NOT_FOUND;
}
