/* SPDX-License-Identifier: Apache-2.0 */
/* Verifying signatures: every algorithm with every key, and the ways to cheat. */
#include <string.h>

#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <ostiary/jose.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/text.h"
#include "jose/signature/ecdsa.h"
#include "jose/signature/signature.h"
#include "keys.h"
#include "test_arena.h"

static const struct {
    const char *jwk;
    ost_algs algs;
} keys[] = {
    {test_rsa, OST_ALG_BIT(OST_RS256) | OST_ALG_BIT(OST_RS384) | OST_ALG_BIT(OST_RS512) |
                   OST_ALG_BIT(OST_PS256) | OST_ALG_BIT(OST_PS384) | OST_ALG_BIT(OST_PS512)},
    {test_p256, OST_ALG_BIT(OST_ES256)},
    {test_p384, OST_ALG_BIT(OST_ES384)},
    {test_p521, OST_ALG_BIT(OST_ES512)},
    {test_ed25519, OST_ALG_BIT(OST_EDDSA)},
    {test_secret, OST_ALG_BIT(OST_HS256) | OST_ALG_BIT(OST_HS384) | OST_ALG_BIT(OST_HS512)},
};
#define KEYS (ARRAY_LEN(keys))

static ost_key *key_for(ost_alg alg)
{
    for (size_t i = 0; i < KEYS; i++) {
        if ((keys[i].algs & OST_ALG_BIT(alg)) != 0)
            return good_key(keys[i].jwk);
    }
    return NULL;
}

static const char *header_for(ost_alg alg)
{
    return ost_arena_format(arena, "{\"alg\":\"%s\"}", ost_alg_name(alg));
}

static ost_text token_for(ost_alg alg, const ost_key *key)
{
    return forge(arena, header_for(alg), OST_TEXT("{\"a\":1}"), key, alg);
}

/* The bytes of a token's signature. */
static ost_text signature_of(ost_text token)
{
    ost_text bytes = {0};
    size_t at = token.len;
    while (token.data[at - 1] != '.')
        at--;
    assert_int_equal(base64url_decode_to(arena, text_slice(token, at, token.len), &bytes), OST_OK);
    return bytes;
}

static ost_result verify_bytes(ost_alg alg, const ost_key *key, const void *bytes, size_t size)
{
    ost_text signature = {bytes, size};
    return verify(assemble(arena, text_of(header_for(alg)), OST_TEXT("{\"a\":1}"), signature), key);
}

/* Every algorithm's token is accepted with its own key under its own name, and otherwise nowhere.
 */
static void every_algorithm_and_every_key(void **state)
{
    for (ost_alg alg = OST_RS256; alg <= OST_HS512; alg++) {
        ost_key *key = key_for(alg);
        for (ost_alg said = OST_RS256; said <= OST_HS512; said++) {
            ost_text token = forge(arena, header_for(said), OST_TEXT("{}"), key, alg);
            for (size_t i = 0; i < KEYS; i++) {
                ost_key *other = good_key(keys[i].jwk);
                bool serves = (keys[i].algs & OST_ALG_BIT(said)) != 0;
                ost_result expected = !serves       ? OST_E_KEY_USE
                                      : said != alg ? OST_E_SIGNATURE
                                                    : OST_OK;
                assert_int_equal(verify(token, other), expected);
                ost_key_unref(other);
            }
        }
        ost_key_unref(key);
    }
}

static void public_half_suffices(void **state)
{
    for (ost_alg alg = OST_RS256; alg <= OST_EDDSA; alg++) {
        ost_key *key = key_for(alg), *half = public_half(key);
        ost_unverified_jws jws;
        ost_text token = token_for(alg, key), payload = {0};
        assert_int_equal(ost_jws_read_unverified(token, 0, arena, &jws, NULL), OST_OK);
        assert_int_equal(ost_jws_verify(&jws, half, arena, &payload), OST_OK);
        assert_true(text_is(payload, "{\"a\":1}"));
        ost_key_unref(half);
        ost_key_unref(key);
    }
}

static void another_key_of_the_type(void **state)
{
    ost_key *rsa = good_key(test_rsa), *rsa_other = good_key(test_rsa_other);
    ost_key *ec = good_key(test_p256), *ec_other = good_key(test_p256_other);
    assert_int_equal(verify(token_for(OST_RS256, rsa), rsa_other), OST_E_SIGNATURE);
    assert_int_equal(verify(token_for(OST_PS256, rsa), rsa_other), OST_E_SIGNATURE);
    assert_int_equal(verify(token_for(OST_ES256, ec), ec_other), OST_E_SIGNATURE);
    ost_key_unref(rsa);
    ost_key_unref(rsa_other);
    ost_key_unref(ec);
    ost_key_unref(ec_other);
}

/* One bit anywhere: header, payload or signature. */
static void bit_flips(void **state)
{
    for (ost_alg alg = OST_RS256; alg <= OST_HS512; alg++) {
        ost_key *key = key_for(alg);
        ost_text token = token_for(alg, key);
        char *copy = ost_arena_copy(arena, token);
        for (size_t at = 0; at < token.len; at += 3) {
            for (int bit = 0; bit < 7; bit += 2) {
                copy[at] = (char)(token.data[at] ^ 1 << bit);
                assert_int_not_equal(verify((ost_text){copy, token.len}, key), OST_OK);
                copy[at] = token.data[at];
            }
        }
        assert_int_equal(verify((ost_text){copy, token.len}, key), OST_OK);
        ost_key_unref(key);
    }
}

/* A byte less, a byte more, zeroes before and after, nothing, everything. */
static void lengths_of_signatures(void **state)
{
    for (ost_alg alg = OST_RS256; alg <= OST_HS512; alg++) {
        ost_key *key = key_for(alg);
        ost_text good = signature_of(token_for(alg, key));
        char *bytes = ost_arena_alloc(arena, good.len + 8);
        memcpy(bytes + 4, good.data, good.len);
        assert_int_equal(verify_bytes(alg, key, bytes + 4, good.len), OST_OK);
        for (size_t before = 0; before < 3; before++) {
            for (size_t after = 0; after < 3; after++) {
                if (before + after > 0)
                    assert_int_equal(
                        verify_bytes(alg, key, bytes + 4 - before, before + good.len + after),
                        OST_E_SIGNATURE);
            }
        }
        for (size_t len = 1; len < good.len; len += 5)
            assert_int_equal(verify_bytes(alg, key, bytes + 4, len), OST_E_SIGNATURE);
        memset(bytes, 0, good.len);
        assert_int_equal(verify_bytes(alg, key, bytes, good.len), OST_E_SIGNATURE);
        memset(bytes, 0xff, good.len);
        assert_int_equal(verify_bytes(alg, key, bytes, good.len), OST_E_SIGNATURE);
        ost_key_unref(key);
    }
}

/* The public key, which everyone knows, as the secret of a MAC. */
static ost_result confuse(const char *secret, size_t len, const ost_key *rsa)
{
    ost_result worst = OST_E_KEY_USE;
    for (ost_alg alg = OST_HS256; alg <= OST_HS512; alg++) {
        ost_key *mac = NULL;
        assert_int_equal(ost_key_import_secret((ost_text){secret, len}, alg, NULL, &mac, NULL),
                         OST_OK);
        ost_text token = forge(arena, header_for(alg), OST_TEXT("{\"sub\":\"admin\"}"), mac, alg);
        ost_result result = verify(token, rsa);
        if (result != OST_E_KEY_USE)
            worst = result;
        ost_key_unref(mac);
    }
    return worst;
}

static void attack_04_rs_to_hs_with_pem(void **state)
{
    ost_key *key = good_key(test_rsa), *half = public_half(key);
    BIO *bio = BIO_new(BIO_s_mem());
    char *pem = NULL;
    assert_int_equal(PEM_write_bio_PUBKEY(bio, half->pkey), 1);
    long len = BIO_get_mem_data(bio, &pem);
    assert_int_equal(confuse(pem, (size_t)len, half), OST_E_KEY_USE);
    assert_int_equal(confuse(pem, (size_t)len - 1, half), OST_E_KEY_USE); /* no newline */
    assert_int_equal(confuse(pem, (size_t)len, key), OST_E_KEY_USE);
    BIO_free(bio);
    ost_key_unref(half);
    ost_key_unref(key);
}

static void attack_04_rs_to_hs_with_der(void **state)
{
    ost_key *key = good_key(test_rsa);
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(key->pkey, &der);
    assert_true(len > 0);
    assert_int_equal(confuse((const char *)der, (size_t)len, key), OST_E_KEY_USE);
    OPENSSL_free(der);
    ost_key_unref(key);
}

static void attack_04_rs_to_hs_with_jwk(void **state)
{
    ost_key *key = good_key(test_rsa), *half = public_half(key);
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    ost_text jwk = {0};
    assert_int_equal(ost_key_export_public(half, writer), OST_OK);
    assert_int_equal(ost_json_writer_finish(writer, &jwk), OST_OK);
    assert_int_equal(confuse(jwk.data, jwk.len, half), OST_E_KEY_USE);
    assert_int_equal(confuse(jwk.data, jwk.len, key), OST_E_KEY_USE);
    ost_key_unref(half);
    ost_key_unref(key);
}

/* Such a key cannot even be made; a token signed so is for a key of another secret. */
static void attack_05_hs_with_empty_secret(void **state)
{
    ost_key *key = good_key(test_secret), *none = NULL;
    unsigned char mac[32];
    ost_text input =
        assemble(arena, OST_TEXT("{\"alg\":\"HS256\"}"), OST_TEXT("{}"), (ost_text){0});
    assert_int_equal(ost_key_import_secret((ost_text){0}, OST_HS256, NULL, &none, NULL),
                     OST_E_KEY_WEAK);
    assert_null(none);
    assert_non_null(
        HMAC(EVP_sha256(), "", 0, (const unsigned char *)input.data, input.len - 1, mac, NULL));
    assert_int_equal(verify(assemble(arena, OST_TEXT("{\"alg\":\"HS256\"}"), OST_TEXT("{}"),
                                     (ost_text){(const char *)mac, 32}),
                            key),
                     OST_E_SIGNATURE);
    ost_key_unref(key);
}

static void attack_07_psychic_signatures(void **state)
{
    static const struct {
        const char *jwk;
        ost_alg alg;
    } curves[] = {{test_p256, OST_ES256}, {test_p384, OST_ES384}, {test_p521, OST_ES512}};
    for (size_t c = 0; c < 3; c++) {
        ost_key *key = good_key(curves[c].jwk);
        const curve_facts *curve = alg_find(curves[c].alg)->curve;
        unsigned char numbers[4][CURVE_MAX_SIZE] = {{0}}; /* 0, 1, n - 1, n */
        unsigned char raw[2 * CURVE_MAX_SIZE];
        numbers[1][curve->size - 1] = 1;
        memcpy(numbers[2], curve->order, curve->size);
        numbers[2][curve->size - 1]--;
        memcpy(numbers[3], curve->order, curve->size);
        for (size_t i = 0; i < 16; i++) {
            memcpy(raw, numbers[i % 4], curve->size);
            memcpy(raw + curve->size, numbers[i / 4], curve->size);
            assert_int_equal(verify_bytes(curves[c].alg, key, raw, 2 * curve->size),
                             OST_E_SIGNATURE);
        }
        ost_key_unref(key);
    }
}

/* What OpenSSL itself takes and gives must not be taken from a token. */
static void attack_08_ecdsa_in_der(void **state)
{
    ost_key *key = good_key(test_p256);
    unsigned char der[ECDSA_DER_MAX], padded[ECDSA_DER_MAX + 8] = {0};
    size_t len = 0;
    ost_text good = signature_of(token_for(OST_ES256, key));
    assert_true(ecdsa_to_der(curve_find(OST_KEY_EC, OST_TEXT("P-256")),
                             (const unsigned char *)good.data, der, &len));
    assert_int_equal(verify_bytes(OST_ES256, key, der, len), OST_E_SIGNATURE);
    memcpy(padded, der, 64);
    assert_int_equal(verify_bytes(OST_ES256, key, padded, 64), OST_E_SIGNATURE);
    ost_key_unref(key);
}

static void attack_09_es256_with_another_curve(void **state)
{
    ost_key *p256 = good_key(test_p256), *p384 = good_key(test_p384), *p521 = good_key(test_p521);
    assert_int_equal(verify(token_for(OST_ES256, p256), p384), OST_E_KEY_USE);
    assert_int_equal(verify(token_for(OST_ES256, p256), p521), OST_E_KEY_USE);
    assert_int_equal(verify(token_for(OST_ES384, p384), p256), OST_E_KEY_USE);
    ost_key_unref(p256);
    ost_key_unref(p384);
    ost_key_unref(p521);
}

/* A PSS signature with parameters at will. */
static ost_result pss(const ost_key *key, const char *hash, const char *mask, int salt)
{
    unsigned char digest_bytes[64], bytes[256];
    size_t size = sizeof bytes;
    unsigned digest_size = 0;
    const EVP_MD *md = EVP_get_digestbyname(hash);
    ost_text payload = OST_TEXT("{\"a\":1}");
    ost_text input = assemble(arena, text_of(header_for(OST_PS256)), payload, (ost_text){0});
    assert_int_equal(EVP_Digest(input.data, input.len - 1, digest_bytes, &digest_size, md, NULL),
                     1);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
    assert_int_equal(EVP_PKEY_sign_init(context), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING), 1);
    assert_int_equal(EVP_PKEY_CTX_set_signature_md(context, md), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_get_digestbyname(mask)), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(context, salt), 1);
    assert_int_equal(EVP_PKEY_sign(context, bytes, &size, digest_bytes, digest_size), 1);
    EVP_PKEY_CTX_free(context);
    return verify_bytes(OST_PS256, key, bytes, size);
}

static void attack_12_pss_parameters(void **state)
{
    ost_key *key = good_key(test_rsa);
    assert_int_equal(pss(key, "SHA256", "SHA256", 32), OST_OK);
    static const int salts[] = {0, 1, 20, 31, 33, 64, 222};
    for (size_t i = 0; i < ARRAY_LEN(salts); i++)
        assert_int_equal(pss(key, "SHA256", "SHA256", salts[i]), OST_E_SIGNATURE);
    assert_int_equal(pss(key, "SHA256", "SHA1", 32), OST_E_SIGNATURE);
    assert_int_equal(pss(key, "SHA256", "SHA512", 32), OST_E_SIGNATURE);
    assert_int_equal(pss(key, "SHA384", "SHA384", 48), OST_E_SIGNATURE);
    assert_int_equal(pss(key, "SHA384", "SHA256", 32), OST_E_SIGNATURE);
    ost_key_unref(key);
}

static void attack_12_rs_accepted_as_ps(void **state)
{
    ost_key *bound = good_key(with(arena, test_rsa, "\"alg\":\"PS256\""));
    ost_key *key = good_key(test_rsa);
    assert_int_equal(verify(token_for(OST_RS256, key), bound), OST_E_KEY_USE);
    assert_int_equal(
        verify(forge(arena, header_for(OST_PS256), OST_TEXT("{}"), key, OST_RS256), bound),
        OST_E_SIGNATURE);
    ost_key_unref(key);
    ost_key_unref(bound);
}

static void attack_13_embedded_jwk(void **state)
{
    ost_key *mine = good_key(test_rsa_other), *trusted = good_key(test_rsa);
    ost_key *half = public_half(mine);
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    ost_text jwk = {0};
    assert_int_equal(ost_key_export_public(half, writer), OST_OK);
    assert_int_equal(ost_json_writer_finish(writer, &jwk), OST_OK);
    const char *header =
        ost_arena_format(arena, "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"jwk\":%s}", jwk.data);
    ost_text token = forge(arena, header, OST_TEXT("{}"), mine, OST_RS256);
    assert_int_equal(verify(token, trusted), OST_E_SIGNATURE);
    assert_int_equal(verify(token, mine), OST_OK); /* it is well signed, only not by us */
    ost_key_unref(half);
    ost_key_unref(mine);
    ost_key_unref(trusted);
}

static void attack_18_key_not_for_verification(void **state)
{
    ost_key *key = good_key(with(arena, test_p256, "\"key_ops\":[\"sign\"]"));
    ost_key *verifier = good_key(with(arena, test_p256, "\"key_ops\":[\"verify\"]"));
    ost_text token = token_for(OST_ES256, key), ignored = {0};
    assert_int_equal(verify(token, key), OST_E_KEY_USE);
    assert_int_equal(verify(token, verifier), OST_OK);
    assert_int_equal(ost_jws_sign(OST_TEXT("{}"), verifier, OST_ES256, NULL, arena, &ignored),
                     OST_E_KEY_USE);
    ost_key_unref(key);
    ost_key_unref(verifier);
}

/* Well signed, and yet not strict base64url. */
static void attack_21_base64_of_payload_and_signature(void **state)
{
    ost_key *key = good_key(test_ed25519);
    static const char *const payloads[] = {"e30=", "e30\n", "e3 0", "e31", "e", "e30+", "e30/"};
    for (size_t i = 0; i < ARRAY_LEN(payloads); i++) {
        unsigned char bytes[SIGNATURE_MAX_SIZE];
        char text[128];
        size_t size = 0;
        const char *input = ost_arena_format(arena, "eyJhbGciOiJFZERTQSJ9.%s", payloads[i]);
        assert_int_equal(signature_make(key, OST_EDDSA, text_of(input), bytes, &size), OST_OK);
        text[base64url_encode(bytes, size, text)] = '\0';
        const char *token = ost_arena_format(arena, "%s.%s", input, text);
        assert_int_equal(verify(text_of(token), key), OST_E_TOKEN_FORMAT);
    }
    ost_text token = token_for(OST_EDDSA, key);
    char *loose = ost_arena_copy(arena, token);
    assert_int_equal(verify((ost_text){loose, token.len}, key), OST_OK);
    loose[token.len - 1]++; /* unused bits: 64 bytes end in a character of two bits */
    assert_int_equal(verify((ost_text){loose, token.len}, key), OST_E_TOKEN_FORMAT);
    static const char ends[] = "=\n +/.";
    for (size_t i = 0; i < 6; i++) {
        loose[token.len - 1] = ends[i];
        assert_int_equal(verify((ost_text){loose, token.len}, key), OST_E_TOKEN_FORMAT);
    }
    ost_key_unref(key);
}

/* Every bit of the one octet that sets the curve point's sign and the scalar's range. */
static void ed25519_malleability(void **state)
{
    ost_key *key = good_key(test_ed25519);
    ost_text good = signature_of(token_for(OST_EDDSA, key));
    static const unsigned char order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                            0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                            0,    0,    0,    0,    0,    0,    0,    0,
                                            0,    0,    0,    0,    0,    0,    0,    0x10};
    unsigned char bytes[64];
    unsigned carry = 0;
    memcpy(bytes, good.data, 64);
    for (size_t i = 0; i < 32; i++) { /* S + L: the same modulo L */
        carry += (unsigned)bytes[32 + i] + order[i];
        bytes[32 + i] = (unsigned char)carry;
        carry >>= 8;
    }
    assert_int_equal(verify_bytes(OST_EDDSA, key, bytes, 64), OST_E_SIGNATURE);
    ost_key_unref(key);
}

static void nothing_is_left_in_the_error_queue(void **state)
{
    ERR_clear_error();
    ERR_raise(ERR_LIB_USER, 1); /* the caller's own */
    for (ost_alg alg = OST_RS256; alg <= OST_HS512; alg++) {
        ost_key *key = key_for(alg);
        unsigned char bytes[256] = {1};
        size_t size = signature_of(token_for(alg, key)).len;
        assert_int_equal(verify_bytes(alg, key, bytes, size), OST_E_SIGNATURE);
        ost_key_unref(key);
    }
    assert_int_equal(import_result(changed(arena, test_p256, "x", "AA")), OST_E_KEY_FORMAT);
    assert_int_equal(ERR_GET_LIB(ERR_get_error()), ERR_LIB_USER);
    assert_int_equal(ERR_get_error(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_algorithm_and_every_key),
        cmocka_unit_test(public_half_suffices),
        cmocka_unit_test(another_key_of_the_type),
        cmocka_unit_test(bit_flips),
        cmocka_unit_test(lengths_of_signatures),
        cmocka_unit_test(attack_04_rs_to_hs_with_pem),
        cmocka_unit_test(attack_04_rs_to_hs_with_der),
        cmocka_unit_test(attack_04_rs_to_hs_with_jwk),
        cmocka_unit_test(attack_05_hs_with_empty_secret),
        cmocka_unit_test(attack_07_psychic_signatures),
        cmocka_unit_test(attack_08_ecdsa_in_der),
        cmocka_unit_test(attack_09_es256_with_another_curve),
        cmocka_unit_test(attack_12_pss_parameters),
        cmocka_unit_test(attack_12_rs_accepted_as_ps),
        cmocka_unit_test(attack_13_embedded_jwk),
        cmocka_unit_test(attack_18_key_not_for_verification),
        cmocka_unit_test(attack_21_base64_of_payload_and_signature),
        cmocka_unit_test(ed25519_malleability),
        cmocka_unit_test(nothing_is_left_in_the_error_queue),
    };
    return cmocka_run_group_tests_name("jose-jws_verify", tests, open_arena, close_arena);
}
