/* SPDX-License-Identifier: Apache-2.0 */
/* Limits of sessions: however many come at once, no more come in than there is room for. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/text.h"
#include "store/grant/store_code.h"
#include "store/grant/store_device.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_realm.h"
#include "store/session/session_limit.h"
#include "store/session/store_session.h"
#include "store/store.h"
#include "store/user/user_record.h"
#include "temporary.h"
#include "test.h"

#define THREADS 8
#define ROUNDS 6
#define NOW 100

static store *db;
static int round_number;
static store_room room;
static bool shared; /* one session for all, in which the part of a client begins */
static ost_result outcomes[THREADS];

static const store_realm realm = {{"id", 2}, {"r", 1}, {"{}", 2}, 1};
static const store_user user = {.id = {"u", 1},
                                .realm = {"r", 1},
                                .username = {"u", 1},
                                .document = {"{}", 2},
                                .enabled = true};

static int setup(void **state)
{
    (void)state;
    room = (store_room){.realm = realm.name, .user_id = user.id, .now = NOW};
    shared = false;
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

static ost_result come_in(const char *session_id, const char *client_id, int64_t used)
{
    const store_session session = {.id = text_of(session_id),
                                   .realm = realm.name,
                                   .user_id = user.id,
                                   .started = used,
                                   .last_access = used,
                                   .ends = 1000,
                                   .idle_ends = 1000,
                                   .notes = OST_TEXT("{}")};
    const store_client_session part = {.session_id = session.id,
                                       .client_id = text_of(client_id),
                                       .started = used,
                                       .last_access = used,
                                       .notes = OST_TEXT("{}")};
    return store_login_within(db, &room, shared ? NULL : &session,
                              client_id[0] != '\0' ? &part : NULL, NULL);
}

static void *come(void *argument)
{
    int number = *(int *)argument;
    char id[32];
    snprintf(id, sizeof id, "s%d-%d", round_number, number);
    outcomes[number] = come_in(id, "c", NOW);
    return NULL;
}

static void at_once(void)
{
    pthread_t threads[THREADS];
    int numbers[THREADS];
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        pthread_create(&threads[i], NULL, come, &numbers[i]);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static int ended_with(ost_result result)
{
    int count = 0;
    for (int i = 0; i < THREADS; i++)
        count += outcomes[i] == result;
    return count;
}

static size_t sessions(ost_arena *arena)
{
    store_session *found;
    size_t count;
    assert_int_equal(store_session_list(db, realm.name, user.id, 1000, arena, &found, &count),
                     OST_OK);
    return count;
}

static bool is_there(const char *id)
{
    store_session read;
    ost_arena *arena = ost_arena_new(1 << 16);
    ost_result found = store_session_get(db, realm.name, text_of(id), arena, &read);
    ost_arena_free(arena);
    return found == OST_OK;
}

static void end_all(void)
{
    for (int i = 0; i < THREADS; i++) {
        char id[32];
        snprintf(id, sizeof id, "s%d-%d", round_number, i);
        (void)!store_session_end(db, realm.name, text_of(id));
    }
}

static void no_more_come_in_at_once_than_there_is_room_for(void **state)
{
    ost_arena *arena = ost_arena_new(1 << 20);
    (void)state;
    for (round_number = 0; round_number < ROUNDS; round_number++) {
        store_room_limit limit = {.denies = 3};
        room.user = round_number % 2 == 0 ? limit : (store_room_limit){0};
        room.client = round_number % 2 == 0 ? (store_room_limit){0} : limit;
        at_once();
        assert_int_equal(ended_with(OST_OK), 3);
        assert_int_equal(ended_with(OST_E_CEILING), THREADS - 3);
        assert_int_equal(sessions(arena), 3);
        end_all();
        ost_arena_reset(arena);
    }
    ost_arena_free(arena);
}

static void who_comes_at_once_ends_all_that_is_beyond(void **state)
{
    ost_arena *arena = ost_arena_new(1 << 20);
    (void)state;
    room.user.ends = 2;
    for (round_number = 0; round_number < ROUNDS; round_number++) {
        at_once();
        assert_int_equal(ended_with(OST_OK), THREADS);
        assert_int_equal(sessions(arena), 2);
        ost_arena_reset(arena);
    }
    ost_arena_free(arena);
}

/* Two who have sessions without a part yet, as at the page of consent. */
static void parts_of_a_client_are_counted_when_they_begin(void **state)
{
    (void)state;
    room.client.denies = 1;
    assert_int_equal(come_in("one", "", 1), OST_OK);
    assert_int_equal(come_in("two", "", 2), OST_OK);
    shared = true;
    assert_int_equal(come_in("one", "c", 3), OST_OK);
    assert_int_equal(come_in("two", "c", 4), OST_E_CEILING);
    assert_int_equal(come_in("one", "c", 5), OST_OK); /* has it already */
    assert_int_equal(come_in("two", "other", 6), OST_OK);
    assert_int_equal(store_session_end(db, realm.name, OST_TEXT("one")), OST_OK);
    assert_int_equal(come_in("two", "c", 7), OST_OK);
}

static void those_that_were_used_least_lately_end(void **state)
{
    (void)state;
    assert_int_equal(come_in("old", "c", 10), OST_OK);
    assert_int_equal(come_in("new", "c", 30), OST_OK);
    assert_int_equal(come_in("mid", "c", 20), OST_OK);
    assert_int_equal(come_in("elsewhere", "other", 1), OST_OK);
    room.client.ends = 2;
    assert_int_equal(come_in("mid", "c", 40), OST_OK); /* goes on, and ends nothing */
    assert_true(is_there("old"));
    assert_int_equal(come_in("next", "c", 50), OST_OK);
    assert_true(is_there("mid") && is_there("next") && is_there("elsewhere"));
    assert_false(is_there("old") || is_there("new"));
}

static void neither_what_is_over_nor_what_is_offline_counts(void **state)
{
    const store_session offline = {.id = OST_TEXT("offline"),
                                   .realm = realm.name,
                                   .user_id = user.id,
                                   .ends = 1000,
                                   .idle_ends = 1000,
                                   .notes = OST_TEXT("{\"offline\":\"x\"}")};
    store_session over = offline;
    (void)state;
    over.id = OST_TEXT("over");
    over.notes = OST_TEXT("{}");
    over.idle_ends = NOW;
    assert_int_equal(store_session_create(db, &offline), OST_OK);
    assert_int_equal(store_session_create(db, &over), OST_OK);
    room.user = (store_room_limit){.denies = 1, .ends = 1};
    assert_int_equal(come_in("one", "c", 1), OST_OK);
    assert_int_equal(come_in("two", "c", 2), OST_E_CEILING);
    assert_true(is_there("offline") && is_there("one"));
}

/* What has not come in ends nothing either. */
static void who_is_denied_ends_nothing(void **state)
{
    (void)state;
    assert_int_equal(come_in("one", "c", 1), OST_OK);
    assert_int_equal(come_in("two", "c", 2), OST_OK);
    room.client.ends = 1;
    room.user.denies = 1;
    assert_int_equal(come_in("three", "c", 3), OST_OK); /* after those of the client have ended */
    assert_false(is_there("one") || is_there("two"));
    assert_int_equal(come_in("four", "other", 4), OST_E_CEILING);
    assert_true(is_there("three"));
    room.client.ends = 0;
    assert_int_equal(come_in("four", "c", 4), OST_E_CEILING);
    assert_true(is_there("three"));
}

static void a_device_gets_no_part_without_room(void **state)
{
    const store_device device = {.id = OST_TEXT("d"),
                                 .realm = realm.name,
                                 .client_id = OST_TEXT("c"),
                                 .user_code = OST_TEXT("ABCD"),
                                 .expires = 1000};
    const store_client_session part = {
        .session_id = OST_TEXT("two"), .client_id = OST_TEXT("c"), .notes = OST_TEXT("{}")};
    (void)state;
    assert_int_equal(come_in("one", "c", 1), OST_OK);
    assert_int_equal(come_in("two", "", 2), OST_OK);
    assert_int_equal(store_device_create(db, &device, 10, NOW), OST_OK);
    room.client.denies = 1;
    assert_int_equal(
        store_device_answer(db, realm.name, device.id, DEVICE_APPROVED, &room, &part, NOW),
        OST_E_CEILING);
    assert_int_equal(store_session_end(db, realm.name, OST_TEXT("one")), OST_OK);
    assert_int_equal(
        store_device_answer(db, realm.name, device.id, DEVICE_APPROVED, &room, &part, NOW), OST_OK);
}

/* More than end by one statement. */
static void a_limit_that_comes_late_ends_all_that_is_beyond(void **state)
{
    char id[32];
    ost_arena *arena = ost_arena_new(4 << 20);
    (void)state;
    for (int i = 0; i < 1100; i++) {
        snprintf(id, sizeof id, "many%d", i);
        assert_int_equal(come_in(id, "", i), OST_OK);
    }
    room.user.ends = 3;
    assert_int_equal(come_in("last", "c", 5000), OST_OK);
    assert_int_equal(sessions(arena), 3);
    assert_true(is_there("many1099") && is_there("many1098"));
    ost_arena_free(arena);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(no_more_come_in_at_once_than_there_is_room_for),
        TEST(who_comes_at_once_ends_all_that_is_beyond),
        TEST(parts_of_a_client_are_counted_when_they_begin),
        TEST(those_that_were_used_least_lately_end),
        TEST(neither_what_is_over_nor_what_is_offline_counts),
        TEST(who_is_denied_ends_nothing),
        TEST(a_device_gets_no_part_without_room),
        TEST(a_limit_that_comes_late_ends_all_that_is_beyond),
    };
    return cmocka_run_group_tests_name("store-room", tests, NULL, NULL);
}
