/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of JSON: their exact value, and what counts as a whole one. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include <ostiary/json.h>

#include "base/array.h"
#include "base/text.h"
#include "test_arena.h"

static const ost_json *read(ost_text text)
{
    const ost_json *value = NULL;
    ost_arena_reset(arena);
    return ost_json_read(text, NULL, arena, &value, NULL) == OST_OK ? value : NULL;
}

static void whole_numbers(void **state)
{
    static const struct {
        const char *text;
        int64_t integer;
    } whole[] = {
        {"0", 0},
        {"-0", 0},
        {"0.0", 0},
        {"0e99999", 0},
        {"-0.000e-7", 0},
        {"7", 7},
        {"-7", -7},
        {"1.0", 1},
        {"1e3", 1000},
        {"1E+3", 1000},
        {"70e-1", 7},
        {"123.4500e2", 12345},
        {"0.00012e5", 12},
        {"100000e-5", 1},
        {"9007199254740991", 9007199254740991},
        {"9007199254740992", 9007199254740992},
        {"-9007199254740992", -9007199254740992},
        {"9007199254740992.000", 9007199254740992},
        {"900719925474099.2e1", 9007199254740992},
        {"0.9007199254740992e16", 9007199254740992},
        {"90071992547409920000000000e-10", 9007199254740992},
        {"1000000000000000000000000e-20", 10000},
    };
    for (size_t i = 0; i < ARRAY_LEN(whole); i++) {
        int64_t integer = 99;
        double number = 99;
        const ost_json *value = read(text_of(whole[i].text));
        if (!ost_json_integer(value, &integer) || integer != whole[i].integer)
            fail_msg("%s is not %lld", whole[i].text, (long long)whole[i].integer);
        assert_true(ost_json_number(value, &number));
        assert_true(number >= (double)integer && number <= (double)integer);
    }
}

/* The double of most of these is whole. */
static void what_is_not_whole(void **state)
{
    static const char *const others[] = {"1.5",
                                         "1.00000000000000000001",
                                         "0.99999999999999999999",
                                         "4503599627370497.3",
                                         "9007199254740991.5",
                                         "9007199254740992.1",
                                         "9007199254740993",
                                         "-9007199254740993",
                                         "9007199254740992.5",
                                         "9223372036854775807",
                                         "9223372036854775808",
                                         "18446744073709551616",
                                         "1e16",
                                         "1e300",
                                         "1e-400",
                                         "12345e-4",
                                         "-0.1",
                                         "5e-324"};
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        int64_t integer = 99;
        double number;
        const ost_json *value = read(text_of(others[i]));
        assert_true(ost_json_number(value, &number));
        if (ost_json_integer(value, &integer))
            fail_msg("%s is taken for %lld", others[i], (long long)integer);
        assert_int_equal(integer, 99);
    }
}

static void beyond_all_doubles(void **state)
{
    static const char *const refused[] = {"1e309", "-1e309", "1.8e308", "1e99999999999999999999"};
    double number;
    for (size_t i = 0; i < ARRAY_LEN(refused); i++)
        assert_null(read(text_of(refused[i])));
    assert_true(ost_json_number(read(OST_TEXT("1e-99999999999999999999")), &number));
    assert_true(number >= 0 && number <= 0);
}

static void long_numbers(void **state)
{
    char digits[1002];
    const ost_json *value;
    memset(digits, '1', sizeof digits);
    memcpy(digits, "0.", 2);
    for (size_t len = 390; len < 411; len++)
        assert_int_equal(read((ost_text){digits, len}) != NULL, len <= 400);
    ost_arena_reset(arena);
    assert_int_equal(ost_json_read((ost_text){digits, 1000}, NULL, arena, &value, NULL),
                     OST_E_CEILING);
}

/* The program's locale is none of the document's business. */
static void other_locales(void **state)
{
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "ps_AF.UTF-8"};
    bool found = false;
    for (size_t i = 0; i < ARRAY_LEN(names) && !found; i++)
        found = setlocale(LC_ALL, names[i]) != NULL;
    double number = 0;
    ost_text text = {0};
    bool right = ost_json_number(read(OST_TEXT("1.5")), &number);
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    ost_json_put_number(writer, 2.25);
    right = right && ost_json_writer_finish(writer, &text) == OST_OK && text_is(text, "2.25");
    setlocale(LC_ALL, "C");
    assert_true(right && number > 1.4 && number < 1.6);
}

/* What is written is short, and the same number. */
static void written_numbers(void **state)
{
    static const struct {
        double number;
        const char *text;
    } written[] = {{0.1, "0.1"},
                   {-0.5, "-0.5"},
                   {1e22, "1e+22"},
                   {3.141592653589793, "3.141592653589793"},
                   {1.0 / 3, "0.3333333333333333"},
                   {0.1 + 0.2, "0.30000000000000004"},
                   {1.7976931348623157e308, "1.7976931348623157e+308"},
                   {5e-324, "4.94065645841247e-324"}};
    for (size_t i = 0; i < ARRAY_LEN(written); i++) {
        double back = 0;
        ost_text text;
        ost_arena_reset(arena);
        ost_json_writer *writer = ost_json_writer_new(arena, 0);
        ost_json_put_number(writer, written[i].number);
        assert_int_equal(ost_json_writer_finish(writer, &text), OST_OK);
        assert_string_equal(text.data, written[i].text);
        assert_true(ost_json_number(read(text_of(written[i].text)), &back));
        assert_true(back >= written[i].number && back <= written[i].number);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers),      cmocka_unit_test(what_is_not_whole),
        cmocka_unit_test(beyond_all_doubles), cmocka_unit_test(long_numbers),
        cmocka_unit_test(other_locales),      cmocka_unit_test(written_numbers),
    };
    return cmocka_run_group_tests_name("base-json_number", tests, open_arena, close_arena);
}
