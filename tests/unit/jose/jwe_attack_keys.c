/* SPDX-License-Identifier: Apache-2.0 */
/* Encrypted messages with hostile keys: those attacks that every implementation of ECDH-ES has met,
 * and keys that are for something else. */
#include <time.h>

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/text.h"
#include "jose/crypto_auto.h"
#include "jose/jwe/content.h"
#include "jose/jwe/key_agreement.h"
#include "jose/key/rsa_weakness.h"
#include "jwe_keys.h"
#include "keys.h"
#include "messages.h"
#include "test.h"

/* ---- ephemeral keys ---- */

/* The ephemeral key is hostile: off the curve, of another curve, of small order, private. */
static void invalid_curve(void **state)
{
    static const char *const p256_keys[] = {
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
        "\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}",
        "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-"
        "IK08\"}",
        "{\"kty\":\"oct\",\"k\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
        "\"key\"",
        "null",
        "[]",
        "{}",
    };
    ost_key *key = jwe_key(OST_ECDH_ES, "P-256");
    const char rest[] = ".AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA";
    for (size_t i = 0; i < ARRAY_LEN(p256_keys); i++) {
        const char *header = ost_arena_format(
            message_arena, "{\"alg\":\"ECDH-ES\",\"enc\":\"A128GCM\",\"epk\":%s}", p256_keys[i]);
        assert_int_equal(message_decrypt(message_of(header, rest), key, NULL), OST_E_DECRYPTION);
    }
    const char *own = ost_arena_format(
        message_arena, "{\"alg\":\"ECDH-ES\",\"enc\":\"A128GCM\",\"epk\":%s}", test_p256);
    assert_int_equal(message_decrypt(message_of(own, rest), key, NULL),
                     OST_E_DECRYPTION); /* private */
    ost_key_unref(key);
}

static void small_order(void **state)
{
    static const char *const points[] = {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                         "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                         "7P___________________________________________38"};
    ost_key *key = jwe_key(OST_ECDH_ES, "X25519");
    for (size_t i = 0; i < 3; i++) {
        const char *header = ost_arena_format(
            message_arena,
            "{\"alg\":\"ECDH-ES\",\"enc\":\"A128GCM\",\"epk\":{\"kty\":\"OKP\",\"crv\":\"X25519\","
            "\"x\":\"%s\"}}",
            points[i]);
        assert_int_equal(
            message_decrypt(message_of(header, ".AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA"), key,
                            NULL),
            OST_E_DECRYPTION);
    }
    ost_key_unref(key);
}

/* A JWK of RSA, with private numbers that agree with each other as far as they can be compared
 * without an exponentiation modulo a prime of nearly all bits. */
static const char *costly_jwk(int bits)
{
    bn_ctx_auto BN_CTX *context = BN_CTX_new();
    bn_auto BIGNUM *p = BN_new(), *q = BN_new(), *n = BN_new(), *e = BN_new(), *d = BN_new();
    bn_auto BIGNUM *p1 = BN_new(), *q1 = BN_new(), *dp = BN_new(), *dq = BN_new(), *qi = BN_new();
    bn_auto BIGNUM *product = BN_new();
    do {
        assert_int_equal(BN_rand(p, bits - 160, BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ODD), 1);
        assert_int_equal(BN_rand(q, 160, BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ODD), 1);
        assert_int_equal(BN_mul(n, p, q, context), 1);
        assert_true(BN_sub(p1, p, BN_value_one()) == 1 && BN_sub(q1, q, BN_value_one()) == 1);
        assert_true(BN_mul(product, p1, q1, context) == 1 && BN_set_word(e, 65537) == 1);
    } while (rsa_weakness(n) != NULL || BN_mod_inverse(d, e, product, context) == NULL);
    assert_true(BN_mod(dp, d, p1, context) == 1 && BN_mod(dq, d, q1, context) == 1);
    assert_true(BN_mod_inverse(qi, q, p, context) != NULL);
    const BIGNUM *const numbers[] = {n, e, d, p, q, dp, dq, qi};
    static const char *const names[] = {"n", "e", "d", "p", "q", "dp", "dq", "qi"};
    const char *jwk = "{\"kty\":\"RSA\"";
    for (size_t i = 0; i < 8; i++) {
        unsigned char bytes[1024];
        ost_text text;
        assert_int_equal(
            base64url_encode_to(message_arena,
                                text_of_bytes(bytes, (size_t)BN_bn2bin(numbers[i], bytes)), &text),
            OST_OK);
        jwk = ost_arena_format(message_arena, "%s,\"%s\":\"%s\"", jwk, names[i], text.data);
    }
    return ost_arena_format(message_arena, "%s}", jwk);
}

/* Ephemeral keys are whatever the sender likes. Sixteen of RSA, whose primes are nobody's business,
 * must not take seconds. */
static void ephemeral_keys_that_cost(void **state)
{
    ost_key *key = jwe_key(OST_ECDH_ES_A128KW, "P-256");
    ost_keyset *keys = jwe_set(key);
    ost_decrypted d;
    struct timespec before, after;
    const char *entry = ost_arena_format(
        message_arena,
        "{\"header\":{\"alg\":\"ECDH-ES+A128KW\",\"epk\":%s},\"encrypted_key\":\"AA\"}",
        costly_jwk(8192));
    const char *entries = entry;
    for (int i = 1; i < 16; i++)
        entries = ost_arena_format(message_arena, "%s,%s", entries, entry);
    const char *json =
        ost_arena_format(message_arena,
                         "{\"protected\":\"%s\",\"recipients\":[%s],\"iv\":\"AAAAAAAAAAAAAAAA\","
                         "\"ciphertext\":\"AA\",\"tag\":\"AAAAAAAAAAAAAAAAAAAAAA\"}",
                         message_part("{\"enc\":\"A128GCM\"}").data, entries);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
    assert_int_equal(ost_jwe_json_decrypt(text_of(json), keys, NULL, message_arena, &d, NULL),
                     OST_E_DECRYPTION);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
    int64_t milliseconds =
        (int64_t)(after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
    assert_in_range(milliseconds, 0, 500); /* 2,500 if the numbers are looked at */
    ost_keyset_unref(keys);
    ost_key_unref(key);
}

/* One message, whose ephemeral key once is shown as it should be and once with its secret. */
static void ephemeral_keys_that_show_their_secret(void **state)
{
    ost_key *key = jwe_key(OST_ECDH_ES, "P-256"), *ephemeral = good_key(test_p256);
    const agreement_info info = {.algorithm = OST_TEXT("A128GCM"), .size = 16};
    content_key cek = {.size = 16};
    assert_int_equal(key_agreement_derive(ephemeral, key, &info, message_arena, cek.data), OST_OK);
    for (int secret = 0; secret < 2; secret++) {
        sealed_content sealed;
        ost_text iv = {0}, ciphertext = {0}, tag = {0};
        const char *epk = secret ? test_p256 : changed(message_arena, test_p256, "d", NULL);
        ost_text header = message_part(ost_arena_format(
            message_arena, "{\"alg\":\"ECDH-ES\",\"enc\":\"A128GCM\",\"epk\":%s}", epk));
        assert_int_equal(
            content_seal(OST_A128GCM, &cek, header, OST_TEXT("x"), message_arena, &sealed), OST_OK);
        assert_int_equal(base64url_encode_to(message_arena, sealed.iv, &iv), OST_OK);
        assert_int_equal(base64url_encode_to(message_arena, sealed.ciphertext, &ciphertext),
                         OST_OK);
        assert_int_equal(base64url_encode_to(message_arena, sealed.tag, &tag), OST_OK);
        ost_text token = text_of(ost_arena_format(message_arena, "%s..%s.%s.%s", header.data,
                                                  iv.data, ciphertext.data, tag.data));
        assert_int_equal(message_decrypt(token, key, NULL), secret ? OST_E_DECRYPTION : OST_OK);
    }
    ost_key_unref(ephemeral);
    ost_key_unref(key);
}

/* ---- keys for something else ---- */

/* Whoever leaves out a key that could not be opened goes on with one of zeroes. */
static void content_under_a_key_of_zeroes(void **state)
{
    static const ost_alg algs[] = {OST_A128KW, OST_A128GCMKW, OST_RSA_OAEP};
    static const size_t sizes[] = {24, 16, 256}; /* of the encrypted key */
    const content_key zeroes = {.size = 16};
    for (size_t i = 0; i < ARRAY_LEN(algs); i++) {
        static const char nothing[256];
        ost_key *key = jwe_key(algs[i], NULL);
        sealed_content sealed;
        ost_text iv = {0}, ciphertext = {0}, tag = {0}, encrypted_key = {0};
        ost_text header = message_part(
            ost_arena_format(message_arena,
                             "{\"alg\":\"%s\",\"enc\":\"A128GCM\",\"iv\":\"AAAAAAAAAAAAAAAA\","
                             "\"tag\":\"AAAAAAAAAAAAAAAAAAAAAA\"}",
                             ost_alg_name(algs[i])));
        assert_int_equal(
            content_seal(OST_A128GCM, &zeroes, header, OST_TEXT("x"), message_arena, &sealed),
            OST_OK);
        assert_int_equal(
            base64url_encode_to(message_arena, (ost_text){nothing, sizes[i]}, &encrypted_key),
            OST_OK);
        assert_int_equal(base64url_encode_to(message_arena, sealed.iv, &iv), OST_OK);
        assert_int_equal(base64url_encode_to(message_arena, sealed.ciphertext, &ciphertext),
                         OST_OK);
        assert_int_equal(base64url_encode_to(message_arena, sealed.tag, &tag), OST_OK);
        ost_text token =
            text_of(ost_arena_format(message_arena, "%s.%s.%s.%s.%s", header.data,
                                     encrypted_key.data, iv.data, ciphertext.data, tag.data));
        assert_int_equal(message_decrypt(token, key, NULL), OST_E_DECRYPTION);
        ost_key_unref(key);
    }
}

/* A key for one thing is not taken for another. */
static void keys_for_something_else(void **state)
{
    ost_key *wrapping = jwe_key(OST_A128KW, NULL), *gcm = jwe_key(OST_A128GCMKW, NULL);
    ost_key *oaep = jwe_key(OST_RSA_OAEP, NULL), *half = public_half(oaep);
    ost_text token = message_encrypt(OST_TEXT("a"), wrapping, OST_A128KW, NULL);
    assert_int_equal(message_decrypt(token, gcm, NULL), OST_E_KEY_UNKNOWN);
    token = message_encrypt(OST_TEXT("a"), half, OST_RSA_OAEP, NULL);
    assert_int_equal(message_decrypt(token, oaep, NULL), OST_OK);
    assert_int_equal(message_decrypt(token, half, NULL), OST_E_KEY_USE);
    assert_int_equal(ost_jwe_encrypt(OST_TEXT("a"), oaep, OST_RSA_OAEP_256, OST_A128GCM, NULL,
                                     message_arena, &token, NULL),
                     OST_E_KEY_USE);
    /* Of one length, but for another cipher. */
    ost_key *direct = good_key("{\"kty\":\"oct\",\"alg\":\"A256GCM\",\"k\":"
                               "\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8\"}");
    assert_int_equal(ost_jwe_encrypt(OST_TEXT("a"), direct, OST_DIR, OST_A128CBC_HS256, NULL,
                                     message_arena, &token, NULL),
                     OST_E_KEY_USE);
    const char header[] = "{\"alg\":\"dir\",\"enc\":\"A128CBC-HS256\"}";
    assert_int_equal(
        message_decrypt(message_of(header, ".AAAAAAAAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA"),
                        direct, NULL),
        OST_E_DECRYPTION);
    /* key_ops of one direction. */
    ost_key *only = good_key("{\"kty\":\"oct\",\"alg\":\"A128KW\",\"key_ops\":[\"wrapKey\"],"
                             "\"k\":\"GZy6sIZ6wl9NJOKB-jnmVQ\"}");
    token = message_encrypt(OST_TEXT("a"), only, OST_A128KW, NULL);
    assert_int_equal(message_decrypt(token, only, NULL), OST_E_KEY_UNKNOWN);
    ost_key_unref(direct);
    ost_key_unref(only);
    ost_key_unref(wrapping);
    ost_key_unref(gcm);
    ost_key_unref(oaep);
    ost_key_unref(half);
}

/* RFC 7517 §4.5: the algorithm says which of two keys of one name is meant. */
static void keys_that_share_a_kid(void **state)
{
    ost_key *keys[2];
    ost_keyset *set = NULL;
    ost_decrypted d;
    assert_int_equal(ost_key_generate(OST_RSA_OAEP, 0, "same", &keys[0], NULL), OST_OK);
    assert_int_equal(ost_key_generate_curve(OST_ECDH_ES, "P-256", "same", &keys[1], NULL), OST_OK);
    assert_int_equal(ost_keyset_new(keys, 2, &set), OST_OK);
    for (size_t i = 0; i < 2; i++) {
        ost_text token =
            message_encrypt(OST_TEXT("a"), keys[i], i == 0 ? OST_RSA_OAEP : OST_ECDH_ES, NULL);
        assert_int_equal(ost_jwe_decrypt(token, set, NULL, message_arena, &d, NULL), OST_OK);
        assert_string_equal(ost_key_kid(d.key).data, "same");
    }
    ost_keyset_unref(set);
    ost_key_unref(keys[0]);
    ost_key_unref(keys[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(invalid_curve),
        cmocka_unit_test(small_order),
        cmocka_unit_test(ephemeral_keys_that_cost),
        cmocka_unit_test(ephemeral_keys_that_show_their_secret),
        cmocka_unit_test(content_under_a_key_of_zeroes),
        cmocka_unit_test(keys_for_something_else),
        cmocka_unit_test(keys_that_share_a_kid),
    };
    return cmocka_run_group_tests_name("jose-jwe_attack_keys", tests, message_start, message_end);
}
