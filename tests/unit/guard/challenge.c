/* SPDX-License-Identifier: Apache-2.0 */
/* Writing WWW-Authenticate values that nobody can break out of. */

#include <string.h>

#include "base/text.h"
#include "guard/challenge.h"
#include "test.h"

static void is(const challenge *c, const char *expected)
{
    if (!text_is((ost_text){c->text, c->len}, expected))
        fail_msg("%.*s", (int)c->len, c->text);
}

static void parameters_follow_each_other(void **state)
{
    static const char *const scopes[] = {"read", "write", NULL};
    static const char *const none[] = {NULL};
    challenge c;
    challenge_begin(&c, "items");
    is(&c, "Bearer realm=\"items\"");
    challenge_add(&c, "error", OST_TEXT("invalid_token"));
    challenge_add_list(&c, "scope", scopes);
    challenge_add_list(&c, "scope", none);
    challenge_add_list(&c, "scope", NULL);
    challenge_add_number(&c, "max_age", 60);
    challenge_add(&c, "last", (ost_text){0});
    is(&c, "Bearer realm=\"items\", error=\"invalid_token\", scope=\"read write\", max_age=\"60\", "
           "last=\"\"");
}

static void nothing_ends_the_string_or_the_field(void **state)
{
    challenge c;
    challenge_begin(&c, "a\"b\\c\r\nSet-Cookie: x=y\x7f\xc3\xa4");
    is(&c, "Bearer realm=\"a\\\"b\\\\c??Set-Cookie: x=y???\"");
    challenge_begin(&c, "r");
    challenge_add_plain(&c, "error_description", OST_TEXT("say \"no\", C:\\x\n"));
    is(&c, "Bearer realm=\"r\", error_description=\"say 'no', C:'x?\"");
    static const char *const scopes[] = {"a\"b", NULL};
    challenge_begin(&c, "r");
    challenge_add_list(&c, "scope", scopes);
    is(&c, "Bearer realm=\"r\", scope=\"a'b\"");
    challenge_begin(&c, "r");
    challenge_add(&c, "x", (ost_text){"a\0b", 3});
    is(&c, "Bearer realm=\"r\", x=\"a?b\"");
}

/* RFC 6750 §3: %x20-21 / %x23-5B / %x5D-7E, to both ends. */
static void what_may_stand_there_stays(void **state)
{
    challenge c;
    challenge_begin(&c, " !#[]~");
    is(&c, "Bearer realm=\" !#[]~\"");
    challenge_begin(&c, "\x1f\x7f");
    is(&c, "Bearer realm=\"??\"");
}

static void what_does_not_fit_is_left_out_whole(void **state)
{
    static char large[CHALLENGE_MAX + 1];
    const char *const list[] = {large, large, NULL};
    challenge c;
    memset(large, 'a', CHALLENGE_MAX);
    challenge_begin(&c, large);
    is(&c, "Bearer");
    challenge_add(&c, "error", OST_TEXT("invalid_token"));
    is(&c, "Bearer error=\"invalid_token\"");
    challenge_add_plain(&c, "error_description", text_of(large));
    challenge_add_list(&c, "scope", list);
    is(&c, "Bearer error=\"invalid_token\"");
    /* At the very edge. */
    size_t room = CHALLENGE_MAX - c.len - strlen(", x=\"\"");
    challenge_add(&c, "x", (ost_text){large, room + 1});
    is(&c, "Bearer error=\"invalid_token\"");
    challenge_add(&c, "x", (ost_text){large, room});
    assert_int_equal(c.len, CHALLENGE_MAX);
    challenge_add_number(&c, "y", 1);
    challenge_add(&c, "", (ost_text){0});
    assert_int_equal(c.len, CHALLENGE_MAX);
    assert_int_equal(c.text[CHALLENGE_MAX - 1], '"');
}

static void without_memory_there_is_a_fallback(void **state)
{
    challenge c;
    ost_arena *arena = ost_arena_new(64);
    challenge_begin(&c, "a realm that is longer than the sixty-four bytes of this little arena");
    assert_true(text_is(challenge_end(&c, arena, OST_TEXT("Bearer")), "Bearer"));
    challenge_begin(&c, "short");
    assert_true(text_is(challenge_end(&c, arena, OST_TEXT("Bearer")), "Bearer realm=\"short\""));
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_follow_each_other),
        cmocka_unit_test(nothing_ends_the_string_or_the_field),
        cmocka_unit_test(what_may_stand_there_stays),
        cmocka_unit_test(what_does_not_fit_is_left_out_whole),
        cmocka_unit_test(without_memory_there_is_a_fallback),
    };
    return cmocka_run_group_tests_name("guard-challenge", tests, NULL, NULL);
}
