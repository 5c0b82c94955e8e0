/* SPDX-License-Identifier: Apache-2.0 */
/* New realm keys; see realm_key.h. */
#include "provider/realm/realm_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/config/duration.h"
#include "base/context.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/realm/certificate.h"
#include "provider/realm/uuid.h"

#define INTERVAL_MIN 60 /* seconds */
#define INTERVAL_MAX ((uint64_t)3660 * 86400)
#define BITS 2048
#define BYTES (BITS / 8)
#define SECRET 64

static ost_result put_number(ost_json_writer *w, const char *member, EVP_PKEY *pkey,
                             const char *parameter)
{
    unsigned char bytes[BYTES];
    char text[BASE64URL_LEN(BYTES)];
    BIGNUM *number = NULL;
    int len = -1;
    if (EVP_PKEY_get_bn_param(pkey, parameter, &number) == 1 && BN_num_bytes(number) <= BYTES)
        len = BN_bn2bin(number, bytes);
    BN_clear_free(number);
    if (len < 0)
        return OST_E_CRYPTO;
    ost_json_member_text(w, member, (ost_text){text, base64url_encode(bytes, (size_t)len, text)});
    wipe(bytes, sizeof bytes);
    wipe(text, sizeof text);
    return OST_OK;
}

static ost_result write_jwk(EVP_PKEY *pkey, const store_key *key, ost_arena *arena,
                            ost_text *ret_jwk)
{
    static const char *const members[][2] = {
        {"n", OSSL_PKEY_PARAM_RSA_N},          {"e", OSSL_PKEY_PARAM_RSA_E},
        {"d", OSSL_PKEY_PARAM_RSA_D},          {"p", OSSL_PKEY_PARAM_RSA_FACTOR1},
        {"q", OSSL_PKEY_PARAM_RSA_FACTOR2},    {"dp", OSSL_PKEY_PARAM_RSA_EXPONENT1},
        {"dq", OSSL_PKEY_PARAM_RSA_EXPONENT2}, {"qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT1},
    };
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    ost_result result = OST_OK;
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_text(w, "kid", key->kid);
    ost_json_member_string(w, "kty", "RSA");
    ost_json_member_text(w, "alg", key->algorithm);
    ost_json_member_text(w, "use", key->use);
    for (size_t i = 0; i < ARRAY_LEN(members) && result == OST_OK; i++)
        result = put_number(w, members[i][0], pkey, members[i][1]);
    ost_json_close_object(w);
    return result == OST_OK ? ost_json_writer_finish(w, ret_jwk) : result;
}

/* Keycloak's kid: the hash of the public key as X.509 writes it. */
static ost_result make_kid(EVP_PKEY *pkey, ost_arena *arena, ost_text *ret_kid)
{
    unsigned char *der = NULL, hash[32];
    int len = i2d_PUBKEY(pkey, &der);
    ost_result result =
        len > 0 ? ost_sha256((ost_text){(const char *)der, (size_t)len}, hash) : OST_E_CRYPTO;
    OPENSSL_free(der);
    if (result == OST_OK)
        result = base64url_encode_to(arena, (ost_text){(const char *)hash, sizeof hash}, ret_kid);
    return result;
}

static ost_result fill_rsa(EVP_PKEY *pkey, const ost_context *context, ost_arena *arena,
                           store_key *key)
{
    ost_result result = make_kid(pkey, arena, &key->kid);
    if (result == OST_OK)
        result = write_jwk(pkey, key, arena, &key->jwk);
    if (result == OST_OK)
        result = certificate_make(pkey, key->realm, ost_now(context), arena, &key->certificate);
    if (result == OST_OK) {
        ost_text text;
        result = base64url_encode_to(arena, key->certificate, &text);
        key->certificate = text;
    }
    return result;
}

ost_result realm_key_rsa(ost_text realm, const char *algorithm, const char *use,
                         const ost_context *context, ost_arena *arena, store_key *ret_key)
{
    store_key key = {
        .realm = realm,
        .algorithm = text_of(algorithm),
        .use = text_of(use),
        .state = STORE_KEY_ACTIVE,
        .created = ost_now(context),
    };
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)BITS);
    if (pkey == NULL)
        return OST_E_CRYPTO;
    ost_result result = fill_rsa(pkey, context, arena, &key);
    EVP_PKEY_free(pkey);
    if (result == OST_OK)
        *ret_key = key;
    return result;
}

ost_result realm_key_secret(ost_text realm, const ost_context *context, ost_arena *arena,
                            store_key *ret_key)
{
    unsigned char secret[SECRET];
    char text[BASE64URL_LEN(SECRET)];
    store_key key = {
        .realm = realm,
        .algorithm = OST_TEXT("HS512"),
        .use = OST_TEXT("sig"),
        .state = STORE_KEY_ACTIVE,
        .created = ost_now(context),
        .kid = uuid_text(context, arena),
    };
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    if (w == NULL || key.kid.data == NULL)
        return OST_E_MEMORY;
    ost_result result = context_random(context, secret, sizeof secret);
    if (result != OST_OK)
        return result;
    ost_json_open_object(w);
    ost_json_member_text(w, "kid", key.kid);
    ost_json_member_string(w, "kty", "oct");
    ost_json_member_string(w, "alg", "HS512");
    ost_json_member_text(w, "k", (ost_text){text, base64url_encode(secret, sizeof secret, text)});
    ost_json_close_object(w);
    wipe(secret, sizeof secret);
    wipe(text, sizeof text);
    result = ost_json_writer_finish(w, &key.jwk);
    if (result == OST_OK)
        *ret_key = key;
    return result;
}

/* ---- keys of any kind ---- */

static ost_result certify(ost_text pkcs8, store_key *row, const ost_context *context,
                          ost_arena *arena)
{
    const unsigned char *at = (const unsigned char *)pkcs8.data;
    ost_text der;
    EVP_PKEY *pkey = d2i_AutoPrivateKey(NULL, &at, (long)pkcs8.len);
    ost_result result = pkey != NULL
                            ? certificate_make(pkey, row->realm, ost_now(context), arena, &der)
                            : OST_E_CRYPTO;
    EVP_PKEY_free(pkey);
    return result == OST_OK ? base64url_encode_to(arena, der, &row->certificate) : result;
}

/* The key is read again with its kid, which its JWK then has; and its use, which tells those for
 * encryption apart. */
static ost_result write_key(ost_text pkcs8, store_key *row, ost_arena *arena)
{
    ost_key *key;
    const ost_json *jwk;
    const char *kid = ost_arena_copy(arena, row->kid);
    ost_json_writer *plain = ost_json_writer_new(arena, 0), *w = ost_json_writer_new(arena, 0);
    if (kid == NULL || plain == NULL || w == NULL)
        return OST_E_MEMORY;
    ost_result result = ost_key_import_der(pkcs8, ost_alg_of(row->algorithm), kid, &key, NULL);
    if (result != OST_OK)
        return result;
    result = ost_key_export_private(key, plain);
    ost_key_unref(key);
    if (result == OST_OK)
        result = json_writer_read(plain, NULL, &jwk, NULL);
    if (result != OST_OK)
        return result;
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(jwk); at != NULL; at = ost_json_next(at)) {
        if (text_is(ost_json_name(at), "use"))
            continue;
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
    ost_json_member_text(w, "use", row->use);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, &row->jwk);
}

ost_result realm_key_of(const ost_key *key, ost_text kid, const ost_context *context,
                        ost_arena *arena, store_key *row)
{
    unsigned char hash[32];
    ost_text spki, pkcs8;
    ost_result result = ost_key_export_spki(key, OST_KEY_DER, arena, &spki);
    if (result == OST_OK)
        result = ost_key_export_pkcs8(key, OST_KEY_DER, arena, &pkcs8);
    if (result == OST_OK)
        result = ost_sha256(spki, hash);
    row->kid = kid;
    if (result == OST_OK && kid.len == 0)
        result = base64url_encode_to(arena, (ost_text){(const char *)hash, sizeof hash}, &row->kid);
    if (result == OST_OK)
        result = write_key(pkcs8, row, arena);
    if (result == OST_OK && ost_key_type_of(key) == OST_KEY_RSA)
        result = certify(pkcs8, row, context, arena);
    return result;
}

ost_result realm_key_new(ost_text realm, ost_text algorithm, const ost_context *context,
                         ost_arena *arena, store_key *ret_key)
{
    ost_key *key;
    ost_alg alg = ost_alg_of(algorithm);
    store_key row = {
        .realm = realm,
        .algorithm = algorithm,
        .use = OST_TEXT("sig"),
        .state = STORE_KEY_ACTIVE,
        .created = ost_now(context),
    };
    if (!realm_key_is_public(alg))
        return OST_E_UNSUPPORTED;
    ost_result result = ost_key_generate(alg, 0, NULL, &key, NULL);
    if (result != OST_OK)
        return result;
    result = realm_key_of(key, (ost_text){0}, context, arena, &row);
    ost_key_unref(key);
    if (result == OST_OK)
        *ret_key = row;
    return result;
}

bool realm_key_is_public(ost_alg alg)
{
    return alg != OST_ALG_UNSET && (REALM_KEY_ALGS & OST_ALG_BIT(alg)) != 0;
}

const char *realm_key_alg_names(ost_arena *arena)
{
    const char *names = "";
    for (ost_alg alg = OST_RS256; alg <= OST_EDDSA && names != NULL; alg++) {
        if (realm_key_is_public(alg))
            names = ost_arena_format(arena, "%s%s%s", names, names[0] != '\0' ? ", " : "",
                                     ost_alg_name(alg));
    }
    return names;
}

bool realm_key_interval_read(ost_text text, int64_t *ret_seconds)
{
    uint64_t seconds = 0;
    if (!text_is(text, "never") &&
        (!duration_read(text, &seconds) || seconds < INTERVAL_MIN || seconds > INTERVAL_MAX))
        return false;
    *ret_seconds = (int64_t)seconds;
    return true;
}
