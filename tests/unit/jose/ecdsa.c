/* SPDX-License-Identifier: Apache-2.0 */
/* ECDSA signatures between r || s and DER: the edges of both. */
#include <string.h>

#include <openssl/bn.h>
#include <openssl/ecdsa.h>

#include "base/text.h"
#include "jose/signature/ecdsa.h"
#include "test.h"

static const char *const names[] = {"P-256", "P-384", "P-521", "secp256k1"};

static void round_trip(const curve_facts *curve, const unsigned char *raw)
{
    unsigned char der[ECDSA_DER_MAX], back[2 * CURVE_MAX_SIZE], padded[CURVE_MAX_SIZE];
    size_t len = 0;
    assert_true(ecdsa_to_der(curve, raw, der, &len));
    assert_true(len <= sizeof der);
    const unsigned char *at = der;
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)len);
    assert_non_null(signature);
    assert_ptr_equal(at, der + len);
    assert_true(BN_bn2binpad(ECDSA_SIG_get0_r(signature), padded, (int)curve->size) > 0);
    assert_memory_equal(padded, raw, curve->size);
    assert_true(BN_bn2binpad(ECDSA_SIG_get0_s(signature), padded, (int)curve->size) > 0);
    assert_memory_equal(padded, raw + curve->size, curve->size);
    ECDSA_SIG_free(signature);
    assert_true(ecdsa_from_der(curve, der, len, back));
    assert_memory_equal(back, raw, 2 * curve->size);
    assert_false(ecdsa_from_der(curve, der, len - 1, back));
}

/* Numbers of every length, with the high bit of the first byte set and not set. */
static void all_lengths(void **state)
{
    static const unsigned char firsts[] = {0x01, 0x7f, 0x80, 0xfe};
    for (size_t c = 0; c < 4; c++) {
        const curve_facts *curve = curve_find(OST_KEY_EC, text_of(names[c]));
        for (size_t zeroes = c == 2 ? 1 : 0; zeroes < curve->size; zeroes++) {
            for (size_t f = 0; f < sizeof firsts; f++) {
                unsigned char raw[2 * CURVE_MAX_SIZE];
                memset(raw, 0xff, sizeof raw);
                memset(raw, 0, zeroes);
                memset(raw + curve->size, 0, zeroes);
                raw[zeroes] = firsts[f];
                raw[curve->size + zeroes] = firsts[sizeof firsts - 1 - f];
                round_trip(curve, raw);
            }
        }
    }
}

/* The first length that needs a byte of its own: of two numbers of 62 bytes. */
static void body_of_128_bytes(void **state)
{
    unsigned char raw[2 * CURVE_MAX_SIZE] = {0};
    memset(raw + 4, 0x7f, 62);
    memset(raw + CURVE_MAX_SIZE + 4, 0x7f, 62);
    round_trip(curve_find(OST_KEY_EC, OST_TEXT("P-521")), raw);
}

static void attack_07_r_and_s_out_of_range(void **state)
{
    for (size_t c = 0; c < 4; c++) {
        const curve_facts *curve = curve_find(OST_KEY_EC, text_of(names[c]));
        size_t size = curve->size, len = 99;
        unsigned char raw[2 * CURVE_MAX_SIZE], der[ECDSA_DER_MAX];
        for (int half = 0; half < 2; half++) {
            unsigned char *number = raw + (half == 0 ? 0 : size);
            memset(raw, 0, sizeof raw);
            raw[size - 1] = raw[2 * size - 1] = 1;
            round_trip(curve, raw); /* 1 is in range */
            memcpy(number, curve->order, size);
            number[size - 1]--;
            round_trip(curve, raw); /* n - 1 is */
            number[size - 1]++;
            assert_false(ecdsa_to_der(curve, raw, der, &len)); /* n is not */
            number[size - 1]++;
            assert_false(ecdsa_to_der(curve, raw, der, &len));
            memset(number, 0xff, size);
            assert_false(ecdsa_to_der(curve, raw, der, &len));
            memset(number, 0, size);
            assert_false(ecdsa_to_der(curve, raw, der, &len)); /* nor is 0 */
            assert_int_equal(len, 99);
        }
    }
}

static void bad_der(void **state)
{
    const curve_facts *curve = curve_find(OST_KEY_EC, OST_TEXT("P-256"));
    static const unsigned char one[] = {0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01, 0x00};
    unsigned char raw[64], longer[2 + 2 + 34 + 3] = {0x30, 39, 0x02, 34, 0x01};
    assert_true(ecdsa_from_der(curve, one, 8, raw));
    assert_false(ecdsa_from_der(curve, one, 9, raw)); /* a byte too many */
    assert_false(ecdsa_from_der(curve, one, 0, raw));
    longer[38] = 0x02;
    longer[39] = 0x01;
    longer[40] = 0x01;
    assert_false(ecdsa_from_der(curve, longer, sizeof longer, raw)); /* r of 34 bytes */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_lengths),
        cmocka_unit_test(body_of_128_bytes),
        cmocka_unit_test(attack_07_r_and_s_out_of_range),
        cmocka_unit_test(bad_der),
    };
    return cmocka_run_group_tests_name("jose-ecdsa", tests, NULL, NULL);
}
