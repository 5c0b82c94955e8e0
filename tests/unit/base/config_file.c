/* SPDX-License-Identifier: Apache-2.0 */
/* Files of settings: whose word counts, and what is refused. */
#include "base/config/config_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/text.h"
#include "test.h"

static const option some[] = {CONFIG_FILE_OPTION(""),
                              {"http-port", "PORT", "KC_HTTP_PORT", NULL, ""},
                              {"hostname", "URL", "KC_HOSTNAME_URL", "KC_HOSTNAME", ""},
                              {"issuer", "URL...", "TEST_ISSUER", NULL, ""},
                              {"flag", NULL, "TEST_FLAG", NULL, ""},
                              {"password", OPTION_SECRET, "TEST_PASSWORD", NULL, ""},
                              {"version", NULL, NULL, NULL, ""},
                              {0}};

static char path[] = "/tmp/ostiary-config-XXXXXX";
static ost_arena *arena;
static char told[512];

static void say(void *user, const char *sentence)
{
    snprintf(user, sizeof told, "%s", sentence);
}

static bool is_let_pass(ost_text name, ost_text value)
{
    return text_is(name, "db") && text_is(value, "postgres");
}

static void write_file(const char *content)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(content, 1, strlen(content), file), strlen(content));
    assert_int_equal(fclose(file), 0);
}

/* Reads that content with "--http-port 7" on the command line when `given`. */
static ost_result read_file(const char *content, bool given, option_values *ret, ost_error *error)
{
    const config_file_rules rules = {
        .path = path, .profile = "dev", .is_let_pass = is_let_pass, .say = say, .user = told};
    static char program[] = "x", name[] = "--http-port", port[] = "7"; /* the values point there */
    char *line[] = {program, name, port};
    ost_arena_reset(arena);
    told[0] = '\0';
    write_file(content);
    assert_int_equal(options_read(some, given ? 3 : 1, line, 1, ret, error), OST_OK);
    return config_file_read(&rules, arena, ret, error);
}

static int set_up(void **state)
{
    int file = mkstemp(path);
    arena = ost_arena_new((size_t)4 << 20);
    return file >= 0 && close(file) == 0 && arena != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    ost_arena_free(arena);
    return unlink(path);
}

static void nearer_words_count(void **state)
{
    option_values values;
    ost_error error = {0};
    assert_int_equal(read_file("http-port=9\nflag=true\n", false, &values, &error), OST_OK);
    assert_string_equal(options_get(&values, "http-port"), "9");
    assert_true(options_has(&values, "flag"));
    option_origin origin = options_origin(&values, "flag");
    assert_int_equal(origin.source, OPTION_IS_IN_FILE);
    assert_int_equal(origin.line, 2);

    setenv("KC_HTTP_PORT", "8", 1);
    origin = options_origin(&values, "http-port");
    assert_int_equal(origin.source, OPTION_IS_VARIABLE);
    assert_string_equal(origin.value, "8");
    assert_string_equal(origin.variable, "KC_HTTP_PORT");
    assert_string_equal(options_nth(&values, "http-port", 0), "8");
    assert_null(options_nth(&values, "http-port", 1));

    assert_int_equal(read_file("http-port=9\n", true, &values, &error), OST_OK);
    origin = options_origin(&values, "http-port");
    assert_int_equal(origin.source, OPTION_IS_GIVEN);
    assert_string_equal(origin.value, "7");
    unsetenv("KC_HTTP_PORT");
    assert_int_equal(options_origin(&values, "issuer").source, OPTION_IS_DEFAULT);
}

static void lines_of_one_name_are_its_values(void **state)
{
    option_values values;
    ost_error error = {0};
    assert_int_equal(read_file("issuer=a\nissuer=b\nissuer=\n", false, &values, &error), OST_OK);
    assert_string_equal(options_nth(&values, "issuer", 0), "a");
    assert_string_equal(options_nth(&values, "issuer", 1), "b");
    assert_null(options_nth(&values, "issuer", 2));
    assert_string_equal(options_get(&values, "issuer"), "b");
    assert_int_equal(read_file("http-port=1\n\nhttp-port=2\n", false, &values, &error), OST_OK);
    assert_string_equal(options_get(&values, "http-port"), "2");
    assert_non_null(strstr(told, "line 3: http-port was set in line 1, too; the last one counts"));
}

/* As the environment has it: KC_HOSTNAME_URL before KC_HOSTNAME, wherever they stand. */
static void newer_names_and_profiles_go_before(void **state)
{
    static const struct {
        const char *content, *hostname;
    } cases[] = {
        {"hostname-url=https://a\nhostname=b\n", "https://a"},
        {"hostname=b\nhostname-url=https://a\n", "https://a"},
        {"%dev.hostname=c\nhostname-url=https://a\n", "c"},
        {"%dev.hostname=c\n%prod.hostname-url=https://d\nhostname=b\n", "c"},
        {"%prod.hostname=c\n", NULL},
        {"hostname=\n", NULL},
        {"hostname=${TEST_NOT_SET:x}\n", "x"},
        {"\xef\xbb\xbfhostname=y\n", "y"}, /* some editors put that mark before it */
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        option_values values;
        ost_error error = {0};
        assert_int_equal(read_file(cases[i].content, false, &values, &error), OST_OK);
        const char *hostname = options_get(&values, "hostname");
        assert_true((hostname == NULL) == (cases[i].hostname == NULL));
        if (hostname != NULL)
            assert_string_equal(hostname, cases[i].hostname);
    }
}

static void what_cannot_be_is_refused(void **state)
{
    static const struct {
        const char *content, *detail;
    } cases[] = {
        {"{\"http-port\": 1}\n", ", line 1: this is JSON, and settings are lines of name=value"},
        {"\xff\xfeh", ": this is UTF-16"},
        {"\x1f\x8b\x08", ": this is compressed (gzip)"},
        {"\nhttp-prot=1\n", ", line 2: there is no setting http-prot; did you mean http-port?"},
        {"%prod.http-prot=1\n", "did you mean http-port?"},
        {"Http-Port=1\n", "did you mean http-port?"},
        {"wholly-other=1\n", ", line 1: there is no setting wholly-other"},
        {"db=oracle\n", "there is no setting db"},
        {"config-file=/x\n", "there is no setting config-file"},
        {"version=true\n", "there is no setting version"},
        {"flag=yes\n", "neither true nor false"},
        {"hostname=${TEST_NOT_SET}\n", "there is no environment variable TEST_NOT_SET"},
        {"hostname=${x\n", "${ is not closed"},
        {"hostname=\\u1\n", "line 1: \\u"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        option_values values;
        ost_error error = {0};
        assert_int_equal(read_file(cases[i].content, false, &values, &error), OST_E_CONFIG);
        assert_int_equal(strncmp(error.detail, path, strlen(path)), 0);
        assert_non_null(strstr(error.detail, cases[i].detail));
        assert_int_equal(values.file_count, 0);
    }
    option_values values;
    ost_error error = {0};
    assert_int_equal(read_file("db=postgres\n", false, &values, &error), OST_OK);
}

static void ceilings_hold(void **state)
{
    option_values values;
    ost_error error = {0};
    char *content = malloc(CONFIG_FILE_BYTES_MAX + 2);
    memset(content, '#', CONFIG_FILE_BYTES_MAX + 1);
    content[CONFIG_FILE_BYTES_MAX + 1] = '\0';
    assert_int_equal(read_file(content, false, &values, &error), OST_E_CONFIG);
    assert_int_equal(read_file(content + 1, false, &values, &error), OST_OK);
    content[0] = '\0';
    for (int i = 0; i < 65; i++)
        memcpy(content + (size_t)i * 9, "issuer=x\n", 10);
    assert_int_equal(read_file(content, false, &values, &error), OST_E_CONFIG);
    assert_non_null(strstr(error.detail, "line 65: too many settings"));
    free(content);
}

static void files_are_named_or_not_there(void **state)
{
    option_values values;
    ost_error error = {0};
    const config_file_rules none = {.path = NULL}, missing = {.path = "/nonexistent/x"};
    char *line[] = {(char[]){"x"}, (char[]){"--config-file=/nonexistent/x"}};
    assert_int_equal(options_read(some, 1, line, 1, &values, &error), OST_OK);
    assert_int_equal(config_file_read(&none, arena, &values, &error), OST_OK);
    assert_int_equal(config_file_read(&missing, arena, &values, &error), OST_OK);
    assert_null(values.file_path);
    assert_int_equal(options_read(some, 2, line, 1, &values, &error), OST_OK);
    assert_int_equal(config_file_read(&none, arena, &values, &error), OST_E_SYSTEM);
    assert_string_equal(error.detail, "/nonexistent/x: No such file or directory");
}

static void secrets_that_others_may_read_are_told_of(void **state)
{
    option_values values;
    ost_error error = {0};
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(read_file("password=x\n", false, &values, &error), OST_OK);
    assert_non_null(strstr(told, "line 1: a secret in a file that others may read"));
    assert_int_equal(read_file("http-port=1\n", false, &values, &error), OST_OK);
    assert_string_equal(told, "");
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(read_file("password=x\n", false, &values, &error), OST_OK);
    assert_string_equal(told, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nearer_words_count),
        cmocka_unit_test(lines_of_one_name_are_its_values),
        cmocka_unit_test(newer_names_and_profiles_go_before),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(ceilings_hold),
        cmocka_unit_test(files_are_named_or_not_there),
        cmocka_unit_test(secrets_that_others_may_read_are_told_of),
    };
    return cmocka_run_group_tests_name("base-config_file", tests, set_up, tear_down);
}
