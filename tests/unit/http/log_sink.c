/* SPDX-License-Identifier: Apache-2.0 */
/* Log lines: whole, in order, all of them or counted. */
#include "http/log/log_sink.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "test.h"

#define THREADS 4
#define LINES 5000

static FILE *log_file;

static int set_up(void **state)
{
    (void)state;
    log_file = tmpfile();
    return log_file == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    return fclose(log_file);
}

static void *put_many(void *user)
{
    char line[64];
    static _Atomic int threads;
    int thread = threads++ % THREADS;
    for (int i = 0; i < LINES; i++) {
        int len = snprintf(line, sizeof line, "%d %d\n", thread, i);
        log_sink_put(user, (ost_text){line, (size_t)len});
    }
    return NULL;
}

static void every_line_is_written(void **state)
{
    (void)state;
    log_sink *sink = NULL;
    pthread_t threads[THREADS];
    assert_int_equal(log_sink_new(fileno(log_file), "probe", &sink), OST_OK);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, put_many, sink), 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    log_sink_free(sink);
    /* Of one thread, in its order. */
    int next[THREADS] = {0}, thread, number;
    rewind(log_file);
    while (fscanf(log_file, "%d %d\n", &thread, &number) == 2) {
        assert_in_range(thread, 0, THREADS - 1);
        assert_int_equal(number, next[thread]);
        next[thread]++;
    }
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(next[i], LINES);
}

/* Nobody reads the pipe: nothing blocks, and what did not fit is counted. */
static void a_full_pipe_holds_nothing_up(void **state)
{
    (void)state;
    int ends[2];
    log_sink *sink = NULL;
    static char line[10000];
    memset(line, 'x', sizeof line);
    line[sizeof line - 1] = '\n';
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(log_sink_new(ends[1], "probe", &sink), OST_OK);
    for (int i = 0; i < 1000; i++)
        log_sink_put(sink, (ost_text){line, sizeof line});
    /* A reader comes at last. */
    FILE *reader = fdopen(ends[0], "r");
    char *got = NULL;
    size_t size = 0, whole = 0;
    unsigned long lost = 0, counted;
    while (whole + lost < 1000) {
        assert_true(getline(&got, &size, reader) > 0);
        if (sscanf(got, "probe: %lu log lines were lost", &counted) == 1)
            lost += counted;
        else
            whole += strlen(got) == sizeof line;
    }
    assert_true(lost > 0 && whole > 0);
    assert_int_equal(whole + lost, 1000);
    log_sink_free(sink);
    free(got);
    fclose(reader);
    close(ends[1]);
}

static void a_closed_file_is_no_trouble(void **state)
{
    (void)state;
    log_sink *sink = NULL;
    assert_int_equal(log_sink_new(-1, "probe", &sink), OST_OK);
    log_sink_put(sink, OST_TEXT("lost\n"));
    log_sink_free(sink);
    log_sink_free(NULL);
}

/* C1: without its reader a log loses lines, and the process lives on: nothing ignores SIGPIPE here.
 */
static void c1_a_reader_that_has_gone_ends_nothing(void **state)
{
    (void)state;
    int ends[2];
    log_sink *sink = NULL;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(log_sink_new(ends[1], "probe", &sink), OST_OK);
    close(ends[0]);
    for (unsigned long i = 1; i <= 3; i++) {
        log_sink_put(sink, OST_TEXT("lost\n"));
        while (log_sink_lost(sink) < i)
            usleep(1000);
    }
    assert_int_equal(log_sink_lost(sink), 3);
    log_sink_free(sink);
    close(ends[1]);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* C9: a pipe that nobody empties does not hold up the end, and its bytes stay whole lines. */
static void c9_a_full_pipe_does_not_hold_up_the_end(void **state)
{
    (void)state;
    int ends[2];
    log_sink *sink = NULL;
    char line[1000];
    memset(line, 'x', sizeof line);
    line[sizeof line - 1] = '\n';
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(log_sink_new(ends[1], "probe", &sink), OST_OK);
    for (int i = 0; i < 500; i++)
        log_sink_put(sink, (ost_text){line, sizeof line});
    double begun = now();
    log_sink_free(sink);
    double taken = now() - begun;
    assert_true(taken > 1 && taken < 5);
    close(ends[1]);
    size_t lines = 0;
    char got[sizeof line];
    for (ssize_t n; (n = read(ends[0], got, sizeof got)) > 0; lines++)
        assert_true(n == sizeof got && got[n - 1] == '\n');
    assert_in_range(lines, 16, 65);
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_line_is_written, set_up, tear_down),
        cmocka_unit_test(a_full_pipe_holds_nothing_up),
        cmocka_unit_test(a_closed_file_is_no_trouble),
        cmocka_unit_test(c1_a_reader_that_has_gone_ends_nothing),
        cmocka_unit_test(c9_a_full_pipe_does_not_hold_up_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
