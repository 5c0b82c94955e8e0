/* SPDX-License-Identifier: Apache-2.0 */
/* Logouts that clients are to be told of: who is told of what, what is lent out and comes back. */
#include <stdlib.h>
#include <string.h>

#include <stdio.h>

#include "base/context.h"
#include "base/text.h"
#include "store/grant/store_code.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_realm.h"
#include "store/session/session_there.h"
#include "store/session/store_logout.h"
#include "store/session/store_session.h"
#include "store/store.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"
#include "temporary.h"
#include "test.h"

#define TOLD(name)                                                                                 \
    "{\"clientId\":\"" name "\",\"attributes\":{\"backchannel.logout.url\":\"http://" name "\"}}"
#define QUIET(name) "{\"clientId\":\"" name "\",\"attributes\":{\"backchannel.logout.url\":\"\"}}"
#define REALM(clients) "{\"clients\":[" clients "]}"

static store *db;
static ost_arena *arena;

static const store_user users[] = {
    {.id = {"u1", 2}, .realm = {"r", 1}, .username = {"alice", 5}, .document = {"{}", 2}},
    {.id = {"u2", 2}, .realm = {"r", 1}, .username = {"bob", 3}, .document = {"{}", 2}},
};

static void log_in_by(const char *session, const char *user, const char *client, const char *notes)
{
    const store_session s = {.id = text_of(session),
                             .realm = OST_TEXT("r"),
                             .user_id = text_of(user),
                             .ends = 1000,
                             .idle_ends = 500,
                             .notes = text_of(notes)};
    const store_client_session part = {.session_id = text_of(session),
                                       .client_id = text_of(client),
                                       .notes = OST_TEXT("{}"),
                                       .issuer = OST_TEXT("https://id/realms/r")};
    assert_int_equal(store_login(db, &s, &part, NULL), OST_OK);
}

static void log_in(const char *session, const char *user, const char *client)
{
    log_in_by(session, user, client, "{}");
}

static int setup(void **state)
{
    const store_realm realm = {OST_TEXT("id"), OST_TEXT("r"),
                               OST_TEXT(REALM(TOLD("a") "," TOLD("b") "," QUIET("c"))), 1};
    (void)state;
    arena = ost_arena_new(1 << 20);
    if (store_open(temporary_store(), &db, NULL) != OST_OK ||
        store_realm_create(db, &realm, users, 2, NULL, 0, NULL) != OST_OK)
        return -1;
    log_in("s1", "u1", "a");
    log_in("s1", "u1", "b");
    log_in("s1", "u1", "c");
    log_in("s2", "u1", "a");
    log_in("s3", "u2", "a");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    store_close(db);
    ost_arena_free(arena);
    return 0;
}

static size_t take(int64_t now, size_t max, store_logout **ret_rows)
{
    size_t count = 0;
    assert_int_equal(store_logout_take(db, now, now + 100, max, arena, ret_rows, &count), OST_OK);
    return count;
}

static int64_t waiting(int64_t now, bool expect_due)
{
    int64_t count = -1;
    bool due = !expect_due;
    assert_int_equal(store_logout_count(db, now, &count, &due), OST_OK);
    assert_int_equal(due, expect_due);
    return count;
}

static void the_clients_of_a_session(void **state)
{
    store_logout *rows;
    (void)state;
    assert_int_equal(waiting(10, false), 0);
    assert_int_equal(store_session_end(db, OST_TEXT("other"), OST_TEXT("s1")), OST_E_NOT_FOUND);
    assert_int_equal(waiting(10, false), 0);
    assert_int_equal(store_session_end(db, OST_TEXT("r"), OST_TEXT("s1")), OST_OK);
    assert_int_equal(waiting(10, true), 2);
    assert_int_equal(take(10, 9, &rows), 2);
    for (int i = 0; i < 2; i++) {
        assert_true(text_is(rows[i].session_id, "s1") && text_is(rows[i].user_id, "u1"));
        assert_true(text_is(rows[i].realm, "r") && text_is(rows[i].issuer, "https://id/realms/r"));
        assert_int_equal(rows[i].attempts, 0);
        assert_true(rows[i].ended > 1700000000);
    }
    assert_true(text_is(rows[0].client_id, "a") != text_is(rows[1].client_id, "a"));
}

static void what_is_lent_comes_back(void **state)
{
    store_logout *rows;
    (void)state;
    assert_int_equal(store_session_end(db, OST_TEXT("r"), OST_TEXT("s1")), OST_OK);
    assert_int_equal(take(10, 9, &rows), 2);
    assert_int_equal(take(10, 9, &rows), 0);
    assert_int_equal(waiting(109, false), 2);
    assert_int_equal(take(110, 1, &rows), 1);
    const store_logout_outcome later = {.id = rows[0].id, .due = 300, .tried = true};
    assert_int_equal(store_logout_settle(db, &later, 1), OST_OK);
    assert_int_equal(take(110, 9, &rows), 1);
    const store_logout_outcome over = {.id = rows[0].id};
    assert_int_equal(store_logout_settle(db, &over, 1), OST_OK);
    assert_int_equal(waiting(299, false), 1);
    assert_int_equal(take(300, 9, &rows), 1);
    assert_int_equal(rows[0].attempts, 1);
    assert_int_equal(store_logout_settle(db, &(store_logout_outcome){.id = rows[0].id}, 1), OST_OK);
    assert_int_equal(waiting(1000, false), 0);
}

static void users_and_realms(void **state)
{
    store_logout *rows;
    (void)state;
    assert_int_equal(store_session_end_all(db, OST_TEXT("r"), OST_TEXT("u2")), OST_OK);
    assert_int_equal(take(10, 9, &rows), 1);
    assert_true(text_is(rows[0].session_id, "s3"));
    assert_int_equal(store_user_delete(db, OST_TEXT("r"), OST_TEXT("u1")), OST_OK);
    assert_int_equal(take(10, 9, &rows), 3);
    log_in("s4", "u2", "b");
    assert_int_equal(store_session_end_all(db, OST_TEXT("r"), (ost_text){0}), OST_OK);
    assert_int_equal(take(10, 9, &rows), 1);
    assert_int_equal(store_realm_delete(db, OST_TEXT("r")), OST_OK);
    assert_int_equal(waiting(1000, false), 0);
}

/* A portion at a time, and none is forgotten where one ends; others keep theirs. */
static void many_sessions(void **state)
{
    char ids[600][8];
    (void)state;
    for (size_t i = 0; i < 600; i++) {
        snprintf(ids[i], sizeof ids[i], "m%zu", i);
        log_in(ids[i], i < 500 ? "u2" : "u1", i % 2 == 0 ? "b" : "c");
    }
    assert_int_equal(store_session_end_all(db, OST_TEXT("r"), OST_TEXT("u2")), OST_OK);
    assert_int_equal(waiting(1000, true), 251); /* s3, and half of its 500: c is not told */
    assert_int_equal(store_session_end_all(db, OST_TEXT("r"), (ost_text){0}), OST_OK);
    assert_int_equal(waiting(1000, true), 251 + 3 + 50);
    for (size_t i = 0; i < 600; i++) {
        store_session session;
        assert_int_equal(store_session_get(db, OST_TEXT("r"), text_of(ids[i]), arena, &session),
                         OST_E_NOT_FOUND);
    }
}

static void who_listens_changes_with_the_realm(void **state)
{
    store_logout *rows;
    const store_realm changed = {OST_TEXT("id"), OST_TEXT("r"), OST_TEXT(REALM(TOLD("c"))), 2};
    const store_realm bare = {OST_TEXT("id"), OST_TEXT("r"), OST_TEXT("{}"), 3};
    (void)state;
    assert_int_equal(store_realm_update(db, &changed), OST_OK);
    assert_int_equal(store_session_end(db, OST_TEXT("r"), OST_TEXT("s1")), OST_OK);
    assert_int_equal(take(10, 9, &rows), 1);
    assert_true(text_is(rows[0].client_id, "c"));
    assert_int_equal(store_realm_update(db, &bare), OST_OK);
    assert_int_equal(store_session_end(db, OST_TEXT("r"), OST_TEXT("s2")), OST_OK);
    assert_int_equal(take(10, 9, &rows), 0);
}

static void what_expires_is_not_told(void **state)
{
    size_t rows;
    (void)state;
    assert_int_equal(store_sweep(db, 2000, &rows), OST_OK);
    assert_int_equal(waiting(1000, false), 0);
}

#define THERE(user, session)                                                                       \
    "{\"identity_provider\":\"up\",\"broker_user_id\":\"" user                                     \
    "\",\"broker_session_id\":\"" session "\"}"
#define LATE                                                                                       \
    "{\"offline\":\"t1\",\"identity_provider\":\"up\",\"broker_user_id\":\"x\","                   \
    "\"broker_session_id\":\"one\"}"

static size_t end_there(store_session_there of, ost_result expected)
{
    store_ended_session *ended = NULL;
    size_t count = 0;
    of.realm = OST_TEXT("r");
    assert_int_equal(store_session_end_there(db, &of, 9, arena, &ended, &count), expected);
    for (size_t i = 0; i < count; i++)
        assert_true(text_starts(ended[i].id, "t") && text_is(ended[i].user_id, "u1"));
    return count;
}

/* Those that began at an identity provider end by what they are there. */
static void what_has_ended_there(void **state)
{
    store_logout *rows;
    (void)state;
    log_in_by("t1", "u1", "a", THERE("x", "one"));
    log_in_by("t2", "u1", "b", THERE("x", "two"));
    log_in_by("t3", "u1", "b", THERE("y", "one"));
    log_in_by("t4", "u1", "c", LATE);
    store_session_there of = {.provider = OST_TEXT("other"), .user = OST_TEXT("x")};
    assert_int_equal(end_there(of, OST_OK), 0);
    of.provider = (ost_text){0};
    assert_int_equal(end_there(of, OST_E_ARGUMENT), 0);
    of = (store_session_there){.provider = OST_TEXT("up")};
    assert_int_equal(end_there(of, OST_E_ARGUMENT), 0);
    of.session = OST_TEXT("one");
    of.user = OST_TEXT("z");
    assert_int_equal(end_there(of, OST_OK), 0);
    assert_int_equal(take(10, 9, &rows), 0);
    of.user = OST_TEXT("y");
    assert_int_equal(end_there(of, OST_OK), 1);
    assert_int_equal(take(10, 9, &rows), 1);
    of = (store_session_there){.provider = OST_TEXT("up"),
                               .user = OST_TEXT("x"),
                               .offline = true,
                               .once_owner = OST_TEXT("up"),
                               .once_id = OST_TEXT("jti"),
                               .once_until = 2000};
    assert_int_equal(end_there(of, OST_OK), 3);
    assert_int_equal(take(10, 9, &rows), 2);
    log_in_by("t5", "u1", "a", THERE("x", "one"));
    assert_int_equal(end_there(of, OST_E_CONFLICT), 0);
    of.once_id = OST_TEXT("another");
    assert_int_equal(end_there(of, OST_OK), 1);
}

/* What a session is there may change with a login. */
static void a_session_that_begins_again(void **state)
{
    (void)state;
    log_in_by("t1", "u1", "a", THERE("x", "one"));
    log_in_by("t1", "u1", "a", THERE("x", "two"));
    store_session_there of = {.provider = OST_TEXT("up"), .session = OST_TEXT("one")};
    assert_int_equal(end_there(of, OST_OK), 0);
    of.session = OST_TEXT("two");
    assert_int_equal(end_there(of, OST_OK), 1);
}

/* More than are listed end all the same. */
static void what_is_not_listed_ends_too(void **state)
{
    store_ended_session *ended = NULL;
    store_logout *rows;
    size_t count = 0;
    (void)state;
    log_in_by("t1", "u1", "a", THERE("x", "one"));
    log_in_by("t2", "u1", "a", THERE("x", "two"));
    log_in_by("t3", "u1", "a", THERE("x", "three"));
    const store_session_there of = {
        .realm = OST_TEXT("r"), .provider = OST_TEXT("up"), .user = OST_TEXT("x")};
    assert_int_equal(store_session_end_there(db, &of, 0, arena, &ended, &count), OST_E_ARGUMENT);
    assert_int_equal(store_session_end_there(db, &of, 1, arena, &ended, &count), OST_OK);
    assert_int_equal(count, 1);
    assert_int_equal(store_session_end_there(db, &of, 1, arena, &ended, &count), OST_OK);
    assert_int_equal(count, 0);
    assert_int_equal(take(10, 9, &rows), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_clients_of_a_session, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_lent_comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(users_and_realms, setup, teardown),
        cmocka_unit_test_setup_teardown(many_sessions, setup, teardown),
        cmocka_unit_test_setup_teardown(who_listens_changes_with_the_realm, setup, teardown),
        cmocka_unit_test_setup_teardown(what_expires_is_not_told, setup, teardown),
        cmocka_unit_test_setup_teardown(what_has_ended_there, setup, teardown),
        cmocka_unit_test_setup_teardown(a_session_that_begins_again, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_not_listed_ends_too, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
