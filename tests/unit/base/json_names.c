/* SPDX-License-Identifier: Apache-2.0 */
/* Names of members: any two equal ones are found, whatever their number, length and spelling. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <ostiary/json.h>

#include "base/text.h"
#include "test_arena.h"

static ost_result read(const char *data, size_t len)
{
    const ost_json_limits limits = {.max_bytes = (size_t)8 << 20, .max_values = 300000};
    const ost_json *value;
    ost_arena_reset(arena);
    return ost_json_read((ost_text){data, len}, &limits, arena, &value, NULL);
}

/* `count` names of `width` digits each, the one at `second` as the one at `first`. */
static size_t write_names(char *text, size_t size, int count, int width, int first, int second)
{
    size_t len = 0;
    for (int i = 0; i < count; i++)
        len += (size_t)snprintf(text + len, size - len, "%c\"%0*d\":0", i > 0 ? ',' : '{', width,
                                i == second ? first : i);
    len += (size_t)snprintf(text + len, size - len, "}");
    return len;
}

static void attack_20_duplicates_of_every_length(void **state)
{
    static char text[16384];
    for (int count = 20; count <= 60; count += 20) {
        for (int width = 2; width < 40; width++) {
            size_t len = write_names(text, sizeof text, count, width, 0, 0);
            assert_int_equal(read(text, len), OST_OK);
            len = write_names(text, sizeof text, count, width, 3, count - 1);
            assert_int_equal(read(text, len), OST_E_JSON);
            len = write_names(text, sizeof text, count, width, 0, 1);
            assert_int_equal(read(text, len), OST_E_JSON);
        }
    }
}

/* A name and its beginning are two; so are names that differ in bytes of zero only, could there be
 * any; the same one escaped is one. */
static void names_that_look_alike(void **state)
{
    char text[4096];
    size_t len = 0;
    for (int i = 0; i < 64; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%c\"%.*s\":0", i > 0 ? ',' : '{', i,
                                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    text[len] = '}';
    assert_int_equal(read(text, len + 1), OST_OK);
    len += (size_t)snprintf(text + len, sizeof text - len, ",\"aaaa\\u0061aaaa\":0}");
    assert_int_equal(read(text, len), OST_E_JSON);
}

static double seconds_for(const char *data, size_t len, ost_result expected)
{
    struct timespec from, to;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    assert_int_equal(read(data, len), expected);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

/* 200,000 names compared pairwise would take minutes; with common beginnings, as an attacker would
 * choose them. */
static void attack_34_many_names_in_bounded_time(void **state)
{
    size_t size = (size_t)8 << 20;
    char *text = malloc(size);
    assert_non_null(text);
    size_t len = write_names(text, size, 200000, 24, 0, 0);
    assert_true(seconds_for(text, len, OST_OK) < 5);
    len = write_names(text, size, 200000, 24, 0, 199999);
    assert_true(seconds_for(text, len, OST_E_JSON) < 5);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attack_20_duplicates_of_every_length),
        cmocka_unit_test(names_that_look_alike),
        cmocka_unit_test(attack_34_many_names_in_bounded_time),
    };
    return cmocka_run_group_tests_name("base-json_names", tests, open_arena, close_arena);
}
