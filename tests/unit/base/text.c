/* SPDX-License-Identifier: Apache-2.0 */
/* Borrowed text: pieces, numbers, comparisons, slices. */
#include <string.h>

#include "base/array.h"
#include "base/or_default.h"
#include "base/text.h"

#include "test.h"

static void pieces(void **state)
{
    ost_text rest = OST_TEXT(",a,,b,"), piece;
    assert_true(text_next(&rest, ',', &piece) && piece.len == 0);
    assert_true(text_next(&rest, ',', &piece) && text_is(piece, "a"));
    assert_true(text_next(&rest, ',', &piece) && piece.len == 0);
    assert_true(text_next(&rest, ',', &piece) && text_is(piece, "b"));
    assert_false(text_next(&rest, ',', &piece));
    static const char *const names[] = {"id", "ids", "", NULL};
    assert_true(text_is_one_of(OST_TEXT("ids"), names));
    assert_true(text_is_one_of((ost_text){0}, names));
    assert_false(text_is_one_of(OST_TEXT("i"), names));
    assert_false(text_is_one_of(OST_TEXT("ids"), names + 3));
    assert_true(text_list_has(OST_TEXT("openid  email"), OST_TEXT("email")));
    assert_false(text_list_has(OST_TEXT("openid emails"), OST_TEXT("email")));
    assert_false(text_list_has(OST_TEXT("openid"), OST_TEXT("")));
}

static void counting(void **state)
{
    assert_int_equal(text_count(OST_TEXT("a.b..c."), '.'), 4);
    assert_int_equal(text_count(OST_TEXT("abc"), '.'), 0);
    assert_int_equal(text_count((ost_text){0}, '.'), 0);
    assert_true(text_contains(OST_TEXT("abc"), OST_TEXT("bc")));
    assert_true(text_contains(OST_TEXT("abc"), OST_TEXT("abc")));
    assert_false(text_contains(OST_TEXT("abc"), OST_TEXT("abcd")));
    assert_false(text_contains(OST_TEXT("abc"), OST_TEXT("ac")));
    assert_false(text_contains((ost_text){0}, OST_TEXT("a")));
    assert_true(text_contains((ost_text){0}, (ost_text){0}));
}

static void numbers(void **state)
{
    uint64_t n = 7;
    assert_true(text_to_unsigned(OST_TEXT("0"), 10, &n) && n == 0);
    assert_true(text_to_unsigned(OST_TEXT("18446744073709551615"), UINT64_MAX, &n));
    n = 7;
    assert_false(text_to_unsigned(OST_TEXT("18446744073709551616"), UINT64_MAX, &n));
    assert_false(text_to_unsigned(OST_TEXT("11"), 10, &n));
    assert_false(text_to_unsigned(OST_TEXT("01"), 10, &n));
    assert_false(text_to_unsigned(OST_TEXT("+1"), 10, &n));
    assert_false(text_to_unsigned(OST_TEXT(" 1"), 10, &n));
    assert_false(text_to_unsigned(OST_TEXT(""), 10, &n));
    assert_int_equal(n, 7);
}

static void comparisons(void **state)
{
    assert_true(text_equal_ignoring_case(OST_TEXT("BeArer"), OST_TEXT("bearer")));
    assert_false(text_equal_ignoring_case(OST_TEXT("a["), OST_TEXT("A{")));
    assert_true(text_compare(OST_TEXT("abc"), OST_TEXT("abd")) < 0);
    assert_true(text_compare(OST_TEXT("abc"), OST_TEXT("ab")) > 0);
    assert_true(text_compare((ost_text){0}, OST_TEXT("a")) < 0);
    assert_true(text_compare(OST_TEXT("\xc3"), OST_TEXT("z")) > 0);
    assert_int_equal(text_compare((ost_text){0}, OST_TEXT("")), 0);
    assert_true(text_equal_secret(OST_TEXT("abc"), OST_TEXT("abc")));
    assert_false(text_equal_secret(OST_TEXT("abc"), OST_TEXT("abd")));
    assert_false(text_equal_secret(OST_TEXT("abc"), OST_TEXT("ab")));
    assert_true(text_starts(OST_TEXT("abc"), "ab") && !text_starts(OST_TEXT("a"), "ab"));
    assert_true(text_ends(OST_TEXT("abc"), "bc") && !text_ends(OST_TEXT("c"), "bc"));
    assert_true(text_is(text_trim(OST_TEXT(" \ta b\t ")), "a b"));
    assert_true(text_is(text_slice(OST_TEXT("abc"), 1, 99), "bc"));
    assert_int_equal(text_slice(OST_TEXT("abc"), 9, 1).len, 0);
}

static void strings_that_may_be_absent(void **state)
{
    char copy[] = "a";
    assert_true(same_string("a", copy));
    assert_true(same_string(NULL, NULL));
    assert_false(same_string("a", "ab"));
    assert_false(same_string(NULL, "") || same_string("", NULL));
}

static void nothing_at_all(void **state)
{
    const ost_text none = {NULL, 0};
    ost_text rest = none, piece;
    char copy[4] = "x";
    assert_true(text_equal(none, OST_TEXT("")));
    assert_true(text_equal_secret(none, OST_TEXT("")));
    assert_true(text_equal_ignoring_case(none, none));
    assert_true(text_is(none, "") && text_is(none, NULL));
    assert_true(text_starts(none, "") && text_ends(none, "") && !text_starts(none, "a"));
    assert_int_equal(text_find(none, 'a', 0), 0);
    assert_int_equal(text_find(none, 'a', SIZE_MAX), 0);
    assert_int_equal(text_slice(none, 3, SIZE_MAX).len, 0);
    assert_int_equal(text_trim(none).len, 0);
    assert_int_equal(text_trim(OST_TEXT(" \t ")).len, 0);
    assert_false(text_next(&rest, ',', &piece));
    assert_false(text_list_has(none, OST_TEXT("a")));
    assert_true(text_to_string(none, copy, sizeof copy));
    assert_string_equal(copy, "");
    assert_int_equal(text_of(NULL).len, 0);
    wipe(NULL, 0);
}

static void copies_are_cut_and_terminated(void **state)
{
    char copy[4] = "???";
    assert_true(text_to_string(OST_TEXT("abc"), copy, sizeof copy));
    assert_string_equal(copy, "abc");
    assert_false(text_to_string(OST_TEXT("defg"), copy, sizeof copy));
    assert_string_equal(copy, "def");
    assert_false(text_to_string(OST_TEXT("x"), copy, 1));
    assert_string_equal(copy, "");
    assert_false(text_to_string(OST_TEXT("x"), copy, 0));
    assert_string_equal(copy, "");
}

static void text_of_a_string(void **state)
{
    assert_true(text_is(ost_text_of("abc"), "abc"));
    assert_int_equal(ost_text_of("").len, 0);
    assert_int_equal(ost_text_of(NULL).len, 0);
}

static void slices_are_clamped(void **state)
{
    const ost_text text = OST_TEXT("abcdef");
    assert_true(text_is(text_slice(text, 0, SIZE_MAX), "abcdef"));
    assert_true(text_is(text_slice(text, 4, SIZE_MAX), "ef"));
    assert_true(text_is(text_slice(text, SIZE_MAX, SIZE_MAX), ""));
    assert_true(text_is(text_slice(text, 2, 2), "cd"));
    assert_int_equal(text_find(text, 'c', 2), 2);
    assert_int_equal(text_find(text, 'c', 3), 6);
    assert_int_equal(text_find(OST_TEXT("a\0b"), '\0', 0), 1);
}

static void white_space_is_trimmed(void **state)
{
    assert_true(text_is(text_trim(OST_TEXT("\t a\r\n ")), "a\r\n"));
    assert_true(text_is(text_trim_lines(OST_TEXT("\r\n\t a b \n")), "a b"));
    assert_true(text_is(text_trim_lines(OST_TEXT("\v\f")), "\v\f"));
    assert_int_equal(text_trim_lines(OST_TEXT(" \n")).len, 0);
    assert_int_equal(text_trim_lines((ost_text){0}).len, 0);
}

/* Whatever the locale says: each byte is looked at. */
static void kinds_of_bytes(void **state)
{
    for (int c = 0; c < 256; c++) {
        const char byte = (char)(unsigned char)c;
        bool alphanumeric =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        assert_int_equal(text_is_made_of((ost_text){&byte, 1}, ""), alphanumeric);
        assert_int_equal(text_is_made_of((ost_text){&byte, 1}, "-._"),
                         alphanumeric || c == '-' || c == '.' || c == '_');
        char lower = byte;
        text_make_lower(&lower, 1);
        assert_int_equal((unsigned char)lower, c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    assert_true(text_is_made_of(OST_TEXT("realm-1"), "-"));
    assert_false(text_is_made_of(OST_TEXT("realm 1"), "-"));
    assert_false(text_is_made_of(OST_TEXT("a\0b"), "-"));
    assert_true(text_is_made_of((ost_text){0}, ""));
}

static void nearest_of_names(void **state)
{
    static const char *const known[] = {"issuer", "issuers", "audience"};
    const char *nearest = NULL;
    size_t least = 3;
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (text_is_nearer(OST_TEXT("isuer"), known[i], &least))
            nearest = known[i];
    assert_string_equal(nearest, "issuer");
    assert_int_equal(least, 1);
    assert_false(text_is_nearer(OST_TEXT("issuar"), "issuer", &least)); /* as near is not nearer */
    assert_int_equal(least, 1);
    assert_true(text_is_nearer(OST_TEXT("issuer"), "issuer", &least));
    assert_int_equal(least, 0);
}

typedef struct numbered_name {
    int number;
    ost_text name;
} numbered_name;

static size_t place_of(const numbered_name *names, size_t count, const char *name)
{
    return text_find_sorted(names, sizeof *names, count, offsetof(numbered_name, name),
                            text_of(name));
}

static void first_of_sorted(void **state)
{
    const numbered_name names[] = {{0, OST_TEXT("b")}, {1, OST_TEXT("d")},  {2, OST_TEXT("d")},
                                   {3, OST_TEXT("d")}, {4, OST_TEXT("da")}, {5, OST_TEXT("f")}};
    assert_int_equal(place_of(names, 6, "d"), 1);
    assert_int_equal(place_of(names, 3, "d"), 1);
    assert_int_equal(place_of(names, 6, "da"), 4);
    assert_int_equal(place_of(names, 6, ""), 0);
    assert_int_equal(place_of(names, 6, "c"), 1);
    assert_int_equal(place_of(names, 6, "f"), 5);
    assert_int_equal(place_of(names, 6, "g"), 6);
    assert_int_equal(place_of(NULL, 0, "d"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counting),
        cmocka_unit_test(pieces),
        cmocka_unit_test(numbers),
        cmocka_unit_test(comparisons),
        cmocka_unit_test(strings_that_may_be_absent),
        cmocka_unit_test(nothing_at_all),
        cmocka_unit_test(copies_are_cut_and_terminated),
        cmocka_unit_test(slices_are_clamped),
        cmocka_unit_test(text_of_a_string),
        cmocka_unit_test(white_space_is_trimmed),
        cmocka_unit_test(kinds_of_bytes),
        cmocka_unit_test(nearest_of_names),
        cmocka_unit_test(first_of_sorted),
    };
    return cmocka_run_group_tests_name("base-text", tests, NULL, NULL);
}
