/* SPDX-License-Identifier: Apache-2.0 */
/* What comes in pieces is read to its end, and no further than allowed. */
#include "base/config/read_whole.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "test.h"

#define MAX 8

static void *write_pieces(void *user)
{
    int fd = *(int *)user;
    assert_int_equal(write(fd, "abc", 3), 3);
    usleep(20000);
    assert_int_equal(write(fd, "defgh", 5), 5);
    close(fd);
    return NULL;
}

static void pieces_are_one(void **state)
{
    int ends[2];
    char bytes[MAX + 1];
    size_t len = 0;
    pthread_t writer;
    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(pthread_create(&writer, NULL, write_pieces, &ends[1]), 0);
    assert_int_equal(read_whole(ends[0], bytes, MAX, &len), OST_OK);
    pthread_join(writer, NULL);
    close(ends[0]);
    assert_int_equal(len, 8);
    assert_memory_equal(bytes, "abcdefgh", 8);
}

static ost_result read_text(const char *text, size_t max, size_t *ret_len)
{
    int ends[2];
    char bytes[MAX + 1];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], text, strlen(text)), (ssize_t)strlen(text));
    close(ends[1]);
    ost_result result = read_whole(ends[0], bytes, max, ret_len);
    close(ends[0]);
    return result;
}

static void one_byte_too_many_is_refused(void **state)
{
    size_t len = 77;
    (void)state;
    assert_int_equal(read_text("12345678", MAX, &len), OST_OK);
    assert_int_equal(len, 8);
    len = 77;
    assert_int_equal(read_text("123456789", MAX, &len), OST_E_CEILING);
    assert_int_equal(len, 77);
    assert_int_equal(read_text("1", 0, &len), OST_E_CEILING);
    assert_int_equal(read_text("", 0, &len), OST_OK);
    assert_int_equal(len, 0);
}

static void what_cannot_be_read_tells_why(void **state)
{
    char bytes[MAX + 1];
    size_t len = 77;
    int folder = open("/", O_RDONLY | O_CLOEXEC);
    (void)state;
    assert_int_equal(read_whole(folder, bytes, MAX, &len), OST_E_SYSTEM);
    assert_int_equal(errno, EISDIR);
    assert_int_equal(len, 77);
    close(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_one),
        cmocka_unit_test(one_byte_too_many_is_refused),
        cmocka_unit_test(what_cannot_be_read_tells_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
