/* SPDX-License-Identifier: Apache-2.0 */
/* Keys on the curves of RFC 8037 and RFC 8812: the examples of the RFCs that define the curves,
 * points that must be refused, and that keys of one curve are of no use on another. */
#include <string.h>

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/text.h"
#include "jose/key/key_state.h"
#include "jose/point/ed448_point.h"
#include "jose/signature/signature.h"
#include "keys.h"
#include "test_arena.h"

static ost_text bytes_of(const char *hex)
{
    static const char digits[] = "0123456789abcdef";
    size_t len = strlen(hex) / 2;
    char *bytes = ost_arena_alloc(arena, len + 1);
    for (size_t i = 0; i < len; i++) {
        bytes[i] = (char)((strchr(digits, hex[2 * i]) - digits) << 4 |
                          (strchr(digits, hex[2 * i + 1]) - digits));
    }
    return (ost_text){bytes, len};
}

static const char *encoded(ost_text bytes)
{
    ost_text text = {0};
    assert_int_equal(base64url_encode_to(arena, bytes, &text), OST_OK);
    return ost_arena_copy(arena, text);
}

static const char *okp(const char *crv, const char *x, const char *d)
{
    const char *public = ost_arena_format(arena, "{\"kty\":\"OKP\",\"crv\":\"%s\",\"x\":\"%s\"}",
                                          crv, encoded(bytes_of(x)));
    if (d == NULL)
        return public;
    return with(arena, public, ost_arena_format(arena, "\"d\":\"%s\"", encoded(bytes_of(d))));
}

/* RFC 8032 §7.4, the empty message. */
#define ED448_X                                                                                    \
    "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783df1e5" \
    "0f6cd1fa1abeafe8256180"
#define ED448_D                                                                                    \
    "6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3528c8a3fcc2f044e39a3fc5b9449" \
    "2f8f032e7549a20098f95b"
#define ED448_SIGNATURE                                                                            \
    "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b233f034f628281f2fd7a22ddd4" \
    "7d7828c59bd0a21bfd3980ff0d2028d4b18a9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a1" \
    "13a0f4dbb61149f05a7363268c71d95808ff2e652600"

/* RFC 7748 §6. */
#define X25519_X "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
#define X448_X                                                                                     \
    "9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bbc836647241d953d40c5b12da8812" \
    "0d53177f80e532c41fa0"
#define X448_D                                                                                     \
    "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf574a9419744897391006382a6f127" \
    "ab1d9ac2d8c0a598726b"

static void rfc_8032_ed448(void **state)
{
    unsigned char made[SIGNATURE_MAX_SIZE];
    size_t size = 0;
    ost_key *key = good_key(okp("Ed448", ED448_X, ED448_D)), *half = public_half(key);
    ost_text expected = bytes_of(ED448_SIGNATURE);
    assert_int_equal(ost_key_type_of(key), OST_KEY_OKP);
    assert_int_equal(signature_size(key, OST_EDDSA), 114);
    assert_int_equal(signature_make(key, OST_EDDSA, OST_TEXT(""), made, &size), OST_OK);
    assert_int_equal(size, expected.len);
    assert_memory_equal(made, expected.data, size);
    assert_int_equal(signature_check(half, OST_EDDSA, OST_TEXT(""), expected), OST_OK);
    assert_int_equal(signature_check(half, OST_EDDSA, OST_TEXT("x"), expected), OST_E_SIGNATURE);
    assert_int_equal(signature_check(half, OST_EDDSA, OST_TEXT(""), text_slice(expected, 0, 113)),
                     OST_E_SIGNATURE);
    assert_int_equal(signature_make(half, OST_EDDSA, OST_TEXT(""), made, &size), OST_E_KEY_USE);
    ost_key_unref(half);
    ost_key_unref(key);
}

static void rfc_7748_x448(void **state)
{
    ost_key *key = good_key(okp("X448", X448_X, X448_D));
    assert_true(ost_key_is_private(key));
    assert_int_equal(ost_key_bits(key), 448);
    ost_key_unref(key);
    assert_int_equal(import_result(okp("X448", X448_X, ED448_D)), OST_E_KEY_FORMAT);
}

/* EdDSA and its name for that one curve (RFC 9864). */
static bool is_the_same(ost_alg alg, ost_alg made_for, const char *curve)
{
    bool eddsa = made_for == OST_EDDSA || made_for == OST_ED25519 || made_for == OST_ED448;
    return eddsa && (alg == OST_EDDSA || strcmp(ost_alg_name(alg), curve) == 0);
}

/* What every kind of key on these curves must do: come back from its export, serve its own
 * algorithms and no others, and refuse the private part of another key. */
static void every_curve(void **state)
{
    static const struct {
        ost_alg alg;
        const char *curve;
    } cases[] = {{OST_ES256K, "secp256k1"}, {OST_EDDSA, "Ed25519"}, {OST_EDDSA, "Ed448"},
                 {OST_ECDH_ES, "X25519"},   {OST_ECDH_ES, "X448"},  {OST_ECDH_ES, "P-256"},
                 {OST_ECDH_ES, "P-384"},    {OST_ECDH_ES, "P-521"}, {OST_ECDH_ES_A256KW, "X448"},
                 {OST_ES256, "P-256"},      {OST_ES512, "P-521"},   {OST_ED25519, "Ed25519"},
                 {OST_ED448, "Ed448"}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ost_key *key = NULL, *other = NULL, *again;
        ost_text text = {0}, text_of_other = {0};
        ost_json_writer *writer = ost_json_writer_new(arena, 0);
        ost_error error = {0};
        assert_int_equal(ost_key_generate_curve(cases[i].alg, cases[i].curve, NULL, &key, &error),
                         OST_OK);
        for (ost_alg alg = OST_RS256; alg <= OST_RSA_OAEP_512; alg++)
            assert_int_equal(ost_key_serves(key, alg),
                             alg == cases[i].alg || is_the_same(alg, cases[i].alg, cases[i].curve));
        assert_int_equal(ost_key_export_private(key, writer), OST_OK);
        assert_int_equal(ost_json_writer_finish(writer, &text), OST_OK);
        assert_non_null(strstr(text.data, cases[i].curve));
        assert_non_null(
            strstr(text.data, alg_signs(cases[i].alg) ? "\"use\":\"sig\"" : "\"use\":\"enc\""));
        again = good_key(text.data);
        assert_true(text_equal(ost_key_kid(again), ost_key_kid(key)));
        assert_true(ost_key_is_private(again) && ost_key_serves(again, cases[i].alg));
        ost_key_unref(again);

        assert_int_equal(ost_key_generate_curve(cases[i].alg, cases[i].curve, NULL, &other, &error),
                         OST_OK);
        writer = ost_json_writer_new(arena, 0);
        assert_int_equal(ost_key_export_private(other, writer), OST_OK);
        assert_int_equal(ost_json_writer_finish(writer, &text_of_other), OST_OK);
        const ost_json *json = NULL;
        assert_int_equal(ost_json_read(text_of_other, NULL, arena, &json, NULL), OST_OK);
        ost_text d = {0};
        assert_true(ost_json_text(ost_json_get(json, "d"), &d));
        assert_int_equal(import_result(changed(arena, text.data, "d", ost_arena_copy(arena, d))),
                         OST_E_KEY_FORMAT);
        ost_key_unref(other);
        ost_key_unref(key);
    }
}

static void curves_that_the_algorithm_does_not_have(void **state)
{
    static const struct {
        ost_alg alg;
        const char *curve;
    } cases[] = {{OST_ES256K, "P-256"},  {OST_ES256, "secp256k1"},   {OST_EDDSA, "X25519"},
                 {OST_EDDSA, "P-256"},   {OST_ECDH_ES, "secp256k1"}, {OST_ECDH_ES, "Ed25519"},
                 {OST_ES256, "P-384"},   {OST_RS256, "P-256"},       {OST_A128KW, "X25519"},
                 {OST_ECDH_ES, "P-192"}, {OST_ALG_UNSET, "P-256"},   {OST_ECDH_ES, ""}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ost_key *key = NULL;
        assert_int_equal(ost_key_generate_curve(cases[i].alg, cases[i].curve, NULL, &key, NULL),
                         OST_E_ARGUMENT);
        assert_null(key);
    }
    ost_key *key = NULL;
    assert_int_equal(ost_key_generate_curve(OST_ECDH_ES, NULL, NULL, &key, NULL), OST_E_ARGUMENT);
}

/* RFC 7748 §6.1: with these, whatever the other side's key is, the secret is zero. */
static void attack_09_small_order_points_of_x25519_and_x448(void **state)
{
    static const char *const of_x25519[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000080",
    };
    for (size_t i = 0; i < ARRAY_LEN(of_x25519); i++)
        assert_int_equal(import_result(okp("X25519", of_x25519[i], NULL)), OST_E_KEY_WEAK);
    char x[113];
    memset(x, '0', 112);
    x[112] = '\0';
    assert_int_equal(import_result(okp("X448", x, NULL)), OST_E_KEY_WEAK); /* 0 */
    x[1] = '1';
    assert_int_equal(import_result(okp("X448", x, NULL)), OST_E_KEY_WEAK); /* 1 */
    memset(x, 'f', 112);
    x[57] = 'e';
    assert_int_equal(import_result(okp("X448", x, NULL)), OST_E_KEY_WEAK); /* p, that is 0 */
    x[1] = 'e';
    assert_int_equal(import_result(okp("X448", x, NULL)), OST_E_KEY_WEAK); /* -1 */
    assert_int_equal(import_result(okp("X25519", X25519_X, NULL)), OST_OK);
}

static void set_hex(char *hex, size_t at, const char *byte)
{
    memcpy(hex + 2 * at, byte, 2);
}

static void attack_09_small_order_points_of_ed448(void **state)
{
    char x[115];
    memset(x, '0', 114);
    x[114] = '\0';
    assert_int_equal(import_result(okp("Ed448", x, NULL)), OST_E_KEY_WEAK); /* order 4 */
    set_hex(x, 56, "80");
    assert_int_equal(import_result(okp("Ed448", x, NULL)), OST_E_KEY_WEAK);
    set_hex(x, 56, "00");
    set_hex(x, 0, "01");
    assert_int_equal(import_result(okp("Ed448", x, NULL)), OST_E_KEY_WEAK); /* the neutral one */
    set_hex(x, 56, "80");
    assert_int_equal(import_result(okp("Ed448", x, NULL)), OST_E_KEY_WEAK);
    memset(x, 'f', 112);
    set_hex(x, 28, "fe");
    set_hex(x, 0, "fe");
    set_hex(x, 56, "00");
    assert_int_equal(import_result(okp("Ed448", x, NULL)), OST_E_KEY_WEAK); /* -1, order 2 */
    set_hex(x, 0, "ff");
    assert_int_equal(import_result(okp("Ed448", x, NULL)), OST_E_KEY_WEAK); /* p, not canonical */
    memset(x, 'f', 114);
    assert_int_equal(import_result(okp("Ed448", x, NULL)), OST_E_KEY_WEAK);
    char good[] = ED448_X;
    assert_int_equal(import_result(okp("Ed448", good, NULL)), OST_OK);
    set_hex(good, 56, "81"); /* a bit that is none of the sign */
    assert_int_equal(import_result(okp("Ed448", good, NULL)), OST_E_KEY_WEAK);
}

/* About half of all y have an x. What is told of them is what verifying with them tells. */
static void points_of_ed448_on_and_off_the_curve(void **state)
{
    size_t good = 0;
    for (unsigned y = 2; y < 130; y++) {
        unsigned char point[57] = {(unsigned char)y};
        good += ed448_point_check(point) == OST_OK;
    }
    assert_in_range(good, 40, 88);
    for (size_t i = 0; i < 20; i++) {
        ost_key *key = NULL;
        assert_int_equal(ost_key_generate_curve(OST_EDDSA, "Ed448", NULL, &key, NULL), OST_OK);
        assert_int_equal(ed448_point_check(key->okp_public), OST_OK);
        ost_key_unref(key);
    }
}

/* RFC 8812 §3: 32 bytes each for r and s, SHA-256; nothing else goes with the curve. */
static void es256k(void **state)
{
    ost_key *key = NULL, *p256 = good_key(test_p256);
    ost_text token = {0}, payload = {0};
    ost_unverified_jws jws;
    assert_int_equal(ost_key_generate(OST_ES256K, 0, "k", &key, NULL), OST_OK);
    assert_int_equal(ost_jws_sign(OST_TEXT("{}"), key, OST_ES256K, NULL, arena, &token), OST_OK);
    assert_int_equal(ost_jws_read_unverified(token, 0, arena, &jws, NULL), OST_E_ALGORITHM);
    assert_int_equal(ost_jws_read_unverified(token, OST_ALG_BIT(OST_ES256K), arena, &jws, NULL),
                     OST_OK);
    assert_int_equal(ost_jws_verify(&jws, key, arena, &payload), OST_OK);
    assert_int_equal(ost_jws_verify(&jws, p256, arena, &payload), OST_E_KEY_USE);
    assert_int_equal(ost_jws_sign(OST_TEXT("{}"), key, OST_ES256, NULL, arena, &token),
                     OST_E_KEY_USE);
    ost_key_unref(p256);
    ost_key_unref(key);
}

/* Of two curves under one algorithm, a signature of one is none of the other. */
/* RFC 9864: Ed25519 and Ed448 by name, on the key and in the header, beside EdDSA in either place.
 */
static void g7_fully_specified_names(void **state)
{
    static const struct {
        ost_alg alg;
        const char *name;
    } curves[] = {{OST_ED25519, "Ed25519"}, {OST_ED448, "Ed448"}};
    for (size_t i = 0; i < ARRAY_LEN(curves); i++) {
        const char *jwk = i == 0 ? test_ed25519 : okp("Ed448", ED448_X, ED448_D);
        const char *other = i == 1 ? test_ed25519 : okp("Ed448", ED448_X, ED448_D);
        const char *const names[] = {curves[i].name, "EdDSA"};
        for (size_t n = 0; n < ARRAY_LEN(names); n++) {
            ost_key *key =
                good_key(with(arena, jwk, ost_arena_format(arena, "\"alg\":\"%s\"", names[n])));
            ost_key *plain = good_key(jwk), *foreign = good_key(other);
            const ost_alg signing[] = {OST_EDDSA, curves[i].alg};
            for (size_t s = 0; s < ARRAY_LEN(signing); s++) {
                ost_text token = {0};
                ost_unverified_jws jws;
                assert_int_equal(ost_jws_sign(OST_TEXT("{}"), key, signing[s], NULL, arena, &token),
                                 OST_OK);
                assert_int_equal(ost_jws_read_unverified(token, 0, arena, &jws, NULL), OST_OK);
                assert_int_equal(jws.alg, signing[s]);
                assert_int_equal(verify(token, key), OST_OK);
                assert_int_equal(verify(token, plain), OST_OK);
                assert_int_not_equal(verify(token, foreign), OST_OK);
            }
            ost_key_unref(foreign);
            ost_key_unref(plain);
            ost_key_unref(key);
        }
        /* A key that says the other curve's name contradicts itself. */
        const char *wrong = curves[1 - i].name;
        assert_int_equal(
            import_result(with(arena, jwk, ost_arena_format(arena, "\"alg\":\"%s\"", wrong))),
            OST_E_KEY_FORMAT);
    }
    /* Whoever accepts one of the names alone does not accept the other two. */
    ost_key *key = good_key(test_ed25519);
    ost_text token = {0};
    ost_unverified_jws jws;
    assert_int_equal(ost_jws_sign(OST_TEXT("{}"), key, OST_EDDSA, NULL, arena, &token), OST_OK);
    assert_int_equal(ost_jws_read_unverified(token, OST_ALG_BIT(OST_ED25519), arena, &jws, NULL),
                     OST_E_ALGORITHM);
    assert_int_equal(ost_jws_sign(OST_TEXT("{}"), key, OST_ED25519, NULL, arena, &token), OST_OK);
    assert_int_equal(ost_jws_read_unverified(token, OST_ALG_BIT(OST_ED448), arena, &jws, NULL),
                     OST_E_ALGORITHM);
    assert_int_equal(ost_jws_sign(OST_TEXT("{}"), key, OST_ED448, NULL, arena, &token),
                     OST_E_KEY_USE);
    ost_key_unref(key);
}

static void eddsa_of_another_curve(void **state)
{
    ost_key *small = good_key(test_ed25519), *large = good_key(okp("Ed448", ED448_X, ED448_D));
    ost_text token = {0};
    assert_int_equal(ost_jws_sign(OST_TEXT("{}"), small, OST_EDDSA, NULL, arena, &token), OST_OK);
    assert_int_equal(verify(token, small), OST_OK);
    assert_int_equal(verify(token, large), OST_E_SIGNATURE);
    assert_int_equal(ost_jws_sign(OST_TEXT("{}"), large, OST_EDDSA, NULL, arena, &token), OST_OK);
    assert_int_equal(verify(token, large), OST_OK);
    assert_int_equal(verify(token, small), OST_E_SIGNATURE);
    ost_key_unref(small);
    ost_key_unref(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_8032_ed448),
        cmocka_unit_test(rfc_7748_x448),
        cmocka_unit_test(every_curve),
        cmocka_unit_test(curves_that_the_algorithm_does_not_have),
        cmocka_unit_test(attack_09_small_order_points_of_x25519_and_x448),
        cmocka_unit_test(attack_09_small_order_points_of_ed448),
        cmocka_unit_test(points_of_ed448_on_and_off_the_curve),
        cmocka_unit_test(es256k),
        cmocka_unit_test(eddsa_of_another_curve),
        cmocka_unit_test(g7_fully_specified_names),
    };
    return cmocka_run_group_tests_name("jose-key_curves", tests, open_arena, close_arena);
}
