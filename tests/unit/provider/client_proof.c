/* SPDX-License-Identifier: Apache-2.0 */
/* How a client proves itself, as its representation says. */
#include "provider/proof/client_proof.h"

#include <stdio.h>

#include "base/array.h"
#include "base/text.h"
#include "test.h"

#define POINT                                                                                      \
    "\\\"kty\\\":\\\"EC\\\",\\\"crv\\\":\\\"P-256\\\","                                            \
    "\\\"x\\\":\\\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\\\","                               \
    "\\\"y\\\":\\\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\\\""
#define SET "\"use.jwks.string\":\"true\",\"jwks.string\":\"{\\\"keys\\\":[{" POINT "}]}\""
/* The same point as SubjectPublicKeyInfo. */
#define BLOCK                                                                                      \
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9u\\n"                  \
    "PHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ=="

static client_proof load(ost_arena *arena, const char *type, const char *attributes)
{
    static char text[2000];
    const ost_json *client;
    client_proof proof;
    snprintf(text, sizeof text,
             "{\"secret\":\"s\",\"clientAuthenticatorType\":\"%s\",\"attributes\":{%s}}", type,
             attributes);
    assert_int_equal(ost_json_read(text_of(text), NULL, arena, &client, NULL), OST_OK);
    client_proof_load(client, arena, &proof);
    return proof;
}

static void a_type_is_a_kind(void **state)
{
    static const struct {
        const char *type;
        client_proof_kind kind;
    } cases[] = {
        {"", PROOF_SECRET},
        {"client-secret", PROOF_SECRET},
        {"client-jwt", PROOF_JWT},
        {"client-secret-jwt", PROOF_SECRET_JWT},
        {"client-x509", PROOF_CERTIFICATE},
        {"Client-Secret", PROOF_UNKNOWN},
    };
    ost_arena *arena = ost_arena_new(1 << 20);
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        client_proof proof = load(arena, cases[i].type, "");
        assert_int_equal(proof.kind, cases[i].kind);
        assert_null(proof.keys);
        assert_int_equal(proof.secret.len,
                         proof.kind == PROOF_SECRET || proof.kind == PROOF_SECRET_JWT ? 1 : 0);
        client_proof_clear(&proof);
    }
    ost_arena_free(arena);
}

static void keys_come_in_three_ways(void **state)
{
    static const struct {
        const char *attributes;
        bool there, single;
    } cases[] = {
        {SET, true, false},
        {"\"jwt.credential.public.key\":\"" BLOCK "\"", true, true},
        {"\"jwt.credential.certificate\":\"" BLOCK "\"", true, true},
        {SET ",\"jwt.credential.public.key\":\"" BLOCK "\"", true, false},
        {"\"jwt.credential.certificate\":\"?\",\"jwt.credential.public.key\":\"" BLOCK "\"", true,
         true},
        {"", false, false},
        {"\"jwks.string\":\"{\\\"keys\\\":[{" POINT "}]}\"", false, false},
        {"\"use.jwks.string\":\"true\",\"jwt.credential.public.key\":\"" BLOCK "\"", false, false},
        {"\"use.jwks.string\":\"true\",\"jwks.string\":\"{\\\"keys\\\":[]}\"", false, false},
        {"\"jwt.credential.public.key\":\"AAAA\"", false, false},
    };
    ost_arena *arena = ost_arena_new(1 << 20);
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        client_proof proof = load(arena, "client-jwt", cases[i].attributes);
        if ((proof.keys != NULL) != (cases[i].there && !cases[i].single) ||
            (proof.single_key != NULL) != cases[i].single || proof.keys_url != NULL)
            fail_msg("%s", cases[i].attributes);
        client_proof_clear(&proof);
    }
    ost_arena_free(arena);
}

static void published_keys_go_before_all_others(void **state)
{
    ost_arena *arena = ost_arena_new(1 << 20);
    (void)state;
    client_proof proof =
        load(arena, "client-jwt", SET ",\"use.jwks.url\":\"true\",\"jwks.url\":\"https://a/k\"");
    assert_string_equal(proof.keys_url, "https://a/k");
    assert_null(proof.keys);
    client_proof_clear(&proof);
    proof = load(arena, "client-jwt", "\"use.jwks.url\":\"false\",\"jwks.url\":\"https://a/k\"");
    assert_null(proof.keys_url);
    client_proof_clear(&proof);
    ost_arena_free(arena);
}

static void a_private_key_is_none_of_ours(void **state)
{
    ost_arena *arena = ost_arena_new(1 << 20);
    (void)state;
    client_proof proof =
        load(arena, "client-jwt",
             "\"use.jwks.string\":\"true\",\"jwks.string\":\"{\\\"keys\\\":[{" POINT
             ",\\\"d\\\":\\\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\\\"}]}\"");
    assert_null(proof.keys);
    client_proof_clear(&proof);
    ost_arena_free(arena);
}

static void an_algorithm_is_of_the_kind(void **state)
{
    ost_arena *arena = ost_arena_new(1 << 20);
    (void)state;
    const char *es256 = "\"token.endpoint.auth.signing.alg\":\"ES256\"";
    const char *hs256 = "\"token.endpoint.auth.signing.alg\":\"HS256\"";
    assert_int_equal(load(arena, "client-jwt", es256).algorithms, OST_ALG_BIT(OST_ES256));
    assert_int_equal(load(arena, "client-jwt", hs256).algorithms, 0);
    assert_int_equal(load(arena, "client-secret-jwt", hs256).algorithms, OST_ALG_BIT(OST_HS256));
    assert_int_equal(load(arena, "client-secret-jwt", es256).algorithms, 0);
    assert_int_equal(load(arena, "client-jwt", "").algorithms, OST_ALGS_DEFAULT);
    assert_int_equal(
        load(arena, "client-jwt", "\"token.endpoint.auth.signing.alg\":\"none\"").algorithms, 0);
    ost_arena_free(arena);
}

static void a_lifetime_has_bounds(void **state)
{
    static const struct {
        const char *value;
        int64_t seconds;
    } cases[] = {{"10", 10}, {"3600", 3600}, {"3601", 60}, {"0", 60},
                 {"-1", 60}, {"", 60},       {"1h", 60},   {"99999999999999999999", 60}};
    ost_arena *arena = ost_arena_new(1 << 20);
    char attribute[100];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        snprintf(attribute, sizeof attribute, "\"token.endpoint.auth.signing.max.exp\":\"%s\"",
                 cases[i].value);
        assert_int_equal(load(arena, "client-jwt", attribute).max_lifetime, cases[i].seconds);
    }
    ost_arena_free(arena);
}

static void only_an_attribute_narrows_the_audience(void **state)
{
    ost_arena *arena = ost_arena_new(1 << 20);
    (void)state;
    assert_true(load(arena, "client-jwt", "").endpoint_audiences);
    assert_true(
        load(arena, "client-jwt", "\"token.endpoint.auth.signing.aud\":\"\"").endpoint_audiences);
    assert_false(load(arena, "client-jwt", "\"token.endpoint.auth.signing.aud\":\"issuer\"")
                     .endpoint_audiences);
    assert_false(load(arena, "client-jwt", "\"token.endpoint.auth.signing.aud\":\"any\"")
                     .endpoint_audiences); /* what is unknown is the strictest */
    ost_arena_free(arena);
}

/* One that cannot be read is nobody's. */
static void p9_an_authority_by_name_is_looked_at(void **state)
{
    /* CN=b and CN=c, DER */
    static const unsigned char name_b[] = {0x30, 0x0c, 0x31, 0x0a, 0x30, 0x08, 0x06,
                                           0x03, 0x55, 0x04, 0x03, 0x0c, 0x01, 'b'};
    static const unsigned char name_c[] = {0x30, 0x0c, 0x31, 0x0a, 0x30, 0x08, 0x06,
                                           0x03, 0x55, 0x04, 0x03, 0x0c, 0x01, 'c'};
    ost_arena *arena = ost_arena_new(1 << 20);
    (void)state;
    assert_int_equal(load(arena, "client-x509", "\"x509.subjectdn\":\"CN=a\"").certificate.kind,
                     CERTIFICATE_SUBJECT);
    certificate_rule named =
        load(arena, "client-x509", "\"x509.subjectdn\":\"CN=a\",\"x509.casubjectdn\":\"CN=b\"")
            .certificate;
    assert_int_equal(named.kind, CERTIFICATE_SUBJECT);
    assert_false(certificate_rule_trusts(&named, OST_TEXT("")));
    assert_true(certificate_rule_trusts(&named, text_of_bytes(name_b, sizeof name_b)));
    assert_false(certificate_rule_trusts(&named, text_of_bytes(name_c, sizeof name_c)));
    assert_int_equal(
        load(arena, "client-x509", "\"x509.subjectdn\":\"CN=a\",\"x509.casubjectdn\":\"b\"")
            .certificate.kind,
        CERTIFICATE_NONE);
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_type_is_a_kind),
        cmocka_unit_test(keys_come_in_three_ways),
        cmocka_unit_test(published_keys_go_before_all_others),
        cmocka_unit_test(a_private_key_is_none_of_ours),
        cmocka_unit_test(an_algorithm_is_of_the_kind),
        cmocka_unit_test(p9_an_authority_by_name_is_looked_at),
        cmocka_unit_test(a_lifetime_has_bounds),
        cmocka_unit_test(only_an_attribute_narrows_the_audience),
    };
    return cmocka_run_group_tests_name("client_proof", tests, NULL, NULL);
}
