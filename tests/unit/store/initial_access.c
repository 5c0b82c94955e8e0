/* SPDX-License-Identifier: Apache-2.0 */
/* Initial access tokens: each registration is taken once, also by several at a time. */
#include <pthread.h>
#include <stdatomic.h>

#include "base/text.h"
#include "store/grant/store_initial_access.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_realm.h"
#include "store/store.h"
#include "temporary.h"
#include "test.h"

#define THREADS 8
#define COUNT 20

static store *db;
static ost_arena *arena;

static const store_initial_access token = {.realm = {"r", 1},
                                           .id = {"t", 1},
                                           .created = 1000,
                                           .expiration = 100,
                                           .count = COUNT,
                                           .remaining = COUNT};

static int setup(void **state)
{
    const store_realm realm = {OST_TEXT("id"), OST_TEXT("r"), OST_TEXT("{}"), 1};
    (void)state;
    arena = ost_arena_new(1 << 20);
    return store_open(temporary_store(), &db, NULL) == OST_OK &&
                   store_realm_create(db, &realm, NULL, 0, NULL, 0, NULL) == OST_OK &&
                   store_initial_access_create(db, &token) == OST_OK
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

static ost_result take(int64_t now)
{
    return store_initial_access_take(db, token.realm, token.id, now);
}

static size_t list(store_initial_access **ret)
{
    size_t count = 0;
    assert_int_equal(store_initial_access_list(db, token.realm, 10, arena, ret, &count), OST_OK);
    return count;
}

static atomic_int taken;

static void *take_all(void *user)
{
    (void)user;
    while (take(1050) == OST_OK)
        atomic_fetch_add(&taken, 1);
    return NULL;
}

static void no_registration_is_taken_twice(void **state)
{
    pthread_t threads[THREADS];
    store_initial_access *tokens;
    (void)state;
    atomic_store(&taken, 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_all, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&taken), COUNT);
    assert_int_equal(take(1050), OST_E_CONFLICT);
    assert_int_equal(list(&tokens), 1);
    assert_int_equal(tokens[0].remaining, 0);
    assert_int_equal(tokens[0].count, COUNT);
}

static void what_was_given_back_can_be_taken(void **state)
{
    store_initial_access *tokens;
    (void)state;
    assert_int_equal(store_initial_access_give_back(db, token.realm, token.id), OST_E_NOT_FOUND);
    assert_int_equal(take(1050), OST_OK);
    assert_int_equal(store_initial_access_give_back(db, token.realm, token.id), OST_OK);
    assert_int_equal(list(&tokens), 1);
    assert_int_equal(tokens[0].remaining, COUNT);
}

static void it_ends(void **state)
{
    store_initial_access forever = token, *tokens;
    size_t rows;
    (void)state;
    forever.id = OST_TEXT("u");
    forever.expiration = 0;
    assert_int_equal(store_initial_access_create(db, &forever), OST_OK);
    assert_int_equal(store_initial_access_create(db, &forever), OST_E_CONFLICT);
    assert_int_equal(take(1099), OST_OK);
    assert_int_equal(take(1100), OST_E_EXPIRED);
    assert_int_equal(store_initial_access_take(db, token.realm, forever.id, 1 << 30), OST_OK);
    assert_int_equal(store_initial_access_take(db, OST_TEXT("other"), token.id, 1050),
                     OST_E_NOT_FOUND);
    assert_int_equal(store_sweep(db, 1100, &rows), OST_OK);
    assert_int_equal(list(&tokens), 1);
    assert_true(text_equal(tokens[0].id, forever.id));
    assert_int_equal(store_initial_access_delete(db, token.realm, forever.id), OST_OK);
    assert_int_equal(store_initial_access_delete(db, token.realm, forever.id), OST_E_NOT_FOUND);
    assert_int_equal(list(&tokens), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_registration_is_taken_twice, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_given_back_can_be_taken, setup, teardown),
        cmocka_unit_test_setup_teardown(it_ends, setup, teardown),
    };
    return cmocka_run_group_tests_name("store/initial_access", tests, NULL, NULL);
}
