/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of ids. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "provider/stream/id_list.h"
#include "test.h"

#define MANY 5000
#define LONG 100000 /* more than a chunk */

static void what_goes_in_comes_out_in_its_order(void **state)
{
    static char long_id[LONG];
    char id[32];
    id_cursor cursor;
    ost_text read;
    unsigned char number;
    (void)state;
    ost_arena *arena = ost_arena_new((size_t)8 << 20);
    id_list list = {.arena = arena};
    memset(long_id, 'a', sizeof long_id);
    id_list_begin(&list, &cursor);
    assert_false(id_list_next(&cursor, &number, &read));
    for (int i = 0; i < MANY; i++) {
        snprintf(id, sizeof id, "%.*s", i % 20, "abcdefghijklmnopqrst");
        assert_int_equal(id_list_add(&list, (unsigned char)i, text_of(id)), OST_OK);
    }
    assert_int_equal(id_list_add(&list, 255, (ost_text){long_id, sizeof long_id}), OST_OK);
    assert_int_equal(id_list_add(&list, 7, (ost_text){0}), OST_OK);
    assert_int_equal(list.count, MANY + 2);
    id_list_begin(&list, &cursor);
    for (int i = 0; i < MANY; i++) {
        assert_true(id_list_next(&cursor, &number, &read));
        assert_int_equal(number, i % 256);
        assert_int_equal(read.len, i % 20);
        assert_memory_equal(read.data, "abcdefghijklmnopqrst", read.len);
    }
    assert_true(id_list_next(&cursor, &number, &read));
    assert_true(number == 255 && text_equal(read, (ost_text){long_id, sizeof long_id}));
    assert_true(id_list_next(&cursor, &number, &read) && number == 7 && read.len == 0);
    assert_false(id_list_next(&cursor, &number, &read));
    assert_false(id_list_next(&cursor, &number, &read));
    ost_arena_free(arena);
}

static void without_memory_the_list_is_what_it_was(void **state)
{
    id_cursor cursor;
    ost_text read;
    unsigned char number;
    (void)state;
    ost_arena *arena = ost_arena_new(40000);
    id_list list = {.arena = arena};
    assert_int_equal(id_list_add(&list, 1, OST_TEXT("one")), OST_OK);
    while (id_list_add(&list, 2, OST_TEXT("more")) == OST_OK)
        ;
    size_t count = list.count, seen = 0;
    assert_int_equal(id_list_add(&list, 2, OST_TEXT("more")), OST_E_MEMORY);
    id_list_begin(&list, &cursor);
    while (id_list_next(&cursor, &number, &read))
        seen++;
    assert_true(seen == count && list.count == count);
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_in_comes_out_in_its_order),
        cmocka_unit_test(without_memory_the_list_is_what_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
