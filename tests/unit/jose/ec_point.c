/* SPDX-License-Identifier: Apache-2.0 */
/* Points on and off the curves, judged like OpenSSL judges them. */
#include <string.h>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/objects.h>

#include "base/array.h"
#include "base/text.h"
#include "jose/crypto_auto.h"
#include "jose/key/key_state.h"
#include "jose/point/ec_point.h"
#include "test.h"

static const char *const names[] = {"P-256", "P-384", "P-521", "secp256k1"};
#define CURVES (ARRAY_LEN(names))

static bool openssl_takes(const curve_facts *curve, const unsigned char *xy)
{
    unsigned char octets[1 + 2 * CURVE_MAX_SIZE] = {0x04};
    EC_GROUP *group = EC_GROUP_new_by_curve_name(OBJ_sn2nid(curve->openssl));
    EC_POINT *point = EC_POINT_new(group);
    memcpy(octets + 1, xy, 2 * curve->size);
    bool taken = EC_POINT_oct2point(group, point, octets, 1 + 2 * curve->size, NULL) == 1;
    EC_POINT_free(point);
    EC_GROUP_free(group);
    ERR_clear_error();
    return taken;
}

static void same_verdict(const curve_facts *curve, const unsigned char *xy, bool expected)
{
    assert_int_equal(openssl_takes(curve, xy), expected);
    assert_int_equal(ec_point_check(curve, xy), expected ? OST_OK : OST_E_KEY_WEAK);
}

static void points_and_bit_flips(void **state)
{
    for (size_t i = 0; i < CURVES; i++) {
        const curve_facts *curve = curve_find(OST_KEY_EC, text_of(names[i]));
        for (int k = 0; k < 5; k++) {
            unsigned char xy[2 * CURVE_MAX_SIZE];
            size_t len;
            ost_key *key = key_new(OST_KEY_EC);
            assert_int_equal(key_ec_generate(curve, key), OST_OK);
            assert_int_equal(key_member(key, "x", xy, &len), OST_OK);
            assert_int_equal(key_member(key, "y", xy + len, &len), OST_OK);
            same_verdict(curve, xy, true);
            for (size_t bit = (size_t)k; bit < 2 * 8 * len; bit += 37) {
                xy[bit / 8] ^= (unsigned char)(1 << bit % 8);
                same_verdict(curve, xy, false);
                xy[bit / 8] ^= (unsigned char)(1 << bit % 8);
            }
            ost_key_unref(key);
        }
    }
}

/* A coordinate that is taken modulo the prime would be another form of the same point. */
static void coordinates_from_the_prime_on(void **state)
{
    for (size_t i = 0; i < CURVES; i++) {
        const curve_facts *curve = curve_find(OST_KEY_EC, text_of(names[i]));
        EC_GROUP *group = EC_GROUP_new_by_curve_name(OBJ_sn2nid(curve->openssl));
        EC_POINT *point = EC_POINT_new(group);
        bn_auto BIGNUM *p = BN_new(), *x = BN_new(), *y = BN_new();
        unsigned char xy[2 * CURVE_MAX_SIZE] = {0};
        int size = (int)curve->size;
        same_verdict(curve, xy, false); /* 0, 0 */
        assert_int_equal(EC_GROUP_get_curve(group, p, NULL, NULL, NULL), 1);
        BN_bn2binpad(p, xy, size);
        BN_bn2binpad(p, xy + size, size);
        same_verdict(curve, xy, false);
        while (EC_POINT_set_compressed_coordinates(group, point, x, 0, NULL) != 1)
            assert_int_equal(BN_add_word(x, 1), 1);
        assert_int_equal(EC_POINT_get_affine_coordinates(group, point, x, y, NULL), 1);
        BN_bn2binpad(x, xy, size);
        BN_bn2binpad(y, xy + size, size);
        same_verdict(curve, xy, true);
        assert_int_equal(BN_add(x, x, p), 1);
        BN_bn2binpad(x, xy, size);
        same_verdict(curve, xy, false);
        memset(xy, 0xff, 2 * curve->size);
        same_verdict(curve, xy, false);
        EC_POINT_free(point);
        EC_GROUP_free(group);
        ERR_clear_error();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_and_bit_flips),
        cmocka_unit_test(coordinates_from_the_prime_on),
    };
    return cmocka_run_group_tests_name("jose-ec_point", tests, NULL, NULL);
}
