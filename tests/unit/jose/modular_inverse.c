/* SPDX-License-Identifier: Apache-2.0 */
/* Inverses of our own against the cryptographic library's. */

#include <openssl/bn.h>

#include "base/array.h"
#include "jose/crypto_auto.h"
#include "jose/verify/modular_inverse.h"
#include "test.h"

static const char *const primes[] = {
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", /* the order of P-256 */
    "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", /* its field */
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff43", /* 2^256 - 189 */
};

static wide wide_from(const BIGNUM *number)
{
    wide w = {{0}};
    unsigned char bytes[32];
    assert_int_equal(BN_bn2lebinpad(number, bytes, sizeof bytes), (int)sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        w.limbs[i / 8] |= (uint64_t)bytes[i] << 8 * (i % 8);
    return w;
}

static void number_from(const wide *w, BIGNUM *ret)
{
    unsigned char bytes[32];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(w->limbs[i / 8] >> 8 * (i % 8));
    assert_non_null(BN_lebin2bn(bytes, sizeof bytes, ret));
}

/* The almost inverse times the number is 2^k. */
static void inverse_is_right(const BIGNUM *number, const BIGNUM *prime, BN_CTX *context)
{
    bn_auto BIGNUM *product = BN_new(), *power = BN_new();
    wide a = wide_from(number), modulus = wide_from(prime), inverse;
    unsigned k = modular_almost_inverse(&a, &modulus, &inverse);
    assert_in_range(k, INVERSE_BITS, 2 * INVERSE_BITS);
    number_from(&inverse, product);
    assert_true(BN_ucmp(product, prime) < 0);
    assert_int_equal(BN_mod_mul(product, product, number, prime, context), 1);
    BN_zero(power);
    assert_int_equal(BN_set_bit(power, (int)k), 1);
    assert_int_equal(BN_nnmod(power, power, prime, context), 1);
    assert_int_equal(BN_cmp(product, power), 0);
}

static void edges(void **state)
{
    BN_CTX *context = BN_CTX_new();
    for (size_t p = 0; p < ARRAY_LEN(primes); p++) {
        bn_auto BIGNUM *prime = NULL, *number = BN_new();
        assert_true(BN_hex2bn(&prime, primes[p]) > 0);
        for (BN_ULONG small = 1; small < 300; small++) {
            assert_int_equal(BN_set_word(number, small), 1);
            inverse_is_right(number, prime, context);
            assert_int_equal(BN_sub(number, prime, number), 1);
            inverse_is_right(number, prime, context);
        }
        for (int bit = 0; bit < INVERSE_BITS; bit++) {
            BN_zero(number);
            assert_int_equal(BN_set_bit(number, bit), 1);
            if (BN_ucmp(number, prime) < 0)
                inverse_is_right(number, prime, context);
            assert_int_equal(BN_sub_word(number, 1), 1); /* all ones below */
            if (bit > 0)
                inverse_is_right(number, prime, context);
        }
    }
    BN_CTX_free(context);
}

static void random_numbers(void **state)
{
    BN_CTX *context = BN_CTX_new();
    for (size_t p = 0; p < ARRAY_LEN(primes); p++) {
        bn_auto BIGNUM *prime = NULL, *number = BN_new();
        assert_true(BN_hex2bn(&prime, primes[p]) > 0);
        for (int i = 0; i < 20000; i++) {
            assert_int_equal(BN_priv_rand_range(number, prime), 1);
            if (!BN_is_zero(number))
                inverse_is_right(number, prime, context);
        }
    }
    BN_CTX_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edges),
        cmocka_unit_test(random_numbers),
    };
    return cmocka_run_group_tests_name("jose-modular_inverse", tests, NULL, NULL);
}
