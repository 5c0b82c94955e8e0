/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures and keys while every allocation of ours, of arenas and of OpenSSL's fails once, in
 * turn: no crash, no leak (under the sanitizers), no output touched, and never a wrong verdict. */
#include <string.h>

#include "base/text.h"
#include "certificates.h"
#include "failing.h"
#include "keys.h"
#include "test.h"

#define NOW 1700000000

static const char *const jwks[] = {test_rsa,     test_p256,  test_p384,   test_p521, test_secp256k1,
                                   test_ed25519, test_ed448, test_x25519, test_x448, test_secret};
static ost_arena *kept;
static const char *certified; /* a JWK with its certificate */
static const char *published; /* a set of the public halves, and one that is unknown */
static const char *const audiences[] = {"a"};
static const ost_claims_rules rules = {
    .issuer = "i",
    .audiences = audiences,
    .audience_count = 1,
    .algorithms = EVERY_ALG,
};

static ost_result import_and_export(const void *jwk, ost_arena *arena)
{
    ost_key *key = NULL;
    char thumbprint[44] = "";
    ost_result result = ost_key_import_jwk(text_of(jwk), &key, NULL);
    assert_true((key != NULL) == (result == OST_OK));
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    ost_text text = {0};
    if (result == OST_OK && writer == NULL)
        result = OST_E_MEMORY;
    if (result == OST_OK)
        result = ost_key_export_private(key, writer);
    if (result == OST_OK)
        result = ost_json_writer_finish(writer, &text);
    if (result == OST_OK)
        result = ost_key_thumbprint(key, thumbprint);
    if (result == OST_OK)
        assert_int_equal(strlen(thumbprint), 43);
    ost_key_unref(key);
    return result;
}

/* The right hash or none. */
static ost_result hash(const void *unused, ost_arena *arena)
{
    static const unsigned char of_nothing[32] = {0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14,
                                                 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
                                                 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c,
                                                 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55};
    unsigned char hash[32] = {0};
    ost_result result = ost_sha256(OST_TEXT(""), hash);
    if (result == OST_OK)
        assert_memory_equal(hash, of_nothing, sizeof hash);
    return result;
}

typedef struct known_key {
    ost_key *key;
    ost_alg alg;
    char thumbprint[44];
} known_key;

static ost_result thumbprint_of(const void *material, ost_arena *arena)
{
    const known_key *known = material;
    char thumbprint[44] = "";
    ost_result result = ost_key_thumbprint(known->key, thumbprint);
    assert_string_equal(thumbprint, result == OST_OK ? known->thumbprint : "");
    return result;
}

/* Of Ed448, OpenSSL does not tell a lack of memory from a signature that does not match. */
static bool is_vague(ost_alg alg)
{
    return alg == OST_EDDSA;
}

static ost_result sign_and_verify_with(ost_key *key, ost_alg alg, ost_arena *arena)
{
    ost_keyset *set = NULL;
    ost_text token = {0};
    const ost_claims *claims = NULL;
    ost_result result = ost_keyset_new(&key, 1, &set);
    if (result == OST_OK)
        result = ost_jws_sign(OST_TEXT("{\"iss\":\"i\",\"aud\":\"a\",\"exp\":1700000100}"), key,
                              alg, "JWT", arena, &token);
    if (result == OST_OK) {
        result = ost_jwt_verify(token, set, &rules, NOW, arena, &claims, NULL);
        assert_true(result != OST_E_SIGNATURE || is_vague(alg));
    }
    assert_true((claims != NULL) == (result == OST_OK));
    ost_keyset_unref(set);
    return result;
}

/* What was signed, is so for those who have the memory to look; RSA's blinding (failing.c) is
 * apart.
 */
static ost_result signed_is_signed(const void *material, ost_arena *arena)
{
    const known_key *known = material;
    ost_unverified_jws jws;
    ost_text token = {0}, payload;
    ost_result result = ost_jws_sign(OST_TEXT("{}"), known->key, known->alg, NULL, arena, &token);
    if (result == OST_OK)
        result = ost_jws_read_unverified(token, EVERY_ALG, arena, &jws, NULL);
    if (result == OST_OK)
        result = ost_jws_verify(&jws, known->key, arena, &payload);
    if (result == OST_E_SIGNATURE)
        result = ost_jws_verify(&jws, known->key, arena, &payload);
    assert_int_not_equal(result, OST_E_SIGNATURE);
    return result;
}

static ost_result sign_and_verify(const void *jwk, ost_arena *arena)
{
    ost_key *key = NULL;
    ost_result result = ost_key_import_jwk(text_of(jwk), &key, NULL);
    for (ost_alg alg = OST_RS256; result == OST_OK && alg <= OST_ES256K; alg++) {
        if (ost_key_serves(key, alg))
            result = sign_and_verify_with(key, alg, arena);
    }
    ost_key_unref(key);
    return result;
}

static ost_result pem_and_back(const void *jwk, ost_arena *arena)
{
    ost_key *key = NULL, *again = NULL;
    ost_text pem = {0};
    ost_result result = ost_key_import_jwk(text_of(jwk), &key, NULL);
    if (result == OST_OK && ost_key_type_of(key) != OST_KEY_OCT) {
        result = ost_key_export_pkcs8(key, OST_KEY_PEM, arena, &pem);
        if (result == OST_OK)
            result = ost_key_import_pem(pem, OST_ALG_UNSET, "kid", &again, NULL);
        assert_true((again != NULL) == (result == OST_OK));
    }
    ost_key_unref(again);
    ost_key_unref(key);
    return result;
}

static ost_result sign_and_verify_json(const void *jwk, ost_arena *arena)
{
    const ost_jws_options options = {.unencoded = true, .general = true};
    const ost_jws_rules accepted = {.algorithms = EVERY_ALG, .unencoded = true};
    ost_key *key = NULL;
    ost_keyset *set = NULL;
    ost_text json = {0};
    ost_verified_jws verified = {0};
    ost_jws_signer signers[2] = {0};
    ost_result result = ost_key_import_jwk(text_of(jwk), &key, NULL);
    for (ost_alg alg = OST_ES256K; result == OST_OK && alg > OST_ALG_UNSET; alg--) {
        if (ost_key_serves(key, alg))
            signers[0] = signers[1] = (ost_jws_signer){.key = key, .alg = alg};
    }
    if (result == OST_OK)
        result = ost_keyset_new(&key, 1, &set);
    if (result == OST_OK && signers[0].key != NULL) {
        result = ost_jws_json_sign(OST_TEXT("x"), signers, 2, &options, arena, &json, NULL);
        if (result == OST_OK)
            result = ost_jws_json_verify(json, set, &accepted, arena, &verified, NULL);
        assert_true((verified.key != NULL) == (result == OST_OK));
    }
    ost_keyset_unref(set);
    ost_key_unref(key);
    return result;
}

/* A signature by another key is never accepted, whatever fails on the way. */
static ost_result refuse(const void *unused, ost_arena *arena)
{
    static const char forged[] =
        "eyJhbGciOiJFUzI1NiJ9.e30."
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQ";
    ost_key *key = NULL;
    ost_unverified_jws jws;
    ost_text payload = {0};
    ost_result result = ost_key_import_jwk(text_of(test_p256), &key, NULL);
    if (result == OST_OK)
        result = ost_jws_read_unverified(text_of(forged), 0, arena, &jws, NULL);
    if (result == OST_OK) {
        result = ost_jws_verify(&jws, key, arena, &payload);
        assert_int_not_equal(result, OST_OK);
        assert_null(payload.data);
        if (result == OST_E_SIGNATURE)
            result = OST_OK;
    }
    ost_key_unref(key);
    return result;
}

/* A key whose certificate is compared with it. */
static ost_result import_certified(const void *unused, ost_arena *arena)
{
    ost_key *key = NULL;
    ost_result result = ost_key_import_jwk(text_of(certified), &key, NULL);
    assert_true((key != NULL) == (result == OST_OK));
    ost_key_unref(key);
    return result;
}

static ost_result read_claims(const void *unused, ost_arena *arena)
{
    const ost_claims *claims = NULL;
    ost_result result = ost_claims_read(OST_TEXT("{\"iss\":\"i\",\"exp\":1,\"aud\":[\"a\",\"b\"]}"),
                                        arena, &claims, NULL);
    assert_true((claims != NULL) == (result == OST_OK));
    return result;
}

/* No key is left out because memory was short: those that are passed over are for nothing here. */
static ost_result import_set(const void *unused, ost_arena *arena)
{
    ost_keyset *set = NULL;
    size_t skipped = 99;
    ost_result result = ost_keyset_import(text_of(published), 0, &set, &skipped, NULL);
    assert_true((set != NULL) == (result == OST_OK));
    assert_int_equal(skipped, result == OST_OK ? 3 : 99);
    ost_keyset_unref(set);
    return result;
}

static ost_result generate(const void *unused, ost_arena *arena)
{
    ost_key *key = NULL;
    ost_result result = OST_OK;
    for (ost_alg alg = OST_ES256; result == OST_OK && alg <= OST_ES256K; alg++) {
        result = ost_key_generate(alg, 0, NULL, &key, NULL);
        assert_true((key != NULL) == (result == OST_OK));
        ost_key_unref(key);
        key = NULL;
    }
    return result;
}

static failing_scenario *const of_a_key[] = {import_and_export, sign_and_verify, pem_and_back,
                                             sign_and_verify_json};
static failing_scenario *const of_none[] = {refuse, import_certified, import_set, generate};
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void all(void (*failing)(failing_scenario *scenario, const void *material))
{
    for (size_t s = 0; s < COUNT(of_a_key); s++) {
        for (size_t i = 0; i < COUNT(jwks); i++)
            failing(of_a_key[s], jwks[i]);
    }
    for (size_t s = 0; s < COUNT(of_none); s++)
        failing(of_none[s], NULL);
}

static void each_of_ours_fails_once(void **state)
{
    all(failing_ours);
    failing_ours(read_claims, NULL);
}

static void each_of_the_librarys_fails_once(void **state)
{
    all(failing_librarys);
}

static void hashes_are_right_or_none(void **state)
{
    for (size_t i = 0; i < COUNT(jwks); i++) {
        known_key known = {.key = good_key(jwks[i])};
        assert_int_equal(ost_key_thumbprint(known.key, known.thumbprint), OST_OK);
        failing_librarys(thumbprint_of, &known);
        ost_key_unref(known.key);
    }
    failing_librarys(hash, NULL);
}

static void signatures_are_right_or_none(void **state)
{
    for (size_t i = 0; i < COUNT(jwks); i++) {
        known_key known = {.key = good_key(jwks[i])};
        for (known.alg = OST_PS512 + 1; known.alg <= OST_ES256K; known.alg++) {
            if (ost_key_serves(known.key, known.alg))
                failing_librarys(signed_is_signed, &known);
        }
        ost_key_unref(known.key);
    }
}

static void each_arena_is_too_small(void **state)
{
    for (size_t i = 0; i < COUNT(jwks); i++)
        failing_arenas(import_and_export, jwks[i]);
    failing_arenas(sign_and_verify, test_ed25519);
    failing_arenas(sign_and_verify_json, test_ed25519);
    failing_arenas(pem_and_back, test_ed25519);
    failing_arenas(refuse, NULL);
    failing_arenas(read_claims, NULL);
}

static int publish(void)
{
    ost_json_writer *writer = ost_json_writer_new(kept, 0);
    ost_text text = {0};
    ost_json_open_object(writer);
    ost_json_put_name(writer, OST_TEXT("keys"));
    ost_json_open_array(writer);
    ost_json_open_object(writer);
    ost_json_member_string(writer, "kty", "x");
    ost_json_close_object(writer);
    for (size_t i = 0; i < COUNT(jwks) - 1; i++) { /* but for the secret */
        ost_key *key = good_key(jwks[i]);
        assert_int_equal(ost_key_export_public(key, writer), OST_OK);
        ost_key_unref(key);
    }
    ost_json_close_array(writer);
    ost_json_close_object(writer);
    assert_int_equal(ost_json_writer_finish(writer, &text), OST_OK);
    published = text.data;
    return 0;
}

static int certify(void **state)
{
    ost_key *key = good_key(test_p256);
    kept = ost_arena_new(1 << 20);
    certified = with(
        kept, test_p256,
        ost_arena_format(kept, "\"x5c\":[\"%s\"]", base64_of(kept, certificate_of(kept, key))));
    ost_key_unref(key);
    return certified == NULL ? -1 : publish();
}

static int forget(void **state)
{
    ost_arena_free(kept);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_of_ours_fails_once),
        cmocka_unit_test(each_of_the_librarys_fails_once),
        cmocka_unit_test(hashes_are_right_or_none),
        cmocka_unit_test(signatures_are_right_or_none),
        cmocka_unit_test(each_arena_is_too_small),
    };
    if (!failing_begin())
        return 1;
    return cmocka_run_group_tests_name("jose-memory", tests, certify, forget);
}
