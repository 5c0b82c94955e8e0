/* Elliptic-curve keys (RFC 7518 §6.2): P-256, P-384, P-521. */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <string.h>

#include "key.h"
#include "text.h"

#define MAX_COORDINATE 66

/* A member of exactly the curve's length (RFC 7518 §6.2.1.2). */
static ost_result read_coordinate(const ost_json *jwk, const char *name, const curve_info *curve,
                                  unsigned char *ret, ost_error *ret_error)
{
    size_t len;
    ost_result result = key_member(jwk, name, ret, curve->len, &len);
    if (result == OST_E_NOT_FOUND)
        return result;
    if (result != OST_OK || len != curve->len)
        return ost_error_set(ret_error, OST_E_KEY_FORMAT, "\"%s\" is not %zu bytes of base64url",
                             name, curve->len);
    return OST_OK;
}

/* OpenSSL refuses a point that is not on the curve when it reads it. */
static EVP_PKEY *make_pkey(const curve_info *curve, const unsigned char *point, const BIGNUM *d)
{
    EVP_PKEY *pkey = NULL;
    OSSL_PARAM *parameters = NULL;
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    bool good = builder != NULL && context != NULL &&
                OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, curve->group,
                                                0) == 1 &&
                OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point,
                                                 1 + 2 * curve->len) == 1;
    if (good && d != NULL)
        good = OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, d) == 1;
    if (good && (parameters = OSSL_PARAM_BLD_to_param(builder)) != NULL &&
        EVP_PKEY_fromdata_init(context) == 1)
        (void)EVP_PKEY_fromdata(context, &pkey, d != NULL ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
                                parameters);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    return pkey;
}

static bool point_is_valid(EVP_PKEY *pkey)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    bool valid = context != NULL && EVP_PKEY_public_check(context) == 1;
    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    return valid;
}

ost_result ec_import(const ost_json *jwk, ost_key *key, ost_error *ret_error)
{
    const curve_info *curve = curve_info_of(key->curve);
    unsigned char point[1 + 2 * MAX_COORDINATE] = {4}, secret[MAX_COORDINATE];
    if (read_coordinate(jwk, "x", curve, point + 1, ret_error) != OST_OK ||
        read_coordinate(jwk, "y", curve, point + 1 + curve->len, ret_error) != OST_OK)
        return ost_error_set(ret_error, OST_E_KEY_FORMAT,
                             "\"x\" and \"y\" must be %zu bytes of base64url each", curve->len);
    ost_result result = read_coordinate(jwk, "d", curve, secret, ret_error);
    if (result != OST_OK && result != OST_E_NOT_FOUND)
        return result;
    BIGNUM *d = NULL;
    key->is_private = result == OST_OK;
    if (key->is_private && (d = BN_bin2bn(secret, (int)curve->len, BN_secure_new())) == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    wipe(secret, sizeof secret);
    key->bits = curve->bits;
    key->pkey = make_pkey(curve, point, d);
    BN_clear_free(d);
    if (key->pkey == NULL || !point_is_valid(key->pkey))
        return ost_error_set(ret_error, OST_E_KEY_WEAK, "the point is not on the curve %s",
                             curve->crv);
    return OST_OK;
}

ost_result ec_generate(ost_key *key)
{
    const curve_info *curve = curve_info_of(key->curve);
    key->pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", curve->group);
    key->bits = curve->bits;
    key->is_private = true;
    return key->pkey != NULL ? OST_OK : OST_E_CRYPTO;
}

ost_result ec_export(const ost_key *key, bool secret, ost_json_writer *writer)
{
    static const struct {
        const char *member, *parameter;
    } members[] = {{"x", OSSL_PKEY_PARAM_EC_PUB_X},
                   {"y", OSSL_PKEY_PARAM_EC_PUB_Y},
                   {"d", OSSL_PKEY_PARAM_PRIV_KEY}};
    const curve_info *curve = curve_info_of(key->curve);
    unsigned char bytes[MAX_COORDINATE];
    ost_json_member_string(writer, "crv", curve->crv);
    for (size_t i = 0; i < (secret ? 3 : 2); i++) {
        BIGNUM *number = NULL;
        int len = -1;
        if (EVP_PKEY_get_bn_param(key->pkey, members[i].parameter, &number) == 1)
            len = BN_bn2binpad(number, bytes, (int)curve->len);
        BN_clear_free(number);
        if (len < 0)
            return OST_E_CRYPTO;
        key_put_member(writer, members[i].member, bytes, curve->len);
    }
    wipe(bytes, sizeof bytes);
    return OST_OK;
}
