/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets in files: made once, kept from others, rotated by a second line. */
#include "base/config/secret_file.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/text.h"
#include "test.h"

static char folder[] = "/tmp/ostiary-secret-XXXXXX";
static ost_arena *arena;

static const char *in_folder(const char *name)
{
    return ost_arena_format(arena, "%s/%s", folder, name);
}

static const char *write_file(const char *name, const char *content, mode_t mode)
{
    const char *path = in_folder(name);
    unlink(path);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL, mode);
    assert_true(file >= 0);
    assert_int_equal(fchmod(file, mode), 0);
    assert_int_equal(write(file, content, strlen(content)), (ssize_t)strlen(content));
    close(file);
    return path;
}

static int set_up(void **state)
{
    (void)state;
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    arena = ost_arena_new(1 << 20);
    return mkdtemp(folder) == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    const char *const names[] = {"made", "file", "link"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        unlink(in_folder(names[i]));
    assert_int_equal(rmdir(folder), 0); /* no temporary file is left */
    ost_arena_free(arena);
    return 0;
}

static void made_when_missing(void **state)
{
    (void)state;
    ost_text first, again, older = OST_TEXT("x");
    struct stat status;
    const char *path = in_folder("made");
    assert_int_equal(secret_file_open(path, arena, &first, &older, NULL), OST_OK);
    assert_int_equal(first.len, 43);
    assert_int_equal(older.len, 0);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(secret_file_open(path, arena, &again, &older, NULL), OST_OK);
    assert_true(text_equal(first, again));
}

static void *open_it(void *ret)
{
    ost_arena *mine = ost_arena_new(1 << 16);
    ost_text secret, older;
    char path[64];
    snprintf(path, sizeof path, "%s/made", folder);
    assert_int_equal(secret_file_open(path, mine, &secret, &older, NULL), OST_OK);
    memcpy(ret, secret.data, 43);
    ost_arena_free(mine);
    return NULL;
}

/* Two nodes that start at once must not seal with two secrets. */
static void made_once(void **state)
{
    (void)state;
    for (int round = 0; round < 50; round++) {
        char secrets[4][44] = {{0}};
        pthread_t threads[4];
        for (size_t i = 0; i < 4; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, open_it, secrets[i]), 0);
        for (size_t i = 0; i < 4; i++)
            pthread_join(threads[i], NULL);
        for (size_t i = 1; i < 4; i++)
            assert_string_equal(secrets[0], secrets[i]);
        assert_int_equal(unlink(in_folder("made")), 0);
    }
}

static void rotated(void **state)
{
    (void)state;
    ost_text current, older;
    const char *path = write_file("file",
                                  "0123456789abcdef0123456789abcdef\r\n"
                                  "  1123456789abcdef0123456789abcdef\n",
                                  0600);
    assert_int_equal(secret_file_open(path, arena, &current, &older, NULL), OST_OK);
    assert_true(text_is(current, "0123456789abcdef0123456789abcdef"));
    assert_true(text_is(older, "1123456789abcdef0123456789abcdef"));
}

static void refused(const char *path, ost_result result, const char *said)
{
    ost_text current = OST_TEXT("untouched"), older;
    ost_error error = {0};
    assert_int_equal(secret_file_open(path, arena, &current, &older, &error), result);
    assert_true(text_is(current, "untouched"));
    if (strstr(error.detail, said) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error.detail, said);
}

static void what_is_refused(void **state)
{
    (void)state;
    char large[SECRET_FILE_MAX + 2];
    memset(large, 'a', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    refused(write_file("file", "0123456789abcdef0123456789abcdef", 0640), OST_E_CONFIG,
            "open to others");
    refused(write_file("file", "0123456789abcdef0123456789abcde", 0600), OST_E_CONFIG,
            "at least 32");
    refused(write_file("file", "0123456789abcdef0123456789abcdef\nshort", 0600), OST_E_CONFIG,
            "at least 32");
    refused(write_file("file", "", 0600), OST_E_CONFIG, "at least 32");
    refused(write_file("file", large, 0600), OST_E_CONFIG, "too long");
    refused(folder, OST_E_CONFIG, "is no regular file");
    refused(in_folder("no/such"), OST_E_SYSTEM, "cannot make");
}

static void first_line(void **state)
{
    (void)state;
    ost_text line;
    assert_int_equal(
        secret_file_read(write_file("file", "s e cret\r\nmore", 0644), arena, &line, NULL), OST_OK);
    assert_true(text_is(line, "s e cret"));
    assert_int_equal(secret_file_read(write_file("file", "\nx", 0600), arena, &line, NULL),
                     OST_E_CONFIG);
    assert_int_equal(secret_file_read(in_folder("missing"), arena, &line, NULL), OST_E_SYSTEM);
}

/* The same file, by who may be able to read it. */
static void who_may_read(void **state)
{
    (void)state;
    static const struct {
        mode_t mode;
        secret_readers strictest;
    } cases[] = {{0600, SECRET_OF_OWNER},   {0400, SECRET_OF_OWNER},   {0640, SECRET_OF_GROUP},
                 {0620, SECRET_OF_GROUP},   {0644, SECRET_OF_ANYBODY}, {0602, SECRET_OF_ANYBODY},
                 {0604, SECRET_OF_ANYBODY}, {0641, SECRET_OF_ANYBODY}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *path = write_file("file", "secret\n", cases[i].mode);
        for (secret_readers by = SECRET_OF_OWNER; by <= SECRET_OF_ANYBODY; by++) {
            ost_text content = OST_TEXT("untouched");
            ost_result result = secret_file_content(path, by, 7, arena, &content, NULL);
            assert_int_equal(result, by >= cases[i].strictest ? OST_OK : OST_E_CONFIG);
            assert_true(text_is(content, result == OST_OK ? "secret\n" : "untouched"));
        }
    }
    /* A pipe that nobody writes to: no one waits for it where it would be refused. */
    unlink(in_folder("file"));
    assert_int_equal(mkfifo(in_folder("file"), 0600), 0);
    ost_text content;
    for (secret_readers by = SECRET_OF_OWNER; by < SECRET_OF_ANYBODY; by++)
        assert_int_equal(secret_file_content(in_folder("file"), by, 7, arena, &content, NULL),
                         OST_E_CONFIG);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(made_when_missing), TEST(made_once),  TEST(rotated),
        TEST(what_is_refused),   TEST(first_line), TEST(who_may_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
