/* The store: one transaction each, codes once, refresh tokens in order, whatever threads do. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "context.h"
#include "store.h"
#include "text.h"

#define THREADS 8

static store *db;
static ost_arena *arena;

static const store_user alice = {
    .id = {"u1", 2},
    .realm = {"r", 1},
    .username = {"alice", 5},
    .email = {"alice@example.com", 17},
    .document = {"{}", 2},
    .enabled = true,
};
static const store_session session = {
    .id = {"s1", 2},
    .realm = {"r", 1},
    .user_id = {"u1", 2},
    .ends = 1000,
    .idle_ends = 500,
    .notes = {"{}", 2},
};
static const store_client_session client_session = {
    .session_id = {"s1", 2},
    .client_id = {"c", 1},
    .refresh_id = {"t1", 2},
    .notes = {"{}", 2},
};
static const store_code code = {
    .id = {"code", 4},
    .realm = {"r", 1},
    .session_id = {"s1", 2},
    .client_id = {"c", 1},
    .expires = 100,
};

static int setup(void **state)
{
    const store_realm realm = {OST_TEXT("id"), OST_TEXT("r"), OST_TEXT("{}"), 1};
    (void)state;
    arena = ost_arena_new(16 << 20);
    if (store_open(":memory:", &db, NULL) != OST_OK ||
        store_realm_create(db, &realm, &alice, 1, NULL, 0, NULL) != OST_OK)
        return -1;
    return (int)store_login(db, &session, &client_session, &code);
}

static int teardown(void **state)
{
    (void)state;
    store_close(db);
    ost_arena_free(arena);
    return 0;
}

static void a_realm_comes_whole_or_not_at_all(void **state)
{
    const store_realm realm = {OST_TEXT("id2"), OST_TEXT("two"), OST_TEXT("{}"), 1};
    store_user users[2] = {alice, alice};
    store_realm read;
    ost_error error = {0};
    (void)state;
    users[0].realm = users[1].realm = realm.name;
    users[1].id = OST_TEXT("u2");
    assert_int_equal(store_realm_create(db, &realm, users, 2, NULL, 0, &error), OST_E_CONFLICT);
    assert_non_null(error.detail);
    assert_int_equal(store_realm_get(db, realm.name, arena, &read), OST_E_NOT_FOUND);
    assert_int_equal(store_realm_create(db, &realm, users, 1, NULL, 0, &error), OST_OK);
    assert_int_equal(store_realm_create(db, &realm, NULL, 0, NULL, 0, &error), OST_E_CONFLICT);
}

static void users_are_found_by_name_and_address(void **state)
{
    store_user found;
    (void)state;
    assert_int_equal(store_user_find(db, OST_TEXT("r"), OST_TEXT("ALICE"), false, arena, &found),
                     OST_OK);
    assert_true(text_is(found.id, "u1"));
    assert_int_equal(
        store_user_find(db, OST_TEXT("r"), OST_TEXT("Alice@example.com"), true, arena, &found),
        OST_OK);
    assert_int_equal(
        store_user_find(db, OST_TEXT("r"), OST_TEXT("alice@example.com"), false, arena, &found),
        OST_E_NOT_FOUND);
    assert_int_equal(store_user_find(db, OST_TEXT("r"), OST_TEXT(""), true, arena, &found),
                     OST_E_NOT_FOUND);
    assert_int_equal(
        store_user_find(db, OST_TEXT("r"), OST_TEXT("' OR 1=1 --"), true, arena, &found),
        OST_E_NOT_FOUND);
    assert_int_equal(store_user_create(db, &alice), OST_E_CONFLICT);
}

static void a_password_changes_only_from_what_it_was(void **state)
{
    (void)state;
    ost_text realm = OST_TEXT("r"), id = OST_TEXT("u1");
    assert_int_equal(store_user_set_password(db, realm, id, OST_TEXT(""), OST_TEXT("a")), OST_OK);
    assert_int_equal(store_user_set_password(db, realm, id, OST_TEXT(""), OST_TEXT("b")),
                     OST_E_CONFLICT);
}

static void *take_code(void *outcome)
{
    ost_arena *mine = ost_arena_new(1 << 20);
    store_code taken;
    *(ost_result *)outcome = store_code_take(db, OST_TEXT("code"), mine, &taken);
    ost_arena_free(mine);
    return NULL;
}

static void a_code_is_taken_once_by_many_threads(void **state)
{
    pthread_t threads[THREADS];
    ost_result outcomes[THREADS];
    int good = 0, conflicts = 0;
    (void)state;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, take_code, &outcomes[i]);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        good += outcomes[i] == OST_OK;
        conflicts += outcomes[i] == OST_E_CONFLICT;
    }
    assert_int_equal(good, 1);
    assert_int_equal(conflicts, THREADS - 1);
}

static int64_t reuse; /* how often a token may be used again */

static ost_result use(const char *presented, const char *next)
{
    return store_refresh_use(db, OST_TEXT("r"), OST_TEXT("s1"), OST_TEXT("c"), text_of(presented),
                             text_of(next), reuse, 10, 600);
}

static void refresh_tokens_follow_each_other(void **state)
{
    store_session read;
    (void)state;
    assert_int_equal(use("t1", "t2"), OST_OK);
    assert_int_equal(use("t1", "t3"), OST_E_CONFLICT);
    assert_int_equal(use("t2", "t3"), OST_OK);
    assert_int_equal(use("t2", "t4"), OST_E_CONFLICT);
    assert_int_equal(use("never", "t4"), OST_E_CONFLICT);
    assert_int_equal(store_session_get(db, OST_TEXT("r"), OST_TEXT("s1"), arena, &read), OST_OK);
    assert_int_equal(read.idle_ends, 600);
    assert_int_equal(store_session_get(db, OST_TEXT("other"), OST_TEXT("s1"), arena, &read),
                     OST_E_NOT_FOUND);
}

static void a_token_may_be_used_again_until_its_child_is(void **state)
{
    (void)state;
    reuse = 1;
    assert_int_equal(use("t3", "t4a"), OST_OK);
    assert_int_equal(use("t3", "t4b"), OST_OK);
    assert_int_equal(use("t3", "t4c"), OST_E_CONFLICT);
    assert_int_equal(use("t4a", "t5"), OST_OK);
    assert_int_equal(use("t3", "t4d"), OST_E_CONFLICT);
    assert_int_equal(use("t4b", "t5b"), OST_OK);
    assert_int_equal(use("t5", "t6"), OST_OK);
    reuse = 0;
}

/* A second tab logs in again in the same session: both go on, each in its own chain. */
static void each_tab_has_a_chain_of_its_own(void **state)
{
    store_client_session tab = client_session, read;
    (void)state;
    tab.refresh_id = OST_TEXT("");
    tab.started = 77;
    assert_int_equal(store_login(db, NULL, &tab, NULL), OST_OK);
    assert_int_equal(use("t6", "t7"), OST_OK);
    tab.refresh_id = OST_TEXT("other1");
    assert_int_equal(store_client_session_put(db, &tab), OST_OK);
    assert_int_equal(use("other1", "other2"), OST_OK);
    assert_int_equal(use("t7", "t8"), OST_OK);
    assert_int_equal(use("other1", "other3"), OST_E_CONFLICT);
    assert_int_equal(store_client_session_get(db, tab.session_id, tab.client_id, arena, &read),
                     OST_OK);
    assert_int_equal(read.started, client_session.started);
}

static void chains_are_bounded(void **state)
{
    char id[16];
    store_client_session tab = client_session;
    (void)state;
    for (int i = 0; i < 100; i++) {
        snprintf(id, sizeof id, "many%d", i);
        tab.refresh_id = text_of(id);
        tab.last_access = 100 + i;
        assert_int_equal(store_client_session_put(db, &tab), OST_OK);
    }
    assert_int_equal(use("many0", "x"), OST_E_CONFLICT);
    assert_int_equal(use("many99", "x"), OST_OK);
}

static void what_was_ended_does_not_come_back(void **state)
{
    store_client_session read;
    (void)state;
    assert_int_equal(store_client_session_end(db, OST_TEXT("s1"), OST_TEXT("c")), OST_OK);
    assert_int_equal(store_client_session_put(db, &client_session), OST_E_NOT_FOUND);
    assert_int_equal(store_client_session_get(db, OST_TEXT("s1"), OST_TEXT("c"), arena, &read),
                     OST_E_NOT_FOUND);
}

/* Rotation was off when the session began: nothing is known yet. */
static void the_first_token_after_a_change_of_mind_is_taken(void **state)
{
    store_client_session fresh = client_session;
    (void)state;
    fresh.refresh_id = OST_TEXT("");
    assert_int_equal(store_login(db, NULL, &fresh, NULL), OST_OK);
    assert_int_equal(use("old", "new"), OST_OK);
    assert_int_equal(use("old", "newer"), OST_E_CONFLICT);
    assert_int_equal(use("older", "newer"), OST_E_CONFLICT);
    assert_int_equal(use("new", "newer"), OST_OK);
}

static void a_user_can_prove_anew_who_they_are(void **state)
{
    store_session again = session, read;
    (void)state;
    again.auth_time = 300;
    again.idle_ends = 700;
    again.ends = 9999;
    assert_int_equal(store_login(db, &again, &client_session, NULL), OST_OK);
    assert_int_equal(store_session_get(db, OST_TEXT("r"), OST_TEXT("s1"), arena, &read), OST_OK);
    assert_int_equal(read.auth_time, 300);
    assert_int_equal(read.idle_ends, 700);
    assert_int_equal(read.ends, session.ends); /* no session lasts longer for it */
    again.user_id = OST_TEXT("u2");
    again.auth_time = 400;
    assert_int_equal(store_login(db, &again, &client_session, NULL), OST_E_CONFLICT);
    assert_int_equal(store_session_get(db, OST_TEXT("r"), OST_TEXT("s1"), arena, &read), OST_OK);
    assert_int_equal(read.auth_time, 300);
}

static void the_end_of_a_session_takes_everything_along(void **state)
{
    store_client_session read;
    store_code taken;
    (void)state;
    assert_int_equal(store_session_end(db, OST_TEXT("r"), OST_TEXT("s1")), OST_OK);
    assert_int_equal(store_session_end(db, OST_TEXT("r"), OST_TEXT("s1")), OST_E_NOT_FOUND);
    assert_int_equal(store_client_session_get(db, OST_TEXT("s1"), OST_TEXT("c"), arena, &read),
                     OST_E_NOT_FOUND);
    assert_int_equal(store_code_take(db, OST_TEXT("code"), arena, &taken), OST_E_NOT_FOUND);
    assert_int_equal(store_client_session_put(db, &client_session), OST_E_NOT_FOUND);
    assert_int_equal(use("t3", "t4"), OST_E_NOT_FOUND);
}

static void what_is_over_is_swept(void **state)
{
    size_t rows = 0;
    store_session read;
    (void)state;
    assert_int_equal(store_login(db, &session, &client_session, &code), OST_OK);
    assert_int_equal(store_sweep(db, 499, &rows), OST_OK);
    assert_int_equal(rows, 0);
    assert_int_equal(store_sweep(db, 500, &rows), OST_OK);
    assert_int_equal(rows, 1);
    assert_int_equal(store_session_get(db, OST_TEXT("r"), OST_TEXT("s1"), arena, &read),
                     OST_E_NOT_FOUND);
}

static void keys_move_from_state_to_state(void **state)
{
    const store_key key = {.kid = OST_TEXT("k"),
                           .realm = OST_TEXT("r"),
                           .algorithm = OST_TEXT("RS256"),
                           .use = OST_TEXT("sig"),
                           .jwk = OST_TEXT("{}"),
                           .state = STORE_KEY_NEXT};
    store_key *keys;
    size_t count, rows;
    (void)state;
    assert_int_equal(store_key_create(db, &key), OST_OK);
    assert_int_equal(store_key_create(db, &key), OST_E_CONFLICT);
    assert_int_equal(store_key_move(db, key.realm, key.kid, STORE_KEY_ACTIVE, STORE_KEY_PASSIVE, 9),
                     OST_E_CONFLICT);
    assert_int_equal(store_key_move(db, key.realm, key.kid, STORE_KEY_NEXT, STORE_KEY_ACTIVE, 0),
                     OST_OK);
    assert_int_equal(store_key_move(db, key.realm, key.kid, STORE_KEY_ACTIVE, STORE_KEY_PASSIVE, 9),
                     OST_OK);
    assert_int_equal(store_sweep(db, 8, &rows), OST_OK);
    assert_int_equal(store_key_list(db, key.realm, arena, &keys, &count), OST_OK);
    assert_int_equal(count, 1);
    assert_int_equal(store_sweep(db, 9, &rows), OST_OK);
    assert_int_equal(store_key_list(db, key.realm, arena, &keys, &count), OST_OK);
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_realm_comes_whole_or_not_at_all),
        cmocka_unit_test(users_are_found_by_name_and_address),
        cmocka_unit_test(a_password_changes_only_from_what_it_was),
        cmocka_unit_test(a_code_is_taken_once_by_many_threads),
        cmocka_unit_test(refresh_tokens_follow_each_other),
        cmocka_unit_test(a_token_may_be_used_again_until_its_child_is),
        cmocka_unit_test(each_tab_has_a_chain_of_its_own),
        cmocka_unit_test(chains_are_bounded),
        cmocka_unit_test(what_was_ended_does_not_come_back),
        cmocka_unit_test(the_first_token_after_a_change_of_mind_is_taken),
        cmocka_unit_test(a_user_can_prove_anew_who_they_are),
        cmocka_unit_test(the_end_of_a_session_takes_everything_along),
        cmocka_unit_test(what_is_over_is_swept),
        cmocka_unit_test(keys_move_from_state_to_state),
    };
    return cmocka_run_group_tests_name("store-store", tests, setup, teardown);
}
