/* SPDX-License-Identifier: Apache-2.0 */
/* Encryption while every allocation of ours, of arenas and of OpenSSL's fails once, in turn: no
 * crash, no leak (under the sanitizers), no output touched, and nothing decrypted that should not
 * be. */

#include "base/array.h"
#include "base/text.h"
#include "failing.h"
#include "jwe_keys.h"
#include "keys.h"
#include "test.h"

#define NOW 1700000000

typedef struct way_case {
    ost_alg alg;
    ost_enc enc;
    const char *curve;
    ost_key *key; /* with its set: made before anything fails */
    ost_keyset *set;
    ost_text token; /* a good one */
} way_case;

static ost_arena *kept;

static way_case ways[] = {
    {.alg = OST_RSA_OAEP, .enc = OST_A128GCM},
    {.alg = OST_RSA_OAEP_256, .enc = OST_A128CBC_HS256},
    {.alg = OST_A256KW, .enc = OST_A256CBC_HS512},
    {.alg = OST_A128GCMKW, .enc = OST_A192GCM},
    {.alg = OST_DIR, .enc = OST_A256GCM},
    {.alg = OST_ECDH_ES, .enc = OST_A128GCM, .curve = "P-256"},
    {.alg = OST_ECDH_ES_A192KW, .enc = OST_A192CBC_HS384, .curve = "X25519"},
    {.alg = OST_PBES2_HS256_A128KW, .enc = OST_A128GCM},
};
#define WAYS (ARRAY_LEN(ways))
#define CONTENT OST_TEXT("a content that is long enough to be compressed, compressed, compressed")

static const ost_jwe_rules rules = {.inflate_max = 1000};

static ost_result compact(const void *material, ost_arena *arena)
{
    const way_case *way = material;
    ost_jwe_options options = {.pbes2_count = 1000, .deflate = true};
    ost_text token = {0};
    ost_decrypted decrypted = {0};
    if (way->curve != NULL)
        options.apu = options.apv = OST_TEXT("a party");
    ost_result result =
        ost_jwe_encrypt(CONTENT, way->key, way->alg, way->enc, &options, arena, &token, NULL);
    assert_true((token.data != NULL) == (result == OST_OK));
    if (result == OST_OK)
        result = ost_jwe_decrypt(token, way->set, &rules, arena, &decrypted, NULL);
    assert_true((decrypted.content.data != NULL) == (result == OST_OK));
    assert_true(result != OST_OK || text_equal(decrypted.content, CONTENT));
    return result;
}

/* For two, of whom the second reads it. */
static ost_result json(const void *material, ost_arena *arena)
{
    const way_case *way = material;
    const ost_recipient recipients[] = {{ways[2].key, OST_A256KW}, {way->key, way->alg}};
    const ost_jwe_options options = {.pbes2_count = 1000, .aad = OST_TEXT("seen by all")};
    ost_text message = {0};
    ost_decrypted decrypted = {0};
    bool alone = way->alg == OST_DIR || way->alg == OST_ECDH_ES;
    ost_result result = ost_jwe_json_encrypt(CONTENT, recipients + alone, alone ? 1 : 2, way->enc,
                                             &options, arena, &message, NULL);
    assert_true((message.data != NULL) == (result == OST_OK));
    if (result == OST_OK)
        result = ost_jwe_json_decrypt(message, way->set, &rules, arena, &decrypted, NULL);
    assert_true((decrypted.content.data != NULL) == (result == OST_OK));
    assert_true(result != OST_OK ||
                (text_equal(decrypted.content, CONTENT) && text_is(decrypted.aad, "seen by all")));
    return result;
}

/* What was written is whole: it can be read once there is memory again. */
static ost_result write_only(const void *material, ost_arena *arena)
{
    const way_case *way = material;
    const ost_recipient recipients[] = {{ways[2].key, OST_A256KW}, {way->key, way->alg}};
    const ost_jwe_options options = {.pbes2_count = 1000};
    bool alone = way->alg == OST_DIR || way->alg == OST_ECDH_ES;
    ost_text token = {0}, message = {0};
    ost_decrypted d;
    ost_arena *roomy = ost_arena_new(1 << 20);
    if (roomy == NULL)
        return OST_E_MEMORY;
    ost_result result =
        ost_jwe_encrypt(CONTENT, way->key, way->alg, way->enc, &options, arena, &token, NULL);
    if (result == OST_OK)
        result = ost_jwe_json_encrypt(CONTENT, recipients + alone, alone ? 1 : 2, way->enc,
                                      &options, arena, &message, NULL);
    failing_spare();
    if (token.data != NULL)
        assert_int_equal(ost_jwe_decrypt(token, way->set, NULL, roomy, &d, NULL), OST_OK);
    if (message.data != NULL)
        assert_int_equal(ost_jwe_json_decrypt(message, way->set, NULL, roomy, &d, NULL), OST_OK);
    ost_arena_free(roomy);
    return result;
}

/* Of a good message it is never said that it is a bad one. OpenSSL alone knows what becomes of an
 * RSA block, and does not tell. */
static ost_result read_only(const void *material, ost_arena *arena)
{
    const way_case *way = material;
    ost_decrypted decrypted = {0};
    ost_result result = ost_jwe_decrypt(way->token, way->set, &rules, arena, &decrypted, NULL);
    assert_true((decrypted.content.data != NULL) == (result == OST_OK));
    assert_true(result != OST_E_DECRYPTION || ost_key_type_of(way->key) == OST_KEY_RSA);
    return result;
}

/* A tag of another content: never decrypted, whatever fails on the way. */
static ost_result refuse(const void *material, ost_arena *arena)
{
    const way_case *way = material;
    const ost_jwe_options options = {.pbes2_count = 1000};
    ost_text token = {0};
    ost_decrypted decrypted = {0};
    ost_result result =
        ost_jwe_encrypt(CONTENT, way->key, way->alg, way->enc, &options, arena, &token, NULL);
    char *changed_token = result == OST_OK ? ost_arena_copy(arena, token) : NULL;
    if (changed_token == NULL)
        return result == OST_OK ? OST_E_MEMORY : result;
    changed_token[token.len - 10] = changed_token[token.len - 10] == 'A' ? 'B' : 'A';
    result = ost_jwe_decrypt(text_of(changed_token), way->set, &rules, arena, &decrypted, NULL);
    assert_int_not_equal(result, OST_OK);
    assert_null(decrypted.content.data);
    return result == OST_E_DECRYPTION ? OST_OK : result;
}

/* Signed, then encrypted. */
static ost_result nested(const void *material, ost_arena *arena)
{
    static const char *const audiences[] = {"a"};
    static const ost_claims_rules claims_rules = {
        .issuer = "i", .audiences = audiences, .audience_count = 1, .algorithms = EVERY_ALG};
    const way_case *way = material;
    const ost_jwe_options options = {.cty = "JWT", .pbes2_count = 1000};
    ost_key *signer = NULL;
    ost_keyset *set = NULL;
    ost_text signed_token, token;
    const ost_claims *claims = NULL;
    ost_result result = ost_key_import_jwk(text_of(test_p256), &signer, NULL);
    if (result == OST_OK)
        result = ost_keyset_new(&signer, 1, &set);
    if (result == OST_OK)
        result = ost_jws_sign(OST_TEXT("{\"iss\":\"i\",\"aud\":\"a\",\"exp\":1700000100}"), signer,
                              OST_ES256, "JWT", arena, &signed_token);
    if (result == OST_OK)
        result = ost_jwe_encrypt(signed_token, way->key, way->alg, way->enc, &options, arena,
                                 &token, NULL);
    if (result == OST_OK)
        result = ost_jwt_verify_nested(token, way->set, &rules, set, &claims_rules, NOW, arena,
                                       &claims, NULL);
    assert_true((claims != NULL) == (result == OST_OK));
    ost_keyset_unref(set);
    ost_key_unref(signer);
    return result;
}

static failing_scenario *const scenarios[] = {compact, json, write_only, read_only, refuse, nested};
#define SCENARIOS (ARRAY_LEN(scenarios))

static void all(void (*failing)(failing_scenario *scenario, const void *material))
{
    for (size_t s = 0; s < SCENARIOS; s++) {
        for (size_t i = 0; i < WAYS; i++)
            failing(scenarios[s], &ways[i]);
    }
}

static void each_of_ours_fails_once(void **state)
{
    all(failing_ours);
}

static void each_of_the_librarys_fails_once(void **state)
{
    all(failing_librarys);
}

static void each_arena_is_too_small(void **state)
{
    all(failing_arenas);
}

static int make_keys(void **state)
{
    const ost_jwe_options options = {.pbes2_count = 1000, .deflate = true};
    kept = ost_arena_new(1 << 20);
    for (way_case *way = ways; way < ways + WAYS; way++) {
        way->key = way->alg == OST_DIR ? jwe_direct_key(way->enc) : jwe_key(way->alg, way->curve);
        way->set = jwe_set(way->key);
        assert_int_equal(ost_jwe_encrypt(CONTENT, way->key, way->alg, way->enc, &options, kept,
                                         &way->token, NULL),
                         OST_OK);
    }
    return 0;
}

static int free_keys(void **state)
{
    for (way_case *way = ways; way < ways + WAYS; way++) {
        ost_keyset_unref(way->set);
        ost_key_unref(way->key);
    }
    ost_arena_free(kept);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_of_ours_fails_once),
        cmocka_unit_test(each_of_the_librarys_fails_once),
        cmocka_unit_test(each_arena_is_too_small),
    };
    if (!failing_begin())
        return 1;
    return cmocka_run_group_tests_name("jose-jwe_memory", tests, make_keys, free_keys);
}
