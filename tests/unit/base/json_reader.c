/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON reader: its ceilings, its errors, and what it costs. What it accepts is compared in
 * json_agreement.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ostiary/json.h>

#include "base/context.h"
#include "base/text.h"
#include "test_arena.h"

static ost_result read_bytes(const char *data, size_t len, const ost_json **ret)
{
    ost_arena_reset(arena);
    return ost_json_read((ost_text){data, len}, NULL, arena, ret, NULL);
}

static bool is_accepted(const char *data, size_t len)
{
    const ost_json *value;
    return read_bytes(data, len, &value) == OST_OK;
}

static void depth_and_size_have_ceilings(void **state)
{
    const ost_json *value;
    const ost_json_limits limits = {.max_bytes = 10, .max_values = 3};
    char deep[200];
    memset(deep, '[', 100);
    memset(deep + 100, ']', 100);
    assert_int_equal(read_bytes(deep, 200, &value), OST_E_CEILING);
    assert_true(is_accepted(deep + 68, 64));
    assert_false(is_accepted(deep + 67, 66));
    ost_arena_reset(arena);
    assert_int_equal(ost_json_read(OST_TEXT("[1,2,3,4,5]"), &limits, arena, &value, NULL),
                     OST_E_CEILING);
    assert_int_equal(ost_json_read(OST_TEXT("[1,2,3]"), &limits, arena, &value, NULL),
                     OST_E_CEILING);
}

static void many_names_are_compared_quickly(void **state)
{
    const ost_json_limits limits = {.max_bytes = 4u << 20};
    const ost_json *value;
    ost_arena *large = ost_arena_new((size_t)64 << 20);
    char *text = malloc(2u << 20);
    size_t len = 0;
    text[len++] = '{';
    for (int i = 0; i < 60000; i++)
        len += (size_t)snprintf(text + len, 40, "%s\"name%d\":%d", i > 0 ? "," : "", i, i);
    text[len] = '}';
    assert_int_equal(ost_json_read((ost_text){text, len + 1}, &limits, large, &value, NULL),
                     OST_OK);
    assert_int_equal(ost_json_count(value), 60000);
    len += (size_t)snprintf(text + len, 40, ",\"name7\":0}");
    ost_arena_reset(large);
    assert_int_equal(ost_json_read((ost_text){text, len}, &limits, large, &value, NULL),
                     OST_E_JSON);
    free(text);
    ost_arena_free(large);
}

static void check_error(ost_text document, ost_result expected, const char *detail)
{
    const ost_json *value = NULL;
    ost_error error = {0};
    ost_arena_reset(arena);
    assert_int_equal(ost_json_read(document, NULL, arena, &value, &error), expected);
    assert_int_equal(error.code, expected);
    assert_null(value);
    if (strstr(error.detail, detail) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", detail, error.detail);
    assert_int_equal(ost_json_read(document, NULL, arena, &value, NULL), expected);
}

static void errors_say_where(void **state)
{
    check_error(OST_TEXT("{\n \"a\": 1,\n \"b\": x}"), OST_E_JSON, "line 3, byte 17");
    check_error(OST_TEXT("[1,2,]"), OST_E_JSON, "byte 5: a value");
    check_error(OST_TEXT("[1 2]"), OST_E_JSON, "byte 3: ','");
    check_error(OST_TEXT("{\"a\" 1}"), OST_E_JSON, "byte 5: ':'");
    check_error(OST_TEXT("{a:1}"), OST_E_JSON, "byte 1: a member's name");
    check_error(OST_TEXT("[1]x"), OST_E_JSON, "byte 3: something follows");
    check_error(OST_TEXT("[\"ab\\ud800\"]"), OST_E_JSON, "byte 4: the string has half of a");
    check_error(OST_TEXT("[\"ab\\udc00\"]"), OST_E_JSON, "byte 4: the string has half of a");
    check_error(OST_TEXT("[\"a\\u0000\"]"), OST_E_JSON, "byte 3: the string has U+0000"); /* G17 */
    check_error(OST_TEXT("{\"a\\u0000\":1}"), OST_E_JSON, "byte 3: the name has U+0000");
    check_error(OST_TEXT("[\"a\0\"]"), OST_E_JSON, "byte 3: the string has U+0000");
    check_error(OST_TEXT("[\"a\n\"]"), OST_E_JSON, "byte 3: the string has a control");
    check_error(OST_TEXT("[\"a\\x\"]"), OST_E_JSON, "byte 3: the string has an escape");
    check_error(OST_TEXT("[\"a\\u00g0\"]"), OST_E_JSON, "byte 3: the string has an escape");
    check_error(OST_TEXT("[\"a\xff\"]"), OST_E_UTF8, "byte 3: the string is not UTF-8");
    check_error(OST_TEXT("[\"a"), OST_E_JSON, "byte 3: the string has no end");
    check_error(OST_TEXT("[\"ab\xffz\"]"), OST_E_UTF8, "byte 4: the string");
    check_error(OST_TEXT("{\"ab\xc3z\":1}"), OST_E_UTF8, "byte 4: the name");
    check_error(OST_TEXT("[1e999]"), OST_E_JSON, "out of range");
    check_error(OST_TEXT("{\"a\":1,\"a\":2}"), OST_E_JSON, "same name");
    check_error(OST_TEXT("[\n"), OST_E_JSON, "line 2, byte 2: the document ends");
    check_error(OST_TEXT(""), OST_E_JSON, "empty");
    check_error((ost_text){NULL, 0}, OST_E_JSON, "empty");
}

static ost_result read_with(ost_arena *with)
{
    static char text[600] = "{\"a\":[1,2.5,{\"b\":\"\\u00e9\"}],\"c\":null";
    const ost_json *value;
    size_t len = strlen(text);
    /* So many names that a table is needed. */
    for (int i = 0; i < 30 && text[len - 1] != '}'; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, ",\"n%d\":\"%d\"%s", i, i,
                                i == 29 ? "}" : "");
    return ost_json_read((ost_text){text, len}, NULL, with, &value, NULL);
}

static void every_allocation_may_fail(void **state)
{
    ost_result result = OST_E_MEMORY;
    for (uint64_t n = 1; result != OST_OK; n++) {
        assert_true(n < 1000);
        memory_fail_at(n);
        ost_arena *small = ost_arena_new(1 << 20);
        result = small == NULL ? OST_E_MEMORY : read_with(small);
        memory_fail_at(0);
        assert_true(result == OST_OK || result == OST_E_MEMORY);
        ost_arena_free(small);
    }
}

/* Every ceiling of the arena is either enough or an error. */
static void any_arena_may_be_too_small(void **state)
{
    ost_result result = OST_E_MEMORY;
    for (size_t ceiling = 1; result != OST_OK; ceiling += 40) {
        assert_true(ceiling < 100000);
        ost_arena *small = ost_arena_new(ceiling);
        assert_non_null(small);
        result = read_with(small);
        assert_true(result == OST_OK || result == OST_E_MEMORY);
        ost_arena_free(small);
    }
}

/* After the first time, reading takes no memory but the arena's. */
static void the_steady_state_allocates_nothing(void **state)
{
    ost_arena_reset(arena);
    assert_int_equal(read_with(arena), OST_OK);
    uint64_t before = memory_count();
    for (int i = 0; i < 10; i++) {
        ost_arena_reset(arena);
        assert_int_equal(read_with(arena), OST_OK);
    }
    assert_int_equal(memory_count(), before);
}

static void limits_that_are_absurd_do_no_harm(void **state)
{
    const ost_json_limits limits = {SIZE_MAX, SIZE_MAX, SIZE_MAX};
    const ost_json *value;
    ost_arena_reset(arena);
    assert_int_equal(ost_json_read(OST_TEXT("[[[1]]]"), &limits, arena, &value, NULL), OST_OK);
    assert_int_equal(ost_json_count(value), 1);
}

/* Deeper than any stack of calls would be. */
static void depth_costs_no_stack(void **state)
{
    enum { DEPTH = 200000 };
    const ost_json_limits limits = {
        .max_bytes = 2 * DEPTH, .max_depth = DEPTH, .max_values = DEPTH};
    const ost_json *value;
    char *text = malloc(2 * DEPTH);
    ost_arena *large = ost_arena_new((size_t)64 << 20);
    memset(text, '[', DEPTH);
    memset(text + DEPTH, ']', DEPTH);
    assert_int_equal(ost_json_read((ost_text){text, 2 * DEPTH}, &limits, large, &value, NULL),
                     OST_OK);
    size_t depth = 0;
    for (; value != NULL; value = ost_json_first(value))
        depth++;
    assert_int_equal(depth, DEPTH);
    free(text);
    ost_arena_free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(depth_and_size_have_ceilings),
        cmocka_unit_test(many_names_are_compared_quickly),
        cmocka_unit_test(errors_say_where),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(any_arena_may_be_too_small),
        cmocka_unit_test(the_steady_state_allocates_nothing),
        cmocka_unit_test(limits_that_are_absurd_do_no_harm),
        cmocka_unit_test(depth_costs_no_stack),
    };
    return cmocka_run_group_tests_name("base-json_reader", tests, open_arena, close_arena);
}
