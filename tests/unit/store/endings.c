/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions end while others begin them or bring clients in: whoever was let in is told of the end,
 * also when that came in between. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/text.h"
#include "store/grant/store_code.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_realm.h"
#include "store/session/store_logout.h"
#include "store/session/store_session.h"
#include "store/store.h"
#include "store/user/store_consent.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"
#include "temporary.h"
#include "test.h"

#define THREADS 8
#define ROUNDS 12
#define SESSIONS 25 /* that a thread begins in a round */

static store *db;
static int round_number;
static atomic_int let_in, wrong;

static const store_realm realm = {
    {"id", 2},
    {"r", 1},
    OST_TEXT("{\"clients\":[{\"clientId\":\"a\",\"attributes\":{\"backchannel.logout.url\":"
             "\"http://a\"}}]}"),
    1};
static const store_user user = {.id = {"u", 1},
                                .realm = {"r", 1},
                                .username = {"u", 1},
                                .document = {"{}", 2},
                                .enabled = true};

static int setup(void **state)
{
    (void)state;
    atomic_store(&let_in, 0);
    atomic_store(&wrong, 0);
    return store_open(temporary_store(), &db, NULL) == OST_OK &&
                   store_realm_create(db, &realm, NULL, 0, NULL, 0, NULL) == OST_OK
               ? 0
               : -1;
}

static int teardown(void **state)
{
    (void)state;
    store_close(db);
    return 0;
}

static void log_in(const char *id)
{
    const store_session session = {.id = text_of(id),
                                   .realm = realm.name,
                                   .user_id = user.id,
                                   .ends = 1000,
                                   .idle_ends = 1000,
                                   .notes = OST_TEXT("{}")};
    const store_client_session part = {
        .session_id = session.id, .client_id = OST_TEXT("a"), .notes = OST_TEXT("{}")};
    ost_result result = store_login(db, &session, &part, NULL);
    atomic_fetch_add(&let_in, result == OST_OK);
    atomic_fetch_add(&wrong, result != OST_OK && result != OST_E_NOT_FOUND);
}

static void *begin_sessions(void *number)
{
    char id[32];
    for (int i = 0; i < SESSIONS; i++) {
        snprintf(id, sizeof id, "s%d-%d-%d", round_number, *(int *)number, i);
        log_in(id);
    }
    return NULL;
}

static void *end_all(void *number)
{
    for (int i = 0; i < SESSIONS; i++)
        atomic_fetch_add(&wrong, store_session_end_all(
                                     db, realm.name,
                                     *(int *)number % 4 == 0 ? user.id : OST_TEXT("")) != OST_OK);
    return NULL;
}

static void *delete_user(void *number)
{
    ost_result result = *(int *)number == 0 ? store_user_delete(db, realm.name, user.id) : OST_OK;
    atomic_fetch_add(&wrong, result != OST_OK);
    return NULL;
}

/* Half of the threads each, at once. */
static void at_once(void *(*work)(void *), void *(*other)(void *))
{
    pthread_t threads[THREADS];
    int numbers[THREADS];
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        pthread_create(&threads[i], NULL, i % 2 == 0 ? other : work, &numbers[i]);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&wrong), 0);
}

static void assert_all_were_told(void)
{
    int64_t count = -1;
    bool due;
    assert_int_equal(store_session_end_all(db, realm.name, OST_TEXT("")), OST_OK);
    assert_int_equal(store_logout_count(db, 1, &count, &due), OST_OK);
    assert_int_equal(count, atomic_load(&let_in));
}

static void sessions_that_begin_while_all_end(void **state)
{
    (void)state;
    assert_int_equal(store_user_create(db, &user), OST_OK);
    for (round_number = 0; round_number < ROUNDS; round_number++)
        at_once(begin_sessions, end_all);
    assert_all_were_told();
}

static void sessions_that_begin_while_their_user_is_deleted(void **state)
{
    (void)state;
    for (round_number = 0; round_number < ROUNDS; round_number++) {
        assert_int_equal(store_user_create(db, &user), OST_OK);
        at_once(begin_sessions, delete_user);
    }
    assert_all_were_told();
}

/* ---- clients that join a session ---- */

static const char *joined(char ret[32], int i)
{
    snprintf(ret, 32, "s%d-%d", round_number, i);
    return ret;
}

/* Sessions with no client yet. */
static void begin_empty(void)
{
    char id[32];
    for (int i = 0; i < SESSIONS; i++) {
        const store_session session = {.id = text_of(joined(id, i)),
                                       .realm = realm.name,
                                       .user_id = user.id,
                                       .ends = 1000,
                                       .idle_ends = 1000,
                                       .notes = OST_TEXT("{}")};
        assert_int_equal(store_session_create(db, &session), OST_OK);
    }
}

static void *join(void *number)
{
    char id[32];
    for (int i = 0; i < SESSIONS && *(int *)number == 1; i++) {
        const store_client_session part = {.session_id = text_of(joined(id, i)),
                                           .client_id = OST_TEXT("a"),
                                           .notes = OST_TEXT("{}")};
        ost_result result = store_login(db, NULL, &part, NULL);
        atomic_fetch_add(&let_in, result == OST_OK);
        atomic_fetch_add(&wrong, result != OST_OK && result != OST_E_NOT_FOUND);
    }
    return NULL;
}

static void *end_each(void *number)
{
    char id[32];
    for (int i = 0; i < SESSIONS && *(int *)number == 0; i++)
        atomic_fetch_add(&wrong,
                         store_session_end(db, realm.name, text_of(joined(id, i))) != OST_OK);
    return NULL;
}

static void *leave_each(void *number)
{
    char id[32];
    for (int i = 0; i < SESSIONS && *(int *)number == 0; i++)
        atomic_fetch_add(&wrong, store_session_leave(db, realm.name, text_of(joined(id, i)),
                                                     OST_TEXT("other")) != OST_OK);
    return NULL;
}

static void clients_that_join_a_session_that_ends(void **state)
{
    (void)state;
    assert_int_equal(store_user_create(db, &user), OST_OK);
    for (round_number = 0; round_number < ROUNDS; round_number++) {
        begin_empty();
        at_once(join, end_each);
    }
    assert_all_were_told();
}

/* It is theirs then, and goes on. */
static void clients_that_join_a_session_that_the_last_one_leaves(void **state)
{
    int64_t there = -1;
    (void)state;
    assert_int_equal(store_user_create(db, &user), OST_OK);
    for (round_number = 0; round_number < ROUNDS; round_number++) {
        begin_empty();
        at_once(join, leave_each);
    }
    assert_int_equal(store_session_count_of(db, realm.name, OST_TEXT("a"), false, 1, &there),
                     OST_OK);
    assert_int_equal(there, atomic_load(&let_in));
}

/* ---- parts that are made of another one ---- */

static void *lend_each(void *number)
{
    char id[32];
    for (int i = 0; i < SESSIONS && *(int *)number == 1; i++) {
        const store_client_session part = {.session_id = text_of(joined(id, i)),
                                           .client_id = OST_TEXT("b"),
                                           .from = OST_TEXT("a"),
                                           .since = 1,
                                           .notes = OST_TEXT("{\"from\":\"a\"}")};
        ost_result result = store_login(db, NULL, &part, NULL);
        atomic_fetch_add(&wrong, result != OST_OK && result != OST_E_NOT_FOUND);
    }
    return NULL;
}

static void *end_each_part(void *number)
{
    char id[32];
    for (int i = 0; i < SESSIONS && *(int *)number == 0; i++) {
        ost_result result = store_client_session_end(db, text_of(joined(id, i)), OST_TEXT("a"));
        atomic_fetch_add(&wrong, result != OST_OK);
    }
    return NULL;
}

static void *end_the_client(void *number)
{
    if (*(int *)number == 0)
        atomic_fetch_add(&wrong,
                         store_client_end(db, realm.name, user.id, OST_TEXT("a")) != OST_OK);
    return NULL;
}

static void nothing_is_left_of_a_part_that_ends(void **state)
{
    int64_t there = -1;
    int one = 1;
    (void)state;
    assert_int_equal(store_user_create(db, &user), OST_OK);
    for (round_number = 0; round_number < ROUNDS; round_number++) {
        begin_empty();
        join(&one);
        at_once(lend_each, round_number % 2 == 0 ? end_each_part : end_the_client);
        assert_int_equal(store_session_count_of(db, realm.name, OST_TEXT("b"), false, 1, &there),
                         OST_OK);
        assert_int_equal(there, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sessions_that_begin_while_all_end, setup, teardown),
        cmocka_unit_test_setup_teardown(sessions_that_begin_while_their_user_is_deleted, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(clients_that_join_a_session_that_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(clients_that_join_a_session_that_the_last_one_leaves, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(nothing_is_left_of_a_part_that_ends, setup, teardown),
    };
    return cmocka_run_group_tests_name("store-endings", tests, NULL, NULL);
}
