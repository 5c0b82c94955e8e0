/* SPDX-License-Identifier: Apache-2.0 */
/* Looking for many among many: what is found is what looking at one after the other finds. */
#include <stdio.h>
#include <time.h>

#include <ostiary/json.h>

#include "base/json/json_finder.h"
#include "base/json/json_list.h"
#include "base/text.h"
#include "test_arena.h"

static const ost_json *read(const char *text)
{
    const ost_json_limits limits = {.max_bytes = (size_t)8 << 20, .max_values = 300000};
    const ost_json *value;
    assert_int_equal(ost_json_read(text_of(text), &limits, arena, &value, NULL), OST_OK);
    return value;
}

static int64_t number_of(const ost_json *object, const char *member)
{
    int64_t number = -1;
    assert_true(ost_json_integer(ost_json_get(object, member), &number));
    return number;
}

/* `count` objects, every third of the name "n0", every seventh without a text for one. */
static const ost_json *make_list(int count)
{
    size_t size = (size_t)count * 40 + 3, len = 1;
    char *text = ost_arena_alloc(arena, size);
    assert_non_null(text);
    text[0] = '[';
    for (int i = 0; i < count; i++)
        len +=
            (size_t)snprintf(text + len, size - len,
                             i % 7 == 6 ? "%s{\"n\":%d,\"at\":%d}" : "%s{\"n\":\"n%d\",\"at\":%d}",
                             i > 0 ? "," : "", i % 3 == 0 ? 0 : i, i);
    (void)snprintf(text + len, size - len, "]");
    return read(text);
}

static void the_first_is_found_as_by_looking_at_each(void **state)
{
    static const int counts[] = {0, 1, 24, 25, 26, 1000};
    char name[16];
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        json_finder finder = {.arena = arena};
        const ost_json *list = make_list(counts[c]);
        for (int i = -1; i <= counts[c]; i++) {
            (void)snprintf(name, sizeof name, "n%d", i);
            assert_ptr_equal(json_finder_find(&finder, list, "n", text_of(name)),
                             json_list_find(list, "n", text_of(name)));
        }
        assert_null(json_finder_find(&finder, list, "n", (ost_text){0}));
        assert_null(json_finder_find(&finder, list, "none", OST_TEXT("n0")));
    }
}

/* An empty name is one, and none is not; a name and its beginning are two. */
static void names_that_look_alike(void **state)
{
    json_finder finder = {.arena = arena};
    char text[4096];
    size_t len = (size_t)snprintf(text, sizeof text, "[{\"at\":-1},{\"n\":null},{\"n\":{}},7");
    for (int i = 0; i < 40; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, ",{\"n\":\"%.*s\",\"at\":%d}", i,
                                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", i);
    (void)snprintf(text + len, sizeof text - len, ",{\"n\":\"a\\u0061\",\"at\":99}]");
    const ost_json *list = read(text);
    for (size_t i = 0; i < 40; i++) {
        const ost_text name = {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", i};
        assert_int_equal(number_of(json_finder_find(&finder, list, "n", name), "at"), i);
    }
}

/* Of one list by two members, of two lists by one, and of no list at all. */
static void lists_and_members_are_told_apart(void **state)
{
    json_finder finder = {.arena = arena};
    char one[4096], other[4096];
    size_t a = 1, b = 1;
    one[0] = other[0] = '[';
    for (int i = 0; i < 50; i++) {
        a += (size_t)snprintf(one + a, sizeof one - a, "%s{\"n\":\"x%d\",\"id\":\"x%d\",\"at\":%d}",
                              i > 0 ? "," : "", i, 49 - i, i);
        b += (size_t)snprintf(other + b, sizeof other - b, "%s{\"n\":\"x%d\",\"at\":%d}",
                              i > 0 ? "," : "", i, 100 + i);
    }
    (void)snprintf(one + a, sizeof one - a, "]");
    (void)snprintf(other + b, sizeof other - b, "]");
    const ost_json *first = read(one), *second = read(other);
    for (int turn = 0; turn < 2; turn++) {
        assert_int_equal(number_of(json_finder_find(&finder, first, "n", OST_TEXT("x3")), "at"), 3);
        assert_int_equal(number_of(json_finder_find(&finder, first, "id", OST_TEXT("x3")), "at"),
                         46);
        assert_int_equal(number_of(json_finder_find(&finder, second, "n", OST_TEXT("x3")), "at"),
                         103);
    }
    assert_null(json_finder_find(&finder, NULL, "n", OST_TEXT("x3")));
    assert_int_equal(number_of(json_finder_find(NULL, first, "n", OST_TEXT("x3")), "at"), 3);
}

static void members_are_found_by_name(void **state)
{
    json_finder finder = {.arena = arena};
    char text[4096];
    size_t len = 1;
    text[0] = '{';
    for (int i = 0; i < 100; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s\"x%d\":%d", i > 0 ? "," : "",
                                i * 7 % 100, i);
    (void)snprintf(text + len, sizeof text - len, "}");
    const ost_json *object = read(text);
    for (const ost_json *at = ost_json_first(object); at != NULL; at = ost_json_next(at))
        assert_ptr_equal(json_finder_get(&finder, object, ost_json_name(at)), at);
    assert_null(json_finder_get(&finder, object, OST_TEXT("x100")));
    assert_null(json_finder_get(&finder, NULL, OST_TEXT("x1")));
    assert_null(json_finder_get(&finder, make_list(30), OST_TEXT("n0")));
    assert_non_null(json_finder_get(NULL, object, OST_TEXT("x1")));
}

static void strings_of_a_list_are_found(void **state)
{
    json_finder finder = {.arena = arena};
    char text[4096];
    size_t len = (size_t)snprintf(text, sizeof text, "[7,null,{\"n\":\"x200\"},[\"x201\"]");
    for (int i = 0; i < 100; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, ",\"x%d\"", i * 7 % 100);
    (void)snprintf(text + len, sizeof text - len, "]");
    const ost_json *list = read(text);
    for (int i = 0; i < 204; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "x%d", i);
        assert_int_equal(json_finder_has(&finder, list, text_of(name)), i < 100);
        assert_int_equal(json_finder_has(NULL, list, text_of(name)), i < 100);
    }
    assert_false(json_finder_has(&finder, list, (ost_text){0}));
    assert_false(json_finder_has(&finder, NULL, OST_TEXT("x1")));
    assert_true(json_finder_has(json_finder_in(arena), read("[\"a\",\"\"]"), OST_TEXT("")));
    assert_null(json_finder_find(&finder, list, "", OST_TEXT("x1")));
}

/* Without memory, slowly. */
static void no_memory_is_no_failure(void **state)
{
    ost_arena *small = ost_arena_new(64);
    json_finder finder = {.arena = small};
    const ost_json *list = make_list(100);
    assert_non_null(small);
    for (int turn = 0; turn < 3; turn++)
        assert_int_equal(number_of(json_finder_find(&finder, list, "n", OST_TEXT("n50")), "at"),
                         50);
    ost_arena_free(small);
}

static double seconds_for(const ost_json *list, int count)
{
    json_finder finder = {.arena = arena};
    struct timespec from, to;
    char name[64];
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    for (int i = 0; i < count; i++) {
        (void)snprintf(name, sizeof name, "%040d", i);
        assert_non_null(json_finder_find(&finder, list, "n", text_of(name)));
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

/* One after the other, this takes more than a minute; with common beginnings, as an attacker would
 * choose them. */
static void attack_34_many_names_are_found_in_bounded_time(void **state)
{
    int count = 60000;
    size_t size = (size_t)count * 60 + 3, len = 1;
    char *text = ost_arena_alloc(arena, size);
    assert_non_null(text);
    text[0] = '[';
    for (int i = 0; i < count; i++)
        len += (size_t)snprintf(text + len, size - len, "%s{\"n\":\"%040d\"}", i > 0 ? "," : "",
                                i * 7919 % count);
    (void)snprintf(text + len, size - len, "]");
    assert_true(seconds_for(read(text), count) < 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_is_found_as_by_looking_at_each),
        cmocka_unit_test(names_that_look_alike),
        cmocka_unit_test(lists_and_members_are_told_apart),
        cmocka_unit_test(members_are_found_by_name),
        cmocka_unit_test(strings_of_a_list_are_found),
        cmocka_unit_test(no_memory_is_no_failure),
        cmocka_unit_test(attack_34_many_names_are_found_in_bounded_time),
    };
    return cmocka_run_group_tests_name("base-json_finder", tests, open_arena, close_arena);
}
