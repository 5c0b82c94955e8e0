/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of strings with many more or less: the same as one after the other. */
#include <stdio.h>

#include "base/json/json_list.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "test_arena.h"

#define MANY 20000

static const ost_json *read(const char *text)
{
    const ost_json *value;
    assert_int_equal(ost_json_read(text_of(text), NULL, arena, &value, NULL), OST_OK);
    return value;
}

static void assert_added(const char *list, const ost_text *values, size_t count,
                         const char *expected)
{
    const ost_json *all;
    assert_int_equal(document_add_texts(read(list), values, count, arena, &all), OST_OK);
    assert_string_equal(ost_arena_copy(arena, ost_json_source(all)), expected);
}

static void assert_left(const char *list, const ost_text *values, size_t count,
                        const char *expected)
{
    const ost_json *left;
    assert_int_equal(document_remove_texts(read(list), values, count, arena, &left), OST_OK);
    assert_string_equal(ost_arena_copy(arena, ost_json_source(left)), expected);
}

static void each_is_there_once_and_in_order(void **state)
{
    const ost_text values[] = {OST_TEXT("b"), OST_TEXT("a"), OST_TEXT("b"), OST_TEXT(""),
                               OST_TEXT("ab")};
    assert_added("[]", values, 5, "[\"b\",\"a\",\"\",\"ab\"]");
    assert_added("null", values, 2, "[\"b\",\"a\"]");
    assert_added("[\"a\",7,\"c\"]", values, 5, "[\"a\",7,\"c\",\"b\",\"\",\"ab\"]");
    assert_added("[\"a\",\"a\"]", values, 2, "[\"a\",\"a\",\"b\"]");
    assert_added("[\"x\"]", values, 0, "[\"x\"]");
    assert_left("[\"a\",\"x\",7,\"ab\",\"a\",\"\"]", values, 5, "[\"x\",7]");
    assert_left("[\"a\",\"x\"]", values, 0, "[\"a\",\"x\"]");
    assert_left("null", values, 5, "[]");
}

static void many_are_added_to_many_and_taken_out(void **state)
{
    ost_text *values = ost_arena_alloc(arena, MANY * sizeof *values);
    const ost_json *half, *all, *left;
    assert_non_null(values);
    for (size_t i = 0; i < MANY; i++) {
        const char *text = ost_arena_format(arena, "role-%zu", i * 7919 % MANY);
        assert_non_null(text);
        values[i] = text_of(text);
    }
    assert_int_equal(document_add_texts(NULL, values, MANY / 2, arena, &half), OST_OK);
    assert_int_equal(document_add_texts(half, values, MANY, arena, &all), OST_OK);
    assert_int_equal(ost_json_count(half), MANY / 2);
    assert_int_equal(ost_json_count(all), MANY);
    size_t at = 0;
    for (const ost_json *one = ost_json_first(all); one != NULL; one = ost_json_next(one), at++)
        assert_true(ost_json_equals(one, values[at]));
    assert_int_equal(document_remove_texts(all, values, MANY / 2, arena, &left), OST_OK);
    assert_int_equal(ost_json_count(left), MANY / 2);
    assert_true(ost_json_equals(ost_json_first(left), values[MANY / 2]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_there_once_and_in_order),
        cmocka_unit_test(many_are_added_to_many_and_taken_out),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
