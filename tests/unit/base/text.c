/* Text, buffers, arenas, errors and options. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buffer.h"
#include "context.h"
#include "options.h"
#include "text.h"

static void pieces(void **state)
{
    ost_text rest = OST_TEXT(",a,,b,"), piece;
    (void)state;
    assert_true(text_next(&rest, ',', &piece) && piece.len == 0);
    assert_true(text_next(&rest, ',', &piece) && text_is(piece, "a"));
    assert_true(text_next(&rest, ',', &piece) && piece.len == 0);
    assert_true(text_next(&rest, ',', &piece) && text_is(piece, "b"));
    assert_false(text_next(&rest, ',', &piece));
    assert_true(text_list_has(OST_TEXT("openid  email"), OST_TEXT("email")));
    assert_false(text_list_has(OST_TEXT("openid emails"), OST_TEXT("email")));
    assert_false(text_list_has(OST_TEXT("openid"), OST_TEXT("")));
}

static void numbers(void **state)
{
    uint64_t n = 7;
    (void)state;
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
    (void)state;
    assert_true(text_equal_ignoring_case(OST_TEXT("BeArer"), OST_TEXT("bearer")));
    assert_false(text_equal_ignoring_case(OST_TEXT("a["), OST_TEXT("A{")));
    assert_true(text_equal_secret(OST_TEXT("abc"), OST_TEXT("abc")));
    assert_false(text_equal_secret(OST_TEXT("abc"), OST_TEXT("abd")));
    assert_false(text_equal_secret(OST_TEXT("abc"), OST_TEXT("ab")));
    assert_true(text_starts(OST_TEXT("abc"), "ab") && !text_starts(OST_TEXT("a"), "ab"));
    assert_true(text_ends(OST_TEXT("abc"), "bc") && !text_ends(OST_TEXT("c"), "bc"));
    assert_true(text_is(text_trim(OST_TEXT(" \ta b\t ")), "a b"));
    assert_true(text_is(text_slice(OST_TEXT("abc"), 1, 99), "bc"));
    assert_int_equal(text_slice(OST_TEXT("abc"), 9, 1).len, 0);
}

static void a_buffer_stops_at_its_ceiling(void **state)
{
    buffer_auto buffer b;
    (void)state;
    buffer_init(&b, 5);
    buffer_append_string(&b, "abc");
    buffer_append_format(&b, "%d", 12);
    assert_string_equal(b.data, "abc12");
    buffer_append_byte(&b, 'x');
    assert_int_equal(b.failed, OST_E_CEILING);
    assert_int_equal(b.len, 5);
    buffer_clear(&b);
    assert_int_equal(b.failed, OST_OK);
}

static void an_arena_stops_at_its_ceiling_and_wipes(void **state)
{
    ost_arena *arena = ost_arena_new(10000);
    (void)state;
    assert_null(ost_arena_new(0));
    assert_null(ost_arena_alloc(arena, 10001));
    char *first = ost_arena_alloc(arena, 6000);
    assert_non_null(first);
    assert_null(ost_arena_alloc(arena, 6000));
    memset(first, 'x', 6000);
    ost_arena_reset(arena);
    uint64_t before = memory_count();
    char *again = ost_arena_alloc(arena, 6000);
    assert_non_null(again);
    for (size_t i = 0; i < 6000; i++)
        assert_int_equal(again[i], 0);
    assert_int_equal(memory_count(), before);
    assert_string_equal(ost_arena_format(arena, "%s-%d", "a", 5), "a-5");
    ost_arena_free(arena);
    ost_arena_free(NULL);
}

static void errors_hold_no_control_bytes(void **state)
{
    ost_error error;
    (void)state;
    assert_int_equal(ost_error_set(&error, OST_E_FORMAT, "a\n%s", "\x1b[2J"), OST_E_FORMAT);
    assert_string_equal(error.detail, "a??[2J");
    assert_int_equal(ost_error_set(NULL, OST_E_FORMAT, "x"), OST_E_FORMAT);
    assert_string_equal(ost_result_name(OST_E_SIGNATURE), "OST_E_SIGNATURE");
    assert_string_equal(ost_result_category(OST_E_SIGNATURE), "token");
    assert_string_equal(ost_result_name((ost_result)9999), "unknown");
}

static const option some[] = {{"port", "N", "TEST_PORT", NULL, ""},
                              {"flag", NULL, NULL, NULL, ""},
                              {"path", "[P]", NULL, NULL, ""},
                              {0}};

static ost_result read_line(option_values *values, ost_error *error, int argc, char **argv)
{
    return options_read(some, argc, argv, 1, values, error);
}

static void options_are_read(void **state)
{
    option_values values;
    ost_error error = {0};
    uint64_t n;
    char *line[] = {(char[]){"x"},      (char[]){"--port=5"}, (char[]){"--flag"},
                    (char[]){"--path"}, (char[]){"--port"},   (char[]){"6"},
                    (char[]){"--"},     (char[]){"--flag"}};
    (void)state;
    assert_int_equal(read_line(&values, &error, 8, line), OST_OK);
    assert_string_equal(options_get(&values, "port"), "6");
    assert_string_equal(options_nth(&values, "port", 0), "5");
    assert_string_equal(options_get(&values, "path"), "");
    assert_true(options_has(&values, "flag"));
    assert_string_equal(values.operands[0], "--flag");
    assert_int_equal(options_number(&values, "port", 1, 1, 5, &n, &error), OST_E_ARGUMENT);

    char *typo[] = {(char[]){"x"}, (char[]){"--prot"}, (char[]){"1"}};
    assert_int_equal(read_line(&values, &error, 3, typo), OST_E_ARGUMENT);
    assert_non_null(strstr(error.detail, "did you mean --port"));
    char *missing[] = {(char[]){"x"}, (char[]){"--port"}};
    assert_int_equal(read_line(&values, &error, 2, missing), OST_E_ARGUMENT);
    char *superfluous[] = {(char[]){"x"}, (char[]){"--flag=1"}};
    assert_int_equal(read_line(&values, &error, 2, superfluous), OST_E_ARGUMENT);

    setenv("TEST_PORT", "9", 1);
    assert_int_equal(read_line(&values, &error, 1, line), OST_OK);
    assert_int_equal(options_number(&values, "port", 1, 1, 99, &n, &error), OST_OK);
    assert_int_equal(n, 9);
    unsetenv("TEST_PORT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces),
        cmocka_unit_test(numbers),
        cmocka_unit_test(comparisons),
        cmocka_unit_test(a_buffer_stops_at_its_ceiling),
        cmocka_unit_test(an_arena_stops_at_its_ceiling_and_wipes),
        cmocka_unit_test(errors_hold_no_control_bytes),
        cmocka_unit_test(options_are_read),
    };
    return cmocka_run_group_tests_name("base-text", tests, NULL, NULL);
}
