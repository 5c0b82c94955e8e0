/* SPDX-License-Identifier: Apache-2.0 */
/* Commits that are shared: nobody returns before the disk has it, nobody's failure is another's,
 * and what was confirmed is there after kill -9. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/text.h"
#include "store/grant/store_code.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_realm.h"
#include "store/session/store_session.h"
#include "store/store.h"
#include "store/store_try.h"
#include "store/user/user_record.h"
#include "temporary.h"
#include "test.h"

#define THREADS 8
#define ROUNDS 50
#define KILLS 8

static char path[600];
static store *db;

static ost_result open_with_user(const char *name)
{
    const store_realm realm = {OST_TEXT("id"), OST_TEXT("r"), OST_TEXT("{}"), 1};
    const store_user user = {.id = OST_TEXT("u"),
                             .realm = OST_TEXT("r"),
                             .username = OST_TEXT("u"),
                             .document = OST_TEXT("{}"),
                             .enabled = true};
    snprintf(path, sizeof path, "%s", with_postgresql() ? temporary_store() : temporary_path(name));
    ost_result result = store_open(path, &db, NULL);
    return result == OST_OK ? store_realm_create(db, &realm, &user, 1, NULL, 0, NULL) : result;
}

static int teardown(void **state)
{
    (void)state;
    temporary_remove();
    return 0;
}

/* The session and code with a number. */
static ost_result log_in(int number)
{
    char session_id[32], code_id[32];
    snprintf(session_id, sizeof session_id, "s%d", number);
    snprintf(code_id, sizeof code_id, "c%d", number);
    const store_session session = {.id = text_of(session_id),
                                   .realm = OST_TEXT("r"),
                                   .user_id = OST_TEXT("u"),
                                   .ends = 1000,
                                   .idle_ends = 1000,
                                   .notes = OST_TEXT("{}")};
    const store_client_session part = {
        .session_id = session.id, .client_id = OST_TEXT("c"), .notes = OST_TEXT("{}")};
    const store_code code = {.id = text_of(code_id),
                             .realm = OST_TEXT("r"),
                             .session_id = session.id,
                             .client_id = part.client_id,
                             .expires = 1000};
    return store_login(db, &session, &part, &code);
}

static ost_result take(int number, ost_arena *arena)
{
    char code_id[32];
    store_code taken;
    snprintf(code_id, sizeof code_id, "c%d", number);
    return store_code_take(db, OST_TEXT("r"), text_of(code_id), arena, &taken);
}

static bool has_session(int number, ost_arena *arena)
{
    char session_id[32];
    store_session read;
    snprintf(session_id, sizeof session_id, "s%d", number);
    return store_session_get(db, OST_TEXT("r"), text_of(session_id), arena, &read) == OST_OK;
}

static atomic_int mistakes;

/* Each thread's own work succeeds, and is seen by itself at once; work that fails stands between.
 */
static void *work(void *argument)
{
    int first = *(int *)argument * ROUNDS;
    ost_arena *arena = ost_arena_new(1 << 20);
    for (int i = first; i < first + ROUNDS; i++) {
        bool good = log_in(i) == OST_OK && has_session(i, arena) && log_in(i) == OST_E_CONFLICT &&
                    take(i, arena) == OST_OK && take(i, arena) == OST_E_CONFLICT &&
                    take(-1, arena) == OST_E_NOT_FOUND;
        atomic_fetch_add(&mistakes, !good);
        ost_arena_reset(arena);
    }
    ost_arena_free(arena);
    return NULL;
}

static void threads_share_commits_and_nothing_else(void **state)
{
    pthread_t threads[THREADS];
    int numbers[THREADS];
    ost_arena *arena = ost_arena_new(1 << 20);
    (void)state;
    assert_int_equal(open_with_user("shared.db"), OST_OK);
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        pthread_create(&threads[i], NULL, work, &numbers[i]);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&mistakes), 0);
    store_close(db);
    assert_int_equal(store_open(path, &db, NULL), OST_OK);
    for (int i = 0; i < THREADS * ROUNDS; i++) {
        assert_true(has_session(i, arena));
        assert_int_equal(take(i, arena), OST_E_CONFLICT);
        ost_arena_reset(arena);
    }
    store_close(db);
    ost_arena_free(arena);
}

/* In the child: tells through the pipe what has been confirmed: "s number" or "t number". */
static int confirm_to = -1;

static void confirm(char what, int number)
{
    char line[32];
    int len = snprintf(line, sizeof line, "%c %d\n", what, number);
    if (write(confirm_to, line, (size_t)len) != len)
        _exit(3);
}

static void *log_in_for_ever(void *argument)
{
    ost_arena *arena = ost_arena_new(1 << 20);
    for (int i = *(int *)argument;; i += THREADS) {
        if (log_in(i) != OST_OK)
            _exit(2);
        confirm('s', i);
        if (i % 2 == 0) {
            if (take(i, arena) != OST_OK)
                _exit(2);
            confirm('t', i);
        }
        ost_arena_reset(arena);
    }
}

static void run_child(int to, int first)
{
    pthread_t threads[THREADS];
    int numbers[THREADS];
    confirm_to = to;
    if (store_open(path, &db, NULL) != OST_OK)
        _exit(1);
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = first + i;
        pthread_create(&threads[i], NULL, log_in_for_ever, &numbers[i]);
    }
    pthread_join(threads[0], NULL);
    _exit(1);
}

/* Reads what was confirmed, kills the child after `milliseconds`, reads the rest. */
static FILE *run_and_kill(int first, long milliseconds)
{
    int ends[2], status;
    const struct timespec wait = {0, milliseconds * 1000000};
    FILE *log = tmpfile();
    char buffer[4096];
    ssize_t got;
    assert_non_null(log);
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        run_child(ends[1], first);
    }
    close(ends[1]);
    assert_true(read(ends[0], buffer, 1) == 1); /* it is at work */
    fwrite(buffer, 1, 1, log);
    nanosleep(&wait, NULL);
    kill(child, SIGKILL);
    while ((got = read(ends[0], buffer, sizeof buffer)) > 0)
        fwrite(buffer, 1, (size_t)got, log);
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    rewind(log);
    return log;
}

static void kill_9_loses_nothing_that_was_confirmed(void **state)
{
    ost_arena *arena = ost_arena_new(1 << 20);
    (void)state;
    assert_int_equal(open_with_user("killed.db"), OST_OK);
    store_close(db);
    for (int round = 0; round < KILLS; round++) {
        char what;
        int number, confirmed = 0;
        FILE *log = run_and_kill(round * 1000000, 1 + round * 7);
        assert_int_equal(store_open(path, &db, NULL), OST_OK);
        while (fscanf(log, "%c %d\n", &what, &number) == 2) {
            assert_true(has_session(number, arena));
            if (what == 't')
                assert_int_equal(take(number, arena), OST_E_CONFLICT);
            ost_arena_reset(arena);
            confirmed++;
        }
        assert_true(confirmed > 0);
        store_close(db);
        fclose(log);
    }
    ost_arena_free(arena);
}

/* A ceiling on the size of files stands in for a full disk. In a child, as it cannot be undone. */
static void fill_the_disk(void)
{
    const struct rlimit limit = {400000, 400000};
    int good = 0;
    ost_arena *arena = ost_arena_new(1 << 20);
    signal(SIGXFSZ, SIG_IGN);
    if (store_open(path, &db, NULL) != OST_OK || setrlimit(RLIMIT_FSIZE, &limit) != 0)
        _exit(1);
    while (good < 100000 && log_in(good) == OST_OK)
        good++;
    bool full = good > 0 && good < 100000;
    for (int i = 0; full && i < good; i++) {
        full = has_session(i, arena); /* reading goes on */
        ost_arena_reset(arena);
    }
    _exit(full && !has_session(good, arena) && log_in(good) != OST_OK ? 0 : 2);
}

static void a_full_disk_is_an_error_and_nothing_is_lost(void **state)
{
    int status;
    ost_arena *arena = ost_arena_new(1 << 20);
    (void)state;
    assert_int_equal(open_with_user("full.db"), OST_OK);
    store_close(db);
    pid_t child = fork();
    if (child == 0)
        fill_the_disk();
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(store_open(path, &db, NULL), OST_OK);
    assert_true(has_session(0, arena));
    assert_int_equal(log_in(999999), OST_OK);
    store_close(db);
    ost_arena_free(arena);
}

/* While a tool of the operator's writes, writers wait; readers do not. */
static void another_process_may_write(void **state)
{
    sqlite3 *other;
    ost_arena *arena = ost_arena_new(1 << 20);
    (void)state;
    assert_int_equal(open_with_user("both.db"), OST_OK);
    assert_int_equal(log_in(1), OST_OK);
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_true(has_session(1, arena));
    int64_t before = store_generation(db);
    assert_int_equal(sqlite3_exec(other, "UPDATE realm SET version = 2; COMMIT", NULL, NULL, NULL),
                     SQLITE_OK);
    assert_true(store_generation(db) > before);
    assert_int_equal(log_in(2), OST_OK);
    sqlite3_close(other);
    store_close(db);
    ost_arena_free(arena);
}

/* ---- changes that stand in each other's way ---- */

/* `others`: how many have been faster. */
static ost_result change_realm(unsigned others)
{
    store_realm row = {0};
    ost_arena *arena = ost_arena_new(1 << 20);
    ost_result result = store_realm_get(db, OST_TEXT("r"), arena, &row);
    for (row.version++; others > 0 && result == OST_OK; others--) {
        store_realm other = row;
        result = store_realm_update(db, &other);
    }
    if (result == OST_OK)
        result = store_realm_update(db, &row);
    ost_arena_free(arena);
    return result;
}

/* As with a node that is slower than the other one, whose changes go on. */
static void a_slower_one_is_not_left_behind(void **state)
{
    store_realm row = {0};
    unsigned tried = 0;
    ost_arena *arena = ost_arena_new(1 << 20);
    ost_result result;
    (void)state;
    assert_int_equal(open_with_user("changes.db"), OST_OK);
    do
        result = change_realm(tried < 30);
    while (store_try_again(result, &tried));
    assert_int_equal(result, OST_OK);
    assert_int_equal(tried, 30);
    assert_int_equal(store_realm_get(db, OST_TEXT("r"), arena, &row), OST_OK);
    assert_int_equal(row.version, 1 + 30 + 1);
    store_close(db);
    ost_arena_free(arena);
}

static void what_is_no_conflict_is_not_tried_again(void **state)
{
    unsigned tried = 0, count = 0;
    (void)state;
    assert_false(store_try_again(OST_OK, &tried));
    assert_false(store_try_again(OST_E_STORE, &tried));
    assert_false(store_try_again(OST_E_NOT_FOUND, &tried));
    assert_int_equal(tried, 0);
    while (store_try_again(OST_E_CONFLICT, &tried))
        count++;
    assert_int_equal(count, 39);
}

int main(void)
{
    const struct CMUnitTest of_both[] = {
        cmocka_unit_test(kill_9_loses_nothing_that_was_confirmed), /* forks: before any thread */
        cmocka_unit_test(threads_share_commits_and_nothing_else),
        cmocka_unit_test(a_slower_one_is_not_left_behind),
    };
    if (with_postgresql())
        return cmocka_run_group_tests_name("store-transaction", of_both, NULL, teardown);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kill_9_loses_nothing_that_was_confirmed), /* forks: before any thread */
        cmocka_unit_test(a_full_disk_is_an_error_and_nothing_is_lost),
        cmocka_unit_test(threads_share_commits_and_nothing_else),
        cmocka_unit_test(a_slower_one_is_not_left_behind),
        cmocka_unit_test(another_process_may_write),
        cmocka_unit_test(what_is_no_conflict_is_not_tried_again),
    };
    return cmocka_run_group_tests_name("store-transaction", tests, NULL, teardown);
}
