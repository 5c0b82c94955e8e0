/* SPDX-License-Identifier: Apache-2.0 */
/* Reading claims: the types of the registered ones, and their ceilings. */
#include <stdio.h>
#include <string.h>

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/text.h"
#include "jose/jwt/claims.h"
#include "test_arena.h"

static ost_result read(const char *payload, const ost_claims **ret_claims)
{
    const ost_claims *claims = NULL;
    ost_error error = {0};
    ost_result result = ost_claims_read(text_of(payload), arena, &claims, &error);
    assert_int_equal(error.code, result);
    assert_true((claims != NULL) == (result == OST_OK));
    if (ret_claims != NULL)
        *ret_claims = claims;
    return result;
}

/* A good payload with one more member. */
static ost_result read_with(const char *name, const char *value)
{
    return read(ost_arena_format(arena, "{\"exp\":2000000000,\"%s\":%s}", name, value), NULL);
}

static void good(void **state)
{
    const ost_claims *claims = NULL;
    assert_int_equal(
        read("{\"iss\":\"https://op.example/"
             "\",\"sub\":\"alice\",\"aud\":[\"a\",\"b\"],\"exp\":2000000000,"
             "\"nbf\":1,\"iat\":1.5,\"jti\":\"x\",\"azp\":\"client\",\"n\":7,\"typ\":\"Bearer\"}",
             &claims),
        OST_OK);
    assert_true(text_is(ost_claims_issuer(claims), "https://op.example/"));
    assert_true(text_is(ost_claims_subject(claims), "alice"));
    assert_int_equal(ost_claims_expiry(claims), 2000000000);
    assert_true(ost_claims_has_audience(claims, OST_TEXT("a")));
    assert_true(ost_claims_has_audience(claims, OST_TEXT("b")));
    assert_false(ost_claims_has_audience(claims, OST_TEXT("c")));
    assert_true(text_is(ost_claims_text(claims, "azp"), "client"));
    assert_int_equal(ost_claims_text(claims, "n").len, 0);
    assert_int_equal(ost_claims_text(claims, "absent").len, 0);
    assert_true(ost_json_is(ost_claims_get(claims, "n"), OST_JSON_NUMBER));
    assert_null(ost_claims_get(claims, "absent"));
    assert_int_equal(ost_json_count(ost_claims_json(claims)), 10);
}

static void least(void **state)
{
    const ost_claims *claims = NULL;
    assert_int_equal(read("{\"exp\":0}", &claims), OST_OK);
    assert_int_equal(ost_claims_expiry(claims), 0);
    assert_int_equal(ost_claims_issuer(claims).len, 0);
    assert_int_equal(ost_claims_subject(claims).len, 0);
    assert_false(ost_claims_has_audience(claims, (ost_text){0}));
}

static void g17_valid_before_1970(void **state)
{
    static const char *const times[] = {"-1", "-0.5", "-9007199254740992", "-1.5e9"};
    for (size_t i = 0; i < ARRAY_LEN(times); i++) {
        const char *payload = ost_arena_format(arena, "{\"exp\":1,\"nbf\":%s}", times[i]);
        assert_int_equal(read(payload, NULL), OST_OK);
    }
    assert_int_equal(read("{\"exp\":1,\"nbf\":-9007199254740994}", NULL), OST_E_CLAIM_TYPE);
}

static void attack_22_exp(void **state)
{
    assert_int_equal(read("{}", NULL), OST_E_CLAIM_MISSING);
    assert_int_equal(read("{\"iat\":1,\"Exp\":2000000000}", NULL), OST_E_CLAIM_MISSING);
    static const char *const times[] = {"exp", "nbf", "iat"};
    static const char *const bad[] = {"\"2000000000\"",
                                      "\"\"",
                                      "null",
                                      "true",
                                      "[]",
                                      "{}",
                                      "[2000000000]",
                                      "-1",
                                      "-0.5",
                                      "-1e300",
                                      "1e300",
                                      "9007199254740994",
                                      "9.1e15",
                                      "18446744073709551616"};
    for (size_t t = 0; t < 3; t++) {
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
            bool before_1970 = strcmp(bad[i], "-1") == 0 || strcmp(bad[i], "-0.5") == 0;
            if (t == 1 && before_1970)
                continue; /* g17_valid_before_1970 */
            const char *payload =
                t == 0 ? ost_arena_format(arena, "{\"exp\":%s}", bad[i])
                       : ost_arena_format(arena, "{\"exp\":1,\"%s\":%s}", times[t], bad[i]);
            assert_int_equal(read(payload, NULL), OST_E_CLAIM_TYPE);
        }
    }
    static const char *const no_json[] = {"NaN", "Infinity", "1e999", "0x10",
                                          "01",  "+1",       "1.",    ".5"};
    for (size_t i = 0; i < ARRAY_LEN(no_json); i++)
        assert_int_equal(read(ost_arena_format(arena, "{\"exp\":%s}", no_json[i]), NULL),
                         OST_E_TOKEN_FORMAT);
    static const struct {
        const char *text;
        int64_t seconds;
    } good_times[] = {{"2000000000.999", 2000000000},         {"2e9", 2000000000}, {"0.5", 0},
                      {"9007199254740992", 9007199254740992}, {"-0", 0},           {"-0.0", 0}};
    for (size_t i = 0; i < ARRAY_LEN(good_times); i++) {
        const ost_claims *claims = NULL;
        assert_int_equal(read(ost_arena_format(arena, "{\"exp\":%s}", good_times[i].text), &claims),
                         OST_OK);
        assert_int_equal(ost_claims_expiry(claims), good_times[i].seconds);
    }
}

/* Where it is asked for, and there alone: attack_22_exp. */
static void times_as_digits(void **state)
{
    static const char *const bad[] = {"\"\"",
                                      "\" 1\"",
                                      "\"1 \"",
                                      "\"-1\"",
                                      "\"1.5\"",
                                      "\"1e3\"",
                                      "\"01\"",
                                      "\"+1\"",
                                      "\"0x1\"",
                                      "\"9007199254740993\"",
                                      "\"18446744073709551617\"",
                                      "[\"1\"]",
                                      "null",
                                      "true"};
    const ost_claims *claims = NULL;
    int64_t issued = 7;
    ost_text given = OST_TEXT("{\"exp\":\"2000000000\",\"nbf\":\"1\",\"iat\":\"1700000000\"}");
    (void)state;
    assert_int_equal(claims_read_digits(given, arena, &claims, NULL), OST_OK);
    assert_int_equal(ost_claims_expiry(claims), 2000000000);
    assert_true(claims_issued_at(claims, &issued));
    assert_int_equal(issued, 1700000000);
    given = OST_TEXT("{\"exp\":1.5,\"iat\":2.75}");
    assert_int_equal(claims_read_digits(given, arena, &claims, NULL), OST_OK);
    assert_true(claims_issued_at(claims, &issued));
    assert_int_equal(issued, 2);
    assert_int_equal(read("{\"exp\":1}", &claims), OST_OK);
    assert_false(claims_issued_at(claims, &issued));
    assert_false(claims_issued_at(NULL, &issued));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        const char *payload = ost_arena_format(arena, "{\"exp\":%s}", bad[i]);
        assert_int_equal(claims_read_digits(text_of(payload), arena, &claims, NULL),
                         OST_E_CLAIM_TYPE);
    }
}

static void names(void **state)
{
    static const char *const claims[] = {"iss", "sub", "jti"};
    static const char *const bad[] = {"1", "null", "true", "[]", "{}", "[\"a\"]"};
    char *longest = ost_arena_alloc(arena, 3000);
    for (size_t c = 0; c < 3; c++) {
        for (size_t i = 0; i < ARRAY_LEN(bad); i++)
            assert_int_equal(read_with(claims[c], bad[i]), OST_E_CLAIM_TYPE);
        assert_int_equal(read_with(claims[c], "\"\""), OST_OK);
        memset(longest, 'x', 2050);
        longest[0] = longest[2049] = '"';
        longest[2050] = '\0';
        assert_int_equal(read_with(claims[c], longest), OST_OK);
        longest[2049] = 'x';
        longest[2050] = '"';
        longest[2051] = '\0';
        assert_int_equal(read_with(claims[c], longest), OST_E_CLAIM_TYPE);
    }
}

static void attack_25_types_of_aud(void **state)
{
    static const char *const bad[] = {
        "1",   "null",      "true",         "{}",        "{\"a\":\"a\"}",
        "[1]", "[\"a\",1]", "[\"a\",null]", "[[\"a\"]]", "[\"a\",[]]"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(read_with("aud", bad[i]), OST_E_CLAIM_TYPE);
    static const char *const good_ones[] = {"\"a\"", "[]", "[\"a\"]", "[\"a\",\"a\"]", "\"\""};
    for (size_t i = 0; i < ARRAY_LEN(good_ones); i++)
        assert_int_equal(read_with("aud", good_ones[i]), OST_OK);
    char *many = ost_arena_alloc(arena, 10000);
    size_t at = 0;
    for (size_t i = 0; i < 1024; i++)
        at += (size_t)snprintf(many + at, 10000 - at, "%s\"a\"", i == 0 ? "[" : ",");
    memcpy(many + at, "]", 2);
    assert_int_equal(read_with("aud", many), OST_OK);
    memcpy(many + at, ",\"a\"]", 6);
    assert_int_equal(read_with("aud", many), OST_E_CLAIM_TYPE);
}

/* 2048 bytes, of each. */
static void attack_34_long_audiences(void **state)
{
    char *name = ost_arena_alloc(arena, 2050);
    memset(name, 'a', 2049);
    name[2049] = '\0';
    assert_int_equal(read_with("aud", ost_arena_format(arena, "\"%s\"", name)), OST_E_CLAIM_TYPE);
    assert_int_equal(read_with("aud", ost_arena_format(arena, "[\"a\",\"%s\"]", name)),
                     OST_E_CLAIM_TYPE);
    name[2048] = '\0';
    assert_int_equal(read_with("aud", ost_arena_format(arena, "\"%s\"", name)), OST_OK);
    assert_int_equal(read_with("aud", ost_arena_format(arena, "[\"a\",\"%s\"]", name)), OST_OK);
}

static void attack_25_prefix_and_suffix_of_aud(void **state)
{
    static const char *const others[] = {"myap",   "myapi2", "xmyapi",      "MYAPI",
                                         "myapi ", "",       "my\\u0061pi2"};
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        const ost_claims *claims = NULL;
        const char *one = ost_arena_format(arena, "{\"exp\":1,\"aud\":\"%s\"}", others[i]);
        const char *list = ost_arena_format(arena, "{\"exp\":1,\"aud\":[\"%s\"]}", others[i]);
        assert_int_equal(read(one, &claims), OST_OK);
        assert_false(ost_claims_has_audience(claims, OST_TEXT("myapi")));
        assert_int_equal(read(list, &claims), OST_OK);
        assert_false(ost_claims_has_audience(claims, OST_TEXT("myapi")));
    }
}

static void attack_20_documents(void **state)
{
    static const char *const bad[] = {"",
                                      "null",
                                      "[]",
                                      "\"x\"",
                                      "1",
                                      "{\"exp\":1",
                                      "{\"exp\":1}x",
                                      "{\"exp\":1,\"exp\":2}",
                                      "{\"exp\":1,\"e\\u0078p\":2}",
                                      "{\"exp\":1,\"x\":\"\\u0000\"}",
                                      "{\"exp\":1,\"x\":\"\xff\"}",
                                      "{\"exp\":1,\"x\":\"\\udc00\"}"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(read(bad[i], NULL), OST_E_TOKEN_FORMAT);
    char *deep = ost_arena_alloc(arena, 100000);
    size_t at = (size_t)snprintf(deep, 100, "{\"exp\":1,\"x\":");
    memset(deep + at, '[', 15);
    memset(deep + at + 15, ']', 15);
    deep[at + 30] = '}';
    assert_int_equal(read(deep, NULL), OST_OK);
    memset(deep + at, '[', 16);
    memset(deep + at + 16, ']', 16);
    deep[at + 32] = '}';
    assert_int_equal(read(deep, NULL), OST_E_TOKEN_FORMAT);
    memset(deep + at, '[', 90000);
    assert_int_equal(read(deep, NULL), OST_E_TOKEN_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good),
        cmocka_unit_test(least),
        cmocka_unit_test(g17_valid_before_1970),
        cmocka_unit_test(attack_22_exp),
        cmocka_unit_test(times_as_digits),
        cmocka_unit_test(names),
        cmocka_unit_test(attack_25_types_of_aud),
        cmocka_unit_test(attack_34_long_audiences),
        cmocka_unit_test(attack_25_prefix_and_suffix_of_aud),
        cmocka_unit_test(attack_20_documents),
    };
    return cmocka_run_group_tests_name("jose-claims", tests, open_arena, close_arena);
}
