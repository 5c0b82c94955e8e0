/* SPDX-License-Identifier: Apache-2.0 */
/* Ed25519 keys: canonical points of the main group only. */
#include <string.h>

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/text.h"
#include "keys.h"
#include "test_arena.h"

static void good(void **state)
{
    ost_key *key = good_key(test_ed25519), *half = public_half(key);
    assert_int_equal(ost_key_type_of(key), OST_KEY_OKP);
    assert_int_equal(ost_key_bits(key), 256);
    assert_true(ost_key_is_private(key));
    assert_false(ost_key_is_private(half));
    for (ost_alg alg = OST_RS256; alg <= OST_HS512; alg++)
        assert_int_equal(ost_key_serves(half, alg), alg == OST_EDDSA);
    ost_key_unref(half);
    ost_key_unref(key);
}

/* Under such a point a signature can be made without any key. */
static void attack_09_small_order_points(void **state)
{
    const char *public = changed(arena, test_ed25519, "d", NULL);
    static const unsigned char points[][32] = {
        {0}, /* order 4 */
        {1}, /* the neutral element */
        {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, /* -1: order 2 */
        {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
         0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
         0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05}, /* order 8 */
        {0xee, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, /* 1, not canonical */
        {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
        {2}, /* no point at all */
    };
    for (size_t i = 0; i < ARRAY_LEN(points); i++) {
        char text[48];
        text[base64url_encode(points[i], 32, text)] = '\0';
        assert_int_equal(import_result(changed(arena, public, "x", text)), OST_E_KEY_WEAK);
    }
}

static void lengths_and_curves(void **state)
{
    const char *wrong[] = {"", "AA", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ",
                           "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURoA"};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(import_result(changed(arena, test_ed25519, "x", wrong[i])),
                         OST_E_KEY_FORMAT);
        assert_int_equal(import_result(changed(arena, test_ed25519, "d", wrong[i])),
                         OST_E_KEY_FORMAT);
    }
    assert_int_equal(import_result(changed(arena, test_ed25519, "x", NULL)), OST_E_KEY_FORMAT);
    assert_int_equal(import_result(changed(arena, test_ed25519, "crv", NULL)), OST_E_KEY_FORMAT);
    static const char *const others[] = {"X25519 ", "P-256", "ed25519", "secp256k1"};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(import_result(changed(arena, test_ed25519, "crv", others[i])),
                         OST_E_UNSUPPORTED);
}

static void private_part_of_another(void **state)
{
    /* RFC 8037, appendix A.1. */
    assert_int_equal(import_result(changed(arena, test_ed25519, "d",
                                           "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")),
                     OST_E_KEY_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good),
        cmocka_unit_test(attack_09_small_order_points),
        cmocka_unit_test(lengths_and_curves),
        cmocka_unit_test(private_part_of_another),
    };
    return cmocka_run_group_tests_name("jose-key_okp", tests, open_arena, close_arena);
}
