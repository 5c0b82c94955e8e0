/* SPDX-License-Identifier: Apache-2.0 */
/* JSON of files: where a slip is, and what a file is that is something else. */
#include <ostiary/json.h>
#include <string.h>

#include "base/array.h"
#include "base/json/json_file.h"
#include "base/json/other_format.h"
#include "base/text.h"
#include "test.h"

static ost_result read_text(ost_text text, ost_error *error)
{
    static const ost_json_limits limits = {.max_depth = 4, .max_values = 64};
    ost_arena *arena = ost_arena_new(1 << 16);
    const ost_json *value = NULL;
    assert_non_null(arena);
    ost_result result = json_file_read(text, &limits, arena, &value, error);
    assert_true((result == OST_OK) == (value != NULL));
    ost_arena_free(arena);
    return result;
}

static void slips_are_told_with_column_and_path(void **state)
{
    static const struct {
        const char *text, *told;
    } cases[] = {
        {"{\"scopes\":[\"a\",]}", "line 1, byte 15: a value is expected (column 16, in scopes[1])"},
        {"{\n \"claims\": [{}, {\"claim\": \"x\",}]}",
         "line 2, byte 32: a member's name in quotes is expected (column 31, in claims[1])"},
        {"{\"a\" 1}", "line 1, byte 5: ':' is expected (column 6)"},
        {"", "the document is empty"},
        {"{} x", "line 1, byte 3: something follows the document (column 4)"},
        {BYTE_ORDER_MARK "{\"a\":tru}", "line 1, byte 8: a value is expected (column 6, in a)"},
        {"{\"a\\u001b\\u202e\":[x]}",
         "line 1, byte 18: a value is expected (column 19, in a????[0])"},
        {"[[[[[]]]]]", "line 1, byte 4: nested too deeply (column 5, in [0][0][0][0])"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ost_error error = {0};
        assert_int_not_equal(read_text(text_of(cases[i].text), &error), OST_OK);
        assert_string_equal(error.detail, cases[i].told);
        assert_int_not_equal(read_text(text_of(cases[i].text), NULL), OST_OK);
    }
}

static void other_formats_are_told_by_what_they_are(void **state)
{
    static const struct {
        ost_text text;
        const char *told;
    } cases[] = {
        {OST_TEXT_INIT("\xff\xfe{\0}\0"), "this is UTF-16"},
        {OST_TEXT_INIT("\0{\0}"), "this is UTF-16"},
        {OST_TEXT_INIT("\xff\xfe\0\0{\0\0\0"), "this is UTF-32"},
        {OST_TEXT_INIT("\x1f\x8b\x08\0"), "this is compressed (gzip)"},
        {OST_TEXT_INIT("\x28\xb5\x2f\xfd"), "this is compressed (zstd)"},
        {OST_TEXT_INIT("PK\x03\x04"), "this is a ZIP archive"},
        {OST_TEXT_INIT("# rules\nscopes:\n  - a\n"), "this looks like YAML"},
        {OST_TEXT_INIT("---\n{}"), "this looks like YAML"},
        {OST_TEXT_INIT("<html>"), "this is HTML or XML"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ost_error error = {0};
        assert_int_not_equal(read_text(cases[i].text, &error), OST_OK);
        if (!text_starts(text_of(error.detail), cases[i].told))
            fail_msg("%s, not %s", error.detail, cases[i].told);
        for (size_t len = 0; len < cases[i].text.len; len++) /* cut anywhere: nothing behind it */
            (void)other_format((ost_text){cases[i].text.data, len});
    }
    assert_null(other_format(OST_TEXT("{\"a: b\":1}")));
    assert_null(other_format(OST_TEXT("true")));
}

static void a_byte_order_mark_is_passed_over(void **state)
{
    assert_int_equal(read_text(OST_TEXT(BYTE_ORDER_MARK "{}"), NULL), OST_OK);
    assert_int_equal(read_text(OST_TEXT(BYTE_ORDER_MARK), NULL), OST_E_JSON);
    assert_int_equal(read_text(OST_TEXT(BYTE_ORDER_MARK BYTE_ORDER_MARK "{}"), NULL), OST_E_JSON);
    assert_int_equal(text_behind_mark(OST_TEXT("\xef\xbb")).len, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slips_are_told_with_column_and_path),
        cmocka_unit_test(other_formats_are_told_by_what_they_are),
        cmocka_unit_test(a_byte_order_mark_is_passed_over),
    };
    return cmocka_run_group_tests_name("base-json_file", tests, NULL, NULL);
}
