/* SPDX-License-Identifier: Apache-2.0 */
/* Looking into arrays: texts by what they are, objects by a member, the first that fits. */
#include <ostiary/json.h>

#include "base/json/json_list.h"
#include "base/text.h"
#include "test.h"

static void values_are_found(void **state)
{
    static const char text[] =
        "[\"a\",1,null,{\"id\":\"a\",\"n\":1},{\"id\":\"a\",\"n\":2},{\"id\":7}]";
    ost_arena *arena = ost_arena_new(1 << 16);
    const ost_json *list;
    int64_t number;
    assert_non_null(arena);
    assert_int_equal(ost_json_read(text_of(text), NULL, arena, &list, NULL), OST_OK);
    assert_true(json_list_has(list, OST_TEXT("a")));
    assert_false(json_list_has(list, OST_TEXT("1")));
    assert_false(json_list_has(NULL, OST_TEXT("a")));
    const ost_json *found = json_list_find(list, "id", OST_TEXT("a"));
    assert_true(ost_json_integer(ost_json_get(found, "n"), &number) && number == 1);
    assert_null(json_list_find(list, "id", OST_TEXT("7")));
    assert_null(json_list_find(list, "none", OST_TEXT("a")));
    assert_null(json_list_find(NULL, "id", OST_TEXT("a")));
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(values_are_found)};
    return cmocka_run_group_tests_name("base-json_list", tests, NULL, NULL);
}
