/* SPDX-License-Identifier: Apache-2.0 */
/* ECDSA verification of our own on each curve, with a table of the key and without, verdict by
 * verdict against OpenSSL's: good, damaged and crafted signatures, for which keys and hashes are
 * made to fit. */
#include <string.h>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/rand.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/context.h"
#include "base/text.h"
#include "jose/crypto_auto.h"
#include "jose/digest.h"
#include "jose/signature/ecdsa.h"
#include "jose/signature/signature.h"
#include "jose/verify/ecdsa_verify.h"
#include "keys.h"
#include "test.h"

typedef struct fixture {
    const curve_facts *curve;
    const char *jwk; /* private */
    ost_alg alg;
    size_t hash_size; /* of the algorithm */
    EC_GROUP *group;
    const BIGNUM *order;
    BN_CTX *context;
    ost_arena *arena;
} fixture;

/* One curve after the other. */
static const struct {
    const char *jwk;
    ost_alg alg;
} of_curves[] = {
    {test_p256, OST_ES256},
    {test_p384, OST_ES384},
    {test_p521, OST_ES512},
    {test_secp256k1, OST_ES256K},
};
static size_t curve;

static int make_fixture(void **state)
{
    static fixture f;
    f.jwk = of_curves[curve].jwk;
    f.alg = of_curves[curve].alg;
    f.curve = alg_find(f.alg)->curve;
    f.hash_size = hash_find(alg_find(f.alg)->hash)->size;
    f.group = EC_GROUP_new_by_curve_name(OBJ_txt2nid(f.curve->openssl));
    f.order = EC_GROUP_get0_order(f.group);
    f.context = BN_CTX_new();
    f.arena = ost_arena_new((size_t)1 << 20);
    *state = &f;
    return f.group != NULL && f.context != NULL && f.arena != NULL ? 0 : -1;
}

static int free_fixture(void **state)
{
    fixture *f = *state;
    EC_GROUP_free(f->group);
    BN_CTX_free(f->context);
    ost_arena_free(f->arena);
    return 0;
}

static bool openssl_accepts(const ost_key *key, const unsigned char *hash, size_t hash_size,
                            const unsigned char *signature)
{
    unsigned char der[ECDSA_DER_MAX];
    size_t size = 0;
    if (!ecdsa_to_der(key->curve, signature, der, &size))
        return false;
    pkey_ctx_auto EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
    assert_int_equal(EVP_PKEY_verify_init(context), 1);
    bool accepted = EVP_PKEY_verify(context, der, size, hash, hash_size) == 1;
    ERR_clear_error();
    return accepted;
}

/* A key with what it verifies by. */
typedef struct prepared_key {
    ost_key *key;
    ecdsa_verifier *verifier;
    ec_table *table; /* NULL where there are none */
} prepared_key;

static prepared_key prepare(ost_key *key)
{
    prepared_key p = {.key = key,
                      .verifier = ecdsa_verifier_new(key->pkey, key->curve->openssl),
                      .table = ecdsa_table_new(key->pkey, key->curve->openssl)};
    assert_non_null(p.verifier);
    return p;
}

static void drop(prepared_key *p)
{
    ecdsa_verifier_free(p->verifier);
    ec_table_free(p->table);
    ost_key_unref(p->key);
}

static void same_verdict_of(const prepared_key *p, const unsigned char *hash, size_t size,
                            const unsigned char *signature, bool expected)
{
    ost_result result = expected ? OST_OK : OST_E_SIGNATURE;
    assert_int_equal(openssl_accepts(p->key, hash, size, signature), expected);
    assert_int_equal(ecdsa_verify(p->verifier, NULL, hash, size, signature), result);
    assert_int_equal(ecdsa_verify(p->verifier, p->table, hash, size, signature), result);
    assert_int_equal(ERR_peek_error(), 0);
}

/* The hash is as long as a coordinate. */
static void same_verdict(const fixture *f, const prepared_key *p, const unsigned char *hash,
                         const unsigned char *signature, bool expected)
{
    same_verdict_of(p, hash, f->curve->size, signature, expected);
}

static void good_and_bit_flips(void **state)
{
    const fixture *f = *state;
    unsigned char hash[HASH_MAX_SIZE], signature[SIGNATURE_MAX_SIZE];
    size_t size = 0;
    ost_key *generated = NULL;
    assert_int_equal(ost_key_generate(f->alg, 0, NULL, &generated, NULL), OST_OK);
    prepared_key key = prepare(good_key(f->jwk)), other = prepare(generated);
    for (int i = 0; i < 10; i++) {
        char text[] = {(char)('a' + i), 0};
        assert_int_equal(signature_make(key.key, f->alg, text_of(text), signature, &size), OST_OK);
        assert_int_equal(size, 2 * f->curve->size);
        assert_int_equal(digest(alg_find(f->alg)->hash, text_of(text), hash), OST_OK);
        same_verdict_of(&key, hash, f->hash_size, signature, true);
        same_verdict_of(&other, hash, f->hash_size, signature, false);
        for (size_t bit = (size_t)i % 29; bit < size * 8; bit += 29) {
            signature[bit / 8] ^= (unsigned char)(1 << bit % 8);
            same_verdict_of(&key, hash, f->hash_size, signature, false);
            signature[bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
        hash[i] ^= 1;
        same_verdict_of(&key, hash, f->hash_size, signature, false);
    }
    drop(&key);
    drop(&other);
}

/* Of a coordinate's size. */
static void write_number(const fixture *f, const BIGNUM *number, unsigned char *ret)
{
    int size = (int)f->curve->size;
    assert_int_equal(BN_bn2binpad(number, ret, size), size);
}

/* As a hash of which the leftmost bits, as many as the order has, are the number. */
static void write_hash(const fixture *f, const BIGNUM *number, unsigned char *ret)
{
    bn_auto BIGNUM *shifted = BN_new();
    int bits = 8 * (int)f->curve->size - BN_num_bits(f->order);
    assert_int_equal(BN_lshift(shifted, number, bits), 1);
    write_number(f, shifted, ret);
}

/* The public key of a point. */
static prepared_key key_of(fixture *f, const EC_POINT *point)
{
    bn_auto BIGNUM *x = BN_new(), *y = BN_new();
    unsigned char bytes[CURVE_MAX_SIZE];
    ost_text parts[2];
    assert_int_equal(EC_POINT_get_affine_coordinates(f->group, point, x, y, f->context), 1);
    for (size_t i = 0; i < 2; i++) {
        write_number(f, i == 0 ? x : y, bytes);
        assert_int_equal(
            base64url_encode_to(f->arena, text_of_bytes(bytes, f->curve->size), &parts[i]), OST_OK);
    }
    return prepare(good_key(ost_arena_format(
        f->arena, "{\"kty\":\"EC\",\"crv\":\"%s\",\"x\":\"%.*s\",\"y\":\"%.*s\"}", f->curve->name,
        (int)parts[0].len, parts[0].data, (int)parts[1].len, parts[1].data)));
}

/* The signature and the hash for which a verifier comes to `u1` and `u2` when r is this one:
 * s = r / u2, hash = u1 * s. */
static void craft(fixture *f, const BIGNUM *r, const BIGNUM *u1, const BIGNUM *u2,
                  unsigned char *ret_hash, unsigned char *ret_signature)
{
    bn_auto BIGNUM *s = BN_new(), *e = BN_new();
    assert_non_null(BN_mod_inverse(s, u2, f->order, f->context));
    assert_int_equal(BN_mod_mul(s, s, r, f->order, f->context), 1);
    assert_int_equal(BN_mod_mul(e, s, u1, f->order, f->context), 1);
    write_number(f, r, ret_signature);
    write_number(f, s, ret_signature + f->curve->size);
    write_hash(f, e, ret_hash);
}

/* A point whose x is not below the order, so that r is x less the order. Nobody meets one by
 * chance: the key is made for it, Q = (R - u1 * G) / u2. */
static void x_beyond_the_order(void **state)
{
    fixture *f = *state;
    unsigned char hash[CURVE_MAX_SIZE], signature[2 * CURVE_MAX_SIZE];
    bn_auto BIGNUM *x = BN_dup(f->order), *r = BN_new(), *u1 = BN_new(), *u2 = BN_new();
    bn_auto BIGNUM *inverse = BN_new();
    EC_POINT *wanted = EC_POINT_new(f->group), *q = EC_POINT_new(f->group);
    do {
        assert_int_equal(BN_add_word(x, 1), 1);
        ERR_clear_error();
    } while (EC_POINT_set_compressed_coordinates(f->group, wanted, x, 0, f->context) != 1);
    ERR_clear_error();
    assert_int_equal(BN_sub(r, x, f->order), 1);
    assert_int_equal(BN_set_word(u1, 12345), 1);
    assert_int_equal(BN_set_word(u2, 67890), 1);
    assert_int_equal(EC_POINT_mul(f->group, q, u1, NULL, NULL, f->context), 1);
    assert_int_equal(EC_POINT_invert(f->group, q, f->context), 1);
    assert_int_equal(EC_POINT_add(f->group, q, q, wanted, f->context), 1);
    assert_non_null(BN_mod_inverse(inverse, u2, f->order, f->context));
    assert_int_equal(EC_POINT_mul(f->group, q, NULL, q, inverse, f->context), 1);
    prepared_key key = key_of(f, q);
    craft(f, r, u1, u2, hash, signature);
    same_verdict(f, &key, hash, signature, true);
    /* x itself is not an r. */
    write_number(f, x, signature);
    same_verdict(f, &key, hash, signature, false);
    drop(&key);
    EC_POINT_free(wanted);
    EC_POINT_free(q);
}

/* With Q = d * G: both summands are one point; they add up to nothing; the hash is 0. */
static void summands_that_are_special(void **state)
{
    fixture *f = *state;
    unsigned char hash[CURVE_MAX_SIZE], signature[2 * CURVE_MAX_SIZE];
    bn_auto BIGNUM *d = BN_new(), *r = BN_new(), *u1 = BN_new(), *u2 = BN_new();
    EC_POINT *q = EC_POINT_new(f->group), *sum = EC_POINT_new(f->group);
    for (BN_ULONG small = 1; small < 12; small++) {
        assert_int_equal(BN_set_word(d, small), 1);
        assert_int_equal(EC_POINT_mul(f->group, q, d, NULL, NULL, f->context), 1);
        prepared_key key = key_of(f, q);
        assert_int_equal(BN_priv_rand_range(u2, f->order), 1);
        assert_int_equal(BN_mod_mul(u1, u2, d, f->order, f->context), 1);
        assert_int_equal(EC_POINT_mul(f->group, sum, u1, q, u2, f->context), 1);
        assert_int_equal(EC_POINT_get_affine_coordinates(f->group, sum, r, NULL, f->context), 1);
        assert_int_equal(BN_nnmod(r, r, f->order, f->context), 1);
        craft(f, r, u1, u2, hash, signature);
        same_verdict(f, &key, hash, signature, true);

        assert_int_equal(BN_sub(u1, f->order, u1), 1);
        craft(f, r, u1, u2, hash, signature);
        same_verdict(f, &key, hash, signature, false); /* the point at infinity */

        BN_zero(u1);
        assert_int_equal(EC_POINT_mul(f->group, sum, NULL, q, u2, f->context), 1);
        assert_int_equal(EC_POINT_get_affine_coordinates(f->group, sum, r, NULL, f->context), 1);
        assert_int_equal(BN_nnmod(r, r, f->order, f->context), 1);
        craft(f, r, u1, u2, hash, signature);
        same_verdict(f, &key, hash, signature, true);
        /* The same number in another form: the hash is n. */
        write_hash(f, f->order, hash);
        same_verdict(f, &key, hash, signature, true);
        drop(&key);
    }
    EC_POINT_free(q);
    EC_POINT_free(sum);
}

/* Hashes from the order on are taken modulo the order, and of long ones the first bits. */
static void hashes_of_ones(void **state)
{
    const fixture *f = *state;
    unsigned char hash[CURVE_MAX_SIZE], signature[2 * CURVE_MAX_SIZE], der[ECDSA_DER_MAX];
    prepared_key key = prepare(good_key(f->jwk));
    for (size_t ones = 0; ones <= f->curve->size; ones++) {
        size_t size = sizeof der;
        pkey_ctx_auto EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key.key->pkey, NULL);
        memset(hash, 0, sizeof hash);
        memset(hash, 0xff, ones);
        assert_int_equal(EVP_PKEY_sign_init(context), 1);
        assert_int_equal(EVP_PKEY_sign(context, der, &size, hash, f->curve->size), 1);
        assert_true(ecdsa_from_der(f->curve, der, size, signature));
        same_verdict(f, &key, hash, signature, true);
    }
    drop(&key);
}

static void attack_07_r_and_s_out_of_range(void **state)
{
    const fixture *f = *state;
    size_t size = f->curve->size;
    unsigned char hash[CURVE_MAX_SIZE] = {0}, signature[2 * CURVE_MAX_SIZE];
    unsigned char numbers[6][CURVE_MAX_SIZE] = {{0}};
    prepared_key key = prepare(good_key(f->jwk));
    numbers[1][size - 1] = 1;
    write_number(f, f->order, numbers[2]);
    memcpy(numbers[3], numbers[2], size);
    numbers[3][size - 1]--;
    memcpy(numbers[4], numbers[2], size);
    numbers[4][size - 1]++;
    memset(numbers[5], 0xff, size);
    for (size_t r = 0; r < 6; r++) {
        for (size_t s = 0; s < 6; s++) {
            memcpy(signature, numbers[r], size);
            memcpy(signature + size, numbers[s], size);
            same_verdict(f, &key, hash, signature, false);
        }
    }
    drop(&key);
}

/* Factors at the edges of windows and words: few bits, many bits, those next to the order. */
static void structured_factors(void **state)
{
    fixture *f = *state;
    unsigned char hash[CURVE_MAX_SIZE], signature[2 * CURVE_MAX_SIZE];
    bn_auto BIGNUM *u1 = BN_new(), *u2 = BN_new(), *r = BN_new();
    EC_POINT *sum = EC_POINT_new(f->group), *q = EC_POINT_new(f->group);
    int bits = BN_num_bits(f->order);
    assert_int_equal(BN_priv_rand_range(u1, f->order), 1);
    assert_int_equal(EC_POINT_mul(f->group, q, u1, NULL, NULL, f->context), 1);
    prepared_key key = key_of(f, q);
    int step = f->alg == OST_ES256 ? 1 : 5; /* bits at a time */
    for (int i = 0; i < 6 * bits / step; i++) {
        BIGNUM *edge = i % 2 == 0 ? u1 : u2;
        int bit = i / 6 * step;
        BN_zero(edge);
        assert_int_equal(BN_set_bit(edge, bit), 1);
        if (i / 2 % 3 == 1) /* ones below */
            assert_int_equal(BN_sub_word(edge, 1), 1);
        if (i / 2 % 3 == 2)
            assert_int_equal(BN_sub(edge, f->order, edge), 1);
        if (BN_cmp(edge, f->order) >= 0 || BN_is_negative(edge))
            continue;
        assert_int_equal(BN_priv_rand_range(edge == u1 ? u2 : u1, f->order), 1);
        if (BN_is_zero(u2))
            continue;
        assert_int_equal(EC_POINT_mul(f->group, sum, u1, q, u2, f->context), 1);
        assert_int_equal(EC_POINT_get_affine_coordinates(f->group, sum, r, NULL, f->context), 1);
        assert_int_equal(BN_nnmod(r, r, f->order, f->context), 1);
        craft(f, r, u1, u2, hash, signature);
        same_verdict(f, &key, hash, signature, true);
    }
    drop(&key);
    EC_POINT_free(sum);
    EC_POINT_free(q);
}

static void other_keys_are_refused(void **state)
{
    const fixture *f = *state;
    ost_key *rsa = good_key(test_rsa);
    ost_key *other = good_key(f->alg == OST_ES384 ? test_p256 : test_p384);
    assert_null(ecdsa_verifier_new(rsa->pkey, f->curve->openssl));
    assert_null(ecdsa_verifier_new(other->pkey, f->curve->openssl));
    assert_null(ecdsa_table_new(other->pkey, f->curve->openssl));
    ERR_clear_error();
    ost_key_unref(other);
    ost_key_unref(rsa);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_and_bit_flips),
        cmocka_unit_test(x_beyond_the_order),
        cmocka_unit_test(summands_that_are_special),
        cmocka_unit_test(structured_factors),
        cmocka_unit_test(hashes_of_ones),
        cmocka_unit_test(attack_07_r_and_s_out_of_range),
        cmocka_unit_test(other_keys_are_refused),
    };
    int failed = 0;
    for (curve = 0; curve < ARRAY_LEN(of_curves); curve++) {
        char name[64]; /* a report of its own for each */
        snprintf(name, sizeof name, "jose-ecdsa_verify-%s",
                 alg_find(of_curves[curve].alg)->curve->name);
        failed += cmocka_run_group_tests_name(name, tests, make_fixture, free_fixture);
    }
    return failed;
}
