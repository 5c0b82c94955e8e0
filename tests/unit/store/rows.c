/* SPDX-License-Identifier: Apache-2.0 */
/* What the store promises of events, keys and pushed requests, in memory and in a file. */
#include <stdio.h>

#include "base/array.h"
#include "base/text.h"
#include "store/grant/store_pushed.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_key.h"
#include "store/realm/store_realm.h"
#include "store/store.h"
#include "store/store_event.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"
#include "store_fixture.h"

static size_t events(store_event_filter filter)
{
    ost_text *documents;
    size_t count = 99;
    filter.realm = OST_TEXT("r");
    filter.to = filter.to == 0 ? INT64_MAX : filter.to;
    filter.max = 10;
    assert_int_equal(store_event_find(db, &filter, arena, &documents, &count), OST_OK);
    return count;
}

static void events_are_found_and_expire(void **state)
{
    const store_event rows[] = {
        {.realm = OST_TEXT("r"),
         .time = 1000,
         .expires = 50,
         .type = OST_TEXT("LOGIN"),
         .client = OST_TEXT("c"),
         .user = OST_TEXT("u1"),
         .document = OST_TEXT("{}")},
        {.realm = OST_TEXT("r"),
         .time = 2000,
         .type = OST_TEXT("LOGIN_ERROR"),
         .document = OST_TEXT("{}")},
        {.realm = OST_TEXT("r"),
         .admin = true,
         .time = 3000,
         .type = OST_TEXT("UPDATE"),
         .resource = OST_TEXT("CLIENT"),
         .path = OST_TEXT("clients/a_b"),
         .document = OST_TEXT("{}")},
        {.realm = OST_TEXT("gone"),
         .time = 1000,
         .type = OST_TEXT("LOGIN"),
         .document = OST_TEXT("{}")},
    };
    size_t swept;
    (void)state;
    assert_int_equal(store_event_add(db, rows, ARRAY_LEN(rows)), OST_OK);
    assert_int_equal(events((store_event_filter){0}), 2);
    assert_int_equal(events((store_event_filter){.types = OST_TEXT("LOGIN")}), 1);
    assert_int_equal(events((store_event_filter){.types = OST_TEXT("LOGIN LOGIN_ERROR")}), 2);
    assert_int_equal(events((store_event_filter){.types = OST_TEXT("LOG")}), 0);
    assert_int_equal(events((store_event_filter){.user = OST_TEXT("u1")}), 1);
    assert_int_equal(events((store_event_filter){.from = 1001}), 1);
    assert_int_equal(events((store_event_filter){.to = 2000}), 1);
    assert_int_equal(events((store_event_filter){.admin = true, .path = OST_TEXT("clients/%")}), 1);
    assert_int_equal(events((store_event_filter){.admin = true, .path = OST_TEXT("clients/a\\_c")}),
                     0);
    assert_int_equal(store_sweep(db, 49, &swept), OST_OK);
    assert_int_equal(events((store_event_filter){0}), 2);
    assert_int_equal(store_sweep(db, 50, &swept), OST_OK);
    assert_int_equal(events((store_event_filter){0}), 1);
    assert_int_equal(store_event_clear(db, OST_TEXT("r"), true), OST_OK);
    assert_int_equal(events((store_event_filter){.admin = true}), 0);
    assert_int_equal(events((store_event_filter){0}), 1);
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
    store_key second = key;
    second.kid = OST_TEXT("k2");
    assert_int_equal(store_key_promote(db, key.realm, key.kid, 9), OST_OK);
    assert_int_equal(store_key_promote(db, key.realm, key.kid, 9), OST_E_NOT_FOUND);
    assert_int_equal(store_key_create(db, &second), OST_OK);
    assert_int_equal(store_key_promote(db, key.realm, second.kid, 9), OST_OK);
    assert_int_equal(store_sweep(db, 8, &rows), OST_OK);
    assert_int_equal(store_key_list(db, key.realm, arena, &keys, &count), OST_OK);
    assert_int_equal(count, 2);
    assert_int_equal(store_sweep(db, 9, &rows), OST_OK);
    assert_int_equal(store_key_list(db, key.realm, arena, &keys, &count), OST_OK);
    assert_int_equal(count, 1);
    assert_true(text_is(keys[0].kid, "k2"));
}

/* More than the first room for them, of three realms whose names begin alike. */
static void the_states_of_all_keys_are_told_realm_by_realm(void **state)
{
    static const char *const realms[] = {"q", "Q", "q2"}, *const in_order[] = {"Q", "q", "q2"};
    char kid[3] = "00";
    store_key *keys;
    size_t count, at = 0;
    store_realm row;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(realms); i++) {
        const store_realm made = {text_of(realms[i]), text_of(realms[i]), OST_TEXT("{}"), 1};
        assert_int_equal(store_realm_create(db, &made, NULL, 0, NULL, 0, NULL), OST_OK);
        for (int n = 0; n < 60; n++) {
            kid[0] = (char)('0' + n / 10);
            kid[1] = (char)('0' + n % 10);
            const store_key key = {.kid = text_of(kid),
                                   .realm = made.name,
                                   .algorithm = OST_TEXT("RS256"),
                                   .use = OST_TEXT("sig"),
                                   .jwk = OST_TEXT("{}"),
                                   .state = STORE_KEY_PASSIVE,
                                   .created = 100 - n,
                                   .signs_from = n,
                                   .ends = 7};
            assert_int_equal(store_key_create(db, &key), OST_OK);
        }
    }
    assert_int_equal(store_key_states(db, arena, &keys, &count), OST_OK);
    assert_true(count >= 180);
    for (size_t i = 0; i < ARRAY_LEN(in_order); i++) {
        for (int64_t n = 59; n >= 0; n--, at++) {
            assert_true(text_is(keys[at].realm, in_order[i]));
            assert_true(keys[at].signs_from == n && keys[at].ends == 7);
            assert_true(keys[at].state == STORE_KEY_PASSIVE && keys[at].kid.len == 2);
        }
    }
    assert_int_equal(store_realm_version(db, OST_TEXT("Q"), arena, &row), OST_OK);
    assert_true(text_is(row.name, "Q") && text_is(row.id, "Q") && row.version == 1);
    assert_int_equal(row.document.len, 0);
    assert_int_equal(store_realm_version(db, OST_TEXT("none"), arena, &row), OST_E_NOT_FOUND);
}

static void of_several_who_add_the_next_key_one_does(void **state)
{
    store_key key = {.kid = OST_TEXT("now"),
                     .realm = OST_TEXT("r"),
                     .algorithm = OST_TEXT("ES256"),
                     .use = OST_TEXT("sig"),
                     .jwk = OST_TEXT("{}"),
                     .state = STORE_KEY_ACTIVE};
    store_key next = key, other = key;
    (void)state;
    next.kid = OST_TEXT("next");
    other.kid = OST_TEXT("other");
    next.state = other.state = STORE_KEY_NEXT;
    assert_int_equal(store_key_create(db, &key), OST_OK);
    assert_int_equal(store_key_succeed(db, &next, OST_TEXT("nobody")), OST_E_CONFLICT);
    assert_int_equal(store_key_succeed(db, &next, key.kid), OST_OK);
    assert_int_equal(store_key_succeed(db, &other, key.kid), OST_E_CONFLICT);
    assert_int_equal(store_key_promote(db, key.realm, next.kid, 100000), OST_OK);
    assert_int_equal(store_key_succeed(db, &other, key.kid), OST_E_CONFLICT);
    assert_int_equal(store_key_succeed(db, &other, next.kid), OST_OK);
}

static void what_programs_remember_has_a_generation(void **state)
{
    const store_realm realm = {OST_TEXT("id3"), OST_TEXT("three"), OST_TEXT("{}"), 1};
    store_realm changed = realm;
    store_user user = alice;
    const store_key key = {.kid = OST_TEXT("k3"), .realm = realm.name, .jwk = OST_TEXT("{}")};
    int64_t before = store_generation(db), now;
    (void)state;
    assert_true(before > 0);
    assert_int_equal(store_realm_create(db, &realm, NULL, 0, NULL, 0, NULL), OST_OK);
    assert_true((now = store_generation(db)) > before);
    before = now;
    changed.document = OST_TEXT("{\"x\":1}");
    changed.version = 2;
    assert_int_equal(store_realm_update(db, &changed), OST_OK);
    assert_int_equal(store_realm_update(db, &changed), OST_E_CONFLICT); /* of another reader */
    assert_true((now = store_generation(db)) > before);
    before = now;
    assert_int_equal(store_key_create(db, &key), OST_OK);
    assert_true((now = store_generation(db)) > before);
    before = now;
    user.realm = realm.name;
    assert_int_equal(store_user_create(db, &user), OST_OK);
    assert_true(store_generation(db) == before);
    user.id = user.username = OST_TEXT("service-account-c");
    user.email = (ost_text){0};
    assert_int_equal(store_user_create(db, &user), OST_OK);
    assert_true((now = store_generation(db)) > before);
    before = now;
    assert_int_equal(store_user_set_password(db, user.realm, user.id, OST_TEXT(""), OST_TEXT("x")),
                     OST_OK);
    assert_true(store_generation(db) == before);
}

static ost_result feed_begin(void *user, ost_error *error)
{
    *(bool *)user = false;
    return OST_OK;
}

static ost_result feed_next(void *user, const store_user **ret_users, size_t *ret_count,
                            ost_error *error)
{
    static store_user account;
    bool *fed = user;
    account = alice;
    account.realm = OST_TEXT("fed");
    account.username = OST_TEXT("service-account-fed");
    *ret_users = &account;
    *ret_count = *fed ? 0 : 1;
    *fed = true;
    return OST_OK;
}

/* While users are loaded nothing is noted for each of them; afterwards everything is as before. */
static void loading_users_leaves_the_generation_as_it_works(void **state)
{
    const store_realm realm = {OST_TEXT("id4"), OST_TEXT("fed"), OST_TEXT("{}"), 1};
    bool fed;
    const store_user_feed feed = {.begin = feed_begin, .next = feed_next, .user = &fed};
    int64_t before = store_generation(db);
    (void)state;
    assert_int_equal(store_realm_create_from(db, &realm, &feed, NULL, 0, NULL, NULL), OST_OK);
    int64_t loaded = store_generation(db);
    assert_true(loaded > before);
    assert_int_equal(store_realm_create_from(db, &realm, &feed, NULL, 0, NULL, NULL),
                     OST_E_CONFLICT);
    store_user other = alice;
    other.realm = realm.name;
    other.id = OST_TEXT("other");
    other.username = OST_TEXT("service-account-other");
    other.email = (ost_text){0};
    assert_int_equal(store_user_create(db, &other), OST_OK);
    assert_true(store_generation(db) > loaded);
    assert_int_equal(store_user_delete(db, realm.name, other.id), OST_OK);
    assert_int_equal(store_realm_delete(db, realm.name), OST_OK);
}

static ost_result begin_pushed(const store_pushed *pushed, ost_text client, int64_t now)
{
    ost_text parameters = {0};
    ost_result result =
        store_pushed_begin(db, pushed->realm, client, pushed->id, now, 200, arena, &parameters);
    assert_true(result != OST_OK || text_is(parameters, "a=b"));
    return result;
}

static void a_pushed_request_is_spent_once_by_its_client(void **state)
{
    store_pushed pushed = {.id = OST_TEXT("p1"),
                           .realm = OST_TEXT("r"),
                           .client_id = OST_TEXT("c"),
                           .parameters = OST_TEXT("a=b"),
                           .expires = 100};
    ost_text taken;
    (void)state;
    assert_int_equal(store_pushed_create(db, &pushed, 2, 10), OST_OK);
    assert_int_equal(store_pushed_create(db, &pushed, 2, 10), OST_E_CONFLICT);
    assert_int_equal(store_pushed_spend(db, pushed.realm, OST_TEXT("p2"), 10), OST_E_NOT_FOUND);
    assert_int_equal(begin_pushed(&pushed, OST_TEXT("d"), 10), OST_E_NOT_FOUND);
    assert_int_equal(
        store_pushed_begin(db, OST_TEXT("s"), pushed.client_id, pushed.id, 10, 200, arena, &taken),
        OST_E_NOT_FOUND);
    assert_int_equal(begin_pushed(&pushed, pushed.client_id, 100), OST_E_NOT_FOUND);
    assert_int_equal(begin_pushed(&pushed, pushed.client_id, 99), OST_OK);
    assert_int_equal(begin_pushed(&pushed, pushed.client_id, 99), OST_OK);
    assert_int_equal(store_pushed_spend(db, OST_TEXT("s"), pushed.id, 99), OST_E_NOT_FOUND);
    assert_int_equal(store_pushed_spend(db, pushed.realm, pushed.id, 150), OST_OK);
    assert_int_equal(store_pushed_spend(db, pushed.realm, pushed.id, 150), OST_E_NOT_FOUND);
    assert_int_equal(begin_pushed(&pushed, pushed.client_id, 99), OST_E_NOT_FOUND);
}

/* A quarter of what is free; whoever comes later has theirs, and the client itself all the rest. */
static void a_network_has_its_share_of_what_waits(void **state)
{
    store_pushed pushed = {.realm = OST_TEXT("r"), .client_id = OST_TEXT("n"), .expires = 100};
    const char *const networks[] = {"192.0.2.1", "192.0.2.2", ""};
    const int shares[] = {4, 4, 12};
    char id[40];
    size_t rows = 0;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(networks); i++) {
        ost_result result = OST_OK;
        pushed.network = text_of(networks[i]);
        for (int one = 0; one <= shares[i]; one++) {
            (void)snprintf(id, sizeof id, "%zu-%d", i, one);
            pushed.id = text_of(id);
            result = store_pushed_create(db, &pushed, 20, 10);
            assert_int_equal(result, one < shares[i] ? OST_OK : OST_E_BUSY);
        }
    }
    pushed.network = text_of(networks[0]);
    pushed.id = OST_TEXT("in time");
    assert_int_equal(store_pushed_create(db, &pushed, 20, 100), OST_OK);
    assert_int_equal(store_sweep(db, 100, &rows), OST_OK);
    assert_int_equal(rows, 21);
}

/* However long the login takes, up to its end; what waits is not counted among what is pushed. */
static void a_login_outlasts_its_pushed_request(void **state)
{
    store_pushed pushed = {.id = OST_TEXT("p1"),
                           .realm = OST_TEXT("r"),
                           .client_id = OST_TEXT("c"),
                           .parameters = OST_TEXT("a=b"),
                           .expires = 100};
    size_t rows = 0;
    (void)state;
    assert_int_equal(store_pushed_create(db, &pushed, 1, 10), OST_OK);
    assert_int_equal(begin_pushed(&pushed, pushed.client_id, 50), OST_OK);
    assert_int_equal(store_sweep(db, 150, &rows), OST_OK);
    pushed.id = OST_TEXT("p2");
    pushed.expires = 160;
    assert_int_equal(store_pushed_create(db, &pushed, 1, 150), OST_OK);
    assert_int_equal(store_pushed_spend(db, pushed.realm, OST_TEXT("p1"), 199), OST_OK);
    assert_int_equal(begin_pushed(&pushed, pushed.client_id, 150), OST_OK);
    assert_int_equal(store_pushed_spend(db, pushed.realm, pushed.id, 200), OST_E_NOT_FOUND);
    assert_int_equal(store_pushed_spend(db, pushed.realm, pushed.id, 199), OST_OK);
}

static void a_client_has_so_many_requests_waiting(void **state)
{
    store_pushed pushed = {.realm = OST_TEXT("r"),
                           .client_id = OST_TEXT("c"),
                           .parameters = OST_TEXT("a=b"),
                           .expires = 100};
    const char *ids[] = {"p1", "p2", "p3", "p4"};
    size_t rows = 0;
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        pushed.id = text_of(ids[i]);
        assert_int_equal(store_pushed_create(db, &pushed, 2, 10), OST_OK);
    }
    pushed.id = text_of(ids[2]);
    assert_int_equal(store_pushed_create(db, &pushed, 2, 99), OST_E_BUSY);
    assert_int_equal(store_pushed_create(db, &pushed, 2, 100), OST_OK);
    pushed.client_id = OST_TEXT("d");
    pushed.id = text_of(ids[3]);
    assert_int_equal(store_pushed_create(db, &pushed, 2, 10), OST_OK);
    assert_int_equal(store_sweep(db, 99, &rows), OST_OK);
    assert_int_equal(store_sweep(db, 100, &rows), OST_OK);
    assert_int_equal(rows, 4);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_are_found_and_expire),
        cmocka_unit_test(keys_move_from_state_to_state),
        cmocka_unit_test(the_states_of_all_keys_are_told_realm_by_realm),
        cmocka_unit_test(of_several_who_add_the_next_key_one_does),
        cmocka_unit_test(what_programs_remember_has_a_generation),
        cmocka_unit_test(loading_users_leaves_the_generation_as_it_works),
        cmocka_unit_test(a_pushed_request_is_spent_once_by_its_client),
        cmocka_unit_test(a_login_outlasts_its_pushed_request),
        cmocka_unit_test(a_network_has_its_share_of_what_waits),
        cmocka_unit_test(a_client_has_so_many_requests_waiting),
    };
    return run_on_stores("rows", tests, ARRAY_LEN(tests));
}
