/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures over bytes and secrets wrapped by themselves. */
#include <string.h>

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/text.h"
#include "keys.h"
#include "test_arena.h"

static const ost_text input = {"any bytes\0at all", 16};

static void signed_bytes_verify_by_key_and_algorithm_alone(void **state)
{
    static const struct {
        const char *jwk;
        ost_alg alg, other;
    } rows[] = {{test_rsa, OST_RS256, OST_PS256},
                {test_p256, OST_ES256, OST_ES384},
                {test_ed25519, OST_EDDSA, OST_ES256},
                {test_secret, OST_HS256, OST_RS256}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        ost_text signature, changed = {input.data, input.len - 1};
        ost_key *key = good_key(rows[i].jwk);
        assert_int_equal(ost_bytes_sign(input, key, rows[i].alg, arena, &signature), OST_OK);
        assert_int_equal(ost_bytes_verify(input, signature, key, rows[i].alg), OST_OK);
        assert_int_equal(ost_bytes_verify(changed, signature, key, rows[i].alg), OST_E_SIGNATURE);
        ost_text cut = {signature.data, signature.len - 1};
        assert_int_equal(ost_bytes_verify(input, cut, key, rows[i].alg), OST_E_SIGNATURE);
        assert_int_equal(ost_bytes_verify(input, (ost_text){"", 0}, key, rows[i].alg),
                         OST_E_SIGNATURE);
        assert_int_not_equal(ost_bytes_verify(input, signature, key, rows[i].other), OST_OK);
        ost_key_unref(key);
    }
}

static void a_key_signs_what_it_serves_with_its_private_part(void **state)
{
    ost_text signature;
    ost_key *key = good_key(test_rsa), *public = public_half(key);
    assert_int_equal(ost_bytes_sign(input, public, OST_RS256, arena, &signature), OST_E_KEY_USE);
    assert_int_equal(ost_bytes_sign(input, key, OST_ES256, arena, &signature), OST_E_KEY_USE);
    assert_int_equal(ost_bytes_sign(input, key, OST_HS256, arena, &signature), OST_E_KEY_USE);
    assert_int_equal(ost_bytes_sign(input, key, OST_RSA_OAEP, arena, &signature), OST_E_KEY_USE);
    assert_int_equal(ost_bytes_sign(input, key, OST_ALG_UNSET, arena, &signature), OST_E_KEY_USE);
    assert_int_equal(ost_bytes_sign(input, NULL, OST_RS256, arena, &signature), OST_E_ARGUMENT);
    assert_int_equal(ost_bytes_verify(input, input, public, OST_ALG_UNSET), OST_E_KEY_USE);
    assert_int_equal(ost_bytes_verify(input, input, NULL, OST_RS256), OST_E_ARGUMENT);
    ost_key_unref(public);
    ost_key_unref(key);
}

/* RFC 3394 §4.1 */
static void a_secret_is_wrapped_as_the_rfc_does(void **state)
{
    static const unsigned char kek[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    static const unsigned char secret[16] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                                             0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF};
    static const unsigned char wrapped[24] = {0x1F, 0xA6, 0x8B, 0x0A, 0x81, 0x12, 0xB4, 0x47,
                                              0xAE, 0xF3, 0x4B, 0xD8, 0xFB, 0x5A, 0x7B, 0x82,
                                              0x9D, 0x3E, 0x86, 0x23, 0x71, 0xD2, 0xCF, 0xE5};
    ost_key *key = NULL;
    ost_text made, back;
    assert_int_equal(ost_key_import_secret(text_of_bytes(kek, 16), OST_A128KW, NULL, &key, NULL),
                     OST_OK);
    assert_int_equal(ost_secret_wrap(text_of_bytes(secret, 16), key, OST_A128KW, arena, &made),
                     OST_OK);
    assert_true(text_equal(made, text_of_bytes(wrapped, 24)));
    assert_int_equal(ost_secret_unwrap(made, key, OST_A128KW, arena, &back), OST_OK);
    assert_true(text_equal(back, text_of_bytes(secret, 16)));
    unsigned char other[24];
    for (size_t i = 0; i < sizeof other; i++) {
        memcpy(other, wrapped, sizeof other);
        other[i] ^= 1;
        assert_int_equal(ost_secret_unwrap(text_of_bytes(other, 24), key, OST_A128KW, arena, &back),
                         OST_E_DECRYPTION);
    }
    assert_int_equal(ost_secret_unwrap(text_of_bytes(wrapped, 23), key, OST_A128KW, arena, &back),
                     OST_E_DECRYPTION);
    assert_int_equal(ost_secret_wrap(text_of_bytes(secret, 8), key, OST_A128KW, arena, &made),
                     OST_E_ARGUMENT);
    assert_int_equal(ost_secret_wrap(text_of_bytes(secret, 15), key, OST_A128KW, arena, &made),
                     OST_E_ARGUMENT);
    assert_int_equal(ost_secret_wrap(text_of_bytes(secret, 16), key, OST_A256KW, arena, &made),
                     OST_E_KEY_USE);
    ost_key_unref(key);
}

static void rsa_wraps_by_oaep_and_by_nothing_else(void **state)
{
    static const ost_alg algs[] = {OST_RSA_OAEP, OST_RSA_OAEP_256, OST_RSA_OAEP_384,
                                   OST_RSA_OAEP_512};
    static char large[4096];
    ost_key *any = good_key(test_rsa), *public;
    ost_text made, back, short_one = {"test", 4};
    public = public_half(any);
    for (size_t i = 0; i < ARRAY_LEN(algs); i++) {
        assert_int_equal(ost_secret_wrap(short_one, public, algs[i], arena, &made), OST_OK);
        assert_int_equal(ost_secret_unwrap(made, any, algs[i], arena, &back), OST_OK);
        assert_true(text_equal(back, short_one));
        assert_int_equal(ost_secret_unwrap(made, public, algs[i], arena, &back), OST_E_KEY_USE);
        made.len--;
        assert_int_equal(ost_secret_unwrap(made, any, algs[i], arena, &back), OST_E_DECRYPTION);
    }
    assert_int_equal(ost_secret_wrap((ost_text){large, 400}, any, OST_RSA_OAEP, arena, &made),
                     OST_E_CRYPTO);
    assert_int_equal(ost_secret_wrap((ost_text){large, 4096}, any, OST_RSA_OAEP, arena, &made),
                     OST_E_CEILING);
    assert_int_equal(ost_secret_unwrap((ost_text){large, 4096}, any, OST_RSA_OAEP, arena, &back),
                     OST_E_CEILING);
    assert_int_equal(ost_secret_wrap(short_one, any, OST_INSECURE_RSA1_5, arena, &made),
                     OST_E_KEY_USE);
    assert_int_equal(ost_secret_wrap(short_one, any, OST_RS256, arena, &made), OST_E_KEY_USE);
    ost_key_unref(public);
    ost_key_unref(any);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signed_bytes_verify_by_key_and_algorithm_alone),
        cmocka_unit_test(a_key_signs_what_it_serves_with_its_private_part),
        cmocka_unit_test(a_secret_is_wrapped_as_the_rfc_does),
        cmocka_unit_test(rsa_wraps_by_oaep_and_by_nothing_else),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
