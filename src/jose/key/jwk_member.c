/* SPDX-License-Identifier: Apache-2.0 */
/* The binary members of a JWK: base64url of fixed length and Base64urlUInt (RFC 7518 §2). */
#include "jose/key/jwk_member.h"

#include <openssl/bn.h>

#include "base/base64url.h"
#include "base/text.h"
#include "jose/key/key_state.h"

const ost_json *jwk_get(const ost_json *jwk, const char *name)
{
    const ost_json *member = ost_json_get(jwk, name);
    return ost_json_is(member, OST_JSON_NULL) ? NULL : member;
}

ost_result jwk_bytes(const ost_json *jwk, const char *name, size_t max, unsigned char *ret,
                     size_t *ret_len, ost_error *error)
{
    ost_text encoded;
    size_t len;
    const ost_json *member = jwk_get(jwk, name);
    if (member == NULL)
        return ost_error_set(error, OST_E_KEY_FORMAT, "the member \"%s\" is missing", name);
    if (!ost_json_text(member, &encoded))
        return ost_error_set(error, OST_E_KEY_FORMAT, "\"%s\" is not a string", name);
    if (encoded.len == 0 || encoded.len > BASE64URL_LEN(max))
        return ost_error_set(error, OST_E_KEY_FORMAT, "\"%s\" is empty or too long", name);
    if (base64url_decode(encoded, ret, &len) != OST_OK)
        return ost_error_set(error, OST_E_KEY_FORMAT, "\"%s\" is not strict base64url", name);
    *ret_len = len;
    return OST_OK;
}

ost_result jwk_bytes_exactly(const ost_json *jwk, const char *name, size_t len, unsigned char *ret,
                             ost_error *error)
{
    size_t seen = 0;
    ost_result result = jwk_bytes(jwk, name, len, ret, &seen, error);
    if (result == OST_OK && seen != len) {
        result = ost_error_set(error, OST_E_KEY_FORMAT,
                               "\"%s\" has %zu bytes, where the curve has %zu", name, seen, len);
    }
    return result;
}

BIGNUM *secret_integer(const unsigned char *bytes, size_t len)
{
    BIGNUM *integer = BN_secure_new();
    if (integer != NULL && BN_bin2bn(bytes, (int)len, integer) == NULL) {
        BN_clear_free(integer);
        integer = NULL;
    }
    return integer;
}

ost_result jwk_integer(const ost_json *jwk, const char *name, BIGNUM **ret_integer,
                       ost_error *error)
{
    unsigned char bytes[RSA_MAX_BITS / 8 + 1];
    size_t len = 0;
    ost_result result = jwk_bytes(jwk, name, sizeof bytes, bytes, &len, error);
    if (result == OST_OK && len > 1 && bytes[0] == 0 && bytes[1] == 0)
        result = ost_error_set(error, OST_E_KEY_FORMAT, "\"%s\" begins with zeroes", name);
    if (result == OST_OK) {
        *ret_integer = secret_integer(bytes, len);
        if (*ret_integer == NULL)
            result = ost_error_set(error, OST_E_CRYPTO, "out of memory");
    }
    wipe(bytes, sizeof bytes);
    return result;
}
