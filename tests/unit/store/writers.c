/* SPDX-License-Identifier: Apache-2.0 */
/* Several who write at once, each depending on what it has read: the outcome is that of some order,
 * one after the other. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/text.h"
#include "store/grant/store_code.h"
#include "store/grant/store_pushed.h"
#include "store/memory/store_memory.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_realm.h"
#include "store/session/store_session.h"
#include "store/store.h"
#include "store/user/store_consent.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"
#include "temporary.h"
#include "test.h"

#define THREADS 8
#define ROUNDS 12
#define LIMIT 5 /* pushed requests of a client */

static store *db;
static int round_number;
static atomic_int good, busy, wrong;

static const store_realm realm = {{"id", 2}, {"r", 1}, {"{}", 2}, 1};
static const store_user user = {.id = {"u", 1},
                                .realm = {"r", 1},
                                .username = {"u", 1},
                                .document = {"{\"n\":0}", 7},
                                .enabled = true};

static int setup(void **state)
{
    (void)state;
    return store_open(temporary_store(), &db, NULL) == OST_OK &&
                   store_realm_create(db, &realm, &user, 1, NULL, 0, NULL) == OST_OK
               ? 0
               : -1;
}

static int teardown(void **state)
{
    (void)state;
    store_close(db);
    return 0;
}

static void count(ost_result result)
{
    atomic_fetch_add(result == OST_OK                                   ? &good
                     : result == OST_E_BUSY || result == OST_E_CONFLICT ? &busy
                                                                        : &wrong,
                     1);
}

/* Eight times at once. */
static void at_once(void *(*work)(void *))
{
    pthread_t threads[THREADS];
    int numbers[THREADS];
    atomic_store(&good, 0);
    atomic_store(&busy, 0);
    atomic_store(&wrong, 0);
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        pthread_create(&threads[i], NULL, work, &numbers[i]);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&wrong), 0);
}

static void *grant(void *argument)
{
    char client[16], scope[16];
    ost_arena *arena = ost_arena_new(1 << 20);
    snprintf(client, sizeof client, "c%d", round_number);
    snprintf(scope, sizeof scope, "s%d", *(int *)argument);
    const store_consent consent = {.realm = realm.name,
                                   .user_id = user.id,
                                   .client = text_of(client),
                                   .scopes = text_of(scope)};
    count(store_consent_grant(db, &consent, arena));
    ost_arena_free(arena);
    return NULL;
}

static void no_granted_scope_is_lost(void **state)
{
    ost_arena *arena = ost_arena_new(1 << 20);
    (void)state;
    for (round_number = 0; round_number < ROUNDS; round_number++) {
        char client[16];
        store_consent read;
        at_once(grant);
        snprintf(client, sizeof client, "c%d", round_number);
        assert_int_equal(store_consent_get(db, realm.name, user.id, text_of(client), arena, &read),
                         OST_OK);
        assert_int_equal(read.scopes.len, 3 * THREADS - 1); /* "s0 s1 …" in some order */
    }
    ost_arena_free(arena);
}

static void *push(void *argument)
{
    char id[32], client[16];
    snprintf(id, sizeof id, "p%d-%d", round_number, *(int *)argument);
    snprintf(client, sizeof client, "c%d", round_number);
    const store_pushed pushed = {.id = text_of(id),
                                 .realm = realm.name,
                                 .client_id = text_of(client),
                                 .parameters = OST_TEXT("a=b"),
                                 .expires = 1000};
    count(store_pushed_create(db, &pushed, LIMIT, 1));
    return NULL;
}

static void a_limit_is_a_limit(void **state)
{
    (void)state;
    for (round_number = 0; round_number < ROUNDS; round_number++) {
        at_once(push);
        assert_int_equal(atomic_load(&good), LIMIT);
        assert_int_equal(atomic_load(&busy), THREADS - LIMIT);
    }
}

static void *use(void *argument)
{
    char id[16];
    (void)argument;
    snprintf(id, sizeof id, "%d", round_number);
    count(store_use_once(db, text_of("owner"), text_of(id), 1000));
    return NULL;
}

static void what_may_be_used_once_is(void **state)
{
    size_t rows;
    (void)state;
    for (round_number = 0; round_number < ROUNDS; round_number++) {
        at_once(use);
        assert_int_equal(atomic_load(&good), 1);
        assert_int_equal(atomic_load(&busy), THREADS - 1);
    }
    assert_int_equal(store_use_once(db, text_of("owner0"), text_of(""), 1000), OST_OK);
    assert_int_equal(store_use_once(db, text_of("owner"), text_of("0"), 2000), OST_E_CONFLICT);
    /* Clocks differ. */
    assert_int_equal(store_sweep(db, 1599, &rows), OST_OK);
    assert_int_equal(rows, 0);
    assert_int_equal(store_sweep(db, 1600, &rows), OST_OK);
    assert_int_equal(rows, ROUNDS + 1);
    assert_int_equal(store_use_once(db, text_of("owner"), text_of("0"), 2000), OST_OK);
}

static void *leave(void *argument)
{
    char session[16], client[16];
    snprintf(session, sizeof session, "s%d", round_number);
    snprintf(client, sizeof client, "c%d", *(int *)argument);
    count(store_session_leave(db, realm.name, text_of(session), text_of(client)));
    return NULL;
}

static void the_last_to_leave_ends_the_session(void **state)
{
    ost_arena *arena = ost_arena_new(1 << 20);
    (void)state;
    for (round_number = 0; round_number < ROUNDS; round_number++) {
        char id[16], client[16];
        store_session read;
        snprintf(id, sizeof id, "s%d", round_number);
        const store_session session = {.id = text_of(id),
                                       .realm = realm.name,
                                       .user_id = user.id,
                                       .ends = 1000,
                                       .idle_ends = 1000,
                                       .notes = OST_TEXT("{}")};
        for (int i = 0; i < THREADS; i++) {
            snprintf(client, sizeof client, "c%d", i);
            const store_client_session part = {
                .session_id = session.id, .client_id = text_of(client), .notes = OST_TEXT("{}")};
            assert_int_equal(store_login(db, i == 0 ? &session : NULL, &part, NULL), OST_OK);
        }
        at_once(leave);
        assert_int_equal(store_session_get(db, realm.name, session.id, arena, &read),
                         OST_E_NOT_FOUND);
    }
    ost_arena_free(arena);
}

/* Each counts on from what it has read, and tries again when somebody was faster. */
static void *add_one(void *argument)
{
    (void)argument;
    ost_arena *arena = ost_arena_new(1 << 20);
    ost_result result = OST_E_CONFLICT;
    while (result == OST_E_CONFLICT) {
        store_user read;
        char document[32];
        int number = 0;
        ost_arena_reset(arena);
        result = store_user_get(db, realm.name, user.id, arena, &read);
        if (result != OST_OK || sscanf(read.document.data, "{\"n\":%d}", &number) != 1)
            break;
        ost_text before = read.document;
        snprintf(document, sizeof document, "{\"n\":%d}", number + 1);
        read.document = text_of(document);
        result = store_user_update(db, &read, before);
    }
    count(result);
    ost_arena_free(arena);
    return NULL;
}

static void no_change_of_a_user_is_lost(void **state)
{
    store_user read;
    char wanted[32];
    ost_arena *arena = ost_arena_new(1 << 20);
    (void)state;
    for (round_number = 0; round_number < ROUNDS; round_number++) {
        at_once(add_one);
        assert_int_equal(atomic_load(&good), THREADS);
    }
    snprintf(wanted, sizeof wanted, "{\"n\":%d}", THREADS * ROUNDS);
    assert_int_equal(store_user_get(db, realm.name, user.id, arena, &read), OST_OK);
    assert_true(text_is(read.document, wanted));
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_granted_scope_is_lost, setup, teardown),
        cmocka_unit_test_setup_teardown(a_limit_is_a_limit, setup, teardown),
        cmocka_unit_test_setup_teardown(what_may_be_used_once_is, setup, teardown),
        cmocka_unit_test_setup_teardown(the_last_to_leave_ends_the_session, setup, teardown),
        cmocka_unit_test_setup_teardown(no_change_of_a_user_is_lost, setup, teardown),
    };
    return cmocka_run_group_tests_name("store-writers", tests, NULL, NULL);
}
