/* SPDX-License-Identifier: Apache-2.0 */
/* Counts, far pages and beginnings of names are told by blocks and indices: whatever comes, goes
 * and is renamed, they tell what a look at every user would. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_realm.h"
#include "store/realm/store_realm_change.h"
#include "store/search/user_beginning.h"
#include "store/search/user_query.h"
#include "store/search/user_search.h"
#include "store/store.h"
#include "store/transaction.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"
#include "temporary.h"
#include "test.h"

#define USERS 5200 /* more than two blocks hold */

static store *db;
static ost_arena *arena;
static const store_realm row = {{"id", 2}, {"r", 1}, {"{}", 2}, 1};
static uint32_t seed = 1;

static unsigned any(unsigned below)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

/* Some have the same beginning in another name. */
static store_user make(unsigned number, const char *before)
{
    static const char *const first[] = {"", "Zoë", "Ann", "Ян", "anna\xf4\x8f\xbf\xbf"};
    const char *document =
        ost_arena_format(arena, "{\"firstName\":\"%s\",\"lastName\":\"%s%u\"%s}", first[number % 5],
                         number % 3 == 0 ? "North" : "", number % 50,
                         number % 100 == 0 ? ",\"serviceAccountClientId\":\"c\"" : "");
    ost_text name = text_of(ost_arena_format(arena, "%s%05u", before, number));
    return (store_user){
        .id = name,
        .realm = row.name,
        .username = name,
        .email = number % 4 == 0 ? text_of(ost_arena_format(arena, "n%u@x.example", number))
                                 : (ost_text){0},
        .document = text_of(document),
        .enabled = true,
    };
}

static int setup(void **state)
{
    (void)state;
    arena = ost_arena_new(64 << 20);
    store_user *users = ost_arena_alloc(arena, USERS * sizeof *users);
    for (unsigned i = 0; i < USERS; i++)
        users[i] = make(i, "u");
    return store_open(temporary_store(), &db, NULL) != OST_OK ||
           store_realm_create(db, &row, users, USERS, NULL, 0, NULL) != OST_OK;
}

static int teardown(void **state)
{
    (void)state;
    store_close(db);
    ost_arena_free(arena);
    return 0;
}

static bool is_service(const store_user *user)
{
    return strstr(user->document.data, "serviceAccountClientId") != NULL;
}

/* Pages and the count, against the list of all. */
static void expect_places(ost_arena *room)
{
    const store_user_query all = {.realm = row.name};
    store_user *users, *page;
    size_t count, listed = 0, got;
    int64_t counted;
    assert_int_equal(store_user_list(db, row.name, room, &users, &count), OST_OK);
    for (size_t i = 0; i < count; i++) {
        if (!is_service(&users[i]))
            users[listed++] = users[i];
    }
    assert_int_equal(store_user_count(db, &all, room, &counted), OST_OK);
    assert_int_equal(counted, listed);
    for (size_t at = 0; at < listed + 500; at += 499) {
        assert_int_equal(store_user_page(db, &all, (int64_t)at, 3, room, &page, &got), OST_OK);
        size_t left = at < listed ? listed - at : 0;
        assert_int_equal(got, left < 3 ? left : 3);
        for (size_t i = 0; i < got; i++)
            assert_true(text_equal(page[i].username, users[at + i].username));
    }
    ost_arena_reset(room);
}

/* In one transaction. */
static void remove_some(unsigned from, unsigned upto)
{
    static int64_t version = 1;
    ost_text *names = ost_arena_alloc(arena, (upto - from) * sizeof *names);
    for (unsigned i = from; i < upto; i++)
        names[i - from] = text_of(ost_arena_format(arena, "u%05u", i));
    const store_realm_change change = {.realm = {row.id, row.name, row.document, ++version},
                                       .removed_users = names,
                                       .removed_user_count = upto - from};
    assert_int_equal(store_realm_apply(db, &change, NULL), OST_OK);
}

static void places_follow_every_change(void **state)
{
    ost_arena *room = ost_arena_new(64 << 20);
    size_t rows;
    (void)state;
    expect_places(room);
    assert_int_equal(store_sweep(db, 0, &rows), OST_OK);
    expect_places(room);
    for (unsigned i = 0; i < 60; i++) { /* into the middle of what there is, and between */
        store_user user = make(100000 + i, any(2) != 0 ? "u02" : "a");
        assert_int_equal(store_user_create(db, &user), OST_OK);
        ost_text old = user.document;
        user.username = text_of(ost_arena_format(arena, "m%05u", i));
        user.document = i % 2 == 0 ? OST_TEXT("{\"serviceAccountClientId\":\"d\"}") : old;
        assert_int_equal(store_user_update(db, &user, old), OST_OK);
    }
    remove_some(3000, 3300);
    expect_places(room);
    assert_int_equal(store_sweep(db, 0, &rows), OST_OK);
    expect_places(room);
    remove_some(1000, 3000);
    assert_int_equal(store_sweep(db, 0, &rows), OST_OK);
    remove_some(3300, 3310);
    expect_places(room);
    assert_int_equal(store_realm_delete(db, row.name), OST_OK);
    const store_user one = make(7, "u");
    assert_int_equal(store_realm_create(db, &row, &one, 1, NULL, 0, NULL), OST_OK);
    expect_places(room);
    ost_arena_free(room);
}

typedef struct one_user {
    const store_user *user;
    bool given;
} one_user;

static ost_result begin_feed(void *at, ost_error *error)
{
    (void)error;
    ((one_user *)at)->given = false;
    return OST_OK;
}

static ost_result feed_all(void *at, const store_user **ret_users, size_t *ret_count,
                           ost_error *error)
{
    one_user *all = at;
    (void)error;
    *ret_users = all->user;
    *ret_count = all->given ? 0 : USERS;
    all->given = true;
    return OST_OK;
}

static void a_file_is_counted_when_it_is_read(void **state)
{
    ost_arena *room = ost_arena_new(64 << 20);
    store_user *users = ost_arena_alloc(arena, USERS * sizeof *users);
    one_user all = {.user = users};
    const store_user_feed feed = {begin_feed, feed_all, &all};
    (void)state;
    for (unsigned i = 0; i < USERS; i++)
        users[i] = make(i, "u");
    assert_int_equal(store_realm_delete(db, row.name), OST_OK);
    assert_int_equal(store_realm_create_from(db, &row, &feed, NULL, 0, NULL, NULL), OST_OK);
    expect_places(room);
    ost_arena_free(room);
}

/* How many there are whose names fit, against what each user's own names say. */
static void expect_beginning(const char *beginning, bool enabled, size_t wanted)
{
    const store_user_word word = {STORE_USER_ANY,
                                  text_of(ost_arena_format(arena, "%s*", beginning)), false};
    store_user_query query = {.realm = row.name, .words = &word, .word_count = 1};
    store_user *users;
    size_t count;
    int64_t counted;
    query.enabled = enabled ? STORE_YES : STORE_EITHER;
    assert_int_equal(store_user_count(db, &query, arena, &counted), OST_OK);
    assert_int_equal(counted, wanted);
    assert_int_equal(store_user_page(db, &query, 0, USERS, arena, &users, &count), OST_OK);
    assert_int_equal(count, wanted);
    assert_int_equal(store_user_page(db, &query, 2, 5, arena, &users, &count), OST_OK);
    assert_int_equal(count, wanted < 2 ? 0 : wanted - 2 < 5 ? wanted - 2 : 5);
}

static void beginnings_are_found_by_indices(void **state)
{
    const store_user odd = {.id = OST_TEXT("odd"),
                            .realm = row.name,
                            .username = {"zero\0byte", 9},
                            .email = OST_TEXT("odd@x.example"),
                            .document = OST_TEXT("{\"firstName\":\"Zero\",\"lastName\":\"Last\"}"),
                            .enabled = true};
    (void)state;
    assert_int_equal(store_user_create(db, &odd), OST_OK);
    for (unsigned enabled = 0; enabled < 2; enabled++) {
        expect_beginning("u", enabled != 0, USERS - USERS / 100);
        expect_beginning("u0000", enabled != 0, 9);
        expect_beginning("zoë", enabled != 0, USERS / 5);
        expect_beginning("zo", enabled != 0, USERS / 5);
        expect_beginning("ян", enabled != 0, USERS / 5);
        expect_beginning("я", enabled != 0, USERS / 5);
        expect_beginning("ann", enabled != 0, USERS * 2 / 5);
        expect_beginning("anna", enabled != 0, USERS / 5);
        expect_beginning("anna\xf4\x8f\xbf\xbf", enabled != 0, USERS / 5);
        expect_beginning("n12@", enabled != 0, 1);
        expect_beginning("n1000@", enabled != 0, 0); /* a client's */
        expect_beginning("zero", enabled != 0, 1);
        expect_beginning("las", enabled != 0, 1);
        expect_beginning("nobody", enabled != 0, 0);
        expect_beginning("\xf4\x8f\xbf\xbf", enabled != 0, 0);
        expect_beginning("\x01", enabled != 0, 0);
    }
}

static void expect_bounds(const char *pattern, bool exact, const char *from, const char *upto)
{
    const store_user_word word = {STORE_USER_ANY, text_of(pattern), exact};
    const store_user_query query = {.words = &word, .word_count = 1};
    user_beginning found;
    if (from == NULL) {
        assert_int_equal(user_beginning_find(&query, arena, &found), OST_E_NOT_FOUND);
        return;
    }
    assert_int_equal(user_beginning_find(&query, arena, &found), OST_OK);
    assert_true(text_equal(found.from, text_of(from)));
    assert_true(text_equal(found.upto, text_of(upto)));
}

static void bounds_hold_all_that_begin_so(void **state)
{
    (void)state;
    expect_bounds("ab*", false, "ab", "ac");
    expect_bounds("ab*c*", false, "ab", "ac");
    expect_bounds("a*", true, "a*", "a+");
    expect_bounds("*a", false, NULL, NULL);
    expect_bounds("", false, NULL, NULL);
    expect_bounds("\x01*", false, NULL, NULL);
    expect_bounds("a\x10*", false, NULL, NULL);
    expect_bounds("\xff*", false, NULL, NULL);
    expect_bounds("a\x7f*", false, "a\x7f", "a\xc2\x80");
    expect_bounds("\xc3\xab*", false, "\xc3\xab", "\xc3\xac");
    expect_bounds("\xdf\xbf*", false, "\xdf\xbf", "\xe0\xa0\x80");
    expect_bounds("\xed\x9f\xbf*", false, "\xed\x9f\xbf", "\xee\x80\x80");
    expect_bounds("\xef\xbf\xbf*", false, "\xef\xbf\xbf", "\xf0\x90\x80\x80");
    expect_bounds("a\xf4\x8f\xbf\xbf*", false, "a\xf4\x8f\xbf\xbf", "b");
    expect_bounds("\xf4\x8f\xbf\xbf*", false, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(places_follow_every_change, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_is_counted_when_it_is_read, setup, teardown),
        cmocka_unit_test_setup_teardown(beginnings_are_found_by_indices, setup, teardown),
        cmocka_unit_test_setup_teardown(bounds_hold_all_that_begin_so, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
