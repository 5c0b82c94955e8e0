/* SPDX-License-Identifier: Apache-2.0 */
/* Checking claims: issuer, audience, times to the second, and rules that are not rules. */
#include <stdio.h>
#include <string.h>

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/text.h"
#include "test_arena.h"

#define NOW 1700000000
#define ISSUER "https://op.example/realms/a"

static const char *const audiences[] = {"myapi", "other"};
static const ost_claims_rules rules = {
    .issuer = ISSUER,
    .audiences = audiences,
    .audience_count = 2,
};

static ost_result check_with(const ost_claims_rules *with, const char *payload)
{
    const ost_claims *claims = NULL;
    ost_error error = {0};
    assert_int_equal(ost_claims_read(text_of(payload), arena, &claims, NULL), OST_OK);
    ost_result result = ost_claims_check(claims, with, NOW, &error);
    assert_int_equal(error.code, result);
    assert_int_equal(ost_claims_check(claims, with, NOW, NULL), result);
    return result;
}

static ost_result check(const char *issuer, const char *audience)
{
    return check_with(&rules, ost_arena_format(arena, "{\"iss\":%s,\"aud\":%s,\"exp\":1700000100}",
                                               issuer, audience));
}

static ost_result check_times(const ost_claims_rules *with, const char *times)
{
    return check_with(
        with, ost_arena_format(arena, "{\"iss\":\"" ISSUER "\",\"aud\":\"myapi\",%s}", times));
}

static void attack_23_issuers(void **state)
{
    assert_int_equal(check("\"" ISSUER "\"", "\"myapi\""), OST_OK);
    static const char *const others[] = {ISSUER "/",
                                         "https://op.example/realms/A",
                                         "https://OP.example/realms/a",
                                         "https://op.example/realms/",
                                         "https://op.example/realms/ab",
                                         "http://op.example/realms/a",
                                         "https://op.example/realms/a ",
                                         " https://op.example/realms/a",
                                         "",
                                         "https://op.example:443/realms/a",
                                         ("https://evil.example/?" ISSUER),
                                         "https://op.example/realms/./a",
                                         "https://op.example/realms/%61"};
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        assert_int_equal(check(ost_arena_format(arena, "\"%s\"", others[i]), "\"myapi\""),
                         OST_E_ISSUER);
    assert_int_equal(check_with(&rules, "{\"aud\":\"myapi\",\"exp\":1700000100}"), OST_E_ISSUER);
}

static void attack_24_audience_missing(void **state)
{
    assert_int_equal(check_with(&rules, "{\"iss\":\"" ISSUER "\",\"exp\":1700000100}"),
                     OST_E_AUDIENCE);
    assert_int_equal(check("\"" ISSUER "\"", "[]"), OST_E_AUDIENCE);
    assert_int_equal(check("\"" ISSUER "\"", "\"\""), OST_E_AUDIENCE);
    assert_int_equal(check("\"" ISSUER "\"", "[\"\"]"), OST_E_AUDIENCE);
}

static void attack_25_audiences(void **state)
{
    static const char *const good[] = {"\"myapi\"", "[\"myapi\"]", "[\"x\",\"other\"]",
                                       "\"other\""};
    static const char *const bad[] = {"\"account\"", "[\"account\",\"x\"]", "\"myapi2\"",
                                      "\"myap\"",    "\"myapi other\"",     "[\"myapi other\"]",
                                      "\"MyApi\""};
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_int_equal(check("\"" ISSUER "\"", good[i]), OST_OK);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(check("\"" ISSUER "\"", bad[i]), OST_E_AUDIENCE);
}

static void any_audience(void **state)
{
    ost_claims_rules any = {.issuer = ISSUER, .insecure_any_audience = true};
    assert_int_equal(check_with(&any, "{\"iss\":\"" ISSUER "\",\"exp\":1700000100}"), OST_OK);
    assert_int_equal(check_with(&any, "{\"iss\":\"" ISSUER "\",\"aud\":\"x\",\"exp\":1700000100}"),
                     OST_OK);
}

static void rules_that_are_none(void **state)
{
    static const char *const empty[] = {""};
    static const char *const null[] = {"a", NULL};
    const ost_claims_rules bad[] = {
        {0},
        {.issuer = ISSUER},
        {.audiences = audiences, .audience_count = 1},
        {.issuer = "", .audiences = audiences, .audience_count = 1},
        {.issuer = ISSUER, .audiences = empty, .audience_count = 1},
        {.issuer = ISSUER, .audiences = null, .audience_count = 2},
        {.issuer = ISSUER,
         .audiences = audiences,
         .audience_count = 1,
         .insecure_any_audience = true},
        {.issuer = ISSUER,
         .audiences = audiences,
         .audience_count = 1,
         .leeway = 1,
         .no_leeway = true},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(check_times(&bad[i], "\"exp\":1700000100"), OST_E_CONFIG);
}

static void expiry_to_the_second(void **state)
{
    ost_claims_rules exactly = rules, wide = rules;
    exactly.no_leeway = true;
    wide.leeway = 300;
    /* RFC 7519 §4.1.4: on or after that time it must not be accepted. */
    assert_int_equal(check_times(&exactly, "\"exp\":1700000001"), OST_OK);
    assert_int_equal(check_times(&exactly, "\"exp\":1700000000"), OST_E_EXPIRED);
    assert_int_equal(check_times(&exactly, "\"exp\":1700000000.9"), OST_E_EXPIRED);
    assert_int_equal(check_times(&rules, "\"exp\":1699999971"), OST_OK); /* 30 s are the default */
    assert_int_equal(check_times(&rules, "\"exp\":1699999970"), OST_E_EXPIRED);
    assert_int_equal(check_times(&wide, "\"exp\":1699999701"), OST_OK);
    assert_int_equal(check_times(&wide, "\"exp\":1699999700"), OST_E_EXPIRED);
    assert_int_equal(check_times(&rules, "\"exp\":0"), OST_E_EXPIRED);
    assert_int_equal(check_times(&rules, "\"exp\":9007199254740992"), OST_OK);
}

static void attack_22_nbf_and_iat_in_the_future(void **state)
{
    ost_claims_rules exactly = rules;
    exactly.no_leeway = true;
    static const char *const names[] = {"nbf", "iat"};
    static const struct {
        const char *time;
        ost_result exactly, usual;
    } cases[] = {
        {"1700000000", OST_OK, OST_OK},
        {"1700000000.5", OST_OK, OST_OK}, /* our clock counts whole seconds, too */
        {"1700000001", OST_E_NOT_YET, OST_OK},
        {"1700000030", OST_E_NOT_YET, OST_OK},
        {"1700000031", OST_E_NOT_YET, OST_E_NOT_YET},
        {"9007199254740992", OST_E_NOT_YET, OST_E_NOT_YET},
        {"0", OST_OK, OST_OK},
    };
    for (size_t n = 0; n < 2; n++) {
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
            const char *times = ost_arena_format(arena, "\"exp\":9007199254740992,\"%s\":%s",
                                                 names[n], cases[i].time);
            assert_int_equal(check_times(&exactly, times), cases[i].exactly);
            assert_int_equal(check_times(&rules, times), cases[i].usual);
        }
    }
}

static void oldest_age(void **state)
{
    ost_claims_rules young = rules;
    young.max_age = 60;
    young.no_leeway = true;
    assert_int_equal(check_times(&young, "\"exp\":1700000100,\"iat\":1699999940"), OST_OK);
    assert_int_equal(check_times(&young, "\"exp\":1700000100,\"iat\":1699999939"), OST_E_EXPIRED);
    assert_int_equal(check_times(&young, "\"exp\":1700000100"), OST_E_CLAIM_MISSING);
    young.no_leeway = false;
    assert_int_equal(check_times(&young, "\"exp\":1700000100,\"iat\":1699999910"), OST_OK);
    assert_int_equal(check_times(&young, "\"exp\":1700000100,\"iat\":1699999909"), OST_E_EXPIRED);
    young.max_age = UINT32_MAX;
    young.leeway = UINT32_MAX;
    assert_int_equal(check_times(&young, "\"exp\":1700000100,\"iat\":0"), OST_OK);
}

static void clocks_at_the_edge(void **state)
{
    const ost_claims *claims = NULL;
    ost_claims_rules wide = rules;
    wide.leeway = UINT32_MAX;
    assert_int_equal(ost_claims_read(OST_TEXT("{\"iss\":\"" ISSUER "\",\"aud\":\"myapi\",\"iat\":0,"
                                              "\"exp\":9007199254740992}"),
                                     arena, &claims, NULL),
                     OST_OK);
    assert_int_equal(ost_claims_check(claims, &wide, 0, NULL), OST_OK);
    assert_int_equal(ost_claims_check(claims, &rules, -31, NULL), OST_E_NOT_YET);
    assert_int_equal(ost_claims_check(claims, &rules, INT64_MAX / 2, NULL), OST_E_EXPIRED);
    assert_int_equal(ost_claims_check(claims, &rules, INT64_MAX, NULL), OST_E_EXPIRED);
    assert_int_equal(ost_claims_check(claims, &rules, INT64_MIN, NULL), OST_E_NOT_YET);
}

static void details_say_expected_and_seen(void **state)
{
    const ost_claims *claims = NULL;
    ost_error error = {0};
    assert_int_equal(ost_claims_read(OST_TEXT("{\"iss\":\"" ISSUER
                                              "\",\"aud\":[\"account\"],\"exp\":1700000100}"),
                                     arena, &claims, NULL),
                     OST_OK);
    assert_int_equal(ost_claims_check(claims, &rules, NOW, &error), OST_E_AUDIENCE);
    assert_non_null(strstr(error.detail, "myapi"));
    assert_non_null(strstr(error.detail, "account"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attack_23_issuers),
        cmocka_unit_test(attack_24_audience_missing),
        cmocka_unit_test(attack_25_audiences),
        cmocka_unit_test(any_audience),
        cmocka_unit_test(rules_that_are_none),
        cmocka_unit_test(expiry_to_the_second),
        cmocka_unit_test(attack_22_nbf_and_iat_in_the_future),
        cmocka_unit_test(oldest_age),
        cmocka_unit_test(clocks_at_the_edge),
        cmocka_unit_test(details_say_expected_and_seen),
    };
    return cmocka_run_group_tests_name("jose-claims_check", tests, open_arena, close_arena);
}
