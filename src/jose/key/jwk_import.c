/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a JWK (RFC 7517 §4): the members that all key types share, and what they must agree on.
 * x5u (§4.6) is not looked at, and x5c only for contradictions: a certificate in a key proves
 * nothing here. */
#include <openssl/err.h>

#include "base/shown.h"
#include "base/text.h"
#include "jose/compact.h"
#include "jose/key/jwk_member.h"
#include "jose/key/jwk_x5c.h"
#include "jose/key/key_state.h"

#define JWK_MAX_BYTES ((size_t)64 * 1024)
#define JWK_ARENA ((size_t)512 * 1024)
#define KEY_OPS_MAX 16

static ost_result type_of(const ost_json *jwk, ost_key_type *ret_type, ost_error *error)
{
    ost_text kty;
    if (!ost_json_text(jwk_get(jwk, "kty"), &kty))
        return ost_error_set(error, OST_E_KEY_FORMAT, "the member \"kty\" is not a string");
    for (ost_key_type type = OST_KEY_RSA; type <= OST_KEY_OCT; type++) {
        if (text_is(kty, key_type_name(type))) {
            *ret_type = type;
            return OST_OK;
        }
    }
    return ost_error_set(error, OST_E_UNSUPPORTED, "the key type \"%.*s\" is not supported",
                         SHOWN(kty, 32));
}

static ost_result read_kid(const ost_json *jwk, ost_key *key, ost_error *error)
{
    ost_text kid;
    const ost_json *member = jwk_get(jwk, "kid");
    if (member == NULL)
        return OST_OK;
    if (!ost_json_text(member, &kid) || kid.len > KID_MAX) {
        return ost_error_set(error, OST_E_KEY_FORMAT, "\"kid\" is not a string of at most %d bytes",
                             KID_MAX);
    }
    ost_result result = key_set_kid(key, kid);
    return result == OST_OK ? OST_OK : ost_error_set(error, result, "out of memory");
}

/* RFC 7517 §4.2. */
static ost_result read_use(const ost_json *jwk, ost_key *key, ost_error *error)
{
    ost_text use;
    const ost_json *member = jwk_get(jwk, "use");
    if (member == NULL)
        return OST_OK;
    if (!ost_json_text(member, &use))
        return ost_error_set(error, OST_E_KEY_FORMAT, "\"use\" is not a string");
    /* SPIFFE's bundles (JWT-SVID §6) say more exactly which signatures. */
    if (text_is(use, "sig") || text_is(use, "jwt-svid"))
        key->use = KEY_USE_SIG;
    else if (text_is(use, "enc"))
        key->use = KEY_USE_ENC;
    else
        return ost_error_set(error, OST_E_KEY_USE, "the key's use is \"%.*s\"", SHOWN(use, 32));
    return OST_OK;
}

static unsigned op_of(ost_text name)
{
    for (unsigned i = 0; i < KEY_OP_COUNT; i++) {
        if (text_is(name, key_op_names[i]))
            return 1u << i;
    }
    return 0;
}

static ost_result read_op(const ost_json *op, unsigned *ops, ost_error *error)
{
    ost_text name;
    if (!ost_json_text(op, &name))
        return ost_error_set(error, OST_E_KEY_FORMAT, "\"key_ops\" holds more than strings");
    for (const ost_json *later = ost_json_next(op); later != NULL; later = ost_json_next(later)) {
        if (ost_json_equals(later, name))
            return ost_error_set(error, OST_E_KEY_FORMAT, "\"key_ops\" repeats a value");
    }
    *ops |= op_of(name);
    return OST_OK;
}

/* WebCrypto (§22, ECDH; §31, X25519) gives the public half of a pair for key agreement an empty
 * list: what is done with it is done by the other's private key. */
static bool is_for_agreement(const ost_json *jwk, const ost_key *key)
{
    bool curved = key->type == OST_KEY_EC || key->type == OST_KEY_OKP;
    return curved && jwk_get(jwk, "d") == NULL && key->use != KEY_USE_SIG;
}

/* RFC 7517 §4.3: no value twice, and not signatures and other purposes with the same key; values of
 * somebody's own may be there and mean nothing here. */
static ost_result read_ops(const ost_json *jwk, ost_key *key, ost_error *error)
{
    const ost_json *member = jwk_get(jwk, "key_ops");
    unsigned ops = 0;
    if (member == NULL)
        return OST_OK;
    if (!ost_json_is(member, OST_JSON_ARRAY) || ost_json_count(member) > KEY_OPS_MAX)
        return ost_error_set(error, OST_E_KEY_FORMAT, "\"key_ops\" is not a short array");
    for (const ost_json *op = ost_json_first(member); op != NULL; op = ost_json_next(op)) {
        ost_result result = read_op(op, &ops, error);
        if (result != OST_OK)
            return result;
    }
    bool mixed = (ops & KEY_OPS_SIGNATURE) != 0 && (ops & ~(unsigned)KEY_OPS_SIGNATURE) != 0;
    if (mixed) {
        return ost_error_set(error, OST_E_KEY_FORMAT,
                             "\"key_ops\" mixes signatures with other purposes");
    }
    if (ost_json_count(member) == 0 && is_for_agreement(jwk, key)) {
        key->use = KEY_USE_ENC;
        return OST_OK;
    }
    if (ops == 0)
        return ost_error_set(error, OST_E_KEY_USE, "\"key_ops\" allows nothing known here");
    key->ops = ops;
    key->ops_given = true;
    return OST_OK;
}

/* RFC 7517 §4.4. */
static ost_result read_alg(const ost_json *jwk, ost_key *key, ost_error *error)
{
    ost_text name;
    const ost_json *member = jwk_get(jwk, "alg");
    if (member == NULL)
        return OST_OK;
    if (!ost_json_text(member, &name))
        return ost_error_set(error, OST_E_KEY_FORMAT, "\"alg\" is not a string");
    ost_alg alg = ost_alg_of(name);
    if (key->type == OST_KEY_OCT) {
        return alg != OST_ALG_UNSET ? key_oct_bind(key, alg, error)
                                    : key_oct_bind_content(key, name, error);
    }
    if (alg == OST_ALG_UNSET) {
        return ost_error_set(error, OST_E_UNSUPPORTED,
                             "the key is for \"%.*s\", which is not an algorithm known here",
                             SHOWN(name, 32));
    }
    return key_bind(key, alg, error);
}

/* A public key has to be good for something. */
static bool has_a_use(const ost_key *key)
{
    for (ost_alg alg = OST_RS256; alg <= OST_RSA_OAEP_512; alg++) {
        if (key_may(key, alg, false) || key_may(key, alg, true))
            return true;
    }
    return false;
}

static ost_result read_type_members(const ost_json *jwk, ost_key *key, ost_error *error)
{
    switch (key->type) {
    case OST_KEY_RSA:
        return key_rsa_import(jwk, key, error);
    case OST_KEY_EC:
        return key_ec_import(jwk, key, error);
    case OST_KEY_OKP:
        return key_okp_import(jwk, key, error);
    case OST_KEY_OCT:
    default:
        return key_oct_import(jwk, key, error);
    }
}

static ost_result read_members(const ost_json *jwk, ost_key *key, ost_error *error)
{
    ost_result result = read_kid(jwk, key, error);
    if (result == OST_OK)
        result = read_use(jwk, key, error);
    if (result == OST_OK)
        result = read_ops(jwk, key, error);
    if (result == OST_OK)
        result = read_type_members(jwk, key, error);
    if (result == OST_OK)
        result = read_alg(jwk, key, error);
    if (result == OST_OK)
        result = key_restrict(key, error);
    if (result == OST_OK)
        result = jwk_check_x5c(jwk, key, error);
    if (result == OST_OK && !has_a_use(key)) {
        result = ost_error_set(error, OST_E_KEY_FORMAT,
                               "nothing that \"key_ops\" allows can be done with the key");
    }
    return result;
}

ost_result ost_key_import_json(const ost_json *jwk, ost_key **ret_key, ost_error *error)
{
    ost_key_type type = OST_KEY_RSA;
    if (ret_key == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "no place for the key");
    if (!ost_json_is(jwk, OST_JSON_OBJECT))
        return ost_error_set(error, OST_E_KEY_FORMAT, "a JWK is a JSON object");
    ost_result result = type_of(jwk, &type, error);
    if (result != OST_OK)
        return result;
    ost_key *key = key_new(type);
    if (key == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ERR_set_mark(); /* what is refused leaves nothing in the library's error queue */
    result = read_members(jwk, key, error);
    ERR_pop_to_mark();
    if (result != OST_OK) {
        ost_key_unref(key);
        return result;
    }
    *ret_key = key;
    return OST_OK;
}

ost_result ost_key_import_jwk(ost_text jwk, ost_key **ret_key, ost_error *error)
{
    static const ost_json_limits limits = {JWK_MAX_BYTES, 8, 1024};
    const ost_json *json;
    ost_arena *arena = ost_arena_new(JWK_ARENA);
    if (arena == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = ost_json_read(jwk, &limits, arena, &json, error);
    if (result == OST_OK)
        result = ost_key_import_json(json, ret_key, error);
    else if (result != OST_E_MEMORY)
        result = OST_E_KEY_FORMAT;
    if (result == OST_E_KEY_FORMAT && error != NULL)
        error->code = result;
    ost_arena_free(arena);
    return result;
}
