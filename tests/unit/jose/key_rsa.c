/* RSA keys: sizes, exponents, and numbers that do not belong together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <ostiary/jose.h>

#include "base64url.h"
#include "keys.h"
#include "text.h"

static ost_arena *arena;

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
    assert_false(ost_key_serves(half, OST_ALG_NONE_SET));
    ost_key_unref(half);
    ost_key_unref(key);
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
    for (size_t i = 0; i < sizeof exponents / sizeof exponents[0]; i++)
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
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
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

static void more_than_two_primes(void **state)
{
    assert_int_equal(import_result(with(arena, test_rsa, "\"oth\":[]")), OST_E_UNSUPPORTED);
}

static void members_of_another_type(void **state)
{
    assert_int_equal(import_result("{\"kty\":\"RSA\",\"n\":1,\"e\":\"AQAB\"}"), OST_E_KEY_FORMAT);
    assert_int_equal(import_result("{\"kty\":\"RSA\",\"n\":null,\"e\":\"AQAB\"}"),
                     OST_E_KEY_FORMAT);
    assert_int_equal(import_result("{\"kty\":\"RSA\"}"), OST_E_KEY_FORMAT);
}

static int open_arena(void **state)
{
    arena = ost_arena_new((size_t)4 << 20);
    return arena == NULL;
}

static int close_arena(void **state)
{
    ost_arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good),
        cmocka_unit_test(attack_10_weak_numbers),
        cmocka_unit_test(leading_zeroes),
        cmocka_unit_test(private_numbers_that_do_not_belong),
        cmocka_unit_test(more_than_two_primes),
        cmocka_unit_test(members_of_another_type),
    };
    return cmocka_run_group_tests_name("jose-key_rsa", tests, open_arena, close_arena);
}
