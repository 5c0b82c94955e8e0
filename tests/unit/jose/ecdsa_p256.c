/* SPDX-License-Identifier: Apache-2.0 */
/* ECDSA verification of our own, verdict by verdict against OpenSSL's: good, damaged and crafted
 * signatures, for which keys and hashes are made to fit. */
#include <string.h>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/rand.h>

#include "base/base64url.h"
#include "base/context.h"
#include "base/text.h"
#include "jose/crypto_auto.h"
#include "jose/signature/ecdsa.h"
#include "jose/signature/signature.h"
#include "jose/verify/ecdsa_p256.h"
#include "keys.h"
#include "test.h"

typedef struct fixture {
    EC_GROUP *group;
    const BIGNUM *order;
    BN_CTX *context;
    ost_arena *arena;
} fixture;

static int make_fixture(void **state)
{
    static fixture f;
    f.group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
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

static bool openssl_accepts(EVP_PKEY *pkey, const unsigned char *hash,
                            const unsigned char *signature)
{
    unsigned char der[ECDSA_DER_MAX];
    size_t size = 0;
    if (!ecdsa_to_der(curve_find(OST_KEY_EC, OST_TEXT("P-256")), signature, der, &size))
        return false;
    pkey_ctx_auto EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    assert_int_equal(EVP_PKEY_verify_init(context), 1);
    bool accepted = EVP_PKEY_verify(context, der, size, hash, P256_SIZE) == 1;
    ERR_clear_error();
    return accepted;
}

static void same_verdict(const ost_key *key, const unsigned char *hash,
                         const unsigned char *signature, bool expected)
{
    ecdsa_p256 *verifier = ecdsa_p256_new(key->pkey);
    assert_non_null(verifier);
    assert_int_equal(openssl_accepts(key->pkey, hash, signature), expected);
    ost_result result = expected ? OST_OK : OST_E_SIGNATURE;
    assert_int_equal(ecdsa_p256_verify(verifier, hash, signature), result);
    assert_int_equal(ecdsa_p256_verify(verifier, hash, signature), result); /* used again */
    assert_int_equal(ERR_peek_error(), 0);
    ecdsa_p256_free(verifier);
}

static void good_and_bit_flips(void **state)
{
    unsigned char hash[P256_SIZE], signature[SIGNATURE_MAX_SIZE];
    size_t size = 0;
    ost_key *key = good_key(test_p256), *other = good_key(test_p256_other);
    for (int i = 0; i < 20; i++) {
        char text[] = {(char)('a' + i), 0};
        assert_int_equal(signature_make(key, OST_ES256, text_of(text), signature, &size), OST_OK);
        assert_int_equal(size, 2 * P256_SIZE);
        assert_int_equal(ost_sha256(text_of(text), hash), OST_OK);
        same_verdict(key, hash, signature, true);
        same_verdict(other, hash, signature, false);
        for (size_t bit = (size_t)i % 13; bit < size * 8; bit += 13) {
            signature[bit / 8] ^= (unsigned char)(1 << bit % 8);
            same_verdict(key, hash, signature, false);
            signature[bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
        hash[i] ^= 1;
        same_verdict(key, hash, signature, false);
    }
    ost_key_unref(key);
    ost_key_unref(other);
}

/* The public key of a point. */
static ost_key *key_of(fixture *f, const EC_POINT *point)
{
    bn_auto BIGNUM *x = BN_new(), *y = BN_new();
    unsigned char bytes[P256_SIZE];
    ost_text parts[2];
    assert_int_equal(EC_POINT_get_affine_coordinates(f->group, point, x, y, f->context), 1);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(BN_bn2binpad(i == 0 ? x : y, bytes, sizeof bytes), (int)sizeof bytes);
        assert_int_equal(
            base64url_encode_to(f->arena, text_of_bytes(bytes, sizeof bytes), &parts[i]), OST_OK);
    }
    return good_key(ost_arena_format(
        f->arena, "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%.*s\",\"y\":\"%.*s\"}",
        (int)parts[0].len, parts[0].data, (int)parts[1].len, parts[1].data));
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
    assert_int_equal(BN_bn2binpad(r, ret_signature, P256_SIZE), P256_SIZE);
    assert_int_equal(BN_bn2binpad(s, ret_signature + P256_SIZE, P256_SIZE), P256_SIZE);
    assert_int_equal(BN_bn2binpad(e, ret_hash, P256_SIZE), P256_SIZE);
}

/* A point whose x is not below the order, so that r is x less the order. Nobody meets one by
 * chance: the key is made for it, Q = (R - u1 * G) / u2. */
static void x_beyond_the_order(void **state)
{
    fixture *f = *state;
    unsigned char hash[P256_SIZE], signature[2 * P256_SIZE];
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
    ost_key *key = key_of(f, q);
    craft(f, r, u1, u2, hash, signature);
    same_verdict(key, hash, signature, true);
    /* x itself is not an r. */
    assert_int_equal(BN_bn2binpad(x, signature, P256_SIZE), P256_SIZE);
    same_verdict(key, hash, signature, false);
    ost_key_unref(key);
    EC_POINT_free(wanted);
    EC_POINT_free(q);
}

/* With Q = d * G: both summands are one point; they add up to nothing; the hash is 0. */
static void summands_that_are_special(void **state)
{
    fixture *f = *state;
    unsigned char hash[P256_SIZE], signature[2 * P256_SIZE];
    bn_auto BIGNUM *d = BN_new(), *r = BN_new(), *u1 = BN_new(), *u2 = BN_new();
    EC_POINT *q = EC_POINT_new(f->group), *sum = EC_POINT_new(f->group);
    for (BN_ULONG small = 1; small < 40; small++) {
        assert_int_equal(BN_set_word(d, small), 1);
        assert_int_equal(EC_POINT_mul(f->group, q, d, NULL, NULL, f->context), 1);
        ost_key *key = key_of(f, q);
        assert_int_equal(BN_priv_rand_range(u2, f->order), 1);
        assert_int_equal(BN_mod_mul(u1, u2, d, f->order, f->context), 1);
        assert_int_equal(EC_POINT_mul(f->group, sum, u1, q, u2, f->context), 1);
        assert_int_equal(EC_POINT_get_affine_coordinates(f->group, sum, r, NULL, f->context), 1);
        assert_int_equal(BN_nnmod(r, r, f->order, f->context), 1);
        craft(f, r, u1, u2, hash, signature);
        same_verdict(key, hash, signature, true);

        assert_int_equal(BN_sub(u1, f->order, u1), 1);
        craft(f, r, u1, u2, hash, signature);
        same_verdict(key, hash, signature, false); /* the point at infinity */

        BN_zero(u1);
        assert_int_equal(EC_POINT_mul(f->group, sum, NULL, q, u2, f->context), 1);
        assert_int_equal(EC_POINT_get_affine_coordinates(f->group, sum, r, NULL, f->context), 1);
        assert_int_equal(BN_nnmod(r, r, f->order, f->context), 1);
        craft(f, r, u1, u2, hash, signature);
        same_verdict(key, hash, signature, true);
        /* The same number in another form: the hash is n. */
        assert_int_equal(BN_bn2binpad(f->order, hash, P256_SIZE), P256_SIZE);
        same_verdict(key, hash, signature, true);
        ost_key_unref(key);
    }
    EC_POINT_free(q);
    EC_POINT_free(sum);
}

/* Hashes from the order on are taken modulo the order. */
static void hashes_of_ones(void **state)
{
    unsigned char hash[P256_SIZE], signature[2 * P256_SIZE], der[ECDSA_DER_MAX];
    ost_key *key = good_key(test_p256);
    const curve_facts *curve = curve_find(OST_KEY_EC, OST_TEXT("P-256"));
    for (size_t ones = 0; ones <= P256_SIZE; ones++) {
        size_t size = sizeof der;
        pkey_ctx_auto EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
        memset(hash, 0, sizeof hash);
        memset(hash, 0xff, ones);
        assert_int_equal(EVP_PKEY_sign_init(context), 1);
        assert_int_equal(EVP_PKEY_sign(context, der, &size, hash, sizeof hash), 1);
        assert_true(ecdsa_from_der(curve, der, size, signature));
        same_verdict(key, hash, signature, true);
    }
    ost_key_unref(key);
}

static void attack_07_r_and_s_out_of_range(void **state)
{
    const fixture *f = *state;
    unsigned char hash[P256_SIZE] = {0}, numbers[6][P256_SIZE] = {{0}};
    unsigned char signature[2 * P256_SIZE];
    ost_key *key = good_key(test_p256);
    numbers[1][P256_SIZE - 1] = 1;
    assert_int_equal(BN_bn2binpad(f->order, numbers[2], P256_SIZE), P256_SIZE);
    memcpy(numbers[3], numbers[2], P256_SIZE);
    numbers[3][P256_SIZE - 1]--;
    memcpy(numbers[4], numbers[2], P256_SIZE);
    numbers[4][P256_SIZE - 1]++;
    memset(numbers[5], 0xff, P256_SIZE);
    for (size_t r = 0; r < 6; r++) {
        for (size_t s = 0; s < 6; s++) {
            memcpy(signature, numbers[r], P256_SIZE);
            memcpy(signature + P256_SIZE, numbers[s], P256_SIZE);
            same_verdict(key, hash, signature, false);
        }
    }
    ost_key_unref(key);
}

static void other_keys_are_refused(void **state)
{
    ost_key *p384 = good_key(test_p384), *rsa = good_key(test_rsa);
    assert_null(ecdsa_p256_new(p384->pkey));
    assert_null(ecdsa_p256_new(rsa->pkey));
    ERR_clear_error();
    ost_key_unref(p384);
    ost_key_unref(rsa);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_and_bit_flips),
        cmocka_unit_test(x_beyond_the_order),
        cmocka_unit_test(summands_that_are_special),
        cmocka_unit_test(hashes_of_ones),
        cmocka_unit_test(attack_07_r_and_s_out_of_range),
        cmocka_unit_test(other_keys_are_refused),
    };
    return cmocka_run_group_tests_name("jose-ecdsa_p256", tests, make_fixture, free_fixture);
}
