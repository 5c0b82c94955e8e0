/* Reading JSON Web Keys (RFC 7517 §4): type first, then what the key may be used for. */
#include <string.h>

#include "base64url.h"
#include "context.h"
#include "key.h"
#include "text.h"

#define MAX_KID 256
#define MAX_JWK ((size_t)64 << 10)
#define JWK_ARENA ((size_t)256 << 10)

ost_result key_member(const ost_json *jwk, const char *name, unsigned char *ret, size_t size,
                      size_t *ret_len)
{
    const ost_json *member = ost_json_get(jwk, name);
    ost_text text;
    if (member == NULL)
        return OST_E_NOT_FOUND;
    if (!ost_json_text(member, &text) || BASE64URL_MAX_BYTES(text.len) > size)
        return OST_E_KEY_FORMAT;
    return base64url_decode(text, ret, ret_len) == OST_OK ? OST_OK : OST_E_KEY_FORMAT;
}

/* An optional member that must be a string when it is there. */
static ost_result optional_text(const ost_json *jwk, const char *name, ost_text *ret_text,
                                ost_error *ret_error)
{
    const ost_json *member = ost_json_get(jwk, name);
    *ret_text = (ost_text){0};
    if (member != NULL && !ost_json_text(member, ret_text))
        return ost_error_set(ret_error, OST_E_KEY_FORMAT, "\"%s\" is not a string", name);
    return OST_OK;
}

static ost_result new_of_type(const ost_json *jwk, ost_key **ret_key, ost_error *ret_error)
{
    ost_text kty, crv = {0};
    if (!ost_json_text(ost_json_get(jwk, "kty"), &kty))
        return ost_error_set(ret_error, OST_E_KEY_FORMAT, "\"kty\" is missing");
    ost_result result = optional_text(jwk, "crv", &crv, ret_error);
    if (result != OST_OK)
        return result;
    ost_key_type type;
    const curve_info *curve = curve_info_by_crv(crv);
    bool edwards = curve != NULL && curve->curve == CURVE_ED25519;
    if (text_is(kty, "RSA")) {
        type = OST_KEY_RSA;
    } else if (text_is(kty, "oct")) {
        type = OST_KEY_OCT;
    } else if (text_is(kty, "EC") && curve != NULL && !edwards) {
        type = OST_KEY_EC;
    } else if (text_is(kty, "OKP") && edwards) {
        type = OST_KEY_OKP;
    } else {
        return ost_error_set(ret_error, OST_E_UNSUPPORTED, "kty %.*s with crv %.*s", (int)kty.len,
                             kty.data, (int)crv.len, crv.data != NULL ? crv.data : "");
    }
    bool has_curve = type == OST_KEY_EC || type == OST_KEY_OKP;
    ost_key *key = key_new(type, has_curve ? curve->curve : CURVE_NONE);
    if (key == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    *ret_key = key;
    return OST_OK;
}

static ost_result read_material(const ost_json *jwk, ost_key *key, ost_error *ret_error)
{
    switch (key->type) {
    case OST_KEY_RSA:
        return rsa_import(jwk, key, ret_error);
    case OST_KEY_EC:
        return ec_import(jwk, key, ret_error);
    case OST_KEY_OKP:
        return okp_import(jwk, key, ret_error);
    case OST_KEY_OCT:
        return oct_import(jwk, key, ret_error);
    }
    return OST_E_UNSUPPORTED;
}

/* RFC 7517 §4.3: an array of strings without duplicates. */
static ost_result read_key_ops(const ost_json *jwk, ost_key *key, ost_error *ret_error)
{
    const ost_json *operations = ost_json_get(jwk, "key_ops");
    if (operations == NULL)
        return OST_OK;
    if (!ost_json_is(operations, OST_JSON_ARRAY))
        return ost_error_set(ret_error, OST_E_KEY_FORMAT, "\"key_ops\" is not an array");
    key->may_sign = key->may_verify = false;
    for (const ost_json *at = ost_json_first(operations); at != NULL; at = ost_json_next(at)) {
        if (!ost_json_is(at, OST_JSON_STRING))
            return ost_error_set(ret_error, OST_E_KEY_FORMAT, "\"key_ops\" holds no strings");
        key->may_sign |= ost_json_equals(at, OST_TEXT("sign"));
        key->may_verify |= ost_json_equals(at, OST_TEXT("verify"));
    }
    if (!key->may_sign && !key->may_verify)
        return ost_error_set(ret_error, OST_E_KEY_USE, "\"key_ops\" allows no signature");
    key->for_signature = true;
    return OST_OK;
}

/* use, key_ops, alg, kid: what the key says about itself. */
static ost_result read_purpose(const ost_json *jwk, ost_key *key, ost_error *ret_error)
{
    ost_text use, alg, kid;
    ost_result result = optional_text(jwk, "use", &use, ret_error);
    if (result == OST_OK)
        result = optional_text(jwk, "alg", &alg, ret_error);
    if (result == OST_OK)
        result = optional_text(jwk, "kid", &kid, ret_error);
    if (result == OST_OK)
        result = read_key_ops(jwk, key, ret_error);
    if (result != OST_OK)
        return result;
    if (use.data != NULL && !text_is(use, "sig"))
        return ost_error_set(ret_error, OST_E_KEY_USE, "the key is not for signatures");
    key->for_signature |= use.data != NULL;
    if (alg.data != NULL && (key->bound = ost_alg_of(alg)) == OST_ALG_NONE_SET)
        return ost_error_set(ret_error, OST_E_UNSUPPORTED, "alg %.*s", (int)alg.len, alg.data);
    if (kid.len > MAX_KID)
        return ost_error_set(ret_error, OST_E_KEY_FORMAT, "the kid is over %d bytes", MAX_KID);
    if (kid.data != NULL && (key->kid = memory_copy(kid)) == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    return OST_OK;
}

ost_result ost_key_import_json(const ost_json *jwk, ost_key **ret_key, ost_error *ret_error)
{
    ost_key *key = NULL;
    if (!ost_json_is(jwk, OST_JSON_OBJECT))
        return ost_error_set(ret_error, OST_E_KEY_FORMAT, "a key is a JSON object");
    ost_result result = new_of_type(jwk, &key, ret_error);
    if (result != OST_OK)
        return result;
    result = read_purpose(jwk, key, ret_error);
    if (result == OST_OK)
        result = read_material(jwk, key, ret_error);
    if (result == OST_OK)
        result = key_settle(key, ret_error);
    if (result == OST_OK && (key->type == OST_KEY_RSA || key->type == OST_KEY_EC) &&
        key->is_private && key->may_sign && key->may_verify)
        result = key_self_test(key, ret_error);
    if (result != OST_OK) {
        ost_key_unref(key);
        return result;
    }
    *ret_key = key;
    return OST_OK;
}

ost_result ost_key_import_jwk(ost_text jwk, ost_key **ret_key, ost_error *ret_error)
{
    const ost_json_limits limits = {.max_bytes = MAX_JWK, .max_depth = 4, .max_values = 256};
    const ost_json *value;
    ost_arena *arena = ost_arena_new(JWK_ARENA);
    if (arena == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    ost_result result = ost_json_read(jwk, &limits, arena, &value, ret_error);
    if (result == OST_OK)
        result = ost_key_import_json(value, ret_key, ret_error);
    else if (result != OST_E_MEMORY)
        result = OST_E_KEY_FORMAT;
    ost_arena_free(arena);
    return result;
}
