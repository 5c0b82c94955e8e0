/* SPDX-License-Identifier: Apache-2.0 */
/* What the store promises of logins: codes once, refresh tokens in order, whatever threads do, and
 * ended with all that belongs to them; in memory and in a file. */
#include <pthread.h>
#include <stdio.h>

#include "base/array.h"
#include "base/text.h"
#include "store/grant/store_code.h"
#include "store/session/store_refresh.h"
#include "store/session/store_session.h"
#include "store/store.h"
#include "store_fixture.h"

#define THREADS 8

static void *take_code(void *outcome)
{
    ost_arena *mine = ost_arena_new(1 << 20);
    store_code taken;
    *(ost_result *)outcome = store_code_take(db, OST_TEXT("r"), OST_TEXT("code"), mine, &taken);
    ost_arena_free(mine);
    return NULL;
}

static void c4_another_realm_does_not_take_a_code(void **state)
{
    store_code taken;
    (void)state;
    assert_int_equal(store_code_take(db, OST_TEXT("two"), OST_TEXT("code"), arena, &taken),
                     OST_E_NOT_FOUND);
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
static int64_t grace, moment = 10;

static ost_result use_issued_at(const char *presented, int64_t presented_at, const char *next)
{
    const store_refresh turn = {.realm = OST_TEXT("r"),
                                .session_id = OST_TEXT("s1"),
                                .client_id = OST_TEXT("c"),
                                .presented = text_of(presented),
                                .presented_at = presented_at,
                                .next = text_of(next),
                                .max_reuse = reuse,
                                .grace = grace,
                                .now = moment,
                                .idle_ends = 600};
    return store_refresh_use(db, &turn);
}

static ost_result use(const char *presented, const char *next)
{
    return use_issued_at(presented, 10, next);
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

/* Two tabs that share a token come at nearly the same time. */
static void a_token_serves_two_tabs_for_a_moment(void **state)
{
    (void)state;
    grace = 10;
    moment = 100;
    assert_int_equal(use("t6", "g1"), OST_OK);
    moment = 110;
    assert_int_equal(use("t6", "g2"), OST_OK);
    moment = 111; /* from the first use, whatever came since */
    assert_int_equal(use("t6", "g3"), OST_E_CONFLICT);
    assert_int_equal(use("g1", "g4"), OST_OK);
    assert_int_equal(use("t6", "g5"), OST_E_CONFLICT); /* a child has been used */
    assert_int_equal(use("g2", "t6"), OST_OK);         /* the other tab goes on */
    grace = 0;
    assert_int_equal(use("g4", "g6"), OST_OK);
    assert_int_equal(use("g4", "g7"), OST_E_CONFLICT); /* where nobody asks for it */
    moment = 10;
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
    /* C3: what made room for others is refused, and is no theft; what is newer than the oldest that
     * is left has had its turn. */
    assert_int_equal(use_issued_at("many0", 100, "x"), OST_E_EXPIRED);
    assert_int_equal(use_issued_at("many35", 135, "x"), OST_E_EXPIRED);
    assert_int_equal(use_issued_at("never", 150, "x"), OST_E_CONFLICT);
    assert_int_equal(use_issued_at("many36", 136, "x"), OST_OK);
    assert_int_equal(use_issued_at("many36", 136, "y"), OST_E_CONFLICT);
    assert_int_equal(use_issued_at("many99", 199, "x2"), OST_OK);
}

static void what_was_ended_does_not_come_back(void **state)
{
    store_client_session read;
    (void)state;
    assert_int_equal(store_client_session_end(db, OST_TEXT("s1"), OST_TEXT("c")), OST_OK);
    assert_int_equal(store_client_session_put(db, &client_session), OST_E_NOT_FOUND);
    assert_int_equal(use("many98", "x"), OST_E_CONFLICT);
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
    assert_int_equal(store_code_take(db, OST_TEXT("r"), OST_TEXT("code"), arena, &taken),
                     OST_E_NOT_FOUND);
    assert_int_equal(store_client_session_put(db, &client_session), OST_E_NOT_FOUND);
    assert_int_equal(use("t3", "t4"), OST_E_NOT_FOUND);
}

static size_t found(ost_text user_id, ost_text client_id, int64_t now)
{
    store_found_session *sessions;
    size_t count = 99;
    const store_session_filter filter = {
        .realm = OST_TEXT("r"), .user_id = user_id, .client_id = client_id, .now = now, .max = 10};
    assert_int_equal(store_session_find(db, &filter, arena, &sessions, &count), OST_OK);
    if (count > 0)
        assert_true(text_is(sessions[0].username, "alice"));
    return count;
}

static void sessions_are_found_by_user_and_by_client(void **state)
{
    store_session_count *clients;
    size_t count;
    int64_t number = -1;
    (void)state;
    assert_int_equal(store_login(db, &session, &client_session, NULL), OST_OK);
    assert_int_equal(found(OST_TEXT("u1"), (ost_text){0}, 1), 1);
    assert_int_equal(found(OST_TEXT("u2"), (ost_text){0}, 1), 0);
    assert_int_equal(found((ost_text){0}, OST_TEXT("c"), 499), 1);
    assert_int_equal(found((ost_text){0}, OST_TEXT("c"), 500), 0); /* it has been idle */
    assert_int_equal(store_session_count_of(db, session.realm, OST_TEXT("c"), false, 1, &number),
                     OST_OK);
    assert_int_equal(number, 1);
    assert_int_equal(store_session_stats(db, session.realm, 1, arena, &clients, &count), OST_OK);
    assert_int_equal(count, 1);
    assert_int_equal(store_session_clients(db, session.id, arena, &clients, &count), OST_OK);
    assert_true(count == 1 && text_is(clients[0].client_id, "c"));
    assert_int_equal(store_session_end_all(db, OST_TEXT("other"), (ost_text){0}), OST_OK);
    assert_int_equal(store_session_end_all(db, session.realm, OST_TEXT("u2")), OST_OK);
    assert_int_equal(found(OST_TEXT("u1"), (ost_text){0}, 1), 1);
    assert_int_equal(store_session_end_all(db, session.realm, (ost_text){0}), OST_OK);
    assert_int_equal(found(OST_TEXT("u1"), (ost_text){0}, 1), 0);
}

static void a_session_ends_with_the_last_of_its_clients(void **state)
{
    store_session shared = session, read;
    store_client_session first = client_session, second = client_session;
    (void)state;
    shared.id = first.session_id = second.session_id = OST_TEXT("shared");
    second.client_id = OST_TEXT("d");
    assert_int_equal(store_login(db, &shared, &first, NULL), OST_OK);
    assert_int_equal(store_login(db, NULL, &second, NULL), OST_OK);
    assert_int_equal(store_session_leave(db, shared.realm, shared.id, OST_TEXT("c")), OST_OK);
    assert_int_equal(store_session_leave(db, shared.realm, shared.id, OST_TEXT("c")), OST_OK);
    assert_int_equal(store_session_get(db, shared.realm, shared.id, arena, &read), OST_OK);
    /* The last one's part is gone already, and the session of another realm is not meant. */
    assert_int_equal(store_client_session_end(db, shared.id, OST_TEXT("d")), OST_OK);
    assert_int_equal(store_session_leave(db, OST_TEXT("other"), shared.id, OST_TEXT("d")), OST_OK);
    assert_int_equal(store_session_get(db, shared.realm, shared.id, arena, &read), OST_OK);
    assert_int_equal(store_session_leave(db, shared.realm, shared.id, OST_TEXT("d")), OST_OK);
    assert_int_equal(store_session_get(db, shared.realm, shared.id, arena, &read), OST_E_NOT_FOUND);
}

static void a_login_into_a_session_that_is_gone_fails(void **state)
{
    store_session orphan = session;
    (void)state;
    assert_int_equal(store_login(db, NULL, &client_session, &code), OST_E_NOT_FOUND);
    orphan.user_id = OST_TEXT("nobody");
    assert_int_equal(store_login(db, &orphan, &client_session, &code), OST_E_NOT_FOUND);
    assert_int_equal(store_session_create(db, &orphan), OST_E_NOT_FOUND);
}

/* More than one portion of a sweep. */
static void a_thousand_ended_sessions_are_swept(void **state)
{
    size_t rows = 0;
    char id[16], code_id[16];
    (void)state;
    for (int i = 0; i < 1100; i++) {
        store_session many = session;
        store_client_session part = client_session;
        store_code last = code;
        snprintf(id, sizeof id, "m%d", i);
        snprintf(code_id, sizeof code_id, "mc%d", i);
        many.id = part.session_id = last.session_id = text_of(id);
        last.id = text_of(code_id);
        last.expires = 5;
        many.ends = i < 1000 ? 10 : 99;
        assert_int_equal(store_login(db, &many, &part, &last), OST_OK);
    }
    assert_int_equal(store_sweep(db, 10, &rows), OST_OK);
    assert_int_equal(rows, 1000); /* their codes went with them */
    assert_int_equal(store_sweep(db, 98, &rows), OST_OK);
    assert_int_equal(rows, 0);
    assert_int_equal(store_sweep(db, 605, &rows), OST_OK);
    assert_int_equal(rows, 100);
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

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(c4_another_realm_does_not_take_a_code),
        cmocka_unit_test(a_code_is_taken_once_by_many_threads),
        cmocka_unit_test(refresh_tokens_follow_each_other),
        cmocka_unit_test(a_token_may_be_used_again_until_its_child_is),
        cmocka_unit_test(a_token_serves_two_tabs_for_a_moment),
        cmocka_unit_test(each_tab_has_a_chain_of_its_own),
        cmocka_unit_test(chains_are_bounded),
        cmocka_unit_test(what_was_ended_does_not_come_back),
        cmocka_unit_test(the_first_token_after_a_change_of_mind_is_taken),
        cmocka_unit_test(a_user_can_prove_anew_who_they_are),
        cmocka_unit_test(the_end_of_a_session_takes_everything_along),
        cmocka_unit_test(sessions_are_found_by_user_and_by_client),
        cmocka_unit_test(a_session_ends_with_the_last_of_its_clients),
        cmocka_unit_test(a_login_into_a_session_that_is_gone_fails),
        cmocka_unit_test(a_thousand_ended_sessions_are_swept),
        cmocka_unit_test(what_is_over_is_swept),
    };
    return run_on_stores("logins", tests, ARRAY_LEN(tests));
}
