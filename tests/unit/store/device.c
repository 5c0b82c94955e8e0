/* SPDX-License-Identifier: Apache-2.0 */
/* Device authorizations: answered once and taken once, also by several at a time; polled at a pace;
 * and nothing of another realm. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/array.h"
#include "base/text.h"
#include "store/grant/store_code.h"
#include "store/grant/store_device.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_realm.h"
#include "store/session/store_session.h"
#include "store/store.h"
#include "store/user/user_record.h"
#include "temporary.h"
#include "test.h"

#define THREADS 8
#define NOW 1000
#define LIMIT 2

static store *db;
static ost_arena *arena;

static const store_device device = {
    .id = {"d", 1},
    .realm = {"r", 1},
    .client_id = {"tv", 2},
    .user_code = {"u", 1},
    .scope = {"openid", 6},
    .resources = {"https://a.example", 17},
    .details = {"[{\"type\":\"t\"}]", 14},
    .challenge = {"c", 1},
    .challenge_method = {"S256", 4},
    .expires = 1600,
    .interval = 5,
};
static const store_client_session part = {
    .session_id = {"s", 1}, .client_id = {"tv", 2}, .notes = {"{}", 2}};

static int setup(void **state)
{
    static const char *const realms[] = {"r", "other"};
    const store_user user = {.id = OST_TEXT("ann"),
                             .realm = OST_TEXT("r"),
                             .username = OST_TEXT("ann"),
                             .document = OST_TEXT("{}"),
                             .enabled = true};
    const store_session session = {.id = OST_TEXT("s"),
                                   .realm = OST_TEXT("r"),
                                   .user_id = OST_TEXT("ann"),
                                   .ends = 5000,
                                   .idle_ends = 5000,
                                   .notes = OST_TEXT("{}")};
    (void)state;
    arena = ost_arena_new(1 << 20);
    if (store_open(temporary_store(), &db, NULL) != OST_OK)
        return -1;
    for (int i = 0; i < 2; i++) {
        const store_realm realm = {text_of(realms[i]), text_of(realms[i]), OST_TEXT("{}"), 1};
        if (store_realm_create(db, &realm, &user, i == 0 ? 1 : 0, NULL, 0, NULL) != OST_OK)
            return -1;
    }
    return store_session_create(db, &session) == OST_OK &&
                   store_device_create(db, &device, LIMIT, NOW) == OST_OK
               ? 0
               : -1;
}

static int teardown(void **state)
{
    (void)state;
    store_close(db);
    ost_arena_free(arena);
    return 0;
}

static store_device get(void)
{
    store_device got;
    assert_int_equal(store_device_get(db, DEVICE_GRANT, device.realm, device.id, arena, &got),
                     OST_OK);
    return got;
}

static ost_result approve(void)
{
    return store_device_answer(db, device.realm, device.id, DEVICE_APPROVED, NULL, &part, NOW);
}

static void it_comes_back_as_it_was(void **state)
{
    store_device got = get(), found;
    (void)state;
    assert_true(text_is(got.client_id, "tv") && text_is(got.scope, "openid"));
    assert_true(text_is(got.resources, "https://a.example"));
    assert_true(text_is(got.details, "[{\"type\":\"t\"}]"));
    assert_true(text_is(got.challenge, "c") && text_is(got.challenge_method, "S256"));
    assert_int_equal(got.expires, 1600);
    assert_int_equal(got.interval, 5);
    assert_int_equal(got.state, DEVICE_PENDING);
    assert_int_equal(
        store_device_find(db, DEVICE_GRANT, device.realm, device.user_code, arena, &found), OST_OK);
    assert_true(text_equal(found.id, device.id));
    assert_int_equal(store_device_find(db, DEVICE_GRANT, device.realm, device.id, arena, &found),
                     OST_E_NOT_FOUND);
}

static void another_realm_has_nothing_of_it(void **state)
{
    const ost_text other = OST_TEXT("other");
    store_device got;
    (void)state;
    assert_int_equal(store_device_get(db, DEVICE_GRANT, other, device.id, arena, &got),
                     OST_E_NOT_FOUND);
    assert_int_equal(store_device_find(db, DEVICE_GRANT, other, device.user_code, arena, &got),
                     OST_E_NOT_FOUND);
    assert_int_equal(store_device_poll(db, other, device.id, NOW), OST_E_NOT_FOUND);
    assert_int_equal(store_device_answer(db, other, device.id, DEVICE_APPROVED, NULL, &part, NOW),
                     OST_E_NOT_FOUND);
    assert_int_equal(approve(), OST_OK);
    assert_int_equal(store_device_take(db, other, device.id), OST_E_NOT_FOUND);
    assert_int_equal(store_device_take(db, device.realm, device.id), OST_OK);
}

static void a_client_has_so_many_and_codes_are_unlike(void **state)
{
    store_device more = device;
    (void)state;
    more.id = OST_TEXT("e");
    assert_int_equal(store_device_create(db, &more, LIMIT, NOW), OST_E_CONFLICT);
    more.user_code = OST_TEXT("v");
    assert_int_equal(store_device_create(db, &more, LIMIT, NOW), OST_OK);
    more.id = OST_TEXT("f");
    more.user_code = OST_TEXT("w");
    assert_int_equal(store_device_create(db, &more, LIMIT, NOW), OST_E_BUSY);
    assert_int_equal(store_device_create(db, &more, LIMIT, 1600), OST_OK);
}

static void a_network_has_its_share(void **state)
{
    const char *const letters[] = {"g", "h", "i", "j"};
    store_device more = device;
    (void)state;
    more.network = OST_TEXT("192.0.2.1");
    for (size_t i = 0; i < ARRAY_LEN(letters); i++) {
        more.id = more.user_code = text_of(letters[i]);
        if (i == 3)
            more.network = OST_TEXT("192.0.2.2");
        assert_int_equal(store_device_create(db, &more, 10, NOW), i == 2 ? OST_E_BUSY : OST_OK);
    }
}

static void it_is_answered_once_and_in_time(void **state)
{
    store_client_session made;
    (void)state;
    assert_int_equal(
        store_device_answer(db, device.realm, device.id, DEVICE_APPROVED, NULL, &part, 1600),
        OST_E_NOT_FOUND);
    assert_int_equal(store_client_session_get(db, part.session_id, part.client_id, arena, &made),
                     OST_E_NOT_FOUND);
    assert_int_equal(approve(), OST_OK);
    assert_int_equal(
        store_device_answer(db, device.realm, device.id, DEVICE_DENIED, NULL, NULL, NOW),
        OST_E_NOT_FOUND);
    assert_int_equal(get().state, DEVICE_APPROVED);
    assert_true(text_is(get().session_id, "s"));
    assert_int_equal(store_client_session_get(db, part.session_id, part.client_id, arena, &made),
                     OST_OK);
}

static void what_is_denied_or_pending_is_not_taken(void **state)
{
    (void)state;
    const store_single_use once = {STORE_SINGLE_USE_DEVICE, device.realm, device.id};
    assert_int_equal(store_device_take(db, device.realm, device.id), OST_E_NOT_FOUND);
    assert_int_equal(store_exchange(db, &once, NULL, &part), OST_E_NOT_FOUND);
    assert_int_equal(
        store_device_answer(db, device.realm, device.id, DEVICE_DENIED, NULL, NULL, NOW), OST_OK);
    assert_int_equal(get().state, DEVICE_DENIED);
    assert_int_equal(approve(), OST_E_NOT_FOUND);
    assert_int_equal(store_device_take(db, device.realm, device.id), OST_E_NOT_FOUND);
}

/* The session that was to have it is gone: nothing is half answered. */
static void an_answer_without_a_session_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(store_session_end(db, device.realm, part.session_id), OST_OK);
    assert_int_not_equal(approve(), OST_OK);
    assert_int_equal(get().state, DEVICE_PENDING);
}

static void polls_keep_a_pace(void **state)
{
    (void)state;
    assert_int_equal(store_device_poll(db, device.realm, device.id, NOW), OST_OK);
    assert_int_equal(store_device_poll(db, device.realm, device.id, NOW + 4), OST_E_BUSY);
    assert_int_equal(store_device_poll(db, device.realm, device.id, NOW + 5), OST_OK);
    assert_int_equal(store_device_poll(db, device.realm, device.id, NOW + 9), OST_E_BUSY);
}

static void c6_a_clock_that_is_set_back_makes_no_device_wait(void **state)
{
    (void)state;
    assert_int_equal(store_device_poll(db, device.realm, device.id, NOW), OST_OK);
    assert_int_equal(store_device_poll(db, device.realm, device.id, NOW - 600), OST_OK);
    assert_int_equal(store_device_poll(db, device.realm, device.id, NOW - 596), OST_E_BUSY);
    assert_int_equal(store_device_poll(db, device.realm, device.id, NOW - 595), OST_OK);
}

static store_device backchannel(const char *id)
{
    return (store_device){.id = text_of(id),
                          .realm = device.realm,
                          .client_id = OST_TEXT("bank"),
                          .kind = DEVICE_CIBA,
                          .user_code = text_of(id),
                          .scope = OST_TEXT("openid"),
                          .expires = 1600,
                          .user_id = OST_TEXT("ann")};
}

/* A code of one kind leads to nothing where the other is asked for. */
static void each_kind_is_for_itself(void **state)
{
    store_device asked = backchannel("b"), got;
    (void)state;
    assert_int_equal(store_device_create(db, &asked, LIMIT, NOW), OST_OK);
    assert_int_equal(store_device_get(db, DEVICE_CIBA, asked.realm, asked.id, arena, &got), OST_OK);
    assert_true(text_is(got.user_id, "ann") && got.kind == DEVICE_CIBA);
    assert_int_equal(store_device_find(db, DEVICE_CIBA, asked.realm, asked.id, arena, &got),
                     OST_OK);
    assert_int_equal(store_device_get(db, DEVICE_GRANT, asked.realm, asked.id, arena, &got),
                     OST_E_NOT_FOUND);
    assert_int_equal(store_device_find(db, DEVICE_GRANT, asked.realm, asked.id, arena, &got),
                     OST_E_NOT_FOUND);
    assert_int_equal(store_device_get(db, DEVICE_CIBA, device.realm, device.id, arena, &got),
                     OST_E_NOT_FOUND);
}

static void what_nobody_was_asked_is_withdrawn(void **state)
{
    store_device asked = backchannel("b"), got;
    (void)state;
    assert_int_equal(store_device_create(db, &asked, LIMIT, NOW), OST_OK);
    assert_int_equal(store_device_withdraw(db, OST_TEXT("other"), asked.id), OST_E_NOT_FOUND);
    assert_int_equal(store_device_withdraw(db, asked.realm, asked.id), OST_OK);
    assert_int_equal(store_device_get(db, DEVICE_CIBA, asked.realm, asked.id, arena, &got),
                     OST_E_NOT_FOUND);
    assert_int_equal(approve(), OST_OK);
    assert_int_equal(store_device_withdraw(db, device.realm, device.id), OST_E_NOT_FOUND);
    assert_int_equal(get().state, DEVICE_APPROVED);
}

static void a_user_is_asked_so_often(void **state)
{
    char ids[DEVICE_PROMPTS_MAX + 1][12];
    (void)state;
    for (int i = 0; i <= DEVICE_PROMPTS_MAX; i++) {
        snprintf(ids[i], sizeof ids[i], "%02d", i);
        store_device asked = backchannel(ids[i]);
        assert_int_equal(store_device_create(db, &asked, 100, NOW),
                         i < DEVICE_PROMPTS_MAX ? OST_OK : OST_E_BUSY);
    }
    assert_int_equal(
        store_device_answer(db, device.realm, text_of(ids[0]), DEVICE_DENIED, NULL, NULL, NOW),
        OST_OK);
    store_device next = backchannel(ids[DEVICE_PROMPTS_MAX]);
    assert_int_equal(store_device_create(db, &next, 100, NOW), OST_OK);
}

static atomic_int taken, polled;

static void *race(void *user)
{
    (void)user;
    if (store_device_poll(db, device.realm, device.id, NOW) == OST_OK)
        atomic_fetch_add(&polled, 1);
    if (store_exchange(db, &(store_single_use){STORE_SINGLE_USE_DEVICE, device.realm, device.id},
                       NULL, &part) == OST_OK)
        atomic_fetch_add(&taken, 1);
    return NULL;
}

static void one_of_many_has_it(void **state)
{
    pthread_t threads[THREADS];
    (void)state;
    assert_int_equal(approve(), OST_OK);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, race, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&taken), 1);
    assert_true(atomic_load(&polled) <= 1);
}

/* It says for ten minutes that it has expired. */
static void it_is_swept(void **state)
{
    store_device got;
    size_t rows;
    (void)state;
    assert_int_equal(store_sweep(db, 2199, &rows), OST_OK);
    assert_int_equal(get().expires, 1600);
    assert_int_equal(store_sweep(db, 2200, &rows), OST_OK);
    assert_int_equal(rows, 1);
    assert_int_equal(store_device_get(db, DEVICE_GRANT, device.realm, device.id, arena, &got),
                     OST_E_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_comes_back_as_it_was, setup, teardown),
        cmocka_unit_test_setup_teardown(another_realm_has_nothing_of_it, setup, teardown),
        cmocka_unit_test_setup_teardown(a_client_has_so_many_and_codes_are_unlike, setup, teardown),
        cmocka_unit_test_setup_teardown(a_network_has_its_share, setup, teardown),
        cmocka_unit_test_setup_teardown(it_is_answered_once_and_in_time, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_denied_or_pending_is_not_taken, setup, teardown),
        cmocka_unit_test_setup_teardown(an_answer_without_a_session_changes_nothing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(polls_keep_a_pace, setup, teardown),
        cmocka_unit_test_setup_teardown(c6_a_clock_that_is_set_back_makes_no_device_wait, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(each_kind_is_for_itself, setup, teardown),
        cmocka_unit_test_setup_teardown(what_nobody_was_asked_is_withdrawn, setup, teardown),
        cmocka_unit_test_setup_teardown(a_user_is_asked_so_often, setup, teardown),
        cmocka_unit_test_setup_teardown(one_of_many_has_it, setup, teardown),
        cmocka_unit_test_setup_teardown(it_is_swept, setup, teardown),
    };
    return cmocka_run_group_tests_name("store/device", tests, NULL, NULL);
}
