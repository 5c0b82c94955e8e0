/* SPDX-License-Identifier: Apache-2.0 */
/* The examples of RFC 7520 §4, RFC 8037, appendix A, and RFC 7797 §4, verified and, where a
 * signature has but one form, made. */
#include <stdio.h>
#include <string.h>

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/text.h"
#include "jose/signature/signature.h"
#include "keys.h"
#include "test_arena.h"
#include "vectors.h"

static const ost_json *example(const char *path)
{
    const ost_json *document = vectors_read(arena, ost_arena_format(arena, "cookbook/%s", path));
    if (document == NULL)
        skip();
    return document;
}

static ost_result verify_compact(const ost_json *jwk, const ost_json *document, const char *payload)
{
    ost_key *key = NULL;
    ost_unverified_jws jws;
    ost_text seen = {0};
    ost_text token = vectors_text(ost_json_get(document, "output"), "compact");
    ost_error error = {0};
    if (ost_key_import_json(jwk, &key, &error) != OST_OK)
        fail_msg("%s", error.detail);
    ost_result result = ost_jws_read_unverified(token, EVERY_ALG, arena, &jws, NULL);
    if (result == OST_OK)
        result = ost_jws_verify(&jws, key, arena, &seen);
    if (result == OST_OK && payload != NULL)
        assert_true(text_is(seen, payload));
    ost_key_unref(key);
    return result;
}

static void check_signature(const char *path)
{
    const ost_json *document = example(path), *input = ost_json_get(document, "input");
    ost_text payload = vectors_text(input, "payload");
    assert_int_equal(
        verify_compact(ost_json_get(input, "key"), document, ost_arena_copy(arena, payload)),
        OST_OK);
}

static void rfc_7520_4_1_rs256(void **state)
{
    check_signature("jws/4_1.rsa_v15_signature.json");
}

static void rfc_7520_4_2_ps384(void **state)
{
    check_signature("jws/4_2.rsa-pss_signature.json");
}

static void rfc_7520_4_3_es512(void **state)
{
    check_signature("jws/4_3.ecdsa_signature.json");
}

static void rfc_7520_4_4_hs256(void **state)
{
    check_signature("jws/4_4.hmac-sha2_integrity_protection.json");
}

static void rfc_8037_a_4_eddsa(void **state)
{
    check_signature("curve25519/jws.json");
}

/* RS256 and EdDSA have one signature only: ours are the RFCs'. */
static void signatures_that_are_reproducible(void **state)
{
    static const char *const paths[] = {"jws/4_1.rsa_v15_signature.json", "curve25519/jws.json",
                                        "jws/4_4.hmac-sha2_integrity_protection.json"};
    for (size_t i = 0; i < 3; i++) {
        unsigned char bytes[SIGNATURE_MAX_SIZE];
        char text[BASE64URL_LEN(SIGNATURE_MAX_SIZE)];
        size_t size = 0;
        ost_key *key = NULL;
        const ost_json *document = example(paths[i]), *input = ost_json_get(document, "input");
        const ost_json *signing = ost_json_get(document, "signing");
        assert_int_equal(ost_key_import_json(ost_json_get(input, "key"), &key, NULL), OST_OK);
        assert_int_equal(signature_make(key, ost_alg_of(vectors_text(input, "alg")),
                                        vectors_text(signing, "sig-input"), bytes, &size),
                         OST_OK);
        assert_true(text_equal(vectors_text(signing, "sig"),
                               (ost_text){text, base64url_encode(bytes, size, text)}));
        ost_key_unref(key);
    }
}

/* RFC 7520 §3: every key is read. */
static void rfc_7520_3_keys(void **state)
{
    static const struct {
        const char *path;
        ost_result expected;
    } keys[] = {
        {"jwk/3_1.ec_public_key.json", OST_OK},
        {"jwk/3_2.ec_private_key.json", OST_OK},
        {"jwk/3_3.rsa_public_key.json", OST_OK},
        {"jwk/3_4.rsa_private_key.json", OST_OK},
        {"jwk/3_5.symmetric_key_mac_computation.json", OST_OK},
        {"jwk/3_6.symmetric_key_encryption.json", OST_OK},
    };
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        ost_key *key = NULL;
        assert_int_equal(ost_key_import_json(example(keys[i].path), &key, NULL), keys[i].expected);
        ost_key_unref(key);
    }
}

static void attack_19_rfc_7797(void **state)
{
    static const char *const paths[] = {"rfc7797/hmac-sha2_b64_false.json",
                                        "rfc7797/4.2.hmac-sha2_b64_false.json"};
    for (size_t i = 0; i < 2; i++) {
        const ost_json *document = example(paths[i]);
        const ost_json *flat = ost_json_get(ost_json_get(document, "output"), "json_flat");
        const char *header = ost_arena_copy(arena, vectors_text(flat, "protected"));
        const char *token = ost_arena_format(arena, "%s.e30.c2ln", header);
        ost_unverified_jws jws;
        assert_int_equal(ost_jws_read_unverified(text_of(token), EVERY_ALG, arena, &jws, NULL),
                         OST_E_CRITICAL);
    }
}

/* A set of the one key at `index` of the example's. */
static ost_keyset *set_of(const ost_json *jwk)
{
    ost_key *key = NULL;
    ost_keyset *set = NULL;
    assert_int_equal(ost_key_import_json(jwk, &key, NULL), OST_OK);
    assert_int_equal(ost_keyset_new(&key, 1, &set), OST_OK);
    ost_key_unref(key);
    return set;
}

static void check_json(const ost_json *document, const char *form, const ost_json *jwk,
                       ost_jws_rules rules, size_t expected)
{
    ost_verified_jws verified = {.signature = 99};
    ost_error error = {0};
    ost_keyset *set = set_of(jwk);
    ost_text payload = vectors_text(ost_json_get(document, "input"), "payload");
    const ost_json *json = ost_json_get(ost_json_get(document, "output"), form);
    rules.algorithms = EVERY_ALG;
    if (rules.detached)
        rules.payload = payload;
    if (ost_jws_json_verify(ost_json_source(json), set, &rules, arena, &verified, &error) != OST_OK)
        fail_msg("%s: %s", form, error.detail);
    assert_int_equal(verified.signature, expected);
    assert_true(text_equal(verified.payload, payload));
    ost_keyset_unref(set);
}

static void rfc_7520_4_json_serializations(void **state)
{
    static const struct {
        const char *path;
        ost_jws_rules rules;
    } examples[] = {
        {"jws/4_1.rsa_v15_signature.json", {0}},
        {"jws/4_2.rsa-pss_signature.json", {0}},
        {"jws/4_3.ecdsa_signature.json", {0}},
        {"jws/4_4.hmac-sha2_integrity_protection.json", {0}},
        {"jws/4_5.signature_with_detached_content.json", {.detached = true}},
        {"jws/4_6.protecting_specific_header_fields.json", {0}},
        {"jws/4_7.protecting_content_only.json", {.insecure_unprotected_alg = true}},
    };
    for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
        const ost_json *document = example(examples[i].path);
        const ost_json *jwk = ost_json_get(ost_json_get(document, "input"), "key");
        check_json(document, "json", jwk, examples[i].rules, 0);
        check_json(document, "json_flat", jwk, examples[i].rules, 0);
    }
}

/* Two of the three keys have the same kid, and the second signature's algorithm is unprotected. */
static void rfc_7520_4_8_multiple_signatures(void **state)
{
    const ost_json *document = example("jws/4_8.multiple_signatures.json");
    const ost_json *jwk = ost_json_first(ost_json_get(ost_json_get(document, "input"), "key"));
    const ost_jws_rules rules = {.insecure_unprotected_alg = true};
    for (size_t i = 0; i < 3; i++, jwk = ost_json_next(jwk))
        check_json(document, "json", jwk, rules, i);
    assert_null(jwk);
}

static void rfc_7520_4_5_compact(void **state)
{
    const ost_json *document = example("jws/4_5.signature_with_detached_content.json");
    const ost_json *input = ost_json_get(document, "input");
    const ost_jws_rules rules = {.algorithms = OST_ALG_BIT(OST_HS256),
                                 .detached = true,
                                 .payload = vectors_text(input, "payload")};
    ost_verified_jws verified;
    ost_keyset *set = set_of(ost_json_get(input, "key"));
    ost_text token = vectors_text(ost_json_get(document, "output"), "compact");
    assert_int_equal(ost_jws_compact_verify(token, set, &rules, arena, &verified, NULL), OST_OK);
    ost_keyset_unref(set);
}

/* Equal, whatever the order of the members. */
static void assert_same(const ost_json *a, const ost_json *b)
{
    assert_int_equal(ost_json_type_of(a), ost_json_type_of(b));
    assert_int_equal(ost_json_count(a), ost_json_count(b));
    if (ost_json_is(a, OST_JSON_OBJECT)) {
        for (const ost_json *at = ost_json_first(a); at != NULL; at = ost_json_next(at))
            assert_same(at, ost_json_get_text(b, ost_json_name(at)));
    } else if (ost_json_is(a, OST_JSON_ARRAY)) {
        b = ost_json_first(b);
        for (a = ost_json_first(a); a != NULL; a = ost_json_next(a), b = ost_json_next(b))
            assert_same(a, b);
    } else {
        assert_true(text_equal(ost_json_source(a), ost_json_source(b)));
    }
}

/* Byte for byte what the RFCs print, where the algorithm has one signature only. */
static void forms_that_are_reproducible(void **state)
{
    static const struct {
        const char *path, *header, *form;
        ost_jws_options options;
    } examples[] = {
        {"jws/4_1.rsa_v15_signature.json", NULL, "json_flat", {0}},
        {"jws/4_4.hmac-sha2_integrity_protection.json", NULL, "json", {.general = true}},
        {"jws/4_5.signature_with_detached_content.json", NULL, "json_flat", {.detached = true}},
        {"jws/4_5.signature_with_detached_content.json",
         NULL,
         "json",
         {.detached = true, .general = true}},
        {"jws/4_6.protecting_specific_header_fields.json", "kid", "json_flat", {0}},
        {"rfc7797/hmac-sha2_b64_false.json", NULL, "json_flat", {.unencoded = true}},
        {"rfc7797/hmac-sha2_b64_false.json", NULL, "json", {.unencoded = true, .general = true}},
    };
    for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
        ost_key *key = NULL;
        ost_text json = {0};
        const ost_json *document = example(examples[i].path), *made = NULL;
        const ost_json *input = ost_json_get(document, "input"), *jwk = ost_json_get(input, "key");
        const ost_json *expected = ost_json_get(ost_json_get(document, "output"), examples[i].form);
        ost_jws_signer signer = {.alg = ost_alg_of(vectors_text(input, "alg"))};
        if (examples[i].header != NULL) { /* the kid is not the key's, but in the other header */
            signer.header = ost_json_get(expected, "header");
            jwk = NULL;
        }
        const char *bare = ost_arena_copy(arena, ost_json_source(ost_json_get(input, "key")));
        if (jwk == NULL)
            bare = changed(arena, bare, "kid", NULL);
        assert_int_equal(ost_key_import_jwk(text_of(bare), &key, NULL), OST_OK);
        signer.key = key;
        assert_int_equal(ost_jws_json_sign(vectors_text(input, "payload"), &signer, 1,
                                           &examples[i].options, arena, &json, NULL),
                         OST_OK);
        assert_int_equal(ost_json_read(json, NULL, arena, &made, NULL), OST_OK);
        assert_same(made, expected);
        ost_key_unref(key);
    }
}

static void rfc_7797_compact_and_json(void **state)
{
    const ost_json *document = example("rfc7797/hmac-sha2_b64_false.json");
    const ost_json *jwk = ost_json_get(ost_json_get(document, "input"), "key");
    const ost_jws_rules rules = {.unencoded = true, .algorithms = OST_ALG_BIT(OST_HS256)};
    ost_verified_jws verified;
    ost_text token = vectors_text(ost_json_get(document, "output"), "compact");
    check_json(document, "json", jwk, rules, 0);
    check_json(document, "json_flat", jwk, rules, 0);
    ost_keyset *set = set_of(jwk);
    assert_int_equal(ost_jws_compact_verify(token, set, &rules, arena, &verified, NULL), OST_OK);
    assert_true(text_is(verified.payload, "This is the payload string!"));
    ost_keyset_unref(set);
}

/* RFC 7797 §4.2 as the RFC prints it: detached, for a dot is in the payload. The cookbook's own
 * version of it lacks `crit`, which §6 demands, and is refused. */
static void rfc_7797_4_2_dollars(void **state)
{
    const ost_json *document = example("rfc7797/4.2.hmac-sha2_b64_false.json");
    const ost_json *input = ost_json_get(document, "input");
    ost_jws_rules rules = {.unencoded = true, .algorithms = OST_ALG_BIT(OST_HS256)};
    ost_verified_jws verified;
    ost_keyset *set = set_of(ost_json_get(input, "key"));
    const ost_json *flat = ost_json_get(ost_json_get(document, "output"), "json_flat");
    assert_int_equal(
        ost_jws_json_verify(ost_json_source(flat), set, &rules, arena, &verified, NULL),
        OST_E_CRITICAL);
    rules.detached = true;
    rules.payload = OST_TEXT("$.02");
    assert_int_equal(
        ost_jws_compact_verify(OST_TEXT("eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19.."
                                        "A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY"),
                               set, &rules, arena, &verified, NULL),
        OST_OK);
    ost_keyset_unref(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_7520_4_1_rs256),
        cmocka_unit_test(rfc_7520_4_2_ps384),
        cmocka_unit_test(rfc_7520_4_3_es512),
        cmocka_unit_test(rfc_7520_4_4_hs256),
        cmocka_unit_test(rfc_8037_a_4_eddsa),
        cmocka_unit_test(signatures_that_are_reproducible),
        cmocka_unit_test(rfc_7520_3_keys),
        cmocka_unit_test(attack_19_rfc_7797),
        cmocka_unit_test(rfc_7520_4_json_serializations),
        cmocka_unit_test(rfc_7520_4_8_multiple_signatures),
        cmocka_unit_test(rfc_7520_4_5_compact),
        cmocka_unit_test(forms_that_are_reproducible),
        cmocka_unit_test(rfc_7797_compact_and_json),
        cmocka_unit_test(rfc_7797_4_2_dollars),
    };
    return cmocka_run_group_tests_name("jose-cookbook", tests, open_arena, close_arena);
}
