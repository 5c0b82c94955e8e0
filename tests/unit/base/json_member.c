/* SPDX-License-Identifier: Apache-2.0 */
/* Members as plain values: what is absent, or of another type, is false and empty. */
#include "base/json/json_member.h"
#include "base/text.h"
#include "test.h"

static void members_are_plain(void **state)
{
    static const char text[] =
        "{\"on\":true,\"off\":false,\"word\":\"true\",\"one\":1,\"none\":null}";
    ost_arena *arena = ost_arena_new(1 << 16);
    const ost_json *object;
    assert_non_null(arena);
    assert_int_equal(ost_json_read(text_of(text), NULL, arena, &object, NULL), OST_OK);
    assert_true(json_true_of(object, "on"));
    static const char *const others[] = {"off", "word", "one", "none", "absent"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(json_true_of(object, others[i]));
    assert_false(json_true_of(NULL, "on"));
    assert_true(text_is(json_text_of(object, "word"), "true"));
    assert_null(json_text_of(object, "on").data);
    assert_null(json_text_of(object, "absent").data);
    assert_null(json_text_of(NULL, "word").data);
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(members_are_plain)};
    return cmocka_run_group_tests_name("base-json_member", tests, NULL, NULL);
}
