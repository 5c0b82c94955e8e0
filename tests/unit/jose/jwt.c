/* SPDX-License-Identifier: Apache-2.0 */
/* A token from end to end, what it costs in memory, and a look at one without any check. */
#include <stdio.h>
#include <string.h>

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/context.h"
#include "base/text.h"
#include "keys.h"
#include "test_arena.h"

#define NOW 1700000000
#define GOOD "{\"iss\":\"i\",\"aud\":\"a\",\"exp\":1700000100,\"sub\":\"alice\"}"

static const char *const audiences[] = {"a"};
static const ost_claims_rules rules = {
    .issuer = "i",
    .audiences = audiences,
    .audience_count = 1,
    .algorithms = EVERY_ALG,
};
static ost_key *keys[6];
static ost_keyset *set;

static int make_set(void **state)
{
    static const char *const jwks[] = {test_rsa,  test_p256,    test_p384,
                                       test_p521, test_ed25519, test_secret};
    for (size_t i = 0; i < 6; i++)
        keys[i] = good_key(jwks[i]);
    assert_int_equal(ost_keyset_new(keys, 6, &set), OST_OK);
    return open_arena(state);
}

static int free_set(void **state)
{
    for (size_t i = 0; i < 6; i++)
        ost_key_unref(keys[i]);
    ost_keyset_unref(set);
    return close_arena(state);
}

static ost_result verify_jwt(ost_text token, const ost_claims **ret_claims)
{
    const ost_claims *claims = NULL;
    ost_error error = {0};
    ost_result result = ost_jwt_verify(token, set, &rules, NOW, arena, &claims, &error);
    assert_int_equal(error.code, result);
    assert_true((claims != NULL) == (result == OST_OK));
    if (ret_claims != NULL)
        *ret_claims = claims;
    return result;
}

static ost_text sign(const char *payload, const ost_key *key, ost_alg alg)
{
    ost_text token = {0};
    assert_int_equal(ost_jws_sign(text_of(payload), key, alg, "JWT", arena, &token), OST_OK);
    return token;
}

static void good(void **state)
{
    for (ost_alg alg = OST_RS256; alg <= OST_HS512; alg++) {
        for (size_t i = 0; i < 6; i++) {
            const ost_claims *claims = NULL;
            if (!ost_key_serves(keys[i], alg))
                continue;
            assert_int_equal(verify_jwt(sign(GOOD, keys[i], alg), &claims), OST_OK);
            assert_true(text_is(ost_claims_subject(claims), "alice"));
        }
    }
}

static void refused_at_every_step(void **state)
{
    assert_int_equal(verify_jwt(OST_TEXT("x"), NULL), OST_E_TOKEN_FORMAT);
    assert_int_equal(
        verify_jwt(assemble(arena, OST_TEXT("{\"alg\":\"none\"}"), OST_TEXT(GOOD), OST_TEXT("x")),
                   NULL),
        OST_E_ALGORITHM);
    ost_text unknown =
        forge(arena, "{\"alg\":\"ES256\",\"kid\":\"who\"}", OST_TEXT(GOOD), keys[1], OST_ES256);
    assert_int_equal(verify_jwt(unknown, NULL), OST_E_KEY_UNKNOWN);
    ost_text other =
        forge(arena, "{\"alg\":\"ES256\",\"kid\":\"rsa\"}", OST_TEXT(GOOD), keys[1], OST_ES256);
    assert_int_equal(verify_jwt(other, NULL), OST_E_KEY_USE);
    ost_text forged =
        forge(arena, "{\"alg\":\"ES256\",\"kid\":\"p256\"}", OST_TEXT(GOOD), keys[4], OST_EDDSA);
    assert_int_equal(verify_jwt(forged, NULL), OST_E_SIGNATURE);
    assert_int_equal(verify_jwt(sign("[]", keys[1], OST_ES256), NULL), OST_E_TOKEN_FORMAT);
    assert_int_equal(verify_jwt(sign("", keys[1], OST_ES256), NULL), OST_E_TOKEN_FORMAT);
    assert_int_equal(verify_jwt(sign("{\"iss\":\"i\"}", keys[1], OST_ES256), NULL),
                     OST_E_CLAIM_MISSING);
    assert_int_equal(
        verify_jwt(sign("{\"iss\":\"j\",\"aud\":\"a\",\"exp\":1700000100}", keys[1], OST_ES256),
                   NULL),
        OST_E_ISSUER);
    assert_int_equal(
        verify_jwt(sign("{\"iss\":\"i\",\"aud\":\"a\",\"exp\":1600000000}", keys[1], OST_ES256),
                   NULL),
        OST_E_EXPIRED);
}

static void symmetric_only_when_asked_for(void **state)
{
    ost_claims_rules usual = rules;
    const ost_claims *claims = NULL;
    usual.algorithms = 0;
    ost_text token = sign(GOOD, keys[5], OST_HS256);
    assert_int_equal(ost_jwt_verify(token, set, &usual, NOW, arena, &claims, NULL),
                     OST_E_ALGORITHM);
    token = sign(GOOD, keys[4], OST_EDDSA);
    assert_int_equal(ost_jwt_verify(token, set, &usual, NOW, arena, &claims, NULL), OST_OK);
}

/* 30: keys of one issuer are not keys of another; sets are never mixed. */
static void attack_30_another_issuers_key(void **state)
{
    ost_key *key = good_key(changed(arena, test_p256_other, "kid", "p256"));
    assert_int_equal(verify_jwt(sign(GOOD, key, OST_ES256), NULL), OST_E_SIGNATURE);
    ost_key_unref(key);
}

static void nothing_is_allocated_once_warm(void **state)
{
    ost_arena *own = ost_arena_new((size_t)1 << 20);
    for (ost_alg alg = OST_RS256; alg <= OST_HS512; alg++) {
        for (size_t i = 0; i < 6; i++) {
            if (!ost_key_serves(keys[i], alg))
                continue;
            const ost_claims *claims = NULL;
            ost_text token = sign(GOOD, keys[i], alg);
            for (int turn = 0; turn < 3; turn++) {
                uint64_t before = memory_count();
                assert_int_equal(ost_jwt_verify(token, set, &rules, NOW, own, &claims, NULL),
                                 OST_OK);
                ost_arena_reset(own);
                assert_true(turn == 0 || memory_count() == before);
            }
        }
    }
    ost_arena_free(own);
}

static void unverified(void **state)
{
    ost_unverified_token read = {0};
    ost_text claims = {0};
    ost_text none = assemble(arena, OST_TEXT("{\"alg\":\"none\",\"crit\":[\"x\"]}"),
                             OST_TEXT("{\"iss\":\"who\",\"exp\":\"x\"}"), (ost_text){0});
    assert_int_equal(ost_jwt_read_unverified(none, arena, &read, NULL), OST_OK);
    assert_true(ost_json_equals(ost_json_get(read.claims, "iss"), OST_TEXT("who")));
    assert_true(ost_json_equals(ost_json_get(read.header, "alg"), OST_TEXT("none")));
    static const char *const bad[] = {"",
                                      "a",
                                      "a.b",
                                      "e30.e30",
                                      "e30.e30.a.b",
                                      "e30..",
                                      "e30.bnVsbA.",
                                      "bnVsbA.e30.",
                                      "e30.e30=.",
                                      "e31.e30.",
                                      ".e30.",
                                      "e30.e30.e30.e30.e30"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(ost_jwt_read_unverified(text_of(bad[i]), arena, &read, NULL),
                         OST_E_TOKEN_FORMAT);
    assert_true(ost_json_text(ost_json_get(read.claims, "iss"), &claims)); /* untouched */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good),
        cmocka_unit_test(refused_at_every_step),
        cmocka_unit_test(symmetric_only_when_asked_for),
        cmocka_unit_test(attack_30_another_issuers_key),
        cmocka_unit_test(nothing_is_allocated_once_warm),
        cmocka_unit_test(unverified),
    };
    return cmocka_run_group_tests_name("jose-jwt", tests, make_set, free_set);
}
