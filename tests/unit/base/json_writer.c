/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON writer: what it writes is read back, and misuse is an error, not bad JSON. */

#include <ostiary/json.h>

#include "base/json/json_writer.h"
#include "base/text.h"
#include "test_arena.h"

static ost_json_writer *fresh(void)
{
    ost_arena_reset(arena);
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    assert_non_null(w);
    return w;
}

static void a_document(void **state)
{
    ost_text text;
    ost_json_writer *w = fresh();
    (void)state;
    ost_json_open_object(w);
    ost_json_member_string(w, "a", "x\"\\\n\x01\x7f/\xc3\xa9");
    ost_json_member_integer(w, "b", -9007199254740992);
    ost_json_put_name(w, OST_TEXT("c"));
    ost_json_open_array(w);
    ost_json_put_boolean(w, true);
    ost_json_put_null(w);
    ost_json_put_number(w, 0.5);
    ost_json_open_object(w);
    ost_json_close_object(w);
    ost_json_close_array(w);
    ost_json_close_object(w);
    assert_int_equal(ost_json_writer_finish(w, &text), OST_OK);
    assert_string_equal(text.data, "{\"a\":\"x\\\"\\\\\\n\\u0001\\u007f/\xc3\xa9\","
                                   "\"b\":-9007199254740992,\"c\":[true,null,0.5,{}]}");
}

static void misuse_is_an_error(void **state)
{
    ost_text text;
    ost_json_writer *w = fresh();
    (void)state;
    assert_int_equal(ost_json_writer_finish(w, &text), OST_E_STATE);
    w = fresh();
    ost_json_open_object(w);
    ost_json_put_null(w);
    ost_json_close_object(w);
    assert_int_equal(ost_json_writer_finish(w, &text), OST_E_STATE);
    w = fresh();
    ost_json_open_object(w);
    ost_json_close_array(w);
    assert_int_equal(ost_json_writer_finish(w, &text), OST_E_STATE);
    w = fresh();
    ost_json_open_object(w);
    ost_json_put_name(w, OST_TEXT("a"));
    ost_json_close_object(w);
    assert_int_equal(ost_json_writer_finish(w, &text), OST_E_STATE);
    w = fresh();
    ost_json_put_null(w);
    ost_json_put_null(w);
    assert_int_equal(ost_json_writer_finish(w, &text), OST_E_STATE);
    w = fresh();
    ost_json_put_text(w, OST_TEXT("\xff"));
    assert_int_equal(ost_json_writer_finish(w, &text), OST_E_UTF8);
}

static void it_has_a_ceiling(void **state)
{
    ost_text text;
    (void)state;
    ost_arena_reset(arena);
    ost_json_writer *w = ost_json_writer_new(arena, 8);
    ost_json_put_text(w, OST_TEXT("12345678"));
    assert_int_equal(ost_json_writer_finish(w, &text), OST_E_CEILING);
}

static void what_is_written_is_a_value(void **state)
{
    const ost_json *value;
    int64_t number = 0;
    ost_error error = {0};
    (void)state;
    ost_json_writer *w = fresh();
    ost_json_open_object(w);
    ost_json_member_integer(w, "a", 7);
    ost_json_close_object(w);
    assert_int_equal(json_writer_read(w, NULL, &value, &error), OST_OK);
    assert_true(ost_json_integer(ost_json_get(value, "a"), &number));
    assert_int_equal(number, 7);
    w = fresh();
    ost_json_open_object(w);
    value = NULL;
    assert_int_equal(json_writer_read(w, NULL, &value, &error), OST_E_STATE);
    assert_null(value);
    assert_true(error.detail[0] != '\0');
    w = fresh();
    ost_json_open_array(w);
    ost_json_put_null(w);
    ost_json_close_array(w);
    const ost_json_limits one = {.max_values = 1};
    assert_int_equal(json_writer_read(w, &one, &value, NULL), OST_E_CEILING);
    assert_int_equal(json_writer_read(NULL, NULL, &value, NULL), OST_E_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document),
        cmocka_unit_test(misuse_is_an_error),
        cmocka_unit_test(it_has_a_ceiling),
        cmocka_unit_test(what_is_written_is_a_value),
    };
    return cmocka_run_group_tests_name("base-json_writer", tests, open_arena, close_arena);
}
