/* SPDX-License-Identifier: Apache-2.0 */
/* RSA keys: sizes, exponents, and numbers that do not belong together. */
#include <string.h>

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/text.h"
#include "jose/crypto_auto.h"
#include "jose/key/key_state.h"
#include "keys.h"
#include "test_arena.h"

static const char *number(const char *jwk, const char *name, const char *value)
{
    return changed(arena, jwk, name, value);
}

/* The JWK with its member's bytes passed through `change`. */
static const char *edited(const char *jwk, const char *name, void (*change)(char *text))
{
    const ost_json *document = NULL;
    ost_text text = {0};
    assert_int_equal(ost_json_read(text_of(jwk), NULL, arena, &document, NULL), OST_OK);
    assert_true(ost_json_text(ost_json_get(document, name), &text));
    char *copy = ost_arena_copy(arena, text);
    change(copy);
    return changed(arena, jwk, name, copy);
}

static void flip_last(char *text)
{
    char *last = text + strlen(text) - 2; /* not the one with unused bits */
    *last = *last == 'A' ? 'B' : 'A';
}

static void good(void **state)
{
    ost_key *key = good_key(test_rsa), *half = public_half(key);
    assert_int_equal(ost_key_type_of(key), OST_KEY_RSA);
    assert_int_equal(ost_key_bits(key), 2048);
    assert_true(ost_key_is_private(key));
    assert_false(ost_key_is_private(half));
    for (ost_alg alg = OST_RS256; alg <= OST_HS512; alg++)
        assert_int_equal(ost_key_serves(half, alg), alg <= OST_PS512);
    assert_false(ost_key_serves(half, OST_ALG_UNSET));
    ost_key_unref(half);
    ost_key_unref(key);
}

/* RFC 7518 §6.3.2: what the exponent alone says is the same key. */
static void g17_the_private_exponent_alone(void **state)
{
    static const char *const others[] = {"p", "q", "dp", "dq", "qi"};
    const char *const whole[] = {test_rsa, test_rsa_other};
    for (size_t k = 0; k < ARRAY_LEN(whole); k++) {
        ost_key *full = good_key(whole[k]);
        const char *jwk = whole[k];
        for (size_t i = 0; i < ARRAY_LEN(others); i++)
            jwk = number(jwk, others[i], NULL);
        ost_key *key = good_key(jwk);
        assert_true(ost_key_is_private(key));
        for (size_t i = 0; i < ARRAY_LEN(others); i++) {
            unsigned char a[KEY_MEMBER_MAX], b[KEY_MEMBER_MAX];
            size_t a_len = 0, b_len = 0;
            assert_int_equal(key_rsa_member(full, others[i], a, &a_len), OST_OK);
            assert_int_equal(key_rsa_member(key, others[i], b, &b_len), OST_OK);
            assert_int_equal(a_len, b_len);
            assert_memory_equal(a, b, a_len);
        }
        /* Another key's exponent, a changed one, none, and too long a one. */
        assert_int_equal(import_result(edited(jwk, "d", flip_last)), OST_E_KEY_FORMAT);
        assert_int_equal(import_result(number(jwk, "d", "AQ")), OST_E_KEY_FORMAT);
        assert_int_equal(import_result(number(jwk, "d", "Ag")), OST_E_KEY_FORMAT);
        ost_key_unref(key);
        ost_key_unref(full);
    }
}

static void attack_10_weak_numbers(void **state)
{
    ost_key *key = good_key(test_rsa), *half = public_half(key);
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    ost_text jwk = {0};
    assert_int_equal(ost_key_export_public(half, writer), OST_OK);
    assert_int_equal(ost_json_writer_finish(writer, &jwk), OST_OK);
    static const char *const exponents[] = {
        "AQ",          /* 1 */
        "AA",          /* 0 */
        "Ag",          /* 2 */
        "AQAA",        /* 65536 */
        "AQAAAAAAAAAB" /* over 64 bits */
    };
    for (size_t i = 0; i < ARRAY_LEN(exponents); i++)
        assert_int_equal(import_result(number(jwk.data, "e", exponents[i])), OST_E_KEY_WEAK);
    assert_int_equal(import_result(number(jwk.data, "e", "Aw")), OST_OK);          /* 3 */
    assert_int_equal(import_result(number(jwk.data, "e", "__________8")), OST_OK); /* 2^64-1 */

    char *modulus = ost_arena_alloc(arena, 3000);
    /* The largest numbers without a small factor, where there is an end to it. */
    static const struct {
        size_t characters;
        const char *end;
        ost_result expected;
    } sizes[] = {
        {171, "8", OST_E_KEY_WEAK},  /* 1024 bits */
        {340, "_", OST_E_KEY_WEAK},  /* 2040 */
        {342, "6Q", OST_OK},         /* 2048 */
        {342, "_w", OST_E_KEY_WEAK}, /* with a factor of 3 */
        {684, "9", OST_OK},          /* 4104 */
        {2731, "E", OST_OK},         /* 16384 */
        {2732, "_", OST_E_KEY_WEAK}, /* 16392: read, and too long */
        {2736, "_", OST_E_KEY_FORMAT},
    };
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        memset(modulus, '_', sizes[i].characters);
        modulus[sizes[i].characters] = '\0';
        memcpy(modulus + sizes[i].characters - strlen(sizes[i].end), sizes[i].end,
               strlen(sizes[i].end));
        assert_int_equal(import_result(number(jwk.data, "n", modulus)), sizes[i].expected);
    }
    memset(modulus, '_', 344);
    modulus[343] = '-'; /* even */
    modulus[344] = '\0';
    assert_int_equal(import_result(number(jwk.data, "n", modulus)), OST_E_KEY_WEAK);
    ost_key_unref(half);
    ost_key_unref(key);
}

/* RFC 7518 §6.3.1.1: a zero byte in front of the modulus is a known mistake; it changes nothing. */
static void leading_zeroes(void **state)
{
    ost_key *key = good_key(test_rsa), *again = NULL;
    unsigned char bytes[2048];
    char one[400], two[400], thumbprint[44], same[44];
    const ost_json *document = NULL;
    ost_text n = {0};
    size_t len = 0;
    assert_int_equal(ost_json_read(text_of(test_rsa), NULL, arena, &document, NULL), OST_OK);
    assert_true(ost_json_text(ost_json_get(document, "n"), &n));
    assert_int_equal(base64url_decode(n, bytes + 2, &len), OST_OK);
    bytes[0] = bytes[1] = 0;
    one[base64url_encode(bytes + 1, len + 1, one)] = '\0';
    two[base64url_encode(bytes, len + 2, two)] = '\0';
    assert_int_equal(import_result(number(test_rsa, "n", two)), OST_E_KEY_FORMAT);
    again = good_key(number(test_rsa, "n", one));
    assert_int_equal(ost_key_thumbprint(key, thumbprint), OST_OK);
    assert_int_equal(ost_key_thumbprint(again, same), OST_OK);
    assert_string_equal(same, thumbprint);
    ost_key_unref(again);
    ost_key_unref(key);
}

static void private_numbers_that_do_not_belong(void **state)
{
    static const char *const names[] = {"n", "e", "d", "p", "q", "dp", "dq", "qi"};
    const ost_json *other = NULL;
    assert_int_equal(ost_json_read(text_of(test_rsa_other), NULL, arena, &other, NULL), OST_OK);
    for (size_t i = 0; i < 8; i++) {
        ost_text foreign = {0};
        if (i != 1) { /* e is the same in both */
            assert_true(ost_json_text(ost_json_get(other, names[i]), &foreign));
            char *value = ost_arena_copy(arena, foreign);
            assert_int_equal(import_result(number(test_rsa, names[i], value)), OST_E_KEY_FORMAT);
            /* Another modulus has a small factor. */
            assert_int_equal(import_result(edited(test_rsa, names[i], flip_last)),
                             i == 0 ? OST_E_KEY_WEAK : OST_E_KEY_FORMAT);
        }
        if (i != 2) /* without d it is a public key */
            assert_int_equal(import_result(number(test_rsa, names[i], NULL)), OST_E_KEY_FORMAT);
        assert_int_equal(import_result(number(test_rsa, names[i], "")), OST_E_KEY_FORMAT);
        assert_int_equal(import_result(number(test_rsa, names[i], "AQ==")), OST_E_KEY_FORMAT);
        ost_result zero = import_result(number(test_rsa, names[i], "AA"));
        assert_true(zero == OST_E_KEY_FORMAT || zero == OST_E_KEY_WEAK);
        ost_result one = import_result(number(test_rsa, names[i], "AQ"));
        assert_true(one == OST_E_KEY_FORMAT || one == OST_E_KEY_WEAK);
    }
    assert_int_equal(import_result(number(test_rsa, "e", "Aw")), OST_E_KEY_FORMAT);
}

static const char *number_text(const BIGNUM *value)
{
    unsigned char bytes[512];
    char *text = ost_arena_alloc(arena, BASE64URL_LEN(sizeof bytes) + 1);
    text[base64url_encode(bytes, (size_t)BN_bn2bin(value, bytes), text)] = '\0';
    return text;
}

/* d + k * lcm(p - 1, q - 1) signs as d does, and is worked with at the cost of its length
 * (RFC 8017 §3.2: d is below n). */
static void exponents_beyond_the_modulus(void **state)
{
    static const char *const names[] = {"n", "d", "p", "q"};
    unsigned char bytes[512];
    size_t len;
    BIGNUM *at[4];
    bn_ctx_auto BN_CTX *context = BN_CTX_new();
    bn_auto BIGNUM *order = BN_new();
    const ost_json *jwk = NULL;
    assert_int_equal(ost_json_read(text_of(test_rsa), NULL, arena, &jwk, NULL), OST_OK);
    for (size_t i = 0; i < 4; i++) {
        ost_text encoded = {0};
        assert_true(ost_json_text(ost_json_get(jwk, names[i]), &encoded));
        assert_int_equal(base64url_decode(encoded, bytes, &len), OST_OK);
        at[i] = BN_bin2bn(bytes, (int)len, NULL);
    }
    assert_int_equal(BN_sub_word(at[2], 1) & BN_sub_word(at[3], 1), 1);
    assert_int_equal(BN_mul(order, at[2], at[3], context), 1);
    do {
        assert_int_equal(BN_add(at[1], at[1], order), 1);
    } while (BN_cmp(at[1], at[0]) < 0);
    assert_int_equal(import_result(number(test_rsa, "d", number_text(at[1]))), OST_E_KEY_FORMAT);
    for (size_t i = 0; i < 4; i++)
        BN_free(at[i]);
}

/* Of three primes, two of which are shown as one: every exponent fits, and yet what such a key
 * signs is wrong: what holds for every base modulo a prime does not hold for 2 modulo p. */
static void composite_primes(void **state)
{
    bn_ctx_auto BN_CTX *context = BN_CTX_new();
    bn_auto BIGNUM *a = BN_new(), *b = BN_new(), *p = BN_new(), *q = BN_new(), *n = BN_new();
    bn_auto BIGNUM *e = BN_new(), *p1 = BN_new(), *q1 = BN_new(), *order = BN_new();
    bn_auto BIGNUM *d = NULL, *dp = BN_new(), *dq = BN_new(), *qi = NULL;
    assert_int_equal(BN_set_word(e, 65537), 1);
    do {
        assert_int_equal(BN_generate_prime_ex(a, 512, 0, NULL, NULL, NULL), 1);
        assert_int_equal(BN_generate_prime_ex(b, 512, 0, NULL, NULL, NULL), 1);
        assert_int_equal(BN_generate_prime_ex(q, 1024, 0, NULL, NULL, NULL), 1);
        assert_int_equal(BN_mul(p, a, b, context) & BN_mul(n, p, q, context), 1);
        assert_int_equal(BN_sub(p1, p, BN_value_one()) & BN_sub(q1, q, BN_value_one()), 1);
        assert_int_equal(BN_mul(order, p1, q1, context), 1);
        BN_free(d);
        d = BN_mod_inverse(NULL, e, order, context);
    } while (d == NULL || BN_num_bits(n) != 2048);
    assert_int_equal(BN_mod(dp, d, p1, context) & BN_mod(dq, d, q1, context), 1);
    qi = BN_mod_inverse(NULL, q, p, context);
    assert_non_null(qi);
    const char *jwk = ost_arena_format(
        arena,
        "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"AQAB\",\"d\":\"%s\",\"p\":\"%s\",\"q\":\"%s\","
        "\"dp\":\"%s\",\"dq\":\"%s\",\"qi\":\"%s\"}",
        number_text(n), number_text(d), number_text(p), number_text(q), number_text(dp),
        number_text(dq), number_text(qi));
    assert_int_equal(import_result(jwk), OST_E_KEY_FORMAT);
}

static void more_than_two_primes(void **state)
{
    assert_int_equal(import_result(with(arena, test_rsa, "\"oth\":[{}]")), OST_E_UNSUPPORTED);
    assert_int_equal(import_result(with(arena, test_rsa, "\"oth\":7")), OST_E_UNSUPPORTED);
    assert_int_equal(import_result(with(arena, test_rsa, "\"oth\":[]")), OST_OK); /* G14: none */
}

static void members_of_another_type(void **state)
{
    assert_int_equal(import_result("{\"kty\":\"RSA\",\"n\":1,\"e\":\"AQAB\"}"), OST_E_KEY_FORMAT);
    assert_int_equal(import_result("{\"kty\":\"RSA\",\"n\":null,\"e\":\"AQAB\"}"),
                     OST_E_KEY_FORMAT);
    assert_int_equal(import_result("{\"kty\":\"RSA\"}"), OST_E_KEY_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good),
        cmocka_unit_test(g17_the_private_exponent_alone),
        cmocka_unit_test(attack_10_weak_numbers),
        cmocka_unit_test(leading_zeroes),
        cmocka_unit_test(private_numbers_that_do_not_belong),
        cmocka_unit_test(exponents_beyond_the_modulus),
        cmocka_unit_test(composite_primes),
        cmocka_unit_test(more_than_two_primes),
        cmocka_unit_test(members_of_another_type),
    };
    return cmocka_run_group_tests_name("jose-key_rsa", tests, open_arena, close_arena);
}
