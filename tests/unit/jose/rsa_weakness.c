/* SPDX-License-Identifier: Apache-2.0 */
/* Weak moduli: small factors of every size that is looked for, and the fingerprint of ROCA. */
#include <string.h>

#include <openssl/rand.h>

#include "base/base64url.h"
#include "base/text.h"
#include "jose/crypto_auto.h"
#include "jose/key/key_state.h"
#include "jose/key/rsa_weakness.h"
#include "keys.h"
#include "test.h"

/* An odd number of `bits` without the factors below 752. */
static BIGNUM *rough(int bits)
{
    BIGNUM *n = BN_new();
    do {
        assert_int_equal(BN_rand(n, bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD), 1);
    } while (rsa_weakness(n) != NULL);
    return n;
}

static void sound(void **state)
{
    ost_key *key = good_key(test_rsa), *other = good_key(test_rsa_other);
    ost_key_unref(key); /* reading it has asked already */
    ost_key_unref(other);
    for (int bits = 2048; bits <= 2080; bits++) {
        bn_auto BIGNUM *n = rough(bits);
        assert_null(rsa_weakness(n));
    }
    bn_auto BIGNUM *largest = rough(16384);
    assert_null(rsa_weakness(largest));
}

static bool is_prime(unsigned number)
{
    for (unsigned factor = 2; factor * factor <= number; factor++) {
        if (number % factor == 0)
            return false;
    }
    return true;
}

static void small_factors(void **state)
{
    bn_auto BIGNUM *base = rough(2100), *n = BN_new();
    for (unsigned factor = 3; factor < 760; factor += 2) {
        if (!is_prime(factor))
            continue;
        assert_non_null(BN_copy(n, base));
        assert_int_equal(BN_mul_word(n, factor), 1);
        const char *weakness = rsa_weakness(n);
        if (factor > 751)
            assert_null(weakness);
        else
            assert_string_equal(weakness, "has a small factor");
    }
}

/* k M + 65537^a mod M, which is what two primes of that form make; M is the product of the primes
 * up to `last`. */
static BIGNUM *roca(unsigned last, BN_ULONG exponent, int bits)
{
    bn_ctx_auto BN_CTX *context = BN_CTX_new();
    bn_auto BIGNUM *m = BN_new(), *power = BN_new(), *a = BN_new(), *k = BN_new();
    BIGNUM *n = BN_new();
    BN_one(m);
    for (unsigned prime = 2; prime <= last; prime++) {
        if (is_prime(prime))
            BN_mul_word(m, prime);
    }
    BN_set_word(power, 65537);
    BN_set_word(a, exponent);
    assert_int_equal(BN_mod_exp(power, power, a, m, context), 1);
    do { /* without a factor between the last prime and the last that is looked for */
        assert_int_equal(BN_rand(k, bits - BN_num_bits(m), BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY), 1);
        assert_int_equal(BN_mul(n, k, m, context), 1);
        assert_int_equal(BN_add(n, n, power), 1);
    } while (rsa_weakness(n) != NULL && strstr(rsa_weakness(n), "factor") != NULL);
    return n;
}

static void attack_10_roca(void **state)
{
    for (BN_ULONG exponent = 1; exponent < 40; exponent++) {
        bn_auto BIGNUM *n = roca(701, exponent * 7919, 2048);
        assert_string_equal(rsa_weakness(n), "has the fingerprint of ROCA");
    }
    bn_auto BIGNUM *larger = roca(1427, 99991, 4096);
    assert_string_equal(rsa_weakness(larger), "has the fingerprint of ROCA");
    /* Of the first few primes alone it is not a fingerprint. */
    bn_auto BIGNUM *chance = roca(61, 5, 2048);
    assert_null(rsa_weakness(chance));
}

static void attack_10_in_a_jwk(void **state)
{
    unsigned char bytes[256];
    ost_text encoded = {0};
    ost_arena *arena = ost_arena_new(1 << 20);
    bn_auto BIGNUM *n = roca(701, 1234567, 2048);
    assert_int_equal(BN_bn2binpad(n, bytes, sizeof bytes), sizeof bytes);
    assert_int_equal(base64url_encode_to(arena, (ost_text){(char *)bytes, sizeof bytes}, &encoded),
                     OST_OK);
    const char *jwk = "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"\"}";
    assert_int_equal(import_result(changed(arena, jwk, "n", encoded.data)), OST_E_KEY_WEAK);
    ost_arena_free(arena);
}

/* There is room for 16384 bits. */
static void longer_than_any_key(void **state)
{
    bn_auto BIGNUM *n = BN_new();
    assert_int_equal(BN_set_bit(n, 16384), 1);
    assert_int_equal(BN_add_word(n, 1), 1);
    assert_string_equal(rsa_weakness(n), "is too long");
    assert_int_equal(BN_set_bit(n, 32768), 1);
    assert_string_equal(rsa_weakness(n), "is too long");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound),
        cmocka_unit_test(small_factors),
        cmocka_unit_test(attack_10_roca),
        cmocka_unit_test(attack_10_in_a_jwk),
        cmocka_unit_test(longer_than_any_key),
    };
    return cmocka_run_group_tests_name("jose-rsa_weakness", tests, NULL, NULL);
}
