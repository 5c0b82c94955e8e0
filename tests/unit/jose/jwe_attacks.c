/* SPDX-License-Identifier: Apache-2.0 */
/* Attacks on encrypted tokens: 35 to 38 of the list in docs/development. */

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/text.h"
#include "jose/jwe/aes.h"
#include "jose/jwe/content.h"
#include "jose/jwe/password_key.h"
#include "jwe_keys.h"
#include "keys.h"
#include "messages.h"
#include "test.h"

#define NOW 1700000000

static const ost_claims_rules claims_rules = {
    .issuer = "https://issuer",
    .audiences = (const char *const[]){"api"},
    .audience_count = 1,
    .algorithms = OST_ALG_BIT(OST_ES256),
};
static const char good_claims[] =
    "{\"iss\":\"https://issuer\",\"aud\":\"api\",\"exp\":1700000100,\"sub\":\"alice\"}";

static ost_result verify_nested(ost_text token, const ost_key *outer, const ost_key *inner)
{
    const ost_claims *claims;
    ost_keyset *private_keys = jwe_set(outer), *keys = jwe_set(inner);
    ost_result result = ost_jwt_verify_nested(token, private_keys, NULL, keys, &claims_rules, NOW,
                                              message_arena, &claims, NULL);
    if (result == OST_OK)
        assert_true(text_is(ost_claims_subject(claims), "alice"));
    ost_keyset_unref(private_keys);
    ost_keyset_unref(keys);
    return result;
}

static void nested_tokens(void **state)
{
    ost_key *outer = jwe_key(OST_ECDH_ES, "P-256"), *inner = good_key(test_p256);
    ost_text token;
    assert_int_equal(
        ost_jws_sign(text_of(good_claims), inner, OST_ES256, NULL, message_arena, &token), OST_OK);
    assert_int_equal(verify_nested(message_encrypt(token, outer, OST_ECDH_ES, "JWT"), outer, inner),
                     OST_OK);
    /* Without `cty` it is not a nested token, and a signed one alone is not either. */
    assert_int_equal(verify_nested(message_encrypt(token, outer, OST_ECDH_ES, NULL), outer, inner),
                     OST_E_TOKEN_FORMAT);
    assert_int_equal(verify_nested(token, outer, inner), OST_E_TOKEN_FORMAT);
    ost_key_unref(outer);
    ost_key_unref(inner);
}

static void attack_35_compressed_bomb(void **state)
{
    static char zeroes[49152]; /* 1:1000 */
    const ost_jwe_options options = {.deflate = true};
    const ost_jwe_rules rules = {.inflate_max = 4096};
    ost_key *key = jwe_key(OST_A128KW, NULL);
    ost_text token;
    assert_int_equal(ost_jwe_encrypt((ost_text){zeroes, sizeof zeroes}, key, OST_A128KW,
                                     OST_A128GCM, &options, message_arena, &token, NULL),
                     OST_OK);
    assert_int_equal(message_decrypt(token, key, NULL), OST_E_ALGORITHM);
    size_t before = ost_arena_used(message_arena);
    assert_int_equal(message_decrypt(token, key, &rules), OST_E_DECRYPTION);
    assert_true(ost_arena_used(message_arena) - before < 4 * 4096);
    ost_key_unref(key);
}

static void attack_35_password_rounds(void **state)
{
    static const char *const counts[] = {"2147483648", "1000001", "4294967296", "1e300"};
    static const char *const wrong[] = {"-1", "0", "999", "\"1000\"", "null", "1000.5"};
    ost_key *key = jwe_key(OST_PBES2_HS256_A128KW, NULL);
    const char format[] = "{\"alg\":\"PBES2-HS256+A128KW\",\"enc\":\"A128GCM\","
                          "\"p2s\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"p2c\":%s}";
    const char rest[] =
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA";
    for (size_t i = 0; i < 3; i++) {
        ost_text token = message_of(ost_arena_format(message_arena, format, counts[i]), rest);
        assert_int_equal(message_decrypt(token, key, NULL), OST_E_CEILING);
    }
    assert_int_equal(
        message_decrypt(message_of(ost_arena_format(message_arena, format, counts[3]), rest), key,
                        NULL),
        OST_E_DECRYPTION);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        ost_text token = message_of(ost_arena_format(message_arena, format, wrong[i]), rest);
        assert_int_equal(message_decrypt(token, key, NULL), OST_E_DECRYPTION);
    }
    ost_key_unref(key);
}

static ost_text encoded(ost_text bytes)
{
    ost_text ret = {0};
    assert_int_equal(base64url_encode_to(message_arena, bytes, &ret), OST_OK);
    return ret;
}

/* A message under a password with a salt of so many bytes. */
static ost_text salted(const ost_key *password, size_t len)
{
    static const char salt[PBES2_SALT_MAX + 1] = "salt";
    const content_key cek = {.size = 16};
    unsigned char kek[16], wrapped[16 + WRAP_OVERHEAD];
    sealed_content sealed;
    assert_int_equal(password_key_derive(password, OST_PBES2_HS256_A128KW, (ost_text){salt, len},
                                         1000, message_arena, kek),
                     OST_OK);
    assert_int_equal(aes_wrap(text_of_bytes(kek, sizeof kek), text_of_bytes(cek.data, 16), wrapped),
                     OST_OK);
    ost_text header = message_part(
        ost_arena_format(message_arena,
                         "{\"alg\":\"PBES2-HS256+A128KW\",\"enc\":\"A128GCM\",\"p2s\":\"%s\","
                         "\"p2c\":1000}",
                         encoded((ost_text){salt, len}).data));
    assert_int_equal(content_seal(OST_A128GCM, &cek, header, OST_TEXT("x"), message_arena, &sealed),
                     OST_OK);
    return text_of(ost_arena_format(message_arena, "%s.%s.%s.%s.%s", header.data,
                                    encoded(text_of_bytes(wrapped, sizeof wrapped)).data,
                                    encoded(sealed.iv).data, encoded(sealed.ciphertext).data,
                                    encoded(sealed.tag).data));
}

/* RFC 7518 §4.8.1.1: 8 or more octets. */
static void salts_have_bounds(void **state)
{
    static const struct {
        size_t len;
        ost_result expected;
    } cases[] = {
        {7, OST_E_DECRYPTION}, {8, OST_OK}, {9, OST_OK}, {512, OST_OK}, {513, OST_E_DECRYPTION}};
    ost_key *key = jwe_key(OST_PBES2_HS256_A128KW, NULL);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(message_decrypt(salted(key, cases[i].len), key, NULL), cases[i].expected);
    ost_key_unref(key);
}

static void attack_36_unsigned_within(void **state)
{
    static const char *const ends[] = {".", "", ".AA"};
    ost_key *outer = jwe_key(OST_RSA_OAEP_256, NULL), *inner = good_key(test_p256);
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        const char *token = ost_arena_format(message_arena, "eyJhbGciOiJub25lIn0.%s%s",
                                             message_part(good_claims).data, ends[i]);
        ost_result result = verify_nested(
            message_encrypt(text_of(token), outer, OST_RSA_OAEP_256, "JWT"), outer, inner);
        assert_true(result == OST_E_ALGORITHM || result == OST_E_TOKEN_FORMAT);
    }
    /* Bare claims, as anyone who has the public key can encrypt them. */
    assert_int_equal(
        verify_nested(message_encrypt(text_of(good_claims), outer, OST_RSA_OAEP_256, "JWT"), outer,
                      inner),
        OST_E_TOKEN_FORMAT);
    ost_key_unref(outer);
    ost_key_unref(inner);
}

/* RSA1_5: not read unless asked for, never written; then every bad padding is the same error. */
static void attack_37_rsa1_5(void **state)
{
    const ost_jwe_rules asked = {.algorithms = OST_ALG_BIT(OST_INSECURE_RSA1_5)};
    ost_key *key = jwe_key(OST_INSECURE_RSA1_5, NULL);
    ost_text token;
    assert_int_equal(ost_jwe_encrypt(OST_TEXT("a"), key, OST_INSECURE_RSA1_5, OST_A128GCM, NULL,
                                     message_arena, &token, NULL),
                     OST_E_ALGORITHM);
    for (unsigned i = 0; i < 64; i++) {
        unsigned char bytes[256];
        for (size_t k = 0; k < sizeof bytes; k++)
            bytes[k] = (unsigned char)((k * 37 + i * 101) ^ (k >> 2));
        bytes[0] = (unsigned char)(i == 63 ? 0xff : i / 2); /* the last is beyond the modulus */
        char text[BASE64URL_LEN(sizeof bytes) + 1] = {0};
        base64url_encode(bytes, sizeof bytes, text);
        const char *rest =
            ost_arena_format(message_arena, "%s.AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA", text);
        ost_text forged = message_of("{\"alg\":\"RSA1_5\",\"enc\":\"A128GCM\"}", rest);
        assert_int_equal(message_decrypt(forged, key, NULL), OST_E_ALGORITHM);
        assert_int_equal(message_decrypt(forged, key, &asked), OST_E_DECRYPTION);
    }
    ost_key_unref(key);
}

static void attack_38_deeper_nesting(void **state)
{
    ost_key *outer = jwe_key(OST_ECDH_ES_A128KW, "X25519"), *inner = good_key(test_p256);
    ost_text token;
    assert_int_equal(
        ost_jws_sign(text_of(good_claims), inner, OST_ES256, NULL, message_arena, &token), OST_OK);
    for (int depth = 0; depth < 3; depth++) {
        token = message_encrypt(token, outer, OST_ECDH_ES_A128KW, "JWT");
        assert_int_equal(verify_nested(token, outer, inner),
                         depth == 0 ? OST_OK : OST_E_TOKEN_FORMAT);
    }
    ost_key_unref(outer);
    ost_key_unref(inner);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nested_tokens),
        cmocka_unit_test(attack_35_compressed_bomb),
        cmocka_unit_test(attack_35_password_rounds),
        cmocka_unit_test(salts_have_bounds),
        cmocka_unit_test(attack_36_unsigned_within),
        cmocka_unit_test(attack_37_rsa1_5),
        cmocka_unit_test(attack_38_deeper_nesting),
    };
    return cmocka_run_group_tests_name("jose-jwe_attacks", tests, message_start, message_end);
}
