/* SPDX-License-Identifier: Apache-2.0 */
/* Environment variables within values. */
#include "base/config/expression.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "test.h"

static ost_result expand(ost_arena *arena, const char *value, const char **ret, ost_error *error)
{
    return expression_expand(text_of(value), arena, ret, error);
}

static void variables_are_replaced(void **state)
{
    static const struct {
        const char *value, *expanded;
    } cases[] = {
        {"", ""},
        {"plain", "plain"},
        {"${TEST_SET}", "here"},
        {"a${TEST_SET}b${TEST_SET}", "aherebhere"},
        {"${TEST_NOT_SET:other}", "other"},
        {"${TEST_NOT_SET:}", ""},
        {"${TEST_NOT_SET:a:b}", "a:b"},
        {"${TEST_SET:other}", "here"},
        {"${TEST_EMPTY:other}", ""},
        {"${TEST_NOT_SET:${TEST_SET}/x}y", "here/xy"},
        {"${TEST_NOT_SET:${TEST_NOT_SET_EITHER:deep}}", "deep"},
        {"${TEST_BRACES}", "${TEST_SET}$$"},
        {"$", "$"},
        {"a$b", "a$b"},
        {"a$$b", "a$b"},
        {"$${TEST_SET}", "${TEST_SET}"},
        {"$$$", "$$"},
        {"a}b", "a}b"},
    };
    ost_arena *arena = ost_arena_new((size_t)4 << 20);
    setenv("TEST_SET", "here", 1);
    setenv("TEST_EMPTY", "", 1);
    setenv("TEST_BRACES", "${TEST_SET}$$", 1);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *expanded = NULL;
        ost_error error = {0};
        assert_int_equal(expand(arena, cases[i].value, &expanded, &error), OST_OK);
        assert_string_equal(expanded, cases[i].expanded);
    }
    ost_arena_free(arena);
}

static void others_are_refused(void **state)
{
    ost_arena *arena = ost_arena_new((size_t)4 << 20);
    const char *expanded = "untouched";
    ost_error error = {0};
    assert_int_equal(expand(arena, "${TEST_NOT_SET}", &expanded, &error), OST_E_NOT_FOUND);
    assert_non_null(strstr(error.detail, "TEST_NOT_SET"));
    assert_int_equal(expand(arena, "${TEST_SET", &expanded, &error), OST_E_FORMAT);
    assert_int_equal(expand(arena, "${a:${b}", &expanded, &error), OST_E_FORMAT);
    assert_int_equal(expand(arena, "${}", &expanded, &error), OST_E_FORMAT);
    assert_int_equal(expand(arena, "${:x}", &expanded, &error), OST_E_FORMAT);
    assert_int_equal(
        expand(arena, "${a:${a:${a:${a:${a:${a:${a:${a:${a:x}}}}}}}}}", &expanded, &error),
        OST_E_CEILING);
    char *big = malloc(EXPRESSION_MAX + 2);
    memset(big, 'x', EXPRESSION_MAX + 1);
    big[EXPRESSION_MAX + 1] = '\0';
    assert_int_equal(expand(arena, big, &expanded, &error), OST_E_CEILING);
    assert_string_equal(expanded, "untouched");
    assert_int_equal(expand(arena, big + 1, &expanded, &error), OST_OK);
    assert_string_equal(expanded, big + 1);
    assert_int_equal(expand(NULL, "x", &expanded, NULL), OST_E_MEMORY);
    free(big);
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variables_are_replaced),
        cmocka_unit_test(others_are_refused),
    };
    return cmocka_run_group_tests_name("base-expression", tests, NULL, NULL);
}
