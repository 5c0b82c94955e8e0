/* SPDX-License-Identifier: Apache-2.0 */
/* Signing: what is written can be read, and nothing is written that could not be. */
#include <string.h>

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/text.h"
#include "keys.h"
#include "test_arena.h"

static const char *const jwks[] = {test_rsa,  test_p256,    test_p384,
                                   test_p521, test_ed25519, test_secret};

static void round_trips(void **state)
{
    for (size_t i = 0; i < ARRAY_LEN(jwks); i++) {
        ost_key *key = good_key(jwks[i]);
        for (ost_alg alg = OST_RS256; alg <= OST_HS512; alg++) {
            ost_text token = {0}, payload = {0};
            ost_unverified_jws jws;
            ost_result result =
                ost_jws_sign(OST_TEXT("{\"sub\":\"\xC3\xA4\"}"), key, alg, "JWT", arena, &token);
            if (!ost_key_serves(key, alg)) {
                assert_int_equal(result, OST_E_KEY_USE);
                assert_int_equal(token.len, 0);
                continue;
            }
            assert_int_equal(result, OST_OK);
            assert_int_equal(token.data[token.len], '\0');
            assert_int_equal(ost_jws_read_unverified(token, OST_ALG_BIT(alg), arena, &jws, NULL),
                             OST_OK);
            assert_int_equal(jws.alg, alg);
            assert_true(text_equal(jws.kid, ost_key_kid(key)));
            assert_true(text_is(jws.typ, "JWT"));
            assert_int_equal(ost_jws_verify(&jws, key, arena, &payload), OST_OK);
            assert_true(text_is(payload, "{\"sub\":\"\xC3\xA4\"}"));
        }
        ost_key_unref(key);
    }
}

static void header_members(void **state)
{
    ost_key *key = good_key(changed(arena, test_ed25519, "kid", NULL));
    ost_key *odd = good_key(changed(arena, test_ed25519, "kid", "\"\\\n"));
    ost_text token = {0};
    ost_unverified_jws jws;
    assert_int_equal(ost_jws_sign((ost_text){0}, key, OST_EDDSA, NULL, arena, &token), OST_OK);
    assert_int_equal(ost_jws_read_unverified(token, 0, arena, &jws, NULL), OST_OK);
    assert_int_equal(ost_json_count(jws.header), 1); /* alg alone */
    assert_int_equal(jws.payload_encoded.len, 0);
    assert_int_equal(ost_jws_sign((ost_text){0}, odd, OST_EDDSA, "\t", arena, &token), OST_OK);
    assert_int_equal(ost_jws_read_unverified(token, 0, arena, &jws, NULL), OST_OK);
    assert_true(text_is(jws.kid, "\"\\\n"));
    assert_true(text_is(jws.typ, "\t"));
    ost_key_unref(odd);
    ost_key_unref(key);
}

static void no_private_part(void **state)
{
    for (size_t i = 0; i < 5; i++) {
        ost_key *key = good_key(jwks[i]), *half = public_half(key);
        ost_text token = {0};
        for (ost_alg alg = OST_ALG_UNSET; alg <= OST_HS512; alg++)
            assert_int_equal(ost_jws_sign(OST_TEXT("{}"), half, alg, NULL, arena, &token),
                             OST_E_KEY_USE);
        assert_int_equal(token.len, 0);
        ost_key_unref(half);
        ost_key_unref(key);
    }
}

static void too_large_to_be_read(void **state)
{
    ost_key *key = good_key(test_ed25519);
    char *payload = ost_arena_alloc(arena, 70000);
    ost_text token = {0};
    memset(payload, ' ', 70000);
    /* 64 KiB less header, dots and signature, as bytes */
    assert_int_equal(ost_jws_sign((ost_text){payload, 48000}, key, OST_EDDSA, NULL, arena, &token),
                     OST_OK);
    assert_int_equal(verify(token, key), OST_OK);
    assert_int_equal(ost_jws_sign((ost_text){payload, 49100}, key, OST_EDDSA, NULL, arena, &token),
                     OST_E_CEILING);
    assert_int_equal(ost_jws_sign((ost_text){payload, 70000}, key, OST_EDDSA, NULL, arena, &token),
                     OST_E_CEILING);
    payload[7000] = '\0';
    assert_int_equal(ost_jws_sign(OST_TEXT("{}"), key, OST_EDDSA, payload, arena, &token),
                     OST_E_CEILING);
    ost_arena *little = ost_arena_new(64);
    assert_int_equal(ost_jws_sign(OST_TEXT("{}"), key, OST_EDDSA, NULL, little, &token),
                     OST_E_MEMORY);
    ost_arena_free(little);
    assert_int_equal(ost_jws_sign(OST_TEXT("{}"), key, OST_EDDSA, "\xff", arena, &token),
                     OST_E_UTF8);
    ost_key_unref(key);
}

/* ECDSA and PSS draw fresh numbers; the others always say the same. */
static void randomness(void **state)
{
    for (ost_alg alg = OST_RS256; alg <= OST_HS512; alg++) {
        for (size_t i = 0; i < ARRAY_LEN(jwks); i++) {
            ost_key *key = good_key(jwks[i]);
            ost_text a = {0}, b = {0};
            if (ost_key_serves(key, alg)) {
                assert_int_equal(ost_jws_sign(OST_TEXT("{}"), key, alg, NULL, arena, &a), OST_OK);
                assert_int_equal(ost_jws_sign(OST_TEXT("{}"), key, alg, NULL, arena, &b), OST_OK);
                bool random = alg >= OST_PS256 && alg <= OST_ES512;
                assert_int_equal(text_equal(a, b), !random);
            }
            ost_key_unref(key);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trips),     cmocka_unit_test(header_members),
        cmocka_unit_test(no_private_part), cmocka_unit_test(too_large_to_be_read),
        cmocka_unit_test(randomness),
    };
    return cmocka_run_group_tests_name("jose-jws_sign", tests, open_arena, close_arena);
}
