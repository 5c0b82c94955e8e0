/* SPDX-License-Identifier: Apache-2.0 */
/* Compact JWS with detached and with unencoded payloads, signed and verified. */
#include <string.h>

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/text.h"
#include "keys.h"
#include "test.h"

static ost_arena *arena;
static ost_key *key;
static ost_keyset *keys;

static int open_all(void **state)
{
    arena = ost_arena_new((size_t)128 << 20);
    key = good_key(test_ed25519);
    return ost_keyset_new(&key, 1, &keys) != OST_OK;
}

static int close_all(void **state)
{
    ost_keyset_unref(keys);
    ost_key_unref(key);
    ost_arena_free(arena);
    return 0;
}

static ost_text sign(ost_text payload, ost_jws_options options)
{
    ost_text token = {0};
    ost_error error = {0};
    if (ost_jws_compact_sign(payload, key, OST_EDDSA, &options, arena, &token, &error) != OST_OK)
        fail_msg("%s", error.detail);
    return token;
}

static ost_result sign_result(ost_text payload, ost_jws_options options)
{
    ost_text token = {0};
    ost_error error = {0};
    ost_result result =
        ost_jws_compact_sign(payload, key, OST_EDDSA, &options, arena, &token, &error);
    assert_int_equal(error.code, result);
    assert_true((token.data != NULL) == (result == OST_OK));
    return result;
}

static ost_result check(ost_text token, ost_jws_rules rules, const char *payload)
{
    ost_verified_jws verified = {.signature = 99};
    ost_error error = {0};
    ost_result result = ost_jws_compact_verify(token, keys, &rules, arena, &verified, &error);
    assert_int_equal(error.code, result);
    assert_int_equal(verified.signature, result == OST_OK ? 0 : 99);
    if (result == OST_OK)
        assert_true(text_is(verified.payload, payload));
    return result;
}

#define DETACHED(text) ((ost_jws_rules){.detached = true, .payload = text_of(text)})
#define DETACHED_RAW(text)                                                                         \
    ((ost_jws_rules){.detached = true, .payload = text_of(text), .unencoded = true})

static void attached(void **state)
{
    ost_verified_jws verified;
    ost_text token = sign(OST_TEXT("hello"), (ost_jws_options){.typ = "x", .cty = "y"}), plain;
    assert_int_equal(ost_jws_compact_verify(token, keys, NULL, arena, &verified, NULL), OST_OK);
    assert_true(text_is(verified.payload, "hello"));
    assert_true(text_is(verified.typ, "x") && text_is(verified.cty, "y"));
    assert_true(text_is(verified.kid, "ed"));
    /* Without options it is what ost_jws_sign makes. */
    assert_int_equal(ost_jws_sign(OST_TEXT("{}"), key, OST_EDDSA, NULL, arena, &plain), OST_OK);
    assert_true(text_equal(plain, sign(OST_TEXT("{}"), (ost_jws_options){0})));
    assert_int_equal(check(plain, DETACHED("{}"), NULL), OST_E_TOKEN_FORMAT);
    assert_int_equal(check(sign(OST_TEXT(""), (ost_jws_options){0}), (ost_jws_rules){0}, ""),
                     OST_OK);
}

static void with_its_key(void **state)
{
    ost_verified_jws verified;
    ost_key *embedded = NULL;
    ost_text token = sign(OST_TEXT("{}"), (ost_jws_options){.embed_key = true});
    assert_int_equal(ost_jws_compact_verify(token, keys, NULL, arena, &verified, NULL), OST_OK);
    const ost_json *jwk = ost_json_get(verified.protected_header, "jwk");
    assert_non_null(jwk);
    assert_null(ost_json_get(jwk, "d"));
    assert_int_equal(ost_key_import_json(jwk, &embedded, NULL), OST_OK);
    char theirs[44], ours[44];
    assert_int_equal(ost_key_thumbprint(embedded, theirs), OST_OK);
    assert_int_equal(ost_key_thumbprint(key, ours), OST_OK);
    assert_string_equal(theirs, ours);
    ost_key_unref(embedded);
    /* A secret has no public part that could stand there. */
    assert_int_equal(ost_key_generate(OST_HS256, 0, NULL, &embedded, NULL), OST_OK);
    assert_int_equal(ost_jws_compact_sign(OST_TEXT("{}"), embedded, OST_HS256,
                                          &(ost_jws_options){.embed_key = true}, arena, &token,
                                          NULL),
                     OST_E_KEY_USE);
    ost_key_unref(embedded);
}

static void detached(void **state)
{
    ost_text token = sign(OST_TEXT("hello"), (ost_jws_options){.detached = true});
    assert_non_null(strstr(token.data, ".."));
    assert_int_equal(check(token, DETACHED("hello"), "hello"), OST_OK);
    assert_int_equal(check(token, DETACHED("hallo"), NULL), OST_E_SIGNATURE);
    assert_int_equal(check(token, DETACHED(""), NULL), OST_E_SIGNATURE);
    assert_int_equal(check(token, (ost_jws_rules){0}, NULL), OST_E_SIGNATURE); /* an empty one */
    assert_int_equal(check(token, (ost_jws_rules){.payload = OST_TEXT("hello")}, NULL),
                     OST_E_SIGNATURE); /* the switch decides, not the payload */
    token = sign(OST_TEXT(""), (ost_jws_options){.detached = true});
    assert_int_equal(check(token, DETACHED(""), ""), OST_OK);
}

static void large_detached(void **state)
{
    size_t len = OST_JWS_DETACHED_MAX;
    char *data = ost_arena_alloc(arena, len + 1);
    ost_verified_jws verified;
    ost_text token = {0};
    const ost_jws_options options = {.detached = true, .unencoded = true};
    memset(data, 0xA5, len);
    assert_int_equal(
        ost_jws_compact_sign((ost_text){data, len}, key, OST_EDDSA, &options, arena, &token, NULL),
        OST_OK);
    ost_jws_rules rules = {.detached = true, .unencoded = true, .payload = {data, len}};
    assert_int_equal(ost_jws_compact_verify(token, keys, &rules, arena, &verified, NULL), OST_OK);
    assert_ptr_equal(verified.payload.data, data); /* not copied to the caller */
    rules.payload.len++;
    assert_int_equal(ost_jws_compact_verify(token, keys, &rules, arena, &verified, NULL),
                     OST_E_CEILING);
    assert_int_equal(
        ost_jws_compact_sign(rules.payload, key, OST_EDDSA, &options, arena, &token, NULL),
        OST_E_CEILING);
}

static void attack_19_unencoded(void **state)
{
    const ost_jws_rules raw = {.unencoded = true};
    ost_text token = sign(OST_TEXT("a payload"), (ost_jws_options){.unencoded = true});
    assert_non_null(strstr(token.data, ".a payload."));
    assert_int_equal(check(token, raw, "a payload"), OST_OK);
    assert_int_equal(check(token, (ost_jws_rules){0}, NULL), OST_E_CRITICAL);
    /* The readers of tokens do not take it. */
    ost_unverified_jws jws;
    assert_int_equal(ost_jws_read_unverified(token, 0, arena, &jws, NULL), OST_E_CRITICAL);

    token = sign(OST_TEXT("$.02"), (ost_jws_options){.unencoded = true, .detached = true});
    assert_int_equal(check(token, DETACHED_RAW("$.02"), "$.02"), OST_OK);
    assert_int_equal(check(token, DETACHED("$.02"), NULL), OST_E_CRITICAL);
    assert_int_equal(check(token, DETACHED_RAW("$.03"), NULL), OST_E_SIGNATURE);
    /* What was signed raw is not what is signed encoded, and the other way round. */
    token = sign(OST_TEXT("JC4wMg"), (ost_jws_options){.unencoded = true});
    assert_int_equal(check(token, raw, "JC4wMg"), OST_OK);
    token = sign(OST_TEXT("$.02"), (ost_jws_options){.detached = true});
    assert_int_equal(check(token, DETACHED_RAW("JC4wMg"), NULL), OST_E_SIGNATURE);
}

/* RFC 7797 §5.2 */
static void what_cannot_stay_unencoded(void **state)
{
    static const char *const bad[] = {"$.02", ".", "a\nb", "\x7f", "\xC3\xA4", "a\tb"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(sign_result(text_of(bad[i]), (ost_jws_options){.unencoded = true}),
                         OST_E_ARGUMENT);
        assert_int_equal(
            sign_result(text_of(bad[i]), (ost_jws_options){.unencoded = true, .detached = true}),
            OST_OK);
    }
    ost_text token = sign(OST_TEXT("a payload"), (ost_jws_options){.unencoded = true});
    char *changed_token = ost_arena_copy(arena, token);
    *strchr(changed_token, ' ') = '\n';
    assert_int_equal(check(text_of(changed_token), (ost_jws_rules){.unencoded = true}, NULL),
                     OST_E_TOKEN_FORMAT);
    /* Never in a JWT. */
    static const char *const types[] = {"JWT", "at+jwt", "application/JWT", "dpop+JWT"};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(
            sign_result(OST_TEXT("{}"), (ost_jws_options){.unencoded = true, .typ = types[i]}),
            OST_E_ARGUMENT);
    }
}

static void keys_and_algorithms(void **state)
{
    ost_text token = {0};
    ost_verified_jws verified;
    ost_key *half = public_half(key), *p256 = good_key(test_p256);
    ost_keyset *others = NULL;
    assert_int_equal(
        ost_jws_compact_sign(OST_TEXT("x"), half, OST_EDDSA, NULL, arena, &token, NULL),
        OST_E_KEY_USE);
    assert_int_equal(ost_jws_compact_sign(OST_TEXT("x"), key, OST_ES256, NULL, arena, &token, NULL),
                     OST_E_KEY_USE);
    assert_int_equal(
        ost_jws_compact_sign(OST_TEXT("x"), p256, OST_ECDH_ES, NULL, arena, &token, NULL),
        OST_E_KEY_USE);
    assert_null(token.data);
    token = sign(OST_TEXT("x"), (ost_jws_options){0});
    assert_int_equal(ost_keyset_new(&p256, 1, &others), OST_OK);
    assert_int_equal(ost_jws_compact_verify(token, others, NULL, arena, &verified, NULL),
                     OST_E_KEY_UNKNOWN);
    const ost_jws_rules es256 = {.algorithms = OST_ALG_BIT(OST_ES256)};
    assert_int_equal(ost_jws_compact_verify(token, keys, &es256, arena, &verified, NULL),
                     OST_E_ALGORITHM);
    ost_keyset_unref(others);
    ost_key_unref(p256);
    ost_key_unref(half);
}

static void malformed(void **state)
{
    static const char *const bad[] = {"",    ".",       "..",      "a.b",
                                      "a..", "e30..AA", "a.b.c.d", "e30.e30.AA"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(check(text_of(bad[i]), (ost_jws_rules){0}, NULL), OST_E_TOKEN_FORMAT);
        assert_int_equal(check(text_of(bad[i]), DETACHED("x"), NULL), OST_E_TOKEN_FORMAT);
    }
    char *large = ost_arena_alloc(arena, 66000);
    memset(large, 'a', 65999);
    assert_int_equal(check(text_of(large), (ost_jws_rules){0}, NULL), OST_E_CEILING);
    large[50000] = '\0';
    assert_int_equal(sign_result(text_of(large), (ost_jws_options){0}), OST_E_CEILING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attached),
        cmocka_unit_test(with_its_key),
        cmocka_unit_test(detached),
        cmocka_unit_test(large_detached),
        cmocka_unit_test(attack_19_unencoded),
        cmocka_unit_test(what_cannot_stay_unencoded),
        cmocka_unit_test(keys_and_algorithms),
        cmocka_unit_test(malformed),
    };
    return cmocka_run_group_tests_name("jose-jws_compact", tests, open_all, close_all);
}
