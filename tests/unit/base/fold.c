/* SPDX-License-Identifier: Apache-2.0 */
/* Case folding: one letter for one, of every script. */
#include <string.h>

#include "base/array.h"
#include "base/fold.h"
#include "base/text.h"
#include "test_arena.h"

static void letters_fold_whatever_their_script(void **state)
{
    static const char *const cases[][3] = {
        /* typed, folded, shown */
        {"Ann", "ann", "ann"},
        {"\xC3\x84nne", "\xC3\xA4nne", "\xC3\xA4nne"},                /* umlaut */
        {"\xCE\xA3\xCF\x82", "\xCF\x83\xCF\x83", "\xCF\x83\xCF\x82"}, /* sigma, and at the end */
        {"\xC5\xBF", "s", "\xC5\xBF"},                                /* long s */
        {"\xE2\x84\xAA", "k", "k"},                                   /* the kelvin sign */
        {"\xE1\xBA\x9E\xC3\x9F", "\xC3\x9F\xC3\x9F", "\xC3\x9F\xC3\x9F"}, /* sharp s */
        {"\xC8\xBA", "\xE2\xB1\xA5", "\xE2\xB1\xA5"},                     /* grows to three bytes */
        {"\xD0\x96\xD0\xB6", "\xD0\xB6\xD0\xB6", "\xD0\xB6\xD0\xB6"},     /* Cyrillic */
        {"\xF0\x90\x90\x80", "\xF0\x90\x90\xA8", "\xF0\x90\x90\xA8"},     /* Deseret, four bytes */
        {"\xC4\xB0i\xC4\xB1", "\xC4\xB0i\xC4\xB1", "\xC4\xB0i\xC4\xB1"},  /* of no language */
        {"\xE5\xB1\xB1-\xE2\x82\xAC", "\xE5\xB1\xB1-\xE2\x82\xAC", "\xE5\xB1\xB1-\xE2\x82\xAC"},
        {"A\xFF\xC3", "a\xFF\xC3", "a\xFF\xC3"}, /* not UTF-8 */
        {"", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ost_text folded = text_fold(text_of(cases[i][0]), arena);
        assert_true(text_is(folded, cases[i][1]));
        assert_true(text_equal(text_fold(folded, arena), folded));
        assert_true(text_is(text_lower(text_of(cases[i][0]), arena), cases[i][2]));
    }
}

/* One code point beyond ASCII in UTF-8; 0: it is half of a pair. */
static size_t put_code(unsigned code, char letter[4])
{
    size_t len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (code >= 0xD800 && code < 0xE000)
        return 0;
    for (size_t i = len; i-- > 1;)
        letter[i] = (char)(0x80 | (code >> (6 * (len - 1 - i)) & 0x3F));
    letter[0] = (char)((0xF00U >> len & 0xFF) | code >> (6 * (len - 1)));
    return len;
}

/* Every code point: what is folded stays so, is UTF-8, and fits. */
static void folding_is_done_once(void **state)
{
    size_t changed = 0;
    (void)state;
    for (unsigned code = 0x80; code < 0x110000; code++) {
        char letter[4], once[8], twice[8];
        size_t len = put_code(code, letter);
        if (len == 0)
            continue;
        size_t first = fold_into((ost_text){letter, len}, once);
        assert_true(first < FOLD_ROOM(len) && text_is_utf8((ost_text){once, first}));
        assert_true(fold_into((ost_text){once, first}, twice) == first);
        assert_memory_equal(once, twice, first);
        changed += first != len || memcmp(letter, once, len) != 0;
    }
    assert_int_equal(changed, 1428);
}

/* Every code point: what stands for ASCII becomes nothing else, fits, and stays. */
static void what_stands_for_ascii_becomes_it(void **state)
{
    size_t changed = 0;
    (void)state;
    for (unsigned code = 0x80; code < 0x110000; code++) {
        char letter[4];
        size_t len = put_code(code, letter);
        if (len == 0)
            continue;
        ost_text before = {letter, len}, after = text_compatible(before, arena);
        assert_true(after.len > 0 && after.len < FOLD_ROOM(len));
        if (text_equal(before, after))
            continue;
        for (size_t i = 0; i < after.len; i++)
            assert_true((unsigned char)after.data[i] < 0x80 && after.data[i] >= ' ');
        changed++;
    }
    assert_int_equal(changed, 1403);
    assert_true(text_is(text_compatible(OST_TEXT("a\xFF\xC3"), arena), "a\xFF\xC3"));
    assert_true(text_is(text_compatible(OST_TEXT("\xEF\xBC\xA1\xE2\x92\xB6"), arena), "AA"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_fold_whatever_their_script),
        cmocka_unit_test(folding_is_done_once),
        cmocka_unit_test(what_stands_for_ascii_becomes_it),
    };
    return cmocka_run_group_tests_name("base-fold", tests, open_arena, close_arena);
}
