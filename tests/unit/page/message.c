/* SPDX-License-Identifier: Apache-2.0 */
/* Messages in the manner of Java's MessageFormat: what Java makes of the same. */
#include "page/message.h"

#include "base/array.h"
#include "base/text.h"
#include "test.h"

static void formatted(void **state)
{
    const struct {
        const char *pattern, *made;
    } rows[] = {
        {"", ""},
        {"plain", "plain"},
        {"{0} and {1}", "a and b"},
        {"{1}{0}{1}", "bab"},
        {"it''s {0}", "it's a"},
        {"it's {0}", "its {0}"},
        {"'{0}' is {0}", "{0} is a"},
        {"''''", "''"},
        {"'", ""},
        {"'a''b'{0}", "a'ba"},
        {"{0,number}", "a"},
        {"{2} {7}", "{2} {7}"},
        {"{} {x} {0 {", "{} {x} {0 {"},
        {"{0", "{0"},
        {"{12}", "{12}"},
    };
    const ost_text values[] = {OST_TEXT("a"), OST_TEXT("b")};
    ost_arena *arena = ost_arena_new(1 << 16);
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        ost_text made = message_format(text_of(rows[i].pattern), values, ARRAY_LEN(values), arena);
        assert_non_null(made.data);
        if (!text_is(made, rows[i].made))
            fail_msg("%s: %.*s", rows[i].pattern, OST_FORMAT(made));
    }
    ost_arena_free(arena);
}

static void values_are_not_read_again(void **state)
{
    const ost_text value = OST_TEXT("{0} '{0}'");
    ost_arena *arena = ost_arena_new(1 << 16);
    (void)state;
    assert_true(text_is(message_format(OST_TEXT("<{0}>"), &value, 1, arena), "<{0} '{0}'>"));
    ost_arena_free(arena);
}

static void fitting(void **state)
{
    const struct {
        const char *pattern, *text, *first, *second; /* first NULL: it does not fit */
    } rows[] = {
        {"plain", "plain", "", ""},
        {"plain", "plainer", NULL, NULL},
        {"plain", "plai", NULL, NULL},
        {"don''t", "don't", "", ""},
        {"Length {0}.", "Length 8.", "8", ""},
        {"Length {0}.", "Length 8", NULL, NULL},
        {"Length {0}.", "Length 8. Or", NULL, NULL},
        {"{0}: {1}", "a: b: c", "a", "b: c"},
        {"x{0}", "x", "", ""},
        {"x{0}y", "ay", NULL, NULL},
        {"{0}{1}", "ab", NULL, NULL},
        {"{9}", "a", NULL, NULL},
        {"a", "", NULL, NULL},
        {"", "", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        ost_text values[MESSAGE_VALUES] = {0};
        bool fits = message_fits(text_of(rows[i].pattern), text_of(rows[i].text), values);
        if (fits != (rows[i].first != NULL))
            fail_msg("%s", rows[i].pattern);
        if (fits && (!text_is(values[0], rows[i].first) || !text_is(values[1], rows[i].second)))
            fail_msg("%s: %.*s", rows[i].pattern, OST_FORMAT(values[0]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formatted),
        cmocka_unit_test(values_are_not_read_again),
        cmocka_unit_test(fitting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
