/* SPDX-License-Identifier: Apache-2.0 */
/* Objects that share all but one element of a list: whatever is made is what reading its text
 * gives. */
#include <ostiary/json.h>

#include "base/json/json_share.h"
#include "base/text.h"
#include "test_arena.h"

#define CEILING 1000

static const ost_json *read_text(ost_text text)
{
    const ost_json *value;
    assert_int_equal(ost_json_read(text, NULL, arena, &value, NULL), OST_OK);
    return value;
}

static const ost_json *read(const char *text)
{
    return read_text(text_of(text));
}

/* Values with the same texts, names and children. */
static void check_same(const ost_json *one, const ost_json *other)
{
    assert_int_equal(ost_json_type_of(one), ost_json_type_of(other));
    assert_int_equal(ost_json_count(one), ost_json_count(other));
    assert_true(text_equal(ost_json_name(one), ost_json_name(other)));
    assert_true(text_equal(ost_json_source(one), ost_json_source(other)));
    const ost_json *b = ost_json_first(other);
    for (const ost_json *a = ost_json_first(one); a != NULL; a = ost_json_next(a)) {
        check_same(a, b);
        b = ost_json_next(b);
    }
    assert_null(b);
}

static const ost_json *share(const ost_json *object, const ost_json *old, const char *value)
{
    const ost_json *shared;
    assert_int_equal(json_share_list(object, "l", old, read(value), CEILING, arena, &shared),
                     OST_OK);
    check_same(shared, read_text(ost_json_source(shared)));
    return shared;
}

static const ost_json *element(const ost_json *object, size_t index)
{
    const ost_json *at = ost_json_first(ost_json_get(object, "l"));
    for (size_t i = 0; i < index; i++)
        at = ost_json_next(at);
    return at;
}

static void one_element_is_another(void **state)
{
    (void)state;
    const ost_json *object =
        read("{\"a\":1, \"l\": [ {\"x\":1} , 2,\"\\u00e9\"], \"b\":{\"c\":[]}}");
    const ost_json *first = share(object, element(object, 0), "{\"x\":[2]}");
    assert_true(text_is(ost_json_source(first),
                        "{\"a\":1,\"l\":[{\"x\":[2]},2,\"\\u00e9\"],\"b\":{\"c\":[]}}"));
    const ost_json *more = share(first, NULL, "4");
    assert_true(text_is(ost_json_source(ost_json_get(more, "l")), "[{\"x\":[2]},2,\"\\u00e9\",4]"));
    const ost_json *last = share(more, element(more, 2), "3");
    assert_true(text_is(ost_json_source(ost_json_get(last, "l")), "[{\"x\":[2]},2,3,4]"));
    /* An element of before, as long as it is one of the list. */
    const ost_json *again = share(last, element(first, 1), "22");
    assert_true(text_is(ost_json_source(ost_json_get(again, "l")), "[{\"x\":[2]},22,3,4]"));
    assert_true(text_is(ost_json_source(ost_json_get(object, "l")),
                        "[ {\"x\":1} , 2,\"\\u00e9\"]")); /* as it was */
}

static void a_list_is_made_where_there_is_none(void **state)
{
    (void)state;
    assert_true(text_is(ost_json_source(share(read("{}"), NULL, "1")), "{\"l\":[1]}"));
    assert_true(text_is(ost_json_source(share(read("{\"l\":[],\"\\n\":0}"), NULL, "{}")),
                        "{\"l\":[{}],\"\\n\":0}"));
    assert_true(text_is(ost_json_source(share(read("{\"l\":null,\"m\":0}"), NULL, "1")),
                        "{\"l\":[1],\"m\":0}"));
}

static void an_element_is_taken_out(void **state)
{
    const ost_json *shared;
    (void)state;
    const ost_json *object = read("{\"l\":[1,2,3],\"b\":0}");
    for (size_t i = 0; i < 3; i++) {
        static const char *const rest[] = {"[2,3]", "[1,3]", "[1,2]"};
        assert_int_equal(
            json_share_list(object, "l", element(object, i), NULL, CEILING, arena, &shared),
            OST_OK);
        check_same(shared, read_text(ost_json_source(shared)));
        assert_true(text_is(ost_json_source(ost_json_get(shared, "l")), rest[i]));
    }
    object = read("{\"l\":[1]}");
    assert_int_equal(
        json_share_list(object, "l", element(object, 0), NULL, CEILING, arena, &shared), OST_OK);
    assert_true(text_is(ost_json_source(shared), "{\"l\":[]}"));
    check_same(shared, read_text(ost_json_source(shared)));
}

static void members_are_others(void **state)
{
    const ost_json *shared;
    (void)state;
    const ost_json *object = read("{\"a\":1,\"b\":[1, 2],\"c\":{\"d\":3}}");
    const json_share_member members[] = {{OST_TEXT("new"), read("{\"x\":[]}")},
                                         {OST_TEXT("b"), read("null")},
                                         {OST_TEXT("a"), NULL},
                                         {OST_TEXT("none"), NULL}};
    assert_int_equal(json_share_members(object, members, 4, CEILING, arena, &shared), OST_OK);
    assert_true(
        text_is(ost_json_source(shared), "{\"b\":null,\"c\":{\"d\":3},\"new\":{\"x\":[]}}"));
    check_same(shared, read_text(ost_json_source(shared)));
    assert_int_equal(json_share_members(object, NULL, 0, CEILING, arena, &shared), OST_OK);
    check_same(shared, read_text(ost_json_source(shared)));
    assert_int_equal(json_share_members(read("[1]"), members, 4, CEILING, arena, &shared),
                     OST_E_ARGUMENT);
    assert_int_equal(json_share_members(object, members, 4, 20, arena, &shared), OST_E_CEILING);
}

static void what_cannot_be_is_refused(void **state)
{
    const ost_json *shared = NULL, *one = read("1");
    (void)state;
    const ost_json *object = read("{\"l\":[1,2],\"k\":[1]}");
    const ost_json *foreign = ost_json_first(ost_json_get(object, "k"));
    assert_int_equal(json_share_list(object, "l", foreign, one, CEILING, arena, &shared),
                     OST_E_ARGUMENT);
    assert_int_equal(json_share_list(object, "none", foreign, one, CEILING, arena, &shared),
                     OST_E_ARGUMENT);
    assert_int_equal(json_share_list(read("{\"l\":{}}"), "l", NULL, one, CEILING, arena, &shared),
                     OST_E_ARGUMENT);
    assert_int_equal(json_share_list(read("[]"), "l", NULL, one, CEILING, arena, &shared),
                     OST_E_ARGUMENT);
    assert_int_equal(json_share_list(object, "l", NULL, one, 20, arena, &shared), OST_E_CEILING);
    assert_int_equal(json_share_list(object, "l", NULL, NULL, CEILING, arena, &shared),
                     OST_E_ARGUMENT);
    ost_arena *small = ost_arena_new(600);
    assert_int_equal(json_share_list(object, "l", NULL, one, CEILING, small, &shared),
                     OST_E_MEMORY);
    ost_arena_free(small);
    assert_null(shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_element_is_another),
        cmocka_unit_test(a_list_is_made_where_there_is_none),
        cmocka_unit_test(an_element_is_taken_out),
        cmocka_unit_test(members_are_others),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests_name("base-json_share", tests, open_arena, close_arena);
}
