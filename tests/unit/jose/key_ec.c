/* SPDX-License-Identifier: Apache-2.0 */
/* EC keys: points on their curve, coordinates of its length, d that belongs to the point. */
#include <string.h>

#include <openssl/ec.h>
#include <ostiary/jose.h>

#include "base/base64url.h"
#include "base/text.h"
#include "jose/crypto_auto.h"
#include "keys.h"
#include "test_arena.h"

static const struct {
    const char *jwk;
    unsigned bits;
    ost_alg alg;
} curves[] = {
    {test_p256, 256, OST_ES256},
    {test_p384, 384, OST_ES384},
    {test_p521, 521, OST_ES512},
};

static ost_text member(const char *jwk, const char *name)
{
    const ost_json *document = NULL;
    ost_text text = {0};
    assert_int_equal(ost_json_read(text_of(jwk), NULL, arena, &document, NULL), OST_OK);
    assert_true(ost_json_text(ost_json_get(document, name), &text));
    return text;
}

static void good(void **state)
{
    for (size_t i = 0; i < 3; i++) {
        ost_key *key = good_key(curves[i].jwk), *half = public_half(key);
        assert_int_equal(ost_key_type_of(key), OST_KEY_EC);
        assert_int_equal(ost_key_bits(key), curves[i].bits);
        assert_true(ost_key_is_private(key));
        assert_false(ost_key_is_private(half));
        for (ost_alg alg = OST_RS256; alg <= OST_HS512; alg++)
            assert_int_equal(ost_key_serves(half, alg), alg == curves[i].alg);
        ost_key_unref(half);
        ost_key_unref(key);
    }
}

static void attack_09_off_curve_points(void **state)
{
    for (size_t i = 0; i < 3; i++) {
        const char *public = changed(arena, curves[i].jwk, "d", NULL);
        ost_text x = member(public, "x"), y = member(public, "y");
        char *other = ost_arena_copy(arena, y);
        other[5] = other[5] == 'A' ? 'B' : 'A';
        assert_int_equal(import_result(changed(arena, public, "y", other)), OST_E_KEY_WEAK);
        assert_int_equal(import_result(changed(arena, public, "y", ost_arena_copy(arena, x))),
                         OST_E_KEY_WEAK);
        /* (0, 0), and coordinates that are not below the field's prime. */
        char *zero = ost_arena_copy(arena, x), *high = ost_arena_copy(arena, x);
        memset(zero, 'A', x.len);
        memset(high, '_', x.len - 1);
        high[x.len - 1] = 'A'; /* no unused bits */
        assert_int_equal(
            import_result(changed(arena, changed(arena, public, "x", zero), "y", zero)),
            OST_E_KEY_WEAK);
        assert_int_equal(import_result(changed(arena, public, "x", high)), OST_E_KEY_WEAK);
    }
}

static void attack_09_another_curve(void **state)
{
    assert_int_equal(import_result(changed(arena, test_p256, "crv", "P-384")), OST_E_KEY_FORMAT);
    assert_int_equal(import_result(changed(arena, test_p384, "crv", "P-256")), OST_E_KEY_FORMAT);
    assert_int_equal(import_result(changed(arena, test_p256, "crv", "secp256k1")),
                     OST_E_KEY_WEAK); /* not on that one */
    assert_int_equal(import_result(changed(arena, test_p256, "crv", "Ed25519")), OST_E_UNSUPPORTED);
    assert_int_equal(import_result(changed(arena, test_p256, "crv", "p-256")), OST_E_UNSUPPORTED);
    assert_int_equal(import_result(changed(arena, test_p256, "crv", NULL)), OST_E_KEY_FORMAT);
}

/* RFC 7518 §6.2.1.2: the length of an octet string is that of a coordinate, zeroes in front. */
static void lengths(void **state)
{
    static const char *const names[] = {"x", "y", "d"};
    for (size_t i = 0; i < 3; i++) {
        for (size_t n = 0; n < 3; n++) {
            unsigned char bytes[80] = {0};
            char shorter[120], longer[120];
            size_t len = 0;
            ost_text text = member(curves[i].jwk, names[n]);
            assert_int_equal(base64url_decode(text, bytes + 1, &len), OST_OK);
            shorter[base64url_encode(bytes + 2, len - 1, shorter)] = '\0';
            longer[base64url_encode(bytes, len + 1, longer)] = '\0';
            assert_int_equal(import_result(changed(arena, curves[i].jwk, names[n], shorter)),
                             OST_E_KEY_FORMAT);
            assert_int_equal(import_result(changed(arena, curves[i].jwk, names[n], longer)),
                             OST_E_KEY_FORMAT);
            assert_int_equal(import_result(changed(arena, curves[i].jwk, names[n], "")),
                             OST_E_KEY_FORMAT);
            if (n < 2)
                assert_int_equal(import_result(changed(arena, curves[i].jwk, names[n], NULL)),
                                 OST_E_KEY_FORMAT);
        }
    }
}

static void private_part_of_another(void **state)
{
    char *foreign = ost_arena_copy(arena, member(test_p256_other, "d"));
    assert_int_equal(import_result(changed(arena, test_p256, "d", foreign)), OST_E_KEY_FORMAT);
    char *zero = ost_arena_copy(arena, member(test_p256, "d"));
    memset(zero, 'A', strlen(zero));
    assert_int_equal(import_result(changed(arena, test_p256, "d", zero)), OST_E_KEY_FORMAT);
    /* The order of P-256: d must be below it. */
    assert_int_equal(import_result(changed(arena, test_p256, "d",
                                           "_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE")),
                     OST_E_KEY_FORMAT);
}

/* d and d + n belong to the same point; only one of them is a private key (SEC 1 §3.2.1). The 66
 * bytes of P-521 have room for both. */
static void private_part_beyond_the_order(void **state)
{
    unsigned char bytes[66];
    char text[89];
    size_t len;
    EC_GROUP *curve = EC_GROUP_new_by_curve_name(NID_secp521r1);
    assert_int_equal(base64url_decode(member(test_p521, "d"), bytes, &len), OST_OK);
    assert_int_equal(len, sizeof bytes);
    bn_auto BIGNUM *d = BN_bin2bn(bytes, sizeof bytes, NULL);
    assert_int_equal(BN_add(d, d, EC_GROUP_get0_order(curve)), 1);
    EC_GROUP_free(curve);
    assert_int_equal(BN_bn2binpad(d, bytes, sizeof bytes), sizeof bytes);
    text[base64url_encode(bytes, sizeof bytes, text)] = '\0';
    assert_int_equal(import_result(changed(arena, test_p521, "d", text)), OST_E_KEY_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good),
        cmocka_unit_test(attack_09_off_curve_points),
        cmocka_unit_test(attack_09_another_curve),
        cmocka_unit_test(lengths),
        cmocka_unit_test(private_part_of_another),
        cmocka_unit_test(private_part_beyond_the_order),
    };
    return cmocka_run_group_tests_name("jose-key_ec", tests, open_arena, close_arena);
}
