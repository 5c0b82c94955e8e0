/* SPDX-License-Identifier: Apache-2.0 */
/* What a key is for: a key for encryption verifies nothing and signs nothing, and the other way
 * round; `use`, `key_ops` and `alg` agree or the key is refused. */
#include <string.h>

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/text.h"
#include "jose/key/key_state.h"
#include "jose/signature/signature.h"
#include "keys.h"
#include "test_arena.h"

static ost_algs algs_of(const char *jwk)
{
    ost_key *key = good_key(jwk);
    ost_algs algs = key->algs;
    ost_key_unref(key);
    return algs;
}

static void attack_18_use_decides(void **state)
{
    static const char *const jwks[] = {test_rsa, test_p256, test_p384, test_p521};
    for (size_t i = 0; i < 4; i++) {
        ost_algs any = algs_of(jwks[i]);
        ost_algs sig = algs_of(with(arena, jwks[i], "\"use\":\"sig\""));
        ost_algs enc = algs_of(with(arena, jwks[i], "\"use\":\"enc\""));
        assert_true(sig != 0 && enc != 0 && (sig & enc) == 0 && (sig | enc) == any);
        assert_int_equal(sig & ~OST_ALGS_SIGNATURE, 0);
        assert_int_equal(enc & OST_ALGS_SIGNATURE, 0);
    }
    assert_int_equal(import_result(with(arena, test_ed25519, "\"use\":\"enc\"")), OST_E_KEY_USE);
    assert_int_equal(import_result("{\"kty\":\"OKP\",\"crv\":\"X25519\",\"use\":\"sig\",\"x\":"
                                   "\"3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08\"}"),
                     OST_E_KEY_USE);
}

static void attack_18_encryption_keys_verify_nothing(void **state)
{
    static const char *const members[] = {"\"use\":\"enc\"",
                                          "\"alg\":\"RSA-OAEP\"",
                                          "\"alg\":\"RSA-OAEP-256\"",
                                          "\"alg\":\"RSA1_5\"",
                                          "\"key_ops\":[\"decrypt\",\"encrypt\"]",
                                          "\"key_ops\":[\"wrapKey\",\"unwrapKey\"]"};
    ost_key *signer = good_key(test_rsa);
    ost_text token = {0};
    assert_int_equal(ost_jws_sign(OST_TEXT("{}"), signer, OST_RS256, NULL, arena, &token), OST_OK);
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        unsigned char bytes[SIGNATURE_MAX_SIZE];
        size_t size;
        ost_key *key = good_key(with(arena, test_rsa, members[i]));
        assert_int_equal(verify(token, key), OST_E_KEY_USE);
        for (ost_alg alg = OST_RS256; alg <= OST_RSA_OAEP_512; alg++) {
            assert_int_equal(ost_jws_sign(OST_TEXT("{}"), key, alg, NULL, arena, &token),
                             OST_E_KEY_USE);
            assert_int_equal(signature_make(key, alg, OST_TEXT(""), bytes, &size), OST_E_KEY_USE);
            assert_int_equal(signature_check(key, alg, OST_TEXT(""), OST_TEXT("")), OST_E_KEY_USE);
        }
        ost_keyset *set = NULL;
        const ost_key *found = NULL;
        assert_int_equal(ost_keyset_new(&key, 1, &set), OST_OK);
        assert_int_equal(ost_keyset_find(set, OST_TEXT("rsa"), OST_RS256, &found), OST_E_KEY_USE);
        assert_int_equal(ost_keyset_find(set, OST_TEXT("rsa"), OST_RSA_OAEP, &found),
                         OST_E_KEY_USE);
        assert_int_equal(ost_keyset_find(set, OST_TEXT(""), OST_RS256, &found), OST_E_KEY_UNKNOWN);
        ost_keyset_unref(set);
        ost_key_unref(key);
    }
    ost_key_unref(signer);
}

/* A key that serves both is no way to have an algorithm for encryption sign. */
static void algorithms_that_are_none_of_signatures(void **state)
{
    ost_key *key = good_key(test_rsa);
    ost_text token = {0};
    ost_unverified_jws jws;
    assert_true(ost_key_serves(key, OST_RSA_OAEP));
    for (ost_alg alg = OST_RSA_OAEP; alg <= OST_RSA_OAEP_512; alg++) {
        const char *header = ost_arena_format(arena, "{\"alg\":\"%s\"}", ost_alg_name(alg));
        assert_int_equal(ost_jws_sign(OST_TEXT("{}"), key, alg, NULL, arena, &token),
                         OST_E_KEY_USE);
        token = forge(arena, header, OST_TEXT("{}"), key, OST_RS256);
        assert_int_equal(ost_jws_read_unverified(token, UINT64_MAX, arena, &jws, NULL),
                         OST_E_ALGORITHM);
    }
    ost_key_unref(key);
}

static void contradictions(void **state)
{
    static const struct {
        const char *members;
        ost_result expected;
    } cases[] = {
        {"\"use\":\"sig\",\"alg\":\"RSA-OAEP\"", OST_E_KEY_FORMAT},
        {"\"use\":\"enc\",\"alg\":\"RS256\"", OST_E_KEY_FORMAT},
        {"\"use\":\"enc\",\"alg\":\"RSA-OAEP\"", OST_OK},
        {"\"use\":\"enc\",\"key_ops\":[\"verify\"]", OST_E_KEY_FORMAT},
        {"\"use\":\"sig\",\"key_ops\":[\"wrapKey\"]", OST_E_KEY_FORMAT},
        {"\"use\":\"sig\",\"key_ops\":[\"sign\",\"decrypt\"]", OST_E_KEY_FORMAT},
        {"\"key_ops\":[\"decrypt\"],\"alg\":\"PS256\"", OST_E_KEY_FORMAT},
        {"\"key_ops\":[\"sign\"],\"alg\":\"RSA-OAEP\"", OST_E_KEY_FORMAT},
        {"\"key_ops\":[\"decrypt\",\"unwrapKey\"]", OST_OK},
        {"\"key_ops\":[\"decrypt\",\"x\"]", OST_OK},
        {"\"key_ops\":[\"sign\",\"x\"]", OST_OK},          /* G14: others MAY be there */
        {"\"key_ops\":[\"deriveKey\"]", OST_E_KEY_FORMAT}, /* nothing to be done with RSA */
        {"\"use\":\"enc\",\"alg\":\"ECDH-ES\"", OST_E_KEY_FORMAT},
        {"\"alg\":\"A128KW\"", OST_E_KEY_FORMAT},
        {"\"alg\":\"A128GCM\"", OST_E_UNSUPPORTED},
        {"\"use\":\"tls\"", OST_E_KEY_USE},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        if (import_result(with(arena, test_rsa, cases[i].members)) != cases[i].expected)
            fail_msg("%s", cases[i].members);
    }
    /* A public key with which nothing is encrypted. */
    ost_key *key = good_key(test_rsa), *half = public_half(key);
    ost_text text = {0};
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    assert_int_equal(ost_key_export_public(half, writer), OST_OK);
    assert_int_equal(ost_json_writer_finish(writer, &text), OST_OK);
    assert_int_equal(import_result(with(arena, text.data, "\"key_ops\":[\"decrypt\"]")),
                     OST_E_KEY_FORMAT);
    assert_int_equal(import_result(with(arena, text.data, "\"key_ops\":[\"encrypt\"]")), OST_OK);
    ost_key_unref(half);
    ost_key_unref(key);
}

static const char *oct(size_t size, const char *members)
{
    static const char secret[80] =
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    ost_text text = {0};
    assert_int_equal(base64url_encode_to(arena, (ost_text){secret, size}, &text), OST_OK);
    return ost_arena_format(arena, "{\"kty\":\"oct\",\"k\":\"%s\"%s%s}", text.data,
                            members[0] != '\0' ? "," : "", members);
}

#define BIT(alg) OST_ALG_BIT(OST_##alg)

/* Without a word on what it is for, a secret is for HMAC, as long as it must be. */
static void secrets_by_size_and_use(void **state)
{
    static const struct {
        size_t size;
        ost_algs hmac, enc;
    } cases[] = {
        {16, 0, BIT(A128KW) | BIT(A128GCMKW) | BIT(DIR)},
        {24, 0, BIT(A192KW) | BIT(A192GCMKW) | BIT(DIR)},
        {32, BIT(HS256), BIT(A256KW) | BIT(A256GCMKW) | BIT(DIR)},
        {48, BIT(HS256) | BIT(HS384), BIT(DIR)},
        {64, BIT(HS256) | BIT(HS384) | BIT(HS512), BIT(DIR)},
        {1, 0, 0},
        {15, 0, 0},
        {17, 0, 0},
        {31, 0, 0},
        {33, BIT(HS256), 0},
        {65, BIT(HS256) | BIT(HS384) | BIT(HS512), 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        static const char *const enc[] = {"\"use\":\"enc\"",
                                          "\"key_ops\":[\"wrapKey\",\"encrypt\"]"};
        static const char *const sig[] = {"", "\"use\":\"sig\"",
                                          "\"key_ops\":[\"sign\",\"verify\"]"};
        for (size_t m = 0; m < 3; m++) {
            const char *jwk = oct(cases[i].size, sig[m]);
            if (cases[i].hmac == 0)
                assert_int_equal(import_result(jwk), OST_E_KEY_WEAK);
            else
                assert_int_equal(algs_of(jwk), cases[i].hmac);
        }
        for (size_t m = 0; m < 2; m++) {
            const char *jwk = oct(cases[i].size, enc[m]);
            if (cases[i].enc == 0)
                assert_int_equal(import_result(jwk), OST_E_KEY_WEAK);
            else
                assert_int_equal(algs_of(jwk), cases[i].enc);
        }
    }
}

static void secrets_by_alg(void **state)
{
    static const struct {
        const char *alg;
        size_t size;
        ost_algs algs;
    } cases[] = {
        {"A128KW", 16, BIT(A128KW)},       {"A192KW", 24, BIT(A192KW)},
        {"A256KW", 32, BIT(A256KW)},       {"A128GCMKW", 16, BIT(A128GCMKW)},
        {"A192GCMKW", 24, BIT(A192GCMKW)}, {"A256GCMKW", 32, BIT(A256GCMKW)},
        {"A128GCM", 16, BIT(DIR)},         {"A192GCM", 24, BIT(DIR)},
        {"A256GCM", 32, BIT(DIR)},         {"A128CBC-HS256", 32, BIT(DIR)},
        {"A192CBC-HS384", 48, BIT(DIR)},   {"A256CBC-HS512", 64, BIT(DIR)},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *member = ost_arena_format(arena, "\"alg\":\"%s\"", cases[i].alg);
        assert_int_equal(algs_of(oct(cases[i].size, member)), cases[i].algs);
        assert_int_not_equal(import_result(oct(cases[i].size - 1, member)), OST_OK);
        assert_int_not_equal(import_result(oct(cases[i].size + 1, member)), OST_OK);
        const char *sig = ost_arena_format(arena, "\"use\":\"sig\",%s", member);
        assert_int_equal(import_result(oct(cases[i].size, sig)), OST_E_KEY_FORMAT);
        /* It comes back from its export as the same. */
        ost_text text = {0};
        ost_key *key = good_key(oct(cases[i].size, member));
        ost_json_writer *writer = ost_json_writer_new(arena, 0);
        assert_int_equal(ost_key_export_private(key, writer), OST_OK);
        assert_int_equal(ost_json_writer_finish(writer, &text), OST_OK);
        assert_non_null(strstr(text.data, member));
        ost_key_unref(key);
    }
    assert_int_equal(algs_of(oct(48, "\"alg\":\"dir\"")), BIT(DIR));
    assert_int_equal(import_result(oct(33, "\"alg\":\"dir\"")), OST_E_KEY_FORMAT);
    assert_int_equal(import_result(oct(64, "\"alg\":\"A256KW\"")), OST_E_KEY_FORMAT);
    assert_int_equal(import_result(oct(16, "\"alg\":\"A256KW\"")), OST_E_KEY_WEAK);
    assert_int_equal(import_result(oct(64, "\"use\":\"enc\",\"alg\":\"HS256\"")), OST_E_KEY_FORMAT);
    assert_int_equal(import_result(oct(32, "\"alg\":\"RSA-OAEP\"")), OST_E_KEY_FORMAT);
}

static void passwords(void **state)
{
    ost_key *key = NULL;
    for (ost_alg alg = OST_PBES2_HS256_A128KW; alg <= OST_PBES2_HS512_A256KW; alg++) {
        assert_int_equal(ost_key_import_secret(OST_TEXT("1234567"), alg, NULL, &key, NULL),
                         OST_E_KEY_WEAK);
        assert_null(key);
        assert_int_equal(ost_key_import_secret(OST_TEXT("correct horse"), alg, NULL, &key, NULL),
                         OST_OK);
        assert_int_equal(key->algs, OST_ALG_BIT(alg));
        ost_key_unref(key);
        key = NULL;
    }
    assert_int_equal(algs_of(oct(20, "\"alg\":\"PBES2-HS256+A128KW\"")), BIT(PBES2_HS256_A128KW));
    assert_int_equal(import_result(oct(20, "\"use\":\"sig\",\"alg\":\"PBES2-HS256+A128KW\"")),
                     OST_E_KEY_FORMAT);
}

static void wrapping_secrets_of_the_callers(void **state)
{
    ost_key *key = NULL;
    const ost_text secret = OST_TEXT("0123456789abcdef");
    assert_int_equal(ost_key_import_secret(secret, OST_A128KW, "k", &key, NULL), OST_OK);
    assert_int_equal(key->algs, BIT(A128KW));
    ost_key_unref(key);
    key = NULL;
    assert_int_equal(ost_key_import_secret(secret, OST_A256KW, "k", &key, NULL), OST_E_KEY_WEAK);
    assert_int_equal(ost_key_import_secret(secret, OST_HS256, "k", &key, NULL), OST_E_KEY_WEAK);
    assert_int_equal(ost_key_import_secret(secret, OST_RSA_OAEP, "k", &key, NULL), OST_E_ARGUMENT);
    assert_int_equal(ost_key_import_secret(secret, OST_ECDH_ES, "k", &key, NULL), OST_E_ARGUMENT);
    assert_null(key);
}

static void directions(void **state)
{
    ost_key *key = good_key(test_p256), *half = public_half(key);
    assert_true(key_may(key, OST_ES256, true) && key_may(key, OST_ES256, false));
    assert_true(!key_may(half, OST_ES256, true) && key_may(half, OST_ES256, false));
    assert_true(key_may(half, OST_ECDH_ES, false) && !key_may(half, OST_ECDH_ES, true));
    assert_false(key_may(key, OST_RS256, false));
    assert_false(key_may(key, OST_ALG_UNSET, false));
    ost_key_unref(half);
    ost_key_unref(key);
    key = good_key(with(arena, test_rsa, "\"key_ops\":[\"decrypt\"]"));
    assert_true(key_may(key, OST_RSA_OAEP, true) && !key_may(key, OST_RSA_OAEP, false));
    ost_key_unref(key);
    key = good_key(with(arena, test_p256, "\"key_ops\":[\"deriveBits\"]"));
    assert_true(key_may(key, OST_ECDH_ES, true) && key_may(key, OST_ECDH_ES_A128KW, false));
    assert_false(key_may(key, OST_ES256, false));
    ost_key_unref(key);
}

/* Every key that can be made serves what it was made for and nothing else. */
static void generated(void **state)
{
    for (ost_alg alg = OST_RSA_OAEP; alg <= OST_RSA_OAEP_512; alg++) {
        ost_key *key = NULL;
        ost_text text = {0};
        if (alg == OST_RSA_OAEP || alg == OST_RSA_OAEP_384 || alg == OST_INSECURE_RSA1_5)
            continue; /* two RSA keys are enough */
        assert_int_equal(ost_key_generate(alg, 0, NULL, &key, NULL), OST_OK);
        assert_int_equal(key->algs, OST_ALG_BIT(alg));
        assert_true(key_may(key, alg, true) && key_may(key, alg, false));
        ost_json_writer *writer = ost_json_writer_new(arena, 0);
        assert_int_equal(ost_key_export_private(key, writer), OST_OK);
        assert_int_equal(ost_json_writer_finish(writer, &text), OST_OK);
        assert_non_null(strstr(text.data, "\"use\":\"enc\""));
        assert_int_equal(algs_of(text.data), OST_ALG_BIT(alg));
        ost_key_unref(key);
    }
    ost_key *key = NULL;
    assert_int_equal(ost_key_generate(OST_DIR, 512, NULL, &key, NULL), OST_OK);
    assert_int_equal(ost_key_bits(key), 512);
    ost_key_unref(key);
    key = NULL;
    assert_int_equal(ost_key_generate(OST_DIR, 129, NULL, &key, NULL), OST_E_ARGUMENT);
    assert_int_equal(ost_key_generate(OST_DIR, 1024, NULL, &key, NULL), OST_E_ARGUMENT);
    assert_int_equal(ost_key_generate(OST_DIR, 8, NULL, &key, NULL), OST_E_KEY_FORMAT);
    assert_int_equal(ost_key_generate(OST_A128KW, 128, NULL, &key, NULL), OST_E_ARGUMENT);
    assert_null(key);
}

/* A guard's set knows keys that verify, and passes over all others. */
static void attack_18_published_sets(void **state)
{
    ost_keyset *set = NULL;
    size_t skipped = 0;
    const char *const members[] = {"\"use\":\"enc\"", "\"alg\":\"RSA-OAEP\"",
                                   "\"key_ops\":[\"wrapKey\"]"};
    ost_key *key = good_key(test_rsa), *half = public_half(key);
    ost_text text = {0};
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    assert_int_equal(ost_key_export_public(half, writer), OST_OK);
    assert_int_equal(ost_json_writer_finish(writer, &text), OST_OK);
    const char *keys = "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":"
                       "\"3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08\"}";
    for (size_t i = 0; i < 3; i++)
        keys = ost_arena_format(arena, "%s,%s", keys, with(arena, text.data, members[i]));
    keys = ost_arena_format(arena, "{\"keys\":[%s,%s]}", keys, text.data);
    assert_int_equal(ost_keyset_import(text_of(keys), 0, &set, &skipped, NULL), OST_OK);
    assert_int_equal(ost_keyset_count(set), 1);
    assert_int_equal(skipped, 4);
    ost_keyset_unref(set);
    ost_key_unref(half);
    ost_key_unref(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attack_18_use_decides),
        cmocka_unit_test(attack_18_encryption_keys_verify_nothing),
        cmocka_unit_test(algorithms_that_are_none_of_signatures),
        cmocka_unit_test(contradictions),
        cmocka_unit_test(secrets_by_size_and_use),
        cmocka_unit_test(secrets_by_alg),
        cmocka_unit_test(passwords),
        cmocka_unit_test(wrapping_secrets_of_the_callers),
        cmocka_unit_test(directions),
        cmocka_unit_test(generated),
        cmocka_unit_test(attack_18_published_sets),
    };
    return cmocka_run_group_tests_name("jose-key_purpose", tests, open_arena, close_arena);
}
