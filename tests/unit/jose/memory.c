/* Every allocation of ours fails once, in turn, and after that every one of OpenSSL's: no crash, no
 * leak (under the sanitizers), no output touched, and never a refused token that is accepted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#include "context.h"
#include "keys.h"
#include "text.h"

#define NOW 1700000000

static uint64_t library_fails_at; /* 0: never */

static bool library_may_allocate(void)
{
    return library_fails_at == 0 || --library_fails_at != 0;
}

static void *library_malloc(size_t size, const char *file, int line)
{
    return library_may_allocate() ? malloc(size) : NULL;
}

static void *library_realloc(void *data, size_t size, const char *file, int line)
{
    return library_may_allocate() ? realloc(data, size) : NULL;
}

static void library_free(void *data, const char *file, int line)
{
    free(data);
}

static const char *const jwks[] = {test_rsa,     test_p256,  test_p384,   test_p521, test_secp256k1,
                                   test_ed25519, test_ed448, test_x25519, test_x448, test_secret};
#define JWKS (sizeof jwks / sizeof jwks[0])
static const char *const audiences[] = {"a"};
static const ost_claims_rules rules = {
    .issuer = "i",
    .audiences = audiences,
    .audience_count = 1,
    .algorithms = EVERY_ALG,
};

typedef ost_result scenario(const char *jwk);

static ost_result import_and_export(const char *jwk)
{
    ost_key *key = NULL;
    char thumbprint[44] = "";
    ost_arena *arena = ost_arena_new(1 << 20);
    if (arena == NULL)
        return OST_E_MEMORY;
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
    ost_arena_free(arena);
    return result;
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
    if (result == OST_OK)
        result = ost_jwt_verify(token, set, &rules, NOW, arena, &claims, NULL);
    assert_true((claims != NULL) == (result == OST_OK));
    ost_keyset_unref(set);
    return result;
}

static ost_result sign_and_verify(const char *jwk)
{
    ost_key *key = NULL;
    ost_arena *arena = ost_arena_new(1 << 20);
    if (arena == NULL)
        return OST_E_MEMORY;
    ost_result result = ost_key_import_jwk(text_of(jwk), &key, NULL);
    for (ost_alg alg = OST_RS256; result == OST_OK && alg <= OST_ES256K; alg++) {
        if (ost_key_serves(key, alg))
            result = sign_and_verify_with(key, alg, arena);
    }
    ost_key_unref(key);
    ost_arena_free(arena);
    return result;
}

static ost_result pem_and_back(const char *jwk)
{
    ost_key *key = NULL, *again = NULL;
    ost_text pem = {0};
    ost_arena *arena = ost_arena_new(1 << 20);
    if (arena == NULL)
        return OST_E_MEMORY;
    ost_result result = ost_key_import_jwk(text_of(jwk), &key, NULL);
    if (result == OST_OK && ost_key_type_of(key) != OST_KEY_OCT) {
        result = ost_key_export_pkcs8(key, OST_KEY_PEM, arena, &pem);
        if (result == OST_OK)
            result = ost_key_import_pem(pem, OST_ALG_NONE_SET, "kid", &again, NULL);
        assert_true((again != NULL) == (result == OST_OK));
    }
    ost_key_unref(again);
    ost_key_unref(key);
    ost_arena_free(arena);
    return result;
}

static ost_result sign_and_verify_json(const char *jwk)
{
    const ost_jws_options options = {.unencoded = true, .general = true};
    const ost_jws_rules accepted = {.algorithms = EVERY_ALG, .unencoded = true};
    ost_key *key = NULL;
    ost_keyset *set = NULL;
    ost_text json = {0};
    ost_verified_jws verified = {0};
    ost_jws_signer signers[2] = {0};
    ost_arena *arena = ost_arena_new(1 << 20);
    if (arena == NULL)
        return OST_E_MEMORY;
    ost_result result = ost_key_import_jwk(text_of(jwk), &key, NULL);
    for (ost_alg alg = OST_ES256K; result == OST_OK && alg > OST_ALG_NONE_SET; alg--) {
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
    ost_arena_free(arena);
    return result;
}

/* A signature by another key is never accepted, whatever fails on the way. */
static ost_result refuse(const char *jwk)
{
    static const char forged[] =
        "eyJhbGciOiJFUzI1NiJ9.e30."
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQ";
    ost_key *key = NULL;
    ost_unverified_jws jws;
    ost_text payload = {0};
    ost_arena *arena = ost_arena_new(1 << 20);
    if (arena == NULL)
        return OST_E_MEMORY;
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
    ost_arena_free(arena);
    return result;
}

static ost_result import_set(const char *jwk)
{
    ost_keyset *set = NULL;
    size_t skipped = 99;
    ost_arena *arena = ost_arena_new(1 << 20);
    const char *text =
        arena != NULL
            ? ost_arena_format(arena, "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":"
                                      "\"e\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHU"
                                      "Ro\"},{\"kty\":\"x\"}]}")
            : NULL;
    ost_result result =
        text != NULL ? ost_keyset_import(text_of(text), 0, &set, &skipped, NULL) : OST_E_MEMORY;
    assert_true((set != NULL) == (result == OST_OK));
    assert_int_equal(skipped, result == OST_OK ? 1 : 99);
    ost_keyset_unref(set);
    ost_arena_free(arena);
    return result;
}

static ost_result generate(const char *jwk)
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

static scenario *const scenarios[] = {
    import_and_export, sign_and_verify, pem_and_back, sign_and_verify_json, refuse,
    import_set,        generate};
#define SCENARIOS (sizeof scenarios / sizeof scenarios[0])

/* The last three do not depend on the key. */
static bool once_is_enough(size_t s)
{
    return s >= SCENARIOS - 3;
}

static void each_of_ours_fails_once(void **state)
{
    for (size_t s = 0; s < SCENARIOS; s++) {
        for (size_t i = 0; i < (once_is_enough(s) ? 1 : JWKS); i++) {
            uint64_t failed = 0;
            ost_result result;
            do {
                memory_fail_at(++failed);
                result = scenarios[s](jwks[i]);
                memory_fail_at(0);
                assert_true(result == OST_OK || result == OST_E_MEMORY || result == OST_E_CRYPTO);
            } while (result != OST_OK && failed < 10000);
            assert_int_equal(result, OST_OK);
            assert_true(failed > 1);
        }
    }
}

/* OpenSSL does not always report a lack of memory as such, and gets over some of it. */
static void each_of_the_librarys_fails_once(void **state)
{
    for (size_t s = 0; s < SCENARIOS; s++) {
        for (size_t i = 0; i < (once_is_enough(s) ? 1 : JWKS); i++) {
            uint64_t failed = 0;
            bool reached = true;
            for (; reached && failed < 20000; failed += 1 + failed / 50) {
                library_fails_at = failed + 1;
                (void)scenarios[s](jwks[i]);
                reached = library_fails_at == 0;
                library_fails_at = 0;
                ERR_clear_error();
            }
            assert_false(reached);
            assert_int_equal(scenarios[s](jwks[i]), OST_OK); /* nothing is left broken */
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_of_ours_fails_once),
        cmocka_unit_test(each_of_the_librarys_fails_once),
    };
    if (CRYPTO_set_mem_functions(library_malloc, library_realloc, library_free) != 1)
        return 1;
    return cmocka_run_group_tests_name("jose-memory", tests, NULL, NULL);
}
