/* SPDX-License-Identifier: Apache-2.0 */
/* The file of revocations: what outlasts a restart, what another process hears, and what is no such
 * file. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/context.h"
#include "fixture.h"
#include "guard/status/revocation_file.h"

#define NAME "https://id.example.org"

static char path[] = "/tmp/ostiary-revocations-XXXXXX";
static int64_t clock_now;
static size_t told_count;
static char told_last[64];

static int64_t now_of(void *user)
{
    (void)user;
    return clock_now;
}
static const ost_context at_clock = {.now = now_of};

static int setup(void **state)
{
    (void)state;
    strcpy(path, "/tmp/ostiary-revocations-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    unlink(path);
    clock_now = NOW;
    told_count = 0;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

static void hear(const ost_revocation *what, void *user)
{
    (void)user;
    told_count++;
    snprintf(told_last, sizeof told_last, "%d %.*s %lld %lld", (int)what->kind,
             OST_FORMAT(what->value), (long long)what->not_before, (long long)what->until);
    assert_string_equal(what->issuer, NAME);
}

static revocation_file *open_file(size_t lines)
{
    revocation_file *file;
    ost_error error = {0};
    ost_result result = revocation_file_open(path, lines, &at_clock, hear, NULL, &file, &error);
    if (result != OST_OK)
        fail_msg("%s", error.detail);
    return file;
}

static ost_result add(revocation_file *file, const char *sid, int64_t until)
{
    return revocation_file_append(file, &(ost_revocation){.issuer = NAME,
                                                          .kind = OST_REVOKED_SESSION,
                                                          .value = text_of(sid),
                                                          .until = until});
}

static void write_file(const char *content)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(content, f);
    fclose(f);
}

static void a_restart_and_another_process(void **state)
{
    struct stat status;
    revocation_file *one = open_file(100), *other = open_file(100);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(add(one, "a \"b\"\n", NOW + 10), OST_OK);
    assert_int_equal(told_count, 0); /* who says it knows it */
    revocation_file_follow(other);
    assert_int_equal(told_count, 1);
    assert_string_equal(told_last, "2 a \"b\"\n 0 1700000010");
    revocation_file_follow(other);
    assert_int_equal(told_count, 1);
    assert_int_equal(add(other, "c", NOW + 20), OST_OK);
    assert_int_equal(add(one, "d", NOW + 30), OST_OK); /* and hears of c on the way */
    assert_int_equal(told_count, 2);
    revocation_file_free(one);
    revocation_file_free(other);
    told_count = 0;
    one = open_file(100);
    assert_int_equal(told_count, 3);
    assert_string_equal(told_last, "2 d 0 1700000030");
    revocation_file_free(one);
    revocation_file_free(NULL);
}

static void what_is_over_is_left_out(void **state)
{
    char name[32];
    struct stat status;
    revocation_file *file = open_file(100000), *other = open_file(100000);
    for (int i = 0; i < 1024; i++) {
        snprintf(name, sizeof name, "s%d", i);
        assert_int_equal(add(file, name, NOW + (i < 1000 ? 10 : 1000)), OST_OK);
    }
    clock_now = NOW + 10;
    assert_int_equal(add(file, "last", NOW + 1000), OST_OK);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    revocation_file_free(file);
    told_count = 0;
    file = open_file(100000);
    assert_int_equal(told_count, 25);
    /* Another process finds the new file. */
    told_count = 0;
    revocation_file_follow(other);
    assert_int_equal(told_count, 25);
    assert_int_equal(add(other, "more", NOW + 1000), OST_OK);
    revocation_file_follow(file);
    assert_string_equal(told_last, "2 more 0 1700001000");
    revocation_file_free(file);
    revocation_file_free(other);
}

static void it_has_a_ceiling(void **state)
{
    revocation_file *file = open_file(2);
    assert_int_equal(add(file, "a", NOW + 10), OST_OK);
    assert_int_equal(add(file, "b", NOW + 10), OST_OK);
    assert_int_equal(add(file, "c", NOW + 10), OST_E_CEILING);
    revocation_file_free(file);
}

#define LINE "{\"iss\":\"" NAME "\",\"jti\":\"j\",\"not_before\":0,\"until\":1800000000}\n"

static void a_line_that_was_cut_off_is_taken_out(void **state)
{
    write_file(LINE "{\"iss\":\"https://id");
    revocation_file *file = open_file(100);
    assert_int_equal(told_count, 1);
    assert_int_equal(add(file, "next", NOW + 10), OST_OK);
    revocation_file_free(file);
    told_count = 0;
    file = open_file(100);
    assert_int_equal(told_count, 2);
    revocation_file_free(file);
}

static void what_is_no_such_file_is_left_alone(void **state)
{
    static const char *const bad[] = {
        LINE "garbage\n" LINE,
        "\n",
        "{}\n",
        "[]\n",
        "{\"iss\":\"a\",\"jti\":\"\",\"not_before\":0,\"until\":1}\n",
        "{\"iss\":\"\",\"jti\":\"j\",\"not_before\":0,\"until\":1}\n",
        "{\"iss\":\"a\",\"jti\":7,\"not_before\":0,\"until\":1}\n",
        "{\"iss\":\"a\",\"jti\":\"j\",\"not_before\":-1,\"until\":1}\n",
        "{\"iss\":\"a\",\"jti\":\"j\",\"not_before\":0,\"until\":1.5}\n",
        "{\"iss\":\"a\",\"jti\":\"j\",\"not_before\":0}\n",
        "{\"iss\":\"a\",\"jti\":\"j\",\"sid\":\"s\",\"not_before\":0,\"until\":1}\n",
        "{\"iss\":\"a\",\"who\":\"j\",\"not_before\":0,\"until\":1}\n",
    };
    revocation_file *file = NULL;
    ost_error error;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char seen[512];
        write_file(bad[i]);
        error = (ost_error){0};
        if (revocation_file_open(path, 100, &at_clock, hear, NULL, &file, &error) != OST_E_CONFIG)
            fail_msg("%s", bad[i]);
        assert_non_null(strstr(error.detail, i == 0 ? "line 2" : "line 1"));
        FILE *f = fopen(path, "r");
        size_t len = fread(seen, 1, sizeof seen, f);
        fclose(f);
        assert_int_equal(len, strlen(bad[i]));
    }
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(revocation_file_open(path, 100, &at_clock, hear, NULL, &file, &error),
                     OST_E_CONFIG);
    assert_int_equal(
        revocation_file_open("/nowhere/at/all", 100, &at_clock, hear, NULL, &file, &error),
        OST_E_SYSTEM);
    assert_null(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_restart_and_another_process, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_over_is_left_out, setup, teardown),
        cmocka_unit_test_setup_teardown(it_has_a_ceiling, setup, teardown),
        cmocka_unit_test_setup_teardown(a_line_that_was_cut_off_is_taken_out, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_such_file_is_left_alone, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
