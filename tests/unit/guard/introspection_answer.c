/* SPDX-License-Identifier: Apache-2.0 */
/* Answers about tokens: the JSON form (RFC 7662) and the signed one (RFC 9701). */
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/context.h"
#include "fixture.h"
#include "guard/introspection/introspection_answer.h"
#include "status_token.h"

#define JSON "application/json"
#define SIGNED "application/token-introspection+jwt"
#define TYP "token-introspection+jwt"
#define ACTIVE "{\"active\":true,\"aud\":\"myapi\",\"exp\":1700000300,\"sub\":\"alice\"}"
#define OUTER(more)                                                                                \
    "{\"iss\":\"" FIXTURE_ISSUER "\",\"aud\":\"my-client\",\"iat\":1700000000" more "}"
#define INNER(object) ",\"token_introspection\":" object

static ost_arena *arena;
static ost_key *key, *foreign;
static ost_keyset *keys;

static int setup(void **state)
{
    arena = ost_arena_new((size_t)64 << 20);
    return ost_key_generate(OST_ES256, 0, "k", &key, NULL) == OST_OK &&
                   ost_key_generate(OST_ES256, 0, "k", &foreign, NULL) == OST_OK &&
                   ost_keyset_new(&key, 1, &keys) == OST_OK
               ? 0
               : -1;
}

static int teardown(void **state)
{
    ost_key_unref(key);
    ost_key_unref(foreign);
    ost_keyset_unref(keys);
    ost_arena_free(arena);
    return 0;
}

static introspection_rules rules_of(void)
{
    return (introspection_rules){.issuer = FIXTURE_ISSUER,
                                 .client_id = "my-client",
                                 .algorithms = OST_ALGS_DEFAULT,
                                 .leeway = 30,
                                 .keys = keys};
}

static ost_result read_with(const introspection_rules *rules, const char *type, ost_text body,
                            introspection_answer *answer)
{
    const net_response response = {.status = 200, .body = body, .content_type = text_of(type)};
    ost_error error = {0};
    ost_result result = introspection_answer_read(rules, &response, NOW, arena, answer, &error);
    assert_int_equal(result, error.code);
    if (result == OST_OK || introspection_is_verdict(result))
        assert_int_equal(answer->blame, BLAME_TOKEN);
    return result;
}

static ost_result read_json(const char *body, introspection_answer *answer)
{
    const introspection_rules rules = rules_of();
    return read_with(&rules, JSON, text_of(body), answer);
}

static ost_result read_signed(const ost_key *by, const char *typ, const char *claims)
{
    const introspection_rules rules = rules_of();
    introspection_answer answer;
    return read_with(&rules, SIGNED, status_token_sign(arena, by, typ, claims), &answer);
}

static void an_active_token_has_claims(void **state)
{
    introspection_answer answer;
    assert_int_equal(read_json(ACTIVE, &answer), OST_OK);
    assert_int_equal(answer.expiry, 1700000300);
    assert_true(answer.claims_bytes > 0);
    assert_true(text_is(answer.claims, "{\"aud\":\"myapi\",\"exp\":1700000300,\"sub\":\"alice\","
                                       "\"iss\":\"" FIXTURE_ISSUER "\"}"));
    /* What the issuer says of itself is left for the check of the claims. */
    assert_int_equal(read_json("{\"active\":true,\"exp\":1700000300,\"iss\":\"x\"}", &answer),
                     OST_OK);
    assert_true(text_is(answer.claims, "{\"exp\":1700000300,\"iss\":\"x\"}"));
}

static void only_true_is_true(void **state)
{
    static const struct {
        const char *body;
        ost_result expected;
    } cases[] = {
        {"{\"active\":false}", OST_E_INACTIVE},
        {"{\"active\":false,\"exp\":1700000300}", OST_E_INACTIVE},
        {"{\"active\":\"true\"}", OST_E_REMOTE},
        {"{\"active\":1}", OST_E_REMOTE},
        {"{\"active\":{}}", OST_E_REMOTE},
        {"{\"active\":null}", OST_E_REMOTE},
        {"{\"active\":True}", OST_E_REMOTE},
        {"{\"active\":false,\"active\":true}", OST_E_REMOTE},
        {"{\"active\":true,\"acti\\u0076e\":false}", OST_E_REMOTE},
        {"{\"token_introspection\":" ACTIVE "}", OST_E_REMOTE},
        {"[" ACTIVE "]", OST_E_REMOTE},
        {"\"active\"", OST_E_REMOTE},
        {"", OST_E_REMOTE},
        {"{\"active\":true,\"exp\":1700000000}", OST_E_EXPIRED},
        {"{\"active\":true}", OST_E_CLAIM_MISSING},
        {"{\"active\":true,\"exp\":-1}", OST_E_CLAIM_TYPE},
        {"{\"active\":true,\"exp\":1700000300,\"token_type\":7}", OST_E_CLAIM_TYPE},
        {"{\"active\":true,\"exp\":1700000300,\"token_type\":\"\"}", OST_E_TOKEN_TYPE},
        {"{\"active\":true,\"exp\":1700000300,\"token_type\":\"Refresh\"}", OST_E_TOKEN_TYPE},
        {"{\"active\":true,\"exp\":1700000300,\"token_type\":\"dpop\"}", OST_E_SENDER},
        {"{\"active\":true,\"exp\":1700000300,\"token_type\":\"dpop\",\"cnf\":{}}", OST_OK},
        {"{\"active\":true,\"exp\":1700000300,\"token_type\":\"bearer\"}", OST_OK},
        {"{\"active\":true,\"exp\":1700000300,\"token_use\":\"access_token\"}", OST_OK},
        {"{\"active\":true,\"exp\":1700000300,\"token_use\":\"refresh_token\"}", OST_E_TOKEN_TYPE},
        {"{\"active\":true,\"exp\":1700000300,\"token_use\":null}", OST_E_TOKEN_TYPE},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        introspection_answer answer;
        ost_result result = read_json(cases[i].body, &answer);
        if (result != cases[i].expected)
            fail_msg("%s: %s", cases[i].body, ost_result_name(result));
        ost_arena_reset(arena);
    }
}

static void the_kind_of_failure_is_told(void **state)
{
    static const struct {
        long status;
        answer_blame blame;
    } cases[] = {{201, BLAME_TOKEN},  {204, BLAME_TOKEN}, {302, BLAME_TOKEN}, {400, BLAME_TOKEN},
                 {401, BLAME_ISSUER}, {403, BLAME_TOKEN}, {404, BLAME_TOKEN}, {413, BLAME_TOKEN},
                 {429, BLAME_ISSUER}, {500, BLAME_TOKEN}, {502, BLAME_TOKEN}, {503, BLAME_ISSUER},
                 {0, BLAME_TOKEN}};
    const introspection_rules rules = rules_of();
    introspection_answer answer;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const net_response response = {
            .status = cases[i].status, .body = OST_TEXT(ACTIVE), .content_type = OST_TEXT(JSON)};
        assert_int_equal(introspection_answer_read(&rules, &response, NOW, arena, &answer, NULL),
                         OST_E_REMOTE);
        assert_int_equal(answer.blame, cases[i].blame);
    }
    const net_response late = {.result = OST_E_TIMEOUT, .detail = "late"};
    assert_int_equal(introspection_answer_read(&rules, &late, NOW, arena, &answer, NULL),
                     OST_E_TIMEOUT);
    assert_int_equal(answer.blame, BLAME_EITHER);
    const net_response large = {.result = OST_E_CEILING, .detail = "large"};
    assert_int_equal(introspection_answer_read(&rules, &large, NOW, arena, &answer, NULL),
                     OST_E_CEILING);
    assert_int_equal(answer.blame, BLAME_TOKEN);
}

static void the_type_of_content_counts(void **state)
{
    static const char *const good[] = {JSON, "application/json;charset=UTF-8",
                                       "Application/JSON ;x"};
    static const char *const bad[] = {"", "text/html", "text/json", "application/jsonp",
                                      "application/jwt"};
    const introspection_rules rules = rules_of();
    introspection_answer answer;
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_int_equal(read_with(&rules, good[i], OST_TEXT(ACTIVE), &answer), OST_OK);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(read_with(&rules, bad[i], OST_TEXT(ACTIVE), &answer), OST_E_REMOTE);
}

/* ---- the signed form ---- */

static void a_signed_answer_is_read(void **state)
{
    assert_int_equal(read_signed(key, TYP, OUTER(INNER(ACTIVE))), OST_OK);
    assert_int_equal(read_signed(key, "application/" TYP, OUTER(INNER(ACTIVE))), OST_OK);
    assert_int_equal(read_signed(key, TYP, OUTER(INNER("{\"active\":false}"))), OST_E_INACTIVE);
    assert_int_equal(
        read_signed(key, TYP,
                    "{\"iss\":\"" FIXTURE_ISSUER
                    "\",\"aud\":[\"x\",\"my-client\"],\"iat\":1700000000" INNER(ACTIVE) "}"),
        OST_OK);
    /* G8: a time may have a fraction. */
    assert_int_equal(
        read_signed(key, TYP,
                    "{\"iss\":\"" FIXTURE_ISSUER
                    "\",\"aud\":\"my-client\",\"iat\":1700000000.75" INNER(ACTIVE) "}"),
        OST_OK);
}

static void a_signed_answer_must_be_ours(void **state)
{
    static const char *const wrong[] = {
        "{\"iss\":\"https://other.example\",\"aud\":\"my-client\",\"iat\":1700000000" INNER(
            ACTIVE) "}",
        "{\"aud\":\"my-client\",\"iat\":1700000000" INNER(ACTIVE) "}",
        "{\"iss\":\"" FIXTURE_ISSUER "\",\"iat\":1700000000" INNER(ACTIVE) "}",
        "{\"iss\":\"" FIXTURE_ISSUER "\",\"aud\":\"other\",\"iat\":1700000000" INNER(ACTIVE) "}",
        "{\"iss\":\"" FIXTURE_ISSUER "\",\"aud\":[],\"iat\":1700000000" INNER(ACTIVE) "}",
        "{\"iss\":\"" FIXTURE_ISSUER "\",\"aud\":\"my-client\"" INNER(ACTIVE) "}",
        "{\"iss\":\"" FIXTURE_ISSUER "\",\"aud\":\"my-client\",\"iat\":\"x\"" INNER(ACTIVE) "}",
        /* too old, and of the future */
        "{\"iss\":\"" FIXTURE_ISSUER
        "\",\"aud\":\"my-client\",\"iat\":1699999909" INNER(ACTIVE) "}",
        "{\"iss\":\"" FIXTURE_ISSUER
        "\",\"aud\":\"my-client\",\"iat\":1700000031" INNER(ACTIVE) "}",
        "{\"iss\":\"" FIXTURE_ISSUER
        "\",\"aud\":\"my-client\",\"iat\":9223372036854775807" INNER(ACTIVE) "}",
        OUTER(""),
        OUTER(",\"active\":true,\"exp\":1700000300"),
        OUTER(INNER("true")),
        OUTER(INNER("[" ACTIVE "]")),
        "[]",
    };
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        if (read_signed(key, TYP, wrong[i]) != OST_E_REMOTE)
            fail_msg("%s", wrong[i]);
    }
}

/* An access token, or any other thing that the issuer has signed, is not an answer (RFC 8725
 * §3.11); nor is one that is not signed by it. */
static void types_and_signatures_count(void **state)
{
    const introspection_rules rules = rules_of();
    introspection_answer answer;
    assert_int_equal(read_signed(key, "JWT", OUTER(INNER(ACTIVE))), OST_E_REMOTE);
    assert_int_equal(read_signed(key, "at+jwt", OUTER(INNER(ACTIVE))), OST_E_REMOTE);
    assert_int_equal(read_signed(key, NULL, OUTER(INNER(ACTIVE))), OST_E_REMOTE);
    assert_int_equal(read_signed(foreign, TYP, OUTER(INNER(ACTIVE))), OST_E_REMOTE);
    assert_int_equal(read_with(&rules, SIGNED, OST_TEXT(ACTIVE), &answer), OST_E_REMOTE);
    assert_int_equal(
        read_with(&rules, SIGNED,
                  OST_TEXT("eyJhbGciOiJub25lIiwidHlwIjoidG9rZW4taW50cm9zcGVjdGlvbitqd3QifQ.e30."),
                  &answer),
        OST_E_REMOTE);
    introspection_rules no_keys = rules_of();
    no_keys.keys = NULL;
    ost_text token = status_token_sign(arena, key, TYP, OUTER(INNER(ACTIVE)));
    assert_int_equal(read_with(&no_keys, SIGNED, token, &answer), OST_E_KEY_UNKNOWN);
    assert_int_equal(answer.blame, BLAME_ISSUER);
    assert_true(text_is(answer.kid, "k"));
    introspection_rules other_algorithm = rules_of();
    other_algorithm.algorithms = OST_ALG_BIT(OST_RS256);
    assert_int_equal(read_with(&other_algorithm, SIGNED, token, &answer), OST_E_REMOTE);
}

static void a_signature_can_be_demanded(void **state)
{
    introspection_rules rules = rules_of();
    introspection_answer answer;
    rules.require_signed = true;
    assert_int_equal(read_with(&rules, JSON, OST_TEXT(ACTIVE), &answer), OST_E_REMOTE);
    assert_int_equal(read_with(&rules, JSON, OST_TEXT("{\"active\":false}"), &answer),
                     OST_E_REMOTE);
    ost_text token = status_token_sign(arena, key, TYP, OUTER(INNER(ACTIVE)));
    assert_int_equal(read_with(&rules, SIGNED, token, &answer), OST_OK);
    assert_int_equal(read_with(&rules, JSON, token, &answer), OST_E_REMOTE);
}

static void every_allocation_may_fail(void **state)
{
    const introspection_rules rules = rules_of();
    ost_text token = status_token_sign(arena, key, TYP, OUTER(INNER(ACTIVE)));
    const net_response response = {.status = 200, .body = token, .content_type = OST_TEXT(SIGNED)};
    for (uint64_t n = 1;; n++) {
        introspection_answer answer;
        ost_arena *own = ost_arena_new(INTROSPECTION_ARENA);
        memory_fail_at(n);
        ost_result result = introspection_answer_read(&rules, &response, NOW, own, &answer, NULL);
        memory_fail_at(0);
        ost_arena_free(own);
        if (result == OST_OK)
            break;
        assert_false(introspection_is_verdict(result));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_active_token_has_claims),
        cmocka_unit_test(only_true_is_true),
        cmocka_unit_test(the_kind_of_failure_is_told),
        cmocka_unit_test(the_type_of_content_counts),
        cmocka_unit_test(a_signed_answer_is_read),
        cmocka_unit_test(a_signed_answer_must_be_ours),
        cmocka_unit_test(types_and_signatures_count),
        cmocka_unit_test(a_signature_can_be_demanded),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("guard-introspection-answer", tests, setup, teardown);
}
