/* SPDX-License-Identifier: Apache-2.0 */
/* COSE keys and signatures by the keys of jose; see cose_key.h. */
#include "provider/webauthn/cose_key.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/text.h"
#include "jose/signature/signature.h"
#include "provider/webauthn/cbor_value.h"

#define MEMBERS_MAX 16
#define COORDINATE_MAX 66 /* bytes: P-521 */

/* IANA COSE Key Types, Elliptic Curves and Algorithms. */
typedef struct cose_alg {
    int64_t number;
    ost_alg alg;
    const char *name; /* Keycloak's */
    int64_t type, curve;
    size_t size; /* of a coordinate */
    const char *kty, *crv;
} cose_alg;

static const cose_alg algs[] = {
    {-7, OST_ES256, "ES256", 2, 1, 32, "EC", "P-256"},
    {-35, OST_ES384, "ES384", 2, 2, 48, "EC", "P-384"},
    {-36, OST_ES512, "ES512", 2, 3, COORDINATE_MAX, "EC", "P-521"},
    {-8, OST_EDDSA, "Ed25519", 1, 6, 32, "OKP", "Ed25519"},
    {-257, OST_RS256, "RS256", 3, 0, 0, "RSA", NULL},
    {-258, OST_RS384, "RS384", 3, 0, 0, "RSA", NULL},
    {-259, OST_RS512, "RS512", 3, 0, 0, "RSA", NULL},
};

static const cose_alg *cose_alg_find(int64_t number)
{
    for (size_t i = 0; i < ARRAY_LEN(algs); i++) {
        if (algs[i].number == number)
            return &algs[i];
    }
    return NULL;
}

bool cose_alg_is_known(int64_t alg)
{
    return cose_alg_find(alg) != NULL;
}

int64_t cose_alg_of(ost_text name)
{
    for (size_t i = 0; i < ARRAY_LEN(algs); i++) {
        if (text_is(name, algs[i].name))
            return algs[i].number;
    }
    return 0;
}

/* ---- reading ---- */

/* What stands under the labels 3 to -3; label -1 is a curve, or RSA's modulus. */
#define LABEL_LEAST (-3)
#define LABEL_MOST 3
#define LABELS (LABEL_MOST - LABEL_LEAST + 1)

typedef struct members {
    cbor_value values[LABELS];
    bool there[LABELS];
} members;

static const cbor_value *get(const members *m, int64_t label, cbor_kind kind)
{
    size_t at = (size_t)(label - LABEL_LEAST);
    return m->there[at] && m->values[at].kind == kind ? &m->values[at] : NULL;
}

static bool read_member(ost_text *rest, members *m)
{
    cbor_value label;
    if (!cbor_value_take(rest, CBOR_NUMBER, &label))
        return false;
    if (label.number < LABEL_LEAST || label.number > LABEL_MOST)
        return cbor_value_skip(rest);
    size_t at = (size_t)(label.number - LABEL_LEAST);
    if (m->there[at])
        return false; /* RFC 9052 §1.5: not twice */
    m->there[at] = true;
    return cbor_value_next(rest, &m->values[at]) && m->values[at].count == 0;
}

static bool read_members(ost_text *rest, members *m)
{
    cbor_value map;
    if (!cbor_value_take(rest, CBOR_PAIRS, &map) || map.count > MEMBERS_MAX)
        return false;
    for (size_t i = 0; i < map.count; i++) {
        if (!read_member(rest, m))
            return false;
    }
    return true;
}

static void put_bytes(ost_json_writer *w, const char *name, ost_text bytes, ost_arena *arena)
{
    ost_text text = {0};
    (void)!base64url_encode_to(arena, bytes, &text);
    ost_json_member_text(w, name, text); /* an empty one is refused by who reads it */
}

/* The members of the type, as a JWK has them. False: one is missing or of another length. */
static bool put_members(ost_json_writer *w, const members *m, const cose_alg *alg, ost_arena *arena)
{
    const cbor_value *curve = get(m, -1, CBOR_NUMBER);
    const cbor_value *x = get(m, -2, CBOR_BYTES), *y = get(m, -3, CBOR_BYTES);
    if (alg->crv == NULL) {
        const cbor_value *n = get(m, -1, CBOR_BYTES), *e = get(m, -2, CBOR_BYTES);
        if (n == NULL || e == NULL)
            return false;
        put_bytes(w, "n", n->text, arena);
        put_bytes(w, "e", e->text, arena);
        return true;
    }
    bool paired = alg->type == 2;
    if (curve == NULL || curve->number != alg->curve || x == NULL || x->text.len != alg->size ||
        (paired && (y == NULL || y->text.len != alg->size)))
        return false;
    ost_json_member_string(w, "crv", alg->crv);
    put_bytes(w, "x", x->text, arena);
    if (paired)
        put_bytes(w, "y", y->text, arena);
    return true;
}

static ost_result import(const members *m, const cose_alg *alg, ost_arena *arena, ost_key **ret_key)
{
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    ost_text jwk;
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_string(w, "kty", alg->kty);
    ost_json_member_string(w, "alg", ost_alg_name(alg->alg));
    if (!put_members(w, m, alg, arena))
        return OST_E_KEY_FORMAT;
    ost_json_close_object(w);
    ost_result result = ost_json_writer_finish(w, &jwk);
    return result == OST_OK ? ost_key_import_jwk(jwk, ret_key, NULL) : result;
}

ost_result cose_key_read(ost_text *rest, ost_arena *arena, ost_key **ret_key, int64_t *ret_alg)
{
    members m = {0};
    ost_text at = *rest;
    if (!read_members(&at, &m))
        return OST_E_KEY_FORMAT;
    const cbor_value *type = get(&m, 1, CBOR_NUMBER), *number = get(&m, 3, CBOR_NUMBER);
    if (type == NULL || number == NULL)
        return OST_E_KEY_FORMAT;
    const cose_alg *alg = cose_alg_find(number->number);
    if (alg == NULL)
        return OST_E_UNSUPPORTED;
    if (alg->type != type->number)
        return OST_E_KEY_FORMAT;
    ost_result result = import(&m, alg, arena, ret_key);
    if (result == OST_OK) {
        *rest = at;
        *ret_alg = alg->number;
    }
    return result;
}

/* ---- signatures ---- */

/* Of ECDSA WebAuthn has them in DER, jose side by side. */
static ost_result check_pair(const ost_key *key, const cose_alg *alg, ost_text input,
                             ost_text signature)
{
    unsigned char pair[2 * COORDINATE_MAX];
    const unsigned char *at = text_bytes(signature);
    int size = (int)alg->size;
    if (signature.len == 0 || signature.len > sizeof pair + 16)
        return OST_E_SIGNATURE;
    ERR_set_mark();
    ECDSA_SIG *both = d2i_ECDSA_SIG(NULL, &at, (long)signature.len);
    bool good = both != NULL && at == text_bytes(signature) + signature.len &&
                BN_bn2binpad(ECDSA_SIG_get0_r(both), pair, size) == size &&
                BN_bn2binpad(ECDSA_SIG_get0_s(both), pair + size, size) == size;
    ECDSA_SIG_free(both);
    ERR_pop_to_mark();
    return good ? signature_check(key, alg->alg, input, text_of_bytes(pair, 2 * alg->size))
                : OST_E_SIGNATURE;
}

ost_result cose_signature_check(const ost_key *key, int64_t number, ost_text input,
                                ost_text signature)
{
    const cose_alg *alg = cose_alg_find(number);
    if (alg == NULL)
        return OST_E_SIGNATURE;
    return alg->type == 2 ? check_pair(key, alg, input, signature)
                          : signature_check(key, alg->alg, input, signature);
}
