/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines: options in all their spellings, the environment, and mistakes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/options.h"
#include "base/text.h"
#include "test.h"

static const option some[] = {{"port", "N...", "TEST_PORT", NULL, "where it listens (80)"},
                              {"host", "H", NULL, NULL, ""},
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

static void a_second_value_is_not_ignored(void **state)
{
    option_values values;
    ost_error error = {0};
    char *twice[] = {(char[]){"x"}, (char[]){"--host=a"}, (char[]){"--host"}, (char[]){"a"}};
    assert_int_equal(read_line(&values, &error, 4, twice), OST_E_ARGUMENT);
    assert_string_equal(error.detail, "--host is given twice, and has one value");
    char *empty[] = {(char[]){"x"}, (char[]){"--path"}, (char[]){"--path"}};
    assert_int_equal(read_line(&values, &error, 3, empty), OST_E_ARGUMENT);
    char *flags[] = {(char[]){"x"}, (char[]){"--flag"}, (char[]){"--flag"}, (char[]){"--host=a"}};
    assert_int_equal(read_line(&values, &error, 4, flags), OST_OK);
    assert_string_equal(options_get(&values, "host"), "a");
    char *behind[] = {(char[]){"x"}, (char[]){"--host=a"}, (char[]){"--"}, (char[]){"--host=b"}};
    assert_int_equal(read_line(&values, &error, 4, behind), OST_OK);
}

static void the_environment_stands_in(void **state)
{
    static const option with_two[] = {{"old", "X", "TEST_NEW_NAME", "TEST_OLD_NAME", ""},
                                      {"flag", NULL, "TEST_FLAG", NULL, ""},
                                      {0}};
    option_values values;
    ost_error error = {0};
    char *line[] = {(char[]){"x"}, (char[]){"--old=given"}};
    assert_int_equal(options_read(with_two, 1, line, 1, &values, &error), OST_OK);
    assert_null(options_get(&values, "old"));
    assert_false(options_has(&values, "flag"));
    setenv("TEST_OLD_NAME", "older", 1);
    assert_string_equal(options_get(&values, "old"), "older");
    setenv("TEST_NEW_NAME", "newer", 1);
    assert_string_equal(options_get(&values, "old"), "newer");
    assert_string_equal(options_nth(&values, "old", 0), "newer");
    assert_null(options_nth(&values, "old", 1));
    static const char *const answers[] = {"true", "1", "false", "0"};
    for (int i = 0; i < 4; i++) {
        setenv("TEST_FLAG", answers[i], 1);
        assert_int_equal(options_has(&values, "flag"), i < 2);
    }
    /* P23: what is empty says nothing, and the other name may. */
    setenv("TEST_NEW_NAME", "", 1);
    assert_string_equal(options_get(&values, "old"), "older");
    setenv("TEST_OLD_NAME", "", 1);
    setenv("TEST_FLAG", "", 1);
    assert_null(options_get(&values, "old"));
    assert_false(options_has(&values, "flag"));
    assert_int_equal(options_read(with_two, 2, line, 1, &values, &error), OST_OK);
    assert_string_equal(options_get(&values, "old"), "given");
    assert_string_equal(options_nth(&values, "old", 0), "given");
    assert_null(options_nth(&values, "old", 1));
    unsetenv("TEST_OLD_NAME");
    unsetenv("TEST_NEW_NAME");
    unsetenv("TEST_FLAG");
}

static void assert_line(const option *one, const char *what, const char *repeatable,
                        const char *otherwise)
{
    option_line line = option_line_of(one);
    const char *const wanted[] = {what, repeatable, otherwise};
    for (size_t i = 0; i < ARRAY_LEN(line.parts); i++)
        assert_true(text_is(line.parts[i], wanted[i]));
}

/* What is said of an option, and what it is said to hold, is the same wherever it is read. */
static void lines_tell_what_repeats(void **state)
{
    static const option rows[] = {{"key", "FILE...", NULL, NULL, "a key (any)"},
                                  {"key", "FILE", NULL, NULL, "a key (any)"},
                                  {"key", "[FILE]...", NULL, NULL, "a (public) key"},
                                  {"flag", NULL, NULL, NULL, "the word repeatable; repeatable"},
                                  {"odd", "...", NULL, NULL, "(1)"},
                                  {"none", "X", NULL, NULL, "a key ()"}};
    static const bool repeats[] = {true, false, true, false, true, false};
    static const char *const arguments[] = {"FILE", "FILE", "[FILE]", "", "", "X"};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(option_repeats(&rows[i]), repeats[i]);
        assert_true(text_is(option_argument(&rows[i]), arguments[i]));
    }
    assert_line(&rows[0], "a key", "; repeatable", " (any)");
    assert_line(&rows[1], "a key", "", " (any)");
    assert_line(&rows[2], "a (public) key", "; repeatable", "");
    assert_line(&rows[3], "the word repeatable; repeatable", "", "");
    assert_line(&rows[4], "", "; repeatable", "(1)");
    assert_line(&rows[5], "a key ()", "", "");
}

static void too_many_are_refused(void **state)
{
    static char *line[80];
    option_values values;
    ost_error error = {0};
    for (int given = 0; given < 2; given++) {
        char word[] = "word", flag[] = "--flag";
        for (int i = 0; i < 80; i++)
            line[i] = given == 0 ? word : flag;
        assert_int_equal(read_line(&values, &error, 65, line), OST_OK);
        assert_int_equal(read_line(&values, &error, 66, line), OST_E_ARGUMENT);
    }
}

static void mistakes_are_explained(void **state)
{
    option_values values;
    ost_error error = {0};
    char lone[] = "-", help[] = "-h", short_one[] = "-x", far[200];
    memset(far, 'z', sizeof far);
    memcpy(far, "--", 2);
    far[sizeof far - 1] = '\0';
    char *line[] = {lone, lone, help};
    assert_int_equal(read_line(&values, &error, 3, line), OST_OK);
    assert_true(values.help);
    assert_string_equal(values.operands[0], "-"); /* standard input, by custom */
    line[1] = short_one;
    assert_int_equal(read_line(&values, &error, 2, line), OST_E_ARGUMENT);
    assert_non_null(strstr(error.detail, "no option -x"));
    line[1] = far;
    assert_int_equal(read_line(&values, &error, 2, line), OST_E_ARGUMENT);
    assert_null(strstr(error.detail, "did you mean"));
}

static void switches_are_on_or_off(void **state)
{
    static const struct {
        const char *word;
        ost_result result;
        bool on;
    } rows[] = {
        {"--plain", OST_OK, true},          {"--plain=true", OST_OK, true},
        {"--plain=True", OST_OK, true},     {"--plain=false", OST_OK, false},
        {"--plain=FALSE", OST_OK, false},   {"--plain=no", OST_E_CONFIG, false},
        {"--plain=0", OST_E_CONFIG, false}, {"--plain=truth", OST_E_CONFIG, false},
    };
    static const option options[] = {{"plain", "[true]", NULL, NULL, "plain"}, {0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char word[16], program[] = "program", *line[] = {program, word};
        option_values values;
        ost_error error = {0};
        bool on = false;
        snprintf(word, sizeof word, "%s", rows[i].word);
        assert_int_equal(options_read(options, 2, line, 1, &values, &error), OST_OK);
        assert_int_equal(options_switch(&values, "plain", false, &on, &error), rows[i].result);
        assert_int_equal(on, rows[i].on);
        assert_true(options_know(options, OST_TEXT("plain")));
        assert_false(options_know(options, OST_TEXT("plai")));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_read),
        cmocka_unit_test(a_second_value_is_not_ignored),
        cmocka_unit_test(the_environment_stands_in),
        cmocka_unit_test(lines_tell_what_repeats),
        cmocka_unit_test(too_many_are_refused),
        cmocka_unit_test(mistakes_are_explained),
        cmocka_unit_test(switches_are_on_or_off),
    };
    return cmocka_run_group_tests_name("base-options", tests, NULL, NULL);
}
