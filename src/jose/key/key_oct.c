/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets (RFC 7518 §6.4): for HMAC, for wrapping and encrypting, and passwords; from a JWK and
 * from bytes of the caller's. */
#include <string.h>

#include "base/array.h"
#include "base/context.h"
#include "base/shown.h"
#include "base/text.h"
#include "jose/key/jwk_member.h"
#include "jose/key/key_state.h"

#define PASSWORD_MIN 8 /* bytes; what PBES2 makes of fewer is found out by trying them all */

/* A key for OST_DIR is the content encryption's, and may be bound to that (RFC 7517 §4.4). */
static const struct {
    const char *name;
    size_t size;
} contents[] = {
    {"A128GCM", 16},       {"A192GCM", 24},       {"A256GCM", 32},
    {"A128CBC-HS256", 32}, {"A192CBC-HS384", 48}, {"A256CBC-HS512", 64},
};
#define CONTENT_COUNT (ARRAY_LEN(contents))

static bool is_content_size(size_t size)
{
    for (size_t i = 0; i < CONTENT_COUNT; i++) {
        if (contents[i].size == size)
            return true;
    }
    return false;
}

/* RFC 7518 §3.2: HMAC takes a key of the size of the hash or larger; wrapping takes one of exactly
 * one size. A password is not a key until it is called one. */
static bool takes_size(ost_alg alg, size_t size)
{
    if (alg == OST_DIR)
        return is_content_size(size);
    if (alg_is_password(alg))
        return false;
    size_t wanted = alg_find(alg)->secret_size;
    return alg_signs(alg) ? size >= wanted : size == wanted;
}

static ost_algs algs_of_size(size_t size)
{
    ost_algs fitting = 0, all = algs_of_type(OST_KEY_OCT, NULL);
    for (ost_alg alg = OST_HS256; alg <= OST_PBES2_HS512_A256KW; alg++) {
        if ((all & OST_ALG_BIT(alg)) != 0 && takes_size(alg, size))
            fitting |= OST_ALG_BIT(alg);
    }
    return fitting;
}

ost_result key_oct_set(ost_key *key, ost_text secret, ost_error *error)
{
    if (secret.len == 0)
        return ost_error_set(error, OST_E_KEY_WEAK, "the secret is empty");
    if (secret.len > SECRET_MAX)
        return ost_error_set(error, OST_E_CEILING, "a secret of more than %d bytes", SECRET_MAX);
    key->secret = memory_alloc(secret.len);
    if (key->secret == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    memcpy(key->secret, secret.data, secret.len);
    key->secret_size = secret.len;
    key->bits = (unsigned)secret.len * 8;
    key->is_private = true;
    key->algs = algs_of_size(secret.len);
    return OST_OK;
}

static ost_result bind(ost_key *key, ost_alg alg)
{
    key->algs = OST_ALG_BIT(alg);
    key->bound = alg;
    return OST_OK;
}

ost_result key_oct_bind(ost_key *key, ost_alg alg, ost_error *error)
{
    const alg_facts *facts = alg_find(alg);
    size_t least = alg_is_password(alg) ? PASSWORD_MIN : facts->secret_size;
    if (facts->type != OST_KEY_OCT) {
        return ost_error_set(error, OST_E_KEY_FORMAT, "a secret cannot serve %s", facts->name);
    }
    if (key->secret_size < least) {
        return ost_error_set(error, OST_E_KEY_WEAK, "%s needs a secret of at least %zu bytes",
                             facts->name, least);
    }
    if (!alg_is_password(alg) && !takes_size(alg, key->secret_size)) {
        return ost_error_set(error, OST_E_KEY_FORMAT, "%s takes no secret of %zu bytes",
                             facts->name, key->secret_size);
    }
    return bind(key, alg);
}

ost_result key_oct_bind_content(ost_key *key, ost_text name, ost_error *error)
{
    for (size_t i = 0; i < CONTENT_COUNT; i++) {
        if (!text_is(name, contents[i].name))
            continue;
        if (key->secret_size != contents[i].size) {
            return ost_error_set(error, OST_E_KEY_FORMAT, "%s takes no secret of %zu bytes",
                                 contents[i].name, key->secret_size);
        }
        key->content = contents[i].name;
        return bind(key, OST_DIR);
    }
    return ost_error_set(error, OST_E_UNSUPPORTED,
                         "the key is for \"%.*s\", which is not an algorithm known here",
                         SHOWN(name, 32));
}

ost_result key_oct_import(const ost_json *jwk, ost_key *key, ost_error *error)
{
    unsigned char secret[SECRET_MAX];
    size_t len;
    ost_result result = jwk_bytes(jwk, "k", sizeof secret, secret, &len, error);
    if (result == OST_OK)
        result = key_oct_set(key, (ost_text){(const char *)secret, len}, error);
    wipe(secret, sizeof secret);
    return result;
}

ost_result ost_key_import_secret(ost_text secret, ost_alg alg, const char *kid, ost_key **ret_key,
                                 ost_error *error)
{
    const alg_facts *facts = alg_find(alg);
    if (ret_key == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "no place for the key");
    if (facts == NULL || facts->type != OST_KEY_OCT)
        return ost_error_set(error, OST_E_ARGUMENT, "the algorithm takes no secret");
    ost_key *key = key_new(OST_KEY_OCT);
    if (key == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = key_oct_set(key, secret, error);
    if (result == OST_OK)
        result = key_oct_bind(key, alg, error);
    if (result == OST_OK && (result = key_set_kid(key, text_of(kid))) != OST_OK)
        ost_error_set(error, result, "the kid is not accepted");
    if (result != OST_OK) {
        ost_key_unref(key);
        return result;
    }
    *ret_key = key;
    return OST_OK;
}
