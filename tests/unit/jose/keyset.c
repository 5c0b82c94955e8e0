/* SPDX-License-Identifier: Apache-2.0 */
/* Key sets: what is passed over, what is refused, and which key is found. */
#include <string.h>

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/text.h"
#include "jose/key/keyset_read.h"
#include "keys.h"
#include "test_arena.h"

/* The public JWK of a test key, with another kid (NULL: none) and more members. */
static const char *public(const char *jwk, const char *kid, const char *members)
{
    ost_key *key = good_key(jwk), *half = public_half(key);
    ost_text text = {0};
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    assert_int_equal(ost_key_export_public(half, writer), OST_OK);
    assert_int_equal(ost_json_writer_finish(writer, &text), OST_OK);
    ost_key_unref(half);
    ost_key_unref(key);
    const char *named = changed(arena, text.data, "kid", kid);
    return members != NULL ? with(arena, named, members) : named;
}

static ost_result import(const char *keys, ost_keyset **ret_set, size_t *ret_skipped)
{
    ost_keyset *set = NULL;
    ost_error error = {0};
    const char *jwks = ost_arena_format(arena, "{\"keys\":[%s]}", keys);
    ost_result result = ost_keyset_import(text_of(jwks), 0, &set, ret_skipped, &error);
    assert_int_equal(error.code, result);
    assert_true((set != NULL) == (result == OST_OK));
    if (ret_set != NULL)
        *ret_set = set;
    else
        ost_keyset_unref(set);
    return result;
}

static ost_result import_text(const char *jwks)
{
    ost_keyset *set = NULL;
    ost_result result = ost_keyset_import(text_of(jwks), 0, &set, NULL, NULL);
    ost_keyset_unref(set);
    return result;
}

static void passed_over(void **state)
{
    ost_keyset *set = NULL;
    size_t skipped = 99;
    const char *keys = ost_arena_format(
        arena, "%s,%s,%s,%s,%s,1,{},{\"kty\":\"new\"},%s", public(test_rsa, "a", NULL),
        public(test_rsa, "e", "\"use\":\"enc\",\"alg\":\"RSA-OAEP\""),
        public(test_p256, "b", "\"key_ops\":[\"deriveKey\"]"),
        changed(arena, public(test_p256, "c", NULL), "crv", "secp256k1"),
        changed(arena, public(test_rsa, "d", NULL), "e", "AQ"), public(test_ed25519, "f", NULL));
    assert_int_equal(import(keys, &set, &skipped), OST_OK);
    assert_int_equal(skipped, 7);
    assert_int_equal(ost_keyset_count(set), 2);
    assert_true(text_is(ost_key_kid(ost_keyset_at(set, 0)), "a"));
    assert_true(text_is(ost_key_kid(ost_keyset_at(set, 1)), "f"));
    assert_null(ost_keyset_at(set, 2));
    ost_keyset_unref(set);
}

static void attack_32_poisoned_sets(void **state)
{
    assert_int_equal(import("", NULL, NULL), OST_E_KEY_UNKNOWN);
    assert_int_equal(import_text("{\"keys\":{}}"), OST_E_KEY_FORMAT);
    assert_int_equal(import_text("{\"keys\":null}"), OST_E_KEY_FORMAT);
    assert_int_equal(import_text("{}"), OST_E_KEY_FORMAT);
    assert_int_equal(import_text("[]"), OST_E_KEY_FORMAT);
    assert_int_equal(import_text(""), OST_E_JSON);
    assert_int_equal(import_text("<!doctype html><title>502</title>"), OST_E_JSON);
    assert_int_equal(import_text("{\"keys\":[],\"keys\":[]}"), OST_E_JSON);
    assert_int_equal(import(public(test_rsa, "a", "\"use\":\"enc\""), NULL, NULL),
                     OST_E_KEY_UNKNOWN);

    const char *good = public(test_rsa, "a", NULL);
    assert_int_equal(import(ost_arena_format(arena, "%s,%s", good, test_p256), NULL, NULL),
                     OST_E_KEY_USE); /* a private key */
    assert_int_equal(import(ost_arena_format(arena, "%s,%s", good, test_secret), NULL, NULL),
                     OST_E_KEY_USE);
    assert_int_equal(import(ost_arena_format(arena, "%s,{\"kty\":\"oct\"}", good), NULL, NULL),
                     OST_E_KEY_USE);
    assert_int_equal(import(ost_arena_format(arena, "%s,{\"d\":1}", good), NULL, NULL),
                     OST_E_KEY_USE); /* also of a type that is not known */

    size_t large = (size_t)300 << 10;
    char *jwks = ost_arena_alloc(arena, large + 1);
    memset(jwks, ' ', large);
    memcpy(jwks, "{\"keys\":[", 9);
    memcpy(jwks + large - 2, "]}", 2);
    assert_int_equal(import_text(jwks), OST_E_CEILING);
}

static void at_most_so_many(void **state)
{
    ost_keyset *set = NULL;
    const char *good = public(test_ed25519, "a", NULL);
    char *keys = ost_arena_alloc(arena, 200 * 4 + 300);
    size_t len = strlen(good);
    memcpy(keys, good, len + 1);
    for (size_t i = 1; i < 100; i++, len += 2)
        memcpy(keys + len, ",1", 3);
    assert_int_equal(import(keys, &set, NULL), OST_OK);
    ost_keyset_unref(set);
    memcpy(keys + len, ",1", 3);
    assert_int_equal(import(keys, NULL, NULL), OST_E_CEILING);
    const char *jwks = ost_arena_format(arena, "{\"keys\":[%s,%s]}", good, good);
    set = NULL;
    assert_int_equal(ost_keyset_import(text_of(jwks), 1, &set, NULL, NULL), OST_E_CEILING);
    assert_null(set);
}

static ost_result find(const ost_keyset *set, const char *kid, ost_alg alg)
{
    const ost_key *untouched = ost_keyset_at(set, ost_keyset_count(set)), *key = untouched;
    ost_result result = ost_keyset_find(set, text_of(kid), alg, &key);
    if (result != OST_OK)
        assert_ptr_equal(key, untouched);
    else if (kid != NULL)
        assert_true(text_is(ost_key_kid(key), kid));
    return result;
}

static void attack_17_duplicate_kid(void **state)
{
    const char *a = public(test_rsa, "same", NULL), *b = public(test_rsa_other, "same", NULL);
    const char *c = public(test_p256, "same", NULL);
    ost_keyset *two = NULL;
    assert_int_equal(import(ost_arena_format(arena, "%s,%s,%s", a, b, c), &two, NULL), OST_OK);
    assert_int_equal(find(two, "same", OST_RS256), OST_E_KEY_AMBIGUOUS);
    assert_int_equal(find(two, "same", OST_ES256), OST_OK);
    assert_int_equal(find(two, "same", OST_EDDSA), OST_E_KEY_USE);
    ost_keyset_unref(two);
    /* Not usable ones do not count. */
    assert_int_equal(
        import(ost_arena_format(arena, "%s,%s", a, public(test_p256, "same", "\"use\":\"enc\"")),
               NULL, NULL),
        OST_OK);
    ost_key *keys[2] = {good_key(a), good_key(b)};
    ost_keyset *set = NULL;
    assert_int_equal(ost_keyset_new(keys, 2, &set), OST_E_KEY_AMBIGUOUS);
    assert_null(set);
    ost_key_unref(keys[1]);
    /* A set made of keys finds by the algorithm as well as one that was published. */
    keys[1] = good_key(c);
    assert_int_equal(ost_keyset_new(keys, 2, &set), OST_OK);
    assert_int_equal(find(set, "same", OST_RS256), OST_OK);
    assert_int_equal(find(set, "same", OST_ES256), OST_OK);
    ost_keyset_unref(set);
    ost_key_unref(keys[0]);
    ost_key_unref(keys[1]);
}

/* RFC 7517 §4.5: one kid for alternatives; Azure and Keycloak list one key for several algorithms.
 */
static void g2_keys_share_a_kid(void **state)
{
    ost_keyset *set = NULL;
    size_t skipped = 99;
    const char *a = public(test_rsa, "same", NULL);
    assert_int_equal(import(ost_arena_format(arena, "%s,%s,1", a, a), &set, &skipped), OST_OK);
    assert_int_equal(ost_keyset_count(set), 1);
    assert_int_equal(skipped, 1);
    assert_int_equal(find(set, "same", OST_RS256), OST_OK);
    assert_int_equal(find(set, NULL, OST_RS256), OST_OK);
    ost_keyset_unref(set);

    const char *keys = ost_arena_format(
        arena, "%s,%s,%s,%s", public(test_rsa, "same", "\"alg\":\"RS256\""),
        public(test_rsa, "same", "\"alg\":\"RS384\""),
        public(test_rsa, "same", "\"alg\":\"PS256\""), public(test_ed25519, "same", NULL));
    assert_int_equal(import(keys, &set, &skipped), OST_OK);
    assert_int_equal(ost_keyset_count(set), 4);
    assert_int_equal(skipped, 0);
    assert_int_equal(find(set, "same", OST_RS256), OST_OK);
    assert_int_equal(find(set, "same", OST_RS384), OST_OK);
    assert_int_equal(find(set, "same", OST_PS256), OST_OK);
    assert_int_equal(find(set, "same", OST_EDDSA), OST_OK);
    assert_int_equal(find(set, "same", OST_RS512), OST_E_KEY_USE);
    assert_int_equal(find(set, NULL, OST_RS256), OST_OK);
    ost_keyset_unref(set);

    /* The same key, once for everything and once for one algorithm, is still one. */
    keys = ost_arena_format(arena, "%s,%s", a, public(test_rsa, "same", "\"alg\":\"RS256\""));
    assert_int_equal(import(keys, &set, NULL), OST_OK);
    assert_int_equal(find(set, "same", OST_RS256), OST_OK);
    assert_int_equal(find(set, "same", OST_PS512), OST_OK);
    ost_keyset_unref(set);
}

/* Whoever misses a key learns which was left out, and why; keys for encryption are none of them. */
static void g3_what_is_left_out_is_told(void **state)
{
    const char *good = public(test_rsa, "good", NULL);
    const char *keys =
        ost_arena_format(arena, "{\"keys\":[%s,%s,%s,{\"kty\":\"AKP\",\"kid\":\"later\"},7]}", good,
                         public(test_rsa, "enc", "\"use\":\"enc\""),
                         public(test_p256, "bro\\u001b[31mken", "\"x5c\":[\"MIIB\"]"));
    ost_keyset *set = NULL;
    keyset_left_out left_out;
    size_t skipped = 0;
    assert_int_equal(keyset_read(text_of(keys), 0, &set, &skipped, &left_out, NULL), OST_OK);
    assert_int_equal(ost_keyset_count(set), 1);
    assert_int_equal(skipped, 4);
    assert_int_equal(left_out.count, 3);
    assert_non_null(strstr(left_out.first, "x5c"));
    assert_non_null(strstr(left_out.first, "bro"));
    assert_null(strchr(left_out.first, 0x1b));
    ost_keyset_unref(set);

    ost_error error = {0};
    set = NULL;
    assert_int_equal(
        keyset_read(OST_TEXT("{\"keys\":[{\"kty\":\"AKP\"}]}"), 0, &set, NULL, &left_out, &error),
        OST_E_KEY_UNKNOWN);
    assert_null(set);
    assert_string_equal(error.detail, "none of 1 keys is usable; key 1 of the set: the key type "
                                      "\"AKP\" is not supported");
}

/* G4: RFC 7517 §5, §4: what is not understood is skipped and harms no neighbour. */
static void g4_unknown_things_harm_nobody(void **state)
{
    static const char *const odd[] = {
        "{}",
        "null",
        "[]",
        "\"text\"",
        "{\"kty\":7}",
        "{\"kty\":\"AKP\",\"alg\":\"ML-DSA-44\",\"pub\":\"AAAA\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-999\",\"x\":\"AA\",\"y\":\"AA\"}",
        "{\"kty\":\"RSA\",\"kid\":{\"a\":[1,2,{}]}}",
        "{\"kty\":\"OKP\",\"crv\":[]}"};
    const char *good =
        public(test_rsa, "good", "\"x-mine\":{\"a\":[1,{\"b\":null}]},\"exp\":1,\"iat\":\"x\"");
    for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
        ost_keyset *set = NULL;
        size_t skipped = 0;
        assert_int_equal(import(ost_arena_format(arena, "%s,%s", odd[i], good), &set, &skipped),
                         OST_OK);
        assert_int_equal(ost_keyset_count(set), 1);
        assert_int_equal(skipped, 1);
        ost_keyset_unref(set);
    }
}

/* Null members are absent ones, also those that only secret keys have. */
static void g14_null_shows_no_secret(void **state)
{
    const char *keys = ost_arena_format(arena, "%s,%s", public(test_rsa, "a", "\"d\":null"),
                                        public(test_p256, "b", "\"x5c\":[],\"k\":null"));
    ost_keyset *set = NULL;
    size_t skipped = 99;
    assert_int_equal(import(keys, &set, &skipped), OST_OK);
    assert_int_equal(ost_keyset_count(set), 2);
    assert_int_equal(skipped, 0);
    ost_keyset_unref(set);
}

/* Nor do empty ones, as forms have them that are written whole: at most the key is left out. */
static void g14_empty_shows_no_secret(void **state)
{
    static const char *const odd[] = {"\"oth\":[]", "\"d\":\"\"", "\"k\":\"\"", "\"p\":[]"};
    for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
        const char *keys = ost_arena_format(arena, "%s,%s", public(test_rsa, "odd", odd[i]),
                                            public(test_p256, "good", NULL));
        ost_keyset *set = NULL;
        size_t skipped = 99;
        assert_int_equal(import(keys, &set, &skipped), OST_OK);
        assert_int_equal(find(set, "good", OST_ES256), OST_OK);
        assert_int_equal(ost_keyset_count(set) + skipped, 2);
        ost_keyset_unref(set);
    }
    const char *shown = ost_arena_format(arena, "%s,%s", public(test_p256, "good", NULL),
                                         public(test_rsa, "odd", "\"d\":{}"));
    ost_keyset *set = NULL;
    assert_int_equal(import(shown, &set, NULL), OST_E_KEY_USE);
}

static void by_kid_and_purpose(void **state)
{
    ost_keyset *set = NULL;
    const char *keys =
        ost_arena_format(arena, "%s,%s,%s", public(test_rsa, "r", "\"alg\":\"RS256\""),
                         public(test_p256, "e", NULL), public(test_ed25519, "o", NULL));
    assert_int_equal(import(keys, &set, NULL), OST_OK);
    assert_int_equal(find(set, "r", OST_RS256), OST_OK);
    assert_int_equal(find(set, "e", OST_ES256), OST_OK);
    assert_int_equal(find(set, "o", OST_EDDSA), OST_OK);
    assert_int_equal(find(set, "r", OST_PS256), OST_E_KEY_USE);
    assert_int_equal(find(set, "r", OST_ES256), OST_E_KEY_USE);
    assert_int_equal(find(set, "e", OST_ES384), OST_E_KEY_USE); /* 09: another curve */
    assert_int_equal(find(set, "e", OST_HS256), OST_E_KEY_USE);
    assert_int_equal(find(set, "R", OST_RS256), OST_E_KEY_UNKNOWN);
    assert_int_equal(find(set, "r ", OST_RS256), OST_E_KEY_UNKNOWN);
    assert_int_equal(find(set, "../../dev/null", OST_RS256), OST_E_KEY_UNKNOWN); /* 16 */
    assert_int_equal(find(set, "' OR '1'='1", OST_RS256), OST_E_KEY_UNKNOWN);
    assert_int_equal(find(set, "r", OST_ALG_UNSET), OST_E_KEY_USE);
    ost_keyset_unref(set);
}

static void without_kid(void **state)
{
    ost_keyset *set = NULL;
    assert_int_equal(import(ost_arena_format(arena, "%s,%s,%s", public(test_rsa, NULL, NULL),
                                             public(test_rsa_other, "x", "\"alg\":\"PS256\""),
                                             public(test_p256, NULL, NULL)),
                            &set, NULL),
                     OST_OK);
    assert_int_equal(find(set, NULL, OST_RS256), OST_OK); /* only one serves it */
    assert_int_equal(find(set, NULL, OST_ES256), OST_OK);
    assert_int_equal(find(set, NULL, OST_PS256), OST_E_KEY_AMBIGUOUS);
    assert_int_equal(find(set, NULL, OST_EDDSA), OST_E_KEY_UNKNOWN);
    assert_int_equal(find(set, "y", OST_RS256), OST_E_KEY_UNKNOWN); /* kids are not ignored */
    ost_keyset_unref(set);
}

static void key_that_may_not_verify(void **state)
{
    ost_keyset *set = NULL;
    ost_key *key = good_key(with(arena, test_p256, "\"key_ops\":[\"sign\"]"));
    assert_int_equal(ost_keyset_new(&key, 1, &set), OST_OK);
    assert_int_equal(find(set, "p256", OST_ES256), OST_E_KEY_USE);
    assert_int_equal(find(set, NULL, OST_ES256), OST_E_KEY_UNKNOWN);
    ost_keyset_unref(set);
    ost_key_unref(key);
}

static void references(void **state)
{
    ost_key *key = good_key(test_secret);
    ost_keyset *set = NULL;
    assert_int_equal(ost_keyset_new(&key, 1, &set), OST_OK);
    ost_key_unref(key); /* the set has one of its own */
    assert_ptr_equal(ost_keyset_ref(set), set);
    ost_keyset_unref(set);
    assert_int_equal(find(set, "oct", OST_HS512), OST_OK);
    ost_keyset_unref(set);
    ost_keyset_unref(NULL);
    assert_null(ost_keyset_ref(NULL));
    assert_int_equal(ost_keyset_new(NULL, 0, &set), OST_OK);
    assert_int_equal(ost_keyset_count(set), 0);
    assert_int_equal(find(set, NULL, OST_RS256), OST_E_KEY_UNKNOWN);
    ost_keyset_unref(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passed_over),
        cmocka_unit_test(attack_32_poisoned_sets),
        cmocka_unit_test(at_most_so_many),
        cmocka_unit_test(attack_17_duplicate_kid),
        cmocka_unit_test(g2_keys_share_a_kid),
        cmocka_unit_test(g3_what_is_left_out_is_told),
        cmocka_unit_test(g4_unknown_things_harm_nobody),
        cmocka_unit_test(g14_null_shows_no_secret),
        cmocka_unit_test(g14_empty_shows_no_secret),
        cmocka_unit_test(by_kid_and_purpose),
        cmocka_unit_test(without_kid),
        cmocka_unit_test(key_that_may_not_verify),
        cmocka_unit_test(references),
    };
    return cmocka_run_group_tests_name("jose-keyset", tests, open_arena, close_arena);
}
