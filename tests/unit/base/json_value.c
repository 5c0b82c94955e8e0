/* SPDX-License-Identifier: Apache-2.0 */
/* Looking into JSON values: each accessor on each type, and on nothing at all. */

#include <ostiary/json.h>

#include "base/text.h"
#include "test.h"

static ost_arena *arena;
static const ost_json *root;

static const char document[] =
    " {\"null\":null,\"yes\":true,\"no\":false,\"number\":-12.5,\"text\":\"a\\u0062\","
    "\"array\":[1,[2],{}],\"object\":{ \"x\" : {} },\"\":7,\"caf\\u00e9\":8} ";

/* Which of the accessors answer for a value. */
static void check_type(const ost_json *value, ost_json_type type, size_t count)
{
    ost_text text = {"kept", 4};
    int64_t integer = 99;
    double number = 99;
    bool boolean = true;
    assert_int_equal(ost_json_type_of(value), type);
    for (int other = OST_JSON_NULL; other <= OST_JSON_OBJECT; other++)
        assert_int_equal(ost_json_is(value, (ost_json_type)other),
                         value != NULL && other == (int)type);
    assert_int_equal(ost_json_text(value, &text), type == OST_JSON_STRING);
    assert_int_equal(ost_json_number(value, &number), type == OST_JSON_NUMBER);
    assert_int_equal(ost_json_boolean(value, &boolean), type == OST_JSON_BOOL);
    if (type != OST_JSON_STRING)
        assert_true(text_is(text, "kept"));
    if (type != OST_JSON_NUMBER) {
        assert_false(ost_json_integer(value, &integer));
        assert_true(integer == 99 && number > 98);
    }
    assert_int_equal(ost_json_count(value), count);
    assert_int_equal(ost_json_first(value) != NULL, count > 0);
    if (type != OST_JSON_OBJECT) {
        assert_null(ost_json_get(value, "x"));
        assert_null(ost_json_get(value, ""));
    }
}

static void each_type(void **state)
{
    check_type(NULL, OST_JSON_NULL, 0);
    check_type(ost_json_get(root, "null"), OST_JSON_NULL, 0);
    check_type(ost_json_get(root, "yes"), OST_JSON_BOOL, 0);
    check_type(ost_json_get(root, "no"), OST_JSON_BOOL, 0);
    check_type(ost_json_get(root, "number"), OST_JSON_NUMBER, 0);
    check_type(ost_json_get(root, "text"), OST_JSON_STRING, 0);
    check_type(ost_json_get(root, "array"), OST_JSON_ARRAY, 3);
    check_type(ost_json_get(root, "object"), OST_JSON_OBJECT, 1);
    check_type(ost_json_get(ost_json_get(root, "object"), "x"), OST_JSON_OBJECT, 0);
    check_type(root, OST_JSON_OBJECT, 9);
}

static void members_by_name(void **state)
{
    int64_t integer;
    bool boolean;
    assert_true(ost_json_integer(ost_json_get(root, ""), &integer) && integer == 7);
    assert_true(ost_json_integer(ost_json_get(root, "caf\xc3\xa9"), &integer) && integer == 8);
    assert_true(ost_json_integer(ost_json_get_text(root, (ost_text){NULL, 0}), &integer));
    assert_true(ost_json_boolean(ost_json_get(root, "no"), &boolean) && !boolean);
    assert_null(ost_json_get(root, "Text"));
    assert_null(ost_json_get(root, "tex"));
    assert_null(ost_json_get(root, "texts"));
    assert_null(ost_json_get_text(root, OST_TEXT("text\0")));
    assert_true(ost_json_equals(ost_json_get(root, "text"), OST_TEXT("ab")));
    assert_false(ost_json_equals(ost_json_get(root, "text"), OST_TEXT("a")));
    assert_false(ost_json_equals(ost_json_get(root, "number"), OST_TEXT("-12.5")));
    assert_false(ost_json_equals(NULL, OST_TEXT("")));
}

static void in_order_with_names_and_sources(void **state)
{
    static const char *const expected[][2] = {{"null", "null"},
                                              {"yes", "true"},
                                              {"no", "false"},
                                              {"number", "-12.5"},
                                              {"text", "\"a\\u0062\""},
                                              {"array", "[1,[2],{}]"},
                                              {"object", "{ \"x\" : {} }"},
                                              {"", "7"},
                                              {"caf\xc3\xa9", "8"}};
    size_t i = 0;
    for (const ost_json *at = ost_json_first(root); at != NULL; at = ost_json_next(at), i++) {
        assert_true(text_is(ost_json_name(at), expected[i][0]));
        assert_true(text_is(ost_json_source(at), expected[i][1]));
        assert_ptr_equal(ost_json_get_text(root, ost_json_name(at)), at);
    }
    assert_int_equal(i, 9);
    assert_int_equal(ost_json_source(root).len, sizeof document - 3); /* without the spaces */
    const ost_json *element = ost_json_first(ost_json_get(root, "array"));
    assert_int_equal(ost_json_name(element).len, 0);
    assert_int_equal(ost_json_name(NULL).len, 0);
    assert_int_equal(ost_json_source(NULL).len, 0);
    assert_null(ost_json_next(NULL));
    assert_null(ost_json_next(root));
}

static int setup(void **state)
{
    arena = ost_arena_new((size_t)1 << 20);
    return arena != NULL && ost_json_read((ost_text){document, sizeof document - 1}, NULL, arena,
                                          &root, NULL) == OST_OK
               ? 0
               : -1;
}

static int teardown(void **state)
{
    ost_arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_type),
        cmocka_unit_test(members_by_name),
        cmocka_unit_test(in_order_with_names_and_sources),
    };
    return cmocka_run_group_tests_name("base-json_value", tests, setup, teardown);
}
