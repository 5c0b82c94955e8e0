/* SPDX-License-Identifier: Apache-2.0 */
/* What all JWKs have in common: type, kid, use, key_ops, alg, and contradictions among them. */
#include <string.h>

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/text.h"
#include "keys.h"
#include "test_arena.h"

static void malformed_documents(void **state)
{
    static const char *const bad[] = {"",
                                      "{",
                                      "[]",
                                      "null",
                                      "\"x\"",
                                      "1",
                                      "{}",
                                      "{\"kty\":1}",
                                      "{\"kty\":null}",
                                      "{\"kty\":[\"RSA\"]}",
                                      "{\"kty\":\"RSA\",\"kty\":\"RSA\"}",
                                      "{\"kty\":\"RSA\"} x"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(import_result(bad[i]), OST_E_KEY_FORMAT);
    static const char *const unknown[] = {"rsa", "ec", "OCT", "EC ", "", "AKP", "PBKDF2"};
    for (size_t i = 0; i < ARRAY_LEN(unknown); i++)
        assert_int_equal(import_result(changed(arena, test_rsa, "kty", unknown[i])),
                         OST_E_UNSUPPORTED);
    /* Of one type, said to be of another. */
    assert_int_equal(import_result(changed(arena, test_rsa, "kty", "EC")), OST_E_KEY_FORMAT);
    assert_int_equal(import_result(changed(arena, test_p256, "kty", "RSA")), OST_E_KEY_FORMAT);
    assert_int_equal(import_result(changed(arena, test_p256, "kty", "OKP")), OST_E_UNSUPPORTED);
    assert_int_equal(import_result(changed(arena, test_ed25519, "kty", "EC")), OST_E_UNSUPPORTED);
    assert_int_equal(import_result(changed(arena, test_rsa, "kty", "oct")), OST_E_KEY_FORMAT);
}

static void too_large(void **state)
{
    size_t len = (size_t)70 << 10;
    char *jwk = ost_arena_alloc(arena, len + 1);
    memset(jwk, ' ', len);
    memcpy(jwk, test_p256, strlen(test_p256));
    assert_int_equal(import_result(jwk), OST_E_KEY_FORMAT);
}

static void kid(void **state)
{
    char long_kid[400];
    ost_key *key = good_key(changed(arena, test_p256, "kid", "\xC3\xA4/../\"'; --"));
    assert_true(text_is(ost_key_kid(key), "\xC3\xA4/../\"'; --"));
    ost_key_unref(key);
    key = good_key(changed(arena, test_p256, "kid", NULL));
    assert_int_equal(ost_key_kid(key).len, 0);
    ost_key_unref(key);
    memset(long_kid, 'k', sizeof long_kid);
    long_kid[257] = '\0';
    assert_int_equal(import_result(changed(arena, test_p256, "kid", long_kid)), OST_E_KEY_FORMAT);
    long_kid[256] = '\0';
    assert_int_equal(import_result(changed(arena, test_p256, "kid", long_kid)), OST_OK);
    const char *none = changed(arena, test_p256, "kid", NULL);
    assert_int_equal(import_result(with(arena, none, "\"kid\":1")), OST_E_KEY_FORMAT);
    assert_int_equal(import_result(with(arena, none, "\"kid\":\"a\\u0000b\"")), OST_E_KEY_FORMAT);
}

static void attack_18_use(void **state)
{
    assert_int_equal(import_result(with(arena, test_p256, "\"use\":\"sig\"")), OST_OK);
    assert_int_equal(import_result(with(arena, test_p256, "\"use\":\"enc\"")), OST_OK);
    assert_int_equal(import_result(with(arena, test_p256, "\"use\":\"SIG\"")), OST_E_KEY_USE);
    assert_int_equal(import_result(with(arena, test_p256, "\"use\":\"\"")), OST_E_KEY_USE);
    assert_int_equal(import_result(with(arena, test_p256, "\"use\":[\"sig\"]")), OST_E_KEY_FORMAT);
}

static void attack_18_key_ops(void **state)
{
    static const struct {
        const char *ops;
        ost_result public, private;
    } cases[] = {
        {"[\"verify\"]", OST_OK, OST_OK},
        {"[\"sign\",\"verify\"]", OST_OK, OST_OK},
        {"[\"sign\"]", OST_E_KEY_FORMAT, OST_OK}, /* a public key that only signs */
        {"[]", OST_OK, OST_E_KEY_USE},            /* G15: for key agreement, and nothing else */
        {"[\"encrypt\"]", OST_OK, OST_OK},
        {"[\"Verify\"]", OST_E_KEY_USE, OST_E_KEY_USE},
        {"[\"verify\",\"encrypt\"]", OST_E_KEY_FORMAT, OST_E_KEY_FORMAT},
        {"[\"verify\",\"verify\"]", OST_E_KEY_FORMAT, OST_E_KEY_FORMAT},
        {"[\"verify\",1]", OST_E_KEY_FORMAT, OST_E_KEY_FORMAT},
        {"\"verify\"", OST_E_KEY_FORMAT, OST_E_KEY_FORMAT},
        {"null", OST_OK, OST_OK}, /* G14: as absent */
        {"[\"verify\",\"https://example.org/mine\"]", OST_OK, OST_OK},
        {"[\"https://example.org/mine\"]", OST_E_KEY_USE, OST_E_KEY_USE},
        {"[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\",\"12\",\"13\","
         "\"14\",\"15\",\"16\",\"verify\"]",
         OST_E_KEY_FORMAT, OST_E_KEY_FORMAT},
    };
    const char *public = changed(arena, test_p256, "d", NULL);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *member = ost_arena_format(arena, "\"key_ops\":%s", cases[i].ops);
        assert_int_equal(import_result(with(arena, public, member)), cases[i].public);
        assert_int_equal(import_result(with(arena, test_p256, member)), cases[i].private);
    }
}

/* As WebCrypto writes the public half of a pair for key agreement. */
static void g15_an_empty_list(void **state)
{
    static const char *const curves[] = {test_p256, test_p384, test_p521};
    for (size_t i = 0; i < ARRAY_LEN(curves); i++) {
        ost_key *key =
            good_key(with(arena, changed(arena, curves[i], "d", NULL), "\"key_ops\":[]"));
        assert_true(ost_key_serves(key, OST_ECDH_ES) && ost_key_serves(key, OST_ECDH_ES_A256KW));
        assert_false(ost_key_serves(key, OST_ES256) || ost_key_serves(key, OST_ES384) ||
                     ost_key_serves(key, OST_ES512));
        ost_key_unref(key);
    }
    ost_key *key = good_key("{\"kty\":\"OKP\",\"crv\":\"X25519\",\"key_ops\":[],\"ext\":true,"
                            "\"x\":\"hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo\"}");
    assert_true(ost_key_serves(key, OST_ECDH_ES));
    ost_key_unref(key);
    const char *public = changed(arena, test_p256, "d", NULL);
    assert_int_not_equal(import_result(with(arena, public, "\"use\":\"sig\",\"key_ops\":[]")),
                         OST_OK);
    assert_int_not_equal(import_result(with(arena, public, "\"alg\":\"ES256\",\"key_ops\":[]")),
                         OST_OK);
    public = changed(arena, test_ed25519, "d", NULL);
    assert_int_not_equal(import_result(with(arena, public, "\"key_ops\":[]")), OST_OK);
    public = changed(arena, test_rsa, "d", NULL);
    assert_int_not_equal(import_result(with(arena, public, "\"key_ops\":[]")), OST_OK);
}

/* Every key with every algorithm: only its own are accepted, and then no other is served. */
static void alg(void **state)
{
    static const char *const jwks[] = {test_rsa,  test_p256,    test_p384,
                                       test_p521, test_ed25519, test_secret};
    for (size_t i = 0; i < ARRAY_LEN(jwks); i++) {
        ost_key *free_key = good_key(jwks[i]);
        for (ost_alg alg = OST_RS256; alg <= OST_HS512; alg++) {
            const char *member = ost_arena_format(arena, "\"alg\":\"%s\"", ost_alg_name(alg));
            const char *jwk = with(arena, jwks[i], member);
            bool fits = ost_key_serves(free_key, alg);
            assert_int_equal(import_result(jwk), fits ? OST_OK : OST_E_KEY_FORMAT);
            if (!fits)
                continue;
            ost_key *bound = good_key(jwk);
            for (ost_alg other = OST_RS256; other <= OST_HS512; other++)
                assert_int_equal(ost_key_serves(bound, other), other == alg);
            ost_key_unref(bound);
        }
        static const char *const unknown[] = {"none", "RSA-OAEP-224", "ES521", "rs256", ""};
        for (size_t u = 0; u < ARRAY_LEN(unknown); u++) {
            const char *member = ost_arena_format(arena, "\"alg\":\"%s\"", unknown[u]);
            assert_int_equal(import_result(with(arena, jwks[i], member)), OST_E_UNSUPPORTED);
        }
        assert_int_equal(import_result(with(arena, jwks[i], "\"alg\":1")), OST_E_KEY_FORMAT);
        ost_key_unref(free_key);
    }
}

/* Whoever writes all members of a form writes null where there is nothing. */
static void g14_null_is_absent(void **state)
{
    static const char *const optional[] = {"alg", "use",      "key_ops", "x5c",
                                           "x5t", "x5t#S256", "x5u",     "oth"};
    static const char *const jwks[] = {test_rsa, test_p256, test_ed25519, test_secret};
    for (size_t i = 0; i < ARRAY_LEN(jwks); i++) {
        ost_key *plain = good_key(jwks[i]);
        for (size_t m = 0; m < ARRAY_LEN(optional); m++) {
            ost_key *key =
                good_key(with(arena, jwks[i], ost_arena_format(arena, "\"%s\":null", optional[m])));
            for (ost_alg alg = OST_RS256; alg <= OST_HS512; alg++)
                assert_int_equal(ost_key_serves(key, alg), ost_key_serves(plain, alg));
            ost_key_unref(key);
        }
        assert_int_equal(import_result(with(arena, jwks[i], "\"x5c\":[]")), OST_OK);
        ost_key_unref(plain);
    }
    ost_key *key = good_key(with(arena, changed(arena, test_p256, "kid", NULL), "\"kid\":null"));
    assert_int_equal(ost_key_kid(key).len, 0);
    ost_key_unref(key);
    /* A public key that says so with "d" is none the less public; what must be there is missing. */
    key = good_key(with(arena, changed(arena, test_p256, "d", NULL), "\"d\":null"));
    assert_false(ost_key_is_private(key));
    ost_key_unref(key);
    const char *without_x = changed(arena, test_p256, "x", NULL);
    assert_int_equal(import_result(with(arena, without_x, "\"x\":null")), OST_E_KEY_FORMAT);
    assert_int_equal(
        import_result(with(arena, changed(arena, test_p256, "crv", NULL), "\"crv\":null")),
        OST_E_KEY_FORMAT);
}

/* RFC 7517 §4: members that are not understood are ignored, and what points elsewhere is. */
static void attack_14_and_15_what_points_elsewhere(void **state)
{
    assert_int_equal(import_result(with(arena, test_p256,
                                        "\"x5t\":1,\"x5u\":\"http://attacker.example/\","
                                        "\"x\\u0037\":{}")),
                     OST_OK);
}

static void errors_say_what_was_seen(void **state)
{
    ost_key *key = NULL;
    ost_error error;
    const char *jwk =
        changed(arena, test_rsa, "kty", "a type with a name that is \xC3\xA4\xC3\xA4 long");
    assert_int_equal(ost_key_import_jwk(text_of(jwk), &key, &error), OST_E_UNSUPPORTED);
    assert_non_null(strstr(error.detail, "a type with a name"));
    assert_true(text_is_utf8(text_of(error.detail)));
    assert_null(strstr(error.detail, "long"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malformed_documents),
        cmocka_unit_test(too_large),
        cmocka_unit_test(kid),
        cmocka_unit_test(attack_18_use),
        cmocka_unit_test(g14_null_is_absent),
        cmocka_unit_test(attack_18_key_ops),
        cmocka_unit_test(g15_an_empty_list),
        cmocka_unit_test(alg),
        cmocka_unit_test(attack_14_and_15_what_points_elsewhere),
        cmocka_unit_test(errors_say_what_was_seen),
    };
    return cmocka_run_group_tests_name("jose-jwk_import", tests, open_arena, close_arena);
}
