/* SPDX-License-Identifier: Apache-2.0 */
/* Writing JSON serializations: every algorithm, every option, and what is not written. */
#include <string.h>

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/text.h"
#include "keys.h"
#include "test_arena.h"

static void every_algorithm(void **state)
{
    static const char *const jwks[] = {test_rsa,  test_p256,    test_p384,
                                       test_p521, test_ed25519, test_secret};
    for (size_t i = 0; i < ARRAY_LEN(jwks); i++) {
        ost_key *key = good_key(jwks[i]);
        ost_keyset *set = NULL;
        assert_int_equal(ost_keyset_new(&key, 1, &set), OST_OK);
        for (ost_alg alg = OST_RS256; alg <= OST_ES256K; alg++) {
            const ost_jws_signer signer = {.key = key, .alg = alg};
            const ost_jws_rules rules = {.algorithms = OST_ALG_BIT(alg)};
            ost_text json = {0};
            ost_verified_jws verified = {0};
            ost_result result =
                ost_jws_json_sign(OST_TEXT("\0\xff"), &signer, 1, NULL, arena, &json, NULL);
            if (!ost_key_serves(key, alg)) {
                assert_int_equal(result, OST_E_KEY_USE);
                continue;
            }
            assert_int_equal(result, OST_OK);
            assert_null(strstr(json.data, "signatures"));
            assert_int_equal(ost_jws_json_verify(json, set, &rules, arena, &verified, NULL),
                             OST_OK);
            assert_int_equal(verified.alg, alg);
            assert_true(text_equal(verified.payload, OST_TEXT("\0\xff")));
        }
        ost_keyset_unref(set);
        ost_key_unref(key);
    }
}

static const ost_json *json_of(const char *text)
{
    const ost_json *json = NULL;
    assert_int_equal(ost_json_read(text_of(text), NULL, arena, &json, NULL), OST_OK);
    return json;
}

static ost_result sign(ost_text payload, const char *header, const ost_jws_options *options,
                       ost_text *ret_json)
{
    ost_key *key = good_key(test_ed25519);
    ost_error error = {0};
    const ost_jws_signer signer = {
        .key = key, .alg = OST_EDDSA, .header = header != NULL ? json_of(header) : NULL};
    ost_result result = ost_jws_json_sign(payload, &signer, 1, options, arena, ret_json, &error);
    assert_int_equal(error.code, result);
    ost_key_unref(key);
    return result;
}

static void unprotected_headers(void **state)
{
    ost_text json = {0};
    assert_int_equal(sign(OST_TEXT("x"), "{\"a\":[1,{}]}", NULL, &json), OST_OK);
    assert_non_null(strstr(json.data, "\"header\":{\"a\":[1,{}]}"));
    static const char *const bad[] = {"{\"alg\":\"none\"}",
                                      "{\"kid\":\"x\"}",
                                      "{\"crit\":[\"x\"]}",
                                      "{\"b64\":true}",
                                      "{\"zip\":\"DEF\"}",
                                      "{\"enc\":1}",
                                      "[]",
                                      "1"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        json = (ost_text){0};
        assert_int_equal(sign(OST_TEXT("x"), bad[i], NULL, &json), OST_E_ARGUMENT);
        assert_null(json.data);
    }
    const ost_jws_options typed = {.typ = "a"};
    assert_int_equal(sign(OST_TEXT("x"), "{\"typ\":\"b\"}", &typed, &json), OST_E_ARGUMENT);
}

static void options(void **state)
{
    ost_key *key = good_key(test_ed25519);
    ost_keyset *set = NULL;
    assert_int_equal(ost_keyset_new(&key, 1, &set), OST_OK);
    for (unsigned bits = 0; bits < 8; bits++) {
        const ost_jws_options how = {
            .detached = bits & 1, .unencoded = bits >> 1 & 1, .general = bits >> 2 & 1};
        ost_jws_rules rules = {.detached = how.detached, .unencoded = how.unencoded};
        ost_text payload = OST_TEXT("$.02 \xC3\xA4\n\"\\"), json = {0};
        ost_verified_jws verified = {0};
        rules.payload = payload;
        assert_int_equal(sign(payload, NULL, &how, &json), OST_OK);
        assert_int_equal(strstr(json.data, "\"payload\"") == NULL, how.detached);
        assert_int_equal(strstr(json.data, "\"signatures\"") != NULL, how.general);
        assert_int_equal(ost_jws_json_verify(json, set, &rules, arena, &verified, NULL), OST_OK);
        assert_true(text_equal(verified.payload, payload));
        rules.detached = !rules.detached;
        assert_int_equal(ost_jws_json_verify(json, set, &rules, arena, &verified, NULL),
                         OST_E_TOKEN_FORMAT);
    }
    ost_keyset_unref(set);
    ost_key_unref(key);
}

static void what_is_not_written(void **state)
{
    const ost_jws_options raw = {.unencoded = true}, jwt = {.unencoded = true, .typ = "JWT"};
    const ost_jws_options bad_typ = {.typ = "\xff"};
    ost_text json = {0};
    assert_int_equal(sign(OST_TEXT("\xff"), NULL, &raw, &json), OST_E_ARGUMENT);
    assert_int_equal(sign(OST_TEXT("a\0b"), NULL, &raw, &json), OST_E_ARGUMENT);
    assert_int_equal(sign(OST_TEXT("x"), NULL, &jwt, &json), OST_E_ARGUMENT);
    assert_int_equal(sign(OST_TEXT("x"), NULL, &bad_typ, &json), OST_E_UTF8);
    ost_key *key = good_key(test_ed25519);
    ost_jws_signer signers[OST_JWS_SIGNATURES_MAX + 1];
    for (size_t i = 0; i <= OST_JWS_SIGNATURES_MAX; i++)
        signers[i] = (ost_jws_signer){.key = key, .alg = OST_EDDSA};
    assert_int_equal(ost_jws_json_sign(OST_TEXT("x"), signers, 0, NULL, arena, &json, NULL),
                     OST_E_ARGUMENT);
    assert_int_equal(ost_jws_json_sign(OST_TEXT("x"), signers, OST_JWS_SIGNATURES_MAX + 1, NULL,
                                       arena, &json, NULL),
                     OST_E_ARGUMENT);
    char *large = ost_arena_alloc(arena, OST_JWS_JSON_MAX);
    assert_int_equal(ost_jws_json_sign((ost_text){large, OST_JWS_JSON_MAX}, signers, 1, NULL, arena,
                                       &json, NULL),
                     OST_E_CEILING);
    assert_null(json.data);
    ost_key_unref(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_algorithm),
        cmocka_unit_test(unprotected_headers),
        cmocka_unit_test(options),
        cmocka_unit_test(what_is_not_written),
    };
    return cmocka_run_group_tests_name("jose-jws_json_sign", tests, open_arena, close_arena);
}
