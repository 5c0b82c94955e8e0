/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates in a JWK: they must be its own, and make it no more trusted. */
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>
#include <ostiary/jose.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/text.h"
#include "certificates.h"
#include "keys.h"
#include "test_arena.h"

static const char *certificate(const char *jwk)
{
    ost_key *key = good_key(jwk);
    const char *text = base64_of(arena, certificate_of(arena, key));
    ost_key_unref(key);
    return text;
}

static const char *digest_of(const char *certificate_text, const char *algorithm)
{
    unsigned char der[4096], hash[EVP_MAX_MD_SIZE];
    size_t len, hash_len;
    ost_text encoded = {0};
    assert_int_equal(base64_decode(text_of(certificate_text), der, &len), OST_OK);
    assert_int_equal(EVP_Q_digest(NULL, algorithm, NULL, der, len, hash, &hash_len), 1);
    assert_int_equal(base64url_encode_to(arena, (ost_text){(char *)hash, hash_len}, &encoded),
                     OST_OK);
    return encoded.data;
}

#define WITH(jwk, ...) import_result(with(arena, jwk, ost_arena_format(arena, __VA_ARGS__)))

static void attack_15_of_the_same_key(void **state)
{
    static const char *const jwks[] = {test_rsa, test_p256, test_p521, test_ed25519};
    for (size_t i = 0; i < 4; i++) {
        const char *own = certificate(jwks[i]), *other = certificate(jwks[(i + 1) % 4]);
        assert_int_equal(WITH(jwks[i], "\"x5c\":[\"%s\"]", own), OST_OK);
        assert_int_equal(WITH(jwks[i], "\"x5c\":[\"%s\",\"%s\"]", own, other), OST_OK);
        assert_int_equal(WITH(jwks[i], "\"x5c\":[\"%s\",\"%s\"]", other, own), OST_E_KEY_FORMAT);
        assert_int_equal(WITH(jwks[i], "\"x5c\":[\"%s\"]", other), OST_E_KEY_FORMAT);
    }
    assert_int_equal(WITH(test_rsa, "\"x5c\":[\"%s\"]", certificate(test_rsa_other)),
                     OST_E_KEY_FORMAT);
    assert_int_equal(WITH(test_p256, "\"x5c\":[\"%s\"]", certificate(test_p256_other)),
                     OST_E_KEY_FORMAT);
    assert_int_equal(WITH(test_secret, "\"x5c\":[\"%s\"]", certificate(test_rsa)),
                     OST_E_KEY_FORMAT);
}

static void digests(void **state)
{
    const char *own = certificate(test_rsa), *other = certificate(test_rsa_other);
    const char *sha1 = digest_of(own, "SHA1"), *sha256 = digest_of(own, "SHA256");
    assert_int_equal(
        WITH(test_rsa, "\"x5c\":[\"%s\"],\"x5t\":\"%s\",\"x5t#S256\":\"%s\"", own, sha1, sha256),
        OST_OK);
    assert_int_equal(WITH(test_rsa, "\"x5c\":[\"%s\"],\"x5t\":\"%s\"", own, sha256),
                     OST_E_KEY_FORMAT);
    assert_int_equal(
        WITH(test_rsa, "\"x5c\":[\"%s\"],\"x5t#S256\":\"%s\"", own, digest_of(other, "SHA256")),
        OST_E_KEY_FORMAT);
    assert_int_equal(WITH(test_rsa, "\"x5c\":[\"%s\"],\"x5t#S256\":1", own), OST_E_KEY_FORMAT);
    assert_int_equal(WITH(test_rsa, "\"x5c\":[\"%s\"],\"x5t\":\"\"", own), OST_E_KEY_FORMAT);
    /* Alone there is nothing to compare them with. */
    assert_int_equal(WITH(test_rsa, "\"x5t\":\"%s\",\"x5t#S256\":\"%s\"", sha1, sha1), OST_OK);
}

/* Auth0 publishes the digest's hexadecimal digits, encoded. */
static void digests_in_hex(void **state)
{
    const char *own = certificate(test_rsa);
    unsigned char der[4096], hash[EVP_MAX_MD_SIZE];
    size_t len, hash_len;
    assert_int_equal(base64_decode(text_of(own), der, &len), OST_OK);
    assert_int_equal(EVP_Q_digest(NULL, "SHA1", NULL, der, len, hash, &hash_len), 1);
    for (int upper = 0; upper < 2; upper++) {
        char hex[41];
        ost_text encoded = {0};
        for (size_t i = 0; i < 20; i++)
            snprintf(hex + 2 * i, 3, upper ? "%02X" : "%02x", hash[i]);
        assert_int_equal(base64url_encode_to(arena, (ost_text){hex, 40}, &encoded), OST_OK);
        assert_int_equal(WITH(test_rsa, "\"x5c\":[\"%s\"],\"x5t\":\"%s\"", own, encoded.data),
                         OST_OK);
        hex[7] = hex[7] == '1' ? '2' : '1';
        assert_int_equal(base64url_encode_to(arena, (ost_text){hex, 40}, &encoded), OST_OK);
        assert_int_equal(WITH(test_rsa, "\"x5c\":[\"%s\"],\"x5t\":\"%s\"", own, encoded.data),
                         OST_E_KEY_FORMAT);
    }
}

static void malformed(void **state)
{
    const char *own = certificate(test_rsa);
    static const char *const bad[] = {"{}",         "\"x\"",      "1",
                                      "[1]",        "[null]",     "[\"\"]",
                                      "[\"AAAA\"]", "[\"MAA=\"]", "[\"not a certificate\"]"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(WITH(test_rsa, "\"x5c\":%s", bad[i]), OST_E_KEY_FORMAT);
    assert_int_equal(WITH(test_rsa, "\"x5c\":\"%s\"", own), OST_E_KEY_FORMAT);
    assert_int_equal(WITH(test_rsa, "\"x5c\":[\" %s\"]", own), OST_E_KEY_FORMAT);
    assert_int_equal(WITH(test_rsa, "\"x5c\":[\"%s\",\"AAAA\"]", own), OST_E_KEY_FORMAT);
    assert_int_equal(WITH(test_rsa, "\"x5c\":[\"%s\",1]", own), OST_E_KEY_FORMAT);
    /* The key alone is not a certificate. */
    ost_key *key = good_key(test_rsa);
    ost_text der = {0};
    assert_int_equal(ost_key_export_spki(key, OST_KEY_DER, arena, &der), OST_OK);
    assert_int_equal(WITH(test_rsa, "\"x5c\":[\"%s\"]", base64_of(arena, der)), OST_E_KEY_FORMAT);
    ost_key_unref(key);
}

static void attack_34_long_chains(void **state)
{
    const char *own = certificate(test_p256), *chain = ost_arena_format(arena, "\"%s\"", own);
    for (int i = 1; i < 10; i++)
        chain = ost_arena_format(arena, "%s,\"%s\"", chain, own);
    assert_int_equal(WITH(test_p256, "\"x5c\":[%s]", chain), OST_OK);
    assert_int_equal(WITH(test_p256, "\"x5c\":[%s,\"%s\"]", chain, own), OST_E_KEY_FORMAT);
    char *large = ost_arena_alloc(arena, 30001);
    memset(large, 'A', 30000);
    assert_int_equal(WITH(test_p256, "\"x5c\":[\"%s\",\"%s\"]", own, large), OST_E_KEY_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attack_15_of_the_same_key),
        cmocka_unit_test(digests),
        cmocka_unit_test(digests_in_hex),
        cmocka_unit_test(malformed),
        cmocka_unit_test(attack_34_long_chains),
    };
    return cmocka_run_group_tests_name("jose-jwk_x5c", tests, open_arena, close_arena);
}
