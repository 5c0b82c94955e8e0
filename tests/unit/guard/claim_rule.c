/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about single claims: where a claim is found, and what it may be. */
#include "guard/claim_rule.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/array.h"
#include "base/text.h"
#include "test.h"

static const char claims_text[] =
    "{\"exp\":1,\"text\":\"a b\",\"seven\":7,\"float\":7.0,\"half\":7.5,\"yes\":true,\"no\":false,"
    "\"nothing\":null,\"empty\":\"\",\"list\":[\"x\",7,true,null,[\"deep\"],\"a b\"],"
    "\"a\":{\"b\":{\"c\":\"abc\"},\"roles\":[\"r1\",\"r2\"]},\"a.b\":\"dotted\","
    "\"https://x.example/dept\":\"hr\",\"m~n\":\"tilde\",\"\":\"nameless\","
    "\"d1\":{\"d2\":{\"d3\":{\"d4\":{\"d5\":{\"d6\":{\"d7\":{\"d8\":{\"d9\":\"deep\"},\"e8\":"
    "\"eight\""
    "}}}}}}}}";

static ost_arena *arena;
static const ost_claims *claims;

static int setup(void **state)
{
    arena = ost_arena_new(1 << 20);
    return ost_claims_read(text_of(claims_text), arena, &claims, NULL) == OST_OK ? 0 : 1;
}

static int teardown(void **state)
{
    ost_arena_free(arena);
    return 0;
}

static void check(const char *claim, ost_claim_test test, const char *value, bool expected)
{
    const ost_claim_rule rule = {claim, test, value};
    if (claim_rule_holds(&rule, claims) != expected)
        fail_msg("%s %d %s", claim, (int)test, value);
}

static void is(const char *claim, const char *value)
{
    check(claim, OST_CLAIM_EQUALS, value, true);
}

static void is_not(const char *claim, const char *value)
{
    check(claim, OST_CLAIM_EQUALS, value, false);
}

static void claims_are_found_by_their_path(void **state)
{
    is("a.b.c", "abc");
    is_not("a.b", "dotted"); /* the member of a member comes first, and last */
    is("/a.b", "dotted");
    is("/a/b/c", "abc");
    is("/a/roles/0", "r1");
    is("/a/roles/1", "r2");
    is("/https:~1~1x.example~1dept", "hr");
    is("/m~0n", "tilde");
    is("/", "nameless");
    is("d1.d2.d3.d4.d5.d6.d7.e8", "eight");
    is_not("d1.d2.d3.d4.d5.d6.d7.d8.d9", "deep");
    static const char *const nowhere[] = {
        "x",          "a.x",         "text.x",     "a.roles.0",
        "/a/roles/2", "/a/roles/00", "/a/roles/-", "/a/roles/18446744073709551616",
        "/m~n",       "/m~",         "/m~2n",      "a..b",
        ".a",         "a.",          "/a/",        "A.b.c",
        "//a"};
    for (size_t i = 0; i < ARRAY_LEN(nowhere); i++)
        assert_null(claim_rule_find(ost_claims_json(claims), nowhere[i]));
}

/* A step of a pointer has 256 bytes at most; a longer one names nothing. */
/* What stands behind the pattern is none of it. */
static void patterns_end_where_they_end(void **state)
{
    assert_false(claim_rule_matches((ost_text){"a*", 1}, OST_TEXT("ab")));
    assert_false(claim_rule_matches((ost_text){"ab", 1}, OST_TEXT("ab")));
    assert_false(claim_rule_matches((ost_text){"*", 0}, OST_TEXT("")) ==
                 claim_rule_matches((ost_text){"*", 0}, OST_TEXT("x")));
    assert_true(claim_rule_matches((ost_text){"a\\b", 2}, OST_TEXT("a\\")));
}

static void steps_of_a_pointer_have_a_ceiling(void **state)
{
    enum { STEP_MAX = 256 };
    static char path[1 + STEP_MAX + 2], text[2 * sizeof path + 32];
    const ost_claims *long_named = NULL;
    path[0] = '/';
    memset(path + 1, 'n', STEP_MAX + 1);
    snprintf(text, sizeof text, "{\"exp\":1,\"%.*s\":1,\"%s\":1}", STEP_MAX, path + 1, path + 1);
    assert_int_equal(ost_claims_read(text_of(text), arena, &long_named, NULL), OST_OK);
    assert_null(claim_rule_find(ost_claims_json(long_named), path));
    path[1 + STEP_MAX] = '\0';
    assert_non_null(claim_rule_find(ost_claims_json(long_named), path));
}

static void equal_is_equal(void **state)
{
    is("text", "a b");
    is("seven", "7");
    is("float", "7"); /* 7.0 is the same number */
    is("yes", "true");
    is("no", "false");
    is("empty", "");
    is_not("text", "a");
    is_not("text", "A b");
    is_not("seven", "07");
    is_not("seven", "7.0");
    is_not("half", "7.5");
    is_not("yes", "1");
    is_not("yes", "false");
    is_not("nothing", "null");
    is_not("list", "x");
    is_not("a", "abc");
}

static void lists_and_words_contain(void **state)
{
    check("list", OST_CLAIM_CONTAINS, "x", true);
    check("list", OST_CLAIM_CONTAINS, "7", true);
    check("list", OST_CLAIM_CONTAINS, "true", true);
    check("list", OST_CLAIM_CONTAINS, "a b", true);
    check("list", OST_CLAIM_CONTAINS, "a", false);
    check("list", OST_CLAIM_CONTAINS, "deep", false);
    check("list", OST_CLAIM_CONTAINS, "null", false);
    check("text", OST_CLAIM_CONTAINS, "a", true);
    check("text", OST_CLAIM_CONTAINS, "b", true);
    check("text", OST_CLAIM_CONTAINS, "a b", false);
    check("text", OST_CLAIM_CONTAINS, "", false);
    check("empty", OST_CLAIM_CONTAINS, "", false);
    check("seven", OST_CLAIM_CONTAINS, "7", false);
    check("a", OST_CLAIM_CONTAINS, "b", false);
}

static void forms_hold_from_end_to_end(void **state)
{
    static const struct {
        const char *pattern, *text;
        bool matches;
    } cases[] = {
        {"", "", true},
        {"", "a", false},
        {"a", "a", true},
        {"a", "ab", false},
        {"b", "ab", false},
        {"*", "", true},
        {"*", "anything", true},
        {"**", "x", true},
        {"a*", "a", true},
        {"a*", "ba", false},
        {"*a", "ba", true},
        {"*a", "ab", false},
        {"a*c", "abc", true},
        {"a*c", "abcb", false},
        {"?", "a", true},
        {"?", "", false},
        {"??", "a", false},
        {"a?c", "abc", true},
        {"*ab*", "aaab", true},
        {"*ab", "abaab", true},
        {"*a*b*", "xxaxxbxx", true},
        {"\\*", "*", true},
        {"\\*", "a", false},
        {"a\\?", "a?", true},
        {"a\\?", "ab", false},
        {"\\\\", "\\", true},
        {"\\", "\\", true},
        {"*@x.org", "a@x.org", true},
        {"*@x.org", "a@x.org.evil", false},
        {"*@x.org", "a@xxorg", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        if (claim_rule_matches(text_of(cases[i].pattern), text_of(cases[i].text)) !=
            cases[i].matches)
            fail_msg("%s, %s", cases[i].pattern, cases[i].text);
    }
    check("seven", OST_CLAIM_MATCHES, "*", false);
    check("list", OST_CLAIM_MATCHES, "*", false);
}

static void no_form_takes_long(void **state)
{
    char pattern[CLAIM_RULE_VALUE_MAX], text[1025];
    memset(text, 'a', sizeof text);
    for (size_t i = 0; i < sizeof pattern; i++)
        pattern[i] = i % 2 == 0 ? '*' : 'a';
    pattern[sizeof pattern - 1] = 'b';
    clock_t begin = clock();
    for (int i = 0; i < 100; i++)
        assert_false(
            claim_rule_matches((ost_text){pattern, sizeof pattern}, (ost_text){text, 1024}));
    assert_true(clock() - begin < 2 * CLOCKS_PER_SEC);
    assert_true(claim_rule_matches(OST_TEXT("*"), (ost_text){text, 1024}));
    assert_false(claim_rule_matches(OST_TEXT("*"), (ost_text){text, 1025}));
    char large[CLAIM_RULE_VALUE_MAX + 2];
    memset(large, '*', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    check("text", OST_CLAIM_MATCHES, large, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_are_found_by_their_path),
        cmocka_unit_test(patterns_end_where_they_end),
        cmocka_unit_test(steps_of_a_pointer_have_a_ceiling),
        cmocka_unit_test(equal_is_equal),
        cmocka_unit_test(lists_and_words_contain),
        cmocka_unit_test(forms_hold_from_end_to_end),
        cmocka_unit_test(no_form_takes_long),
    };
    return cmocka_run_group_tests_name("guard-claim_rule", tests, setup, teardown);
}
