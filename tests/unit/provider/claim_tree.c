/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of claims: order, dotted paths, places that are kept, values that stay. */
#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "provider/token/claim_tree.h"
#include "test.h"

static ost_arena *arena;
static claim_tree *tree;

static int setup(void **state)
{
    (void)state;
    arena = ost_arena_new(1 << 20);
    tree = claim_tree_new(arena);
    return arena != NULL && tree != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    ost_arena_free(arena);
    return 0;
}

static void put(const char *path, const char *json)
{
    claim_put_json(tree, text_of(path), text_of(json));
}

static void assert_written(const char *expected)
{
    ost_text json;
    assert_int_equal(claim_tree_write(tree, arena, &json), OST_OK);
    assert_string_equal(json.data, expected);
}

static void order_is_that_of_the_first_mention(void **state)
{
    (void)state;
    claim_put_integer(tree, "exp", 5);
    claim_put_string(tree, "iss", "a\"b");
    put("exp", "7");
    assert_written("{\"exp\":7,\"iss\":\"a\\\"b\"}");
}

static void dots_nest_unless_escaped(void **state)
{
    (void)state;
    put("a.b.c", "1");
    put("a.b.d", "2");
    put("a\\.b", "3");
    put("resource_access.my\\.app.roles", "[\"x\"]");
    put("", "9");
    assert_written("{\"a\":{\"b\":{\"c\":1,\"d\":2}},\"a.b\":3,"
                   "\"resource_access\":{\"my.app\":{\"roles\":[\"x\"]}}}");
}

static void the_last_value_counts(void **state)
{
    (void)state;
    put("a", "1");
    put("a.b", "2");
    assert_written("{\"a\":{\"b\":2}}");
    put("a", "3");
    assert_written("{\"a\":3}");
}

static void join_json(const char *path, const char *json)
{
    claim_join_json(tree, text_of(path), text_of(json));
}

static void lists_are_joined(void **state)
{
    (void)state;
    join_json("roles", "[\"a\",\"b\"]");
    join_json("roles", "[\"b\",\"c\",5,{}]");
    join_json("deep.er", "[]");
    join_json("deep.er", "[\"x\"]");
    put("text", "\"t\"");
    join_json("text", "[\"x\"]");
    put("object.member", "1");
    join_json("object", "[1]");
    put("list", "[1]");
    put("list", "[2]");
    assert_written("{\"roles\":[\"a\",\"b\",\"c\",5,{}],\"deep\":{\"er\":[\"x\"]},"
                   "\"text\":[\"x\"],\"object\":[1],\"list\":[2]}");
}

static void a_reserved_place_is_written_when_it_is_filled(void **state)
{
    (void)state;
    claim_reserve(tree, "first");
    claim_reserve(tree, "never");
    put("second", "2");
    assert_false(claim_is_set(tree, "first"));
    assert_written("{\"second\":2}");
    put("first", "1");
    assert_true(claim_is_set(tree, "first"));
    assert_written("{\"first\":1,\"second\":2}");
}

static void a_sealed_claim_keeps_its_value(void **state)
{
    (void)state;
    put("iss", "\"us\"");
    claim_reserve(tree, "aud");
    claim_seal(tree);
    put("iss", "\"them\"");
    put("iss.x", "1");
    join_json("iss", "[1]");
    put("aud", "\"api\"");
    put("new", "1");
    assert_written("{\"iss\":\"us\",\"aud\":\"api\",\"new\":1}");
}

static void names_too_deep_are_passed_over(void **state)
{
    (void)state;
    put("ok", "1");
    put("1.2.3.4.5.6.7.8.9.10", "1");
    ost_text json;
    assert_int_equal(claim_tree_write(tree, arena, &json), OST_OK);
    assert_null(strstr(json.data, "\"10\""));
}

static void what_is_no_json_or_no_utf8_fails_as_a_whole(void **state)
{
    ost_text json = {0};
    (void)state;
    put("a", "nonsense");
    assert_int_not_equal(claim_tree_write(tree, arena, &json), OST_OK);
    assert_null(json.data);
    tree = claim_tree_new(arena);
    claim_put_text(tree, "a", (ost_text){"\xff", 1});
    assert_int_equal(claim_tree_write(tree, arena, &json), OST_E_UTF8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(order_is_that_of_the_first_mention, setup, teardown),
        cmocka_unit_test_setup_teardown(dots_nest_unless_escaped, setup, teardown),
        cmocka_unit_test_setup_teardown(the_last_value_counts, setup, teardown),
        cmocka_unit_test_setup_teardown(lists_are_joined, setup, teardown),
        cmocka_unit_test_setup_teardown(a_reserved_place_is_written_when_it_is_filled, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_sealed_claim_keeps_its_value, setup, teardown),
        cmocka_unit_test_setup_teardown(names_too_deep_are_passed_over, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_json_or_no_utf8_fails_as_a_whole, setup,
                                        teardown),
    };
    return cmocka_run_group_tests_name("claim_tree", tests, NULL, NULL);
}
