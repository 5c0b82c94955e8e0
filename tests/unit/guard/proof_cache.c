/* SPDX-License-Identifier: Apache-2.0 */
/* Attack 41: proofs that are shown again, one after the other and by many threads at once. */
#include "guard/sender/proof_cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/context.h"
#include "base/text.h"
#include "test.h"

#define OWNER OST_TEXT("owner")
#define KEY_MAX 32

static proof_cache *make(size_t entries)
{
    proof_cache *cache;
    assert_int_equal(proof_cache_new(NULL, entries, &cache), OST_OK);
    return cache;
}

static ost_result add(proof_cache *cache, unsigned number, int64_t until, int64_t now)
{
    char id[32];
    snprintf(id, sizeof id, "proof-%u", number);
    return proof_cache_add(cache, OWNER, text_of(id), until, now);
}

/* Of one of many keys. */
static ost_result add_of(proof_cache *cache, unsigned key, unsigned number, int64_t until,
                         int64_t now)
{
    char owner[KEY_MAX], id[32];
    snprintf(owner, sizeof owner, "key-%u", key);
    snprintf(id, sizeof id, "proof-%u", number);
    return proof_cache_add(cache, text_of(owner), text_of(id), until, now);
}

static void attack_41_a_proof_counts_once(void **state)
{
    proof_cache *cache = make(1000);
    assert_int_equal(add(cache, 1, 160, 100), OST_OK);
    assert_int_equal(add(cache, 1, 160, 100), OST_E_CONFLICT);
    assert_int_equal(add(cache, 1, 170, 160), OST_E_CONFLICT); /* the last second counts */
    assert_int_equal(add(cache, 1, 221, 161), OST_OK);
    assert_int_equal(add(cache, 2, 221, 161), OST_OK);
    proof_cache_free(cache);
}

static void attack_41_clock_that_is_set_back(void **state)
{
    proof_cache *cache = make(1);
    ost_result first[64];
    for (unsigned i = 0; i < 64; i++) { /* more in some tables than there is room for */
        first[i] = add_of(cache, i, i, 160, 100);
        assert_true(first[i] == OST_OK || first[i] == OST_E_BUSY);
    }
    for (unsigned i = 0; i < 64; i++)
        (void)!add_of(cache, 100 + i, 100 + i, 360, 300);
    for (unsigned i = 0; i < 64; i++) {
        ost_result again = add_of(cache, i, i, 160, 100);
        assert_true(again == OST_E_CONFLICT || (again == OST_E_BUSY && first[i] == OST_E_BUSY));
    }
    proof_cache_free(cache);
}

/* A clock that ran ahead for a moment keeps nobody out for as long as it was ahead: what could have
 * been forgotten is refused, and nothing else. */
static void a_clock_that_ran_ahead_costs_little(void **state)
{
    proof_cache *cache = make(1 << 16);
    for (unsigned i = 0; i < 1000; i++)
        assert_int_equal(add(cache, i, 160, 100), OST_OK);
    for (unsigned i = 0; i < 1000; i++) /* in the same chains, which forget */
        assert_int_equal(add(cache, i, 3660, 3600), OST_OK);
    for (unsigned i = 1000; i < 2000; i++) {
        assert_int_equal(add(cache, i, 160, 110), OST_E_CONFLICT);
        assert_int_equal(add(cache, i, 161, 110), OST_OK);
        assert_int_equal(add(cache, i, 161, 110), OST_E_CONFLICT);
    }
    proof_cache_free(cache);
}

static void proofs_of_others_are_others(void **state)
{
    proof_cache *cache = make(1000);
    assert_int_equal(proof_cache_add(cache, OST_TEXT("ab"), OST_TEXT("c"), 160, 100), OST_OK);
    assert_int_equal(proof_cache_add(cache, OST_TEXT("a"), OST_TEXT("bc"), 160, 100), OST_OK);
    assert_int_equal(proof_cache_add(cache, OST_TEXT(""), OST_TEXT("abc"), 160, 100), OST_OK);
    assert_int_equal(proof_cache_add(cache, OST_TEXT("ab"), OST_TEXT("c"), 160, 100),
                     OST_E_CONFLICT);
    /* Two clients that choose the same id do not stand in each other's way. */
    assert_int_equal(proof_cache_add(cache, OST_TEXT("x"), OST_TEXT("id"), 160, 100), OST_OK);
    assert_int_equal(proof_cache_add(cache, OST_TEXT("y"), OST_TEXT("id"), 160, 100), OST_OK);
    assert_int_equal(proof_cache_add(cache, OST_TEXT("y"), OST_TEXT("id"), 160, 100),
                     OST_E_CONFLICT);
    proof_cache_free(cache);
}

/* Fills it up; every proof that was taken is still known. */
static void attack_41_nothing_is_forgotten(void **state)
{
    proof_cache *cache = make(128);
    bool taken[1000];
    unsigned count = 0;
    for (unsigned i = 0; i < 1000; i++) {
        ost_result result = add_of(cache, i, i, 160, 100);
        assert_true(result == OST_OK || result == OST_E_BUSY);
        taken[i] = result == OST_OK;
        count += taken[i];
    }
    assert_int_equal(count, 128);
    for (unsigned i = 0; i < 1000; i++)
        assert_int_equal(add_of(cache, i, i, 160, 160), taken[i] ? OST_E_CONFLICT : OST_E_BUSY);
    /* Room for as many again as soon as they are too old. */
    count = 0;
    for (unsigned i = 1000; i < 2000; i++)
        count += add_of(cache, i, i, 221, 161) == OST_OK;
    assert_int_equal(count, 128);
    proof_cache_free(cache);
}

/* ---- floods ---- */

#define ROOM (1 << 14)

/* Until the key is refused; how many were taken. What is refused was never noted. */
static unsigned flood(proof_cache *cache, unsigned key, unsigned first, int64_t until, int64_t now)
{
    unsigned taken = 0;
    for (unsigned i = 0; i < 2 * ROOM; i++) {
        ost_result result = add_of(cache, key, first + i, until, now);
        assert_true(result == OST_OK || result == OST_E_CEILING);
        taken += result == OST_OK;
    }
    return taken;
}

/* As many as clients of an ordinary day show: each a few, none of them is refused. */
static void many_are_let_in(proof_cache *cache, unsigned keys, int64_t until, int64_t now)
{
    for (unsigned key = 0; key < keys; key++) {
        for (unsigned i = 0; i < 4; i++)
            assert_int_equal(add_of(cache, 1000000 + key, i, until, now), OST_OK);
    }
}

static void attack_41_a_key_that_floods_leaves_room(void **state)
{
    proof_cache *cache = make(ROOM);
    unsigned taken = flood(cache, 1, 0, 160, 100);
    assert_in_range(taken, ROOM * 3 / 4, ROOM * 5 / 6);
    assert_int_equal(add_of(cache, 1, 5, 160, 160), OST_E_CONFLICT); /* and nothing is forgotten */
    many_are_let_in(cache, ROOM / 32, 160, 100);
    /* What the others have is no longer the flood's, once its own are too old. */
    assert_in_range(flood(cache, 1, 1000000, 161, 161), ROOM * 3 / 4, ROOM * 5 / 6);
    proof_cache_free(cache);
}

static void attack_41_many_keys_that_flood_leave_room(void **state)
{
    enum { FLOODS = 20, LARGE = 4 * ROOM };
    proof_cache *cache = make(LARGE);
    unsigned taken = 0;
    for (unsigned round = 0; round < LARGE / 16; round++) {
        for (unsigned key = 0; key < FLOODS; key++)
            taken += add_of(cache, key, round, 160, 100) == OST_OK;
    }
    assert_in_range(taken, LARGE / 100 * 96, LARGE - LARGE / 128);
    many_are_let_in(cache, 32, 160, 100);
    proof_cache_free(cache);
}

/* A gateway shows the proofs of all of its users by one key: half the room is hers in peace, and
 * while another key floods she keeps coming in as often as ever. */
static void a_large_client_lives_beside_a_flood(void **state)
{
    enum { LIFE = 60, EACH = ROOM / 4 / LIFE };
    proof_cache *cache = make(ROOM);
    unsigned number = 0;
    for (int64_t now = 0; now < 10 * LIFE; now++) {
        for (int i = 0; i < EACH; i++)
            assert_int_equal(add_of(cache, 1, number++, now + LIFE - 1, now), OST_OK);
        for (unsigned i = 0; now >= 3 * LIFE && i < ROOM / 8; i++)
            (void)!add_of(cache, 2, number++, now + LIFE - 1, now);
    }
    proof_cache_free(cache);
}

/* Far more proofs than there is room for, and never so many at a time that any share of it could be
 * full, however they fall. */
static void rooms_are_used_again_and_again(void **state)
{
    proof_cache *cache = make(1024);
    unsigned number = 0;
    for (int64_t now = 0; now < 2000; now++) {
        for (int i = 0; i < 2; i++)
            assert_int_equal(add(cache, number++, now + 10, now), OST_OK);
    }
    proof_cache_free(cache);
}

static void memory_may_run_out(void **state)
{
    proof_cache *cache = make(128);
    memory_fail_at(1);
    assert_int_equal(add(cache, 1, 160, 100), OST_E_MEMORY);
    memory_fail_at(2);
    assert_int_equal(add(cache, 1, 160, 100), OST_E_MEMORY);
    memory_fail_at(3);
    assert_int_equal(add(cache, 1, 160, 100), OST_E_MEMORY);
    memory_fail_at(0);
    assert_int_equal(add(cache, 1, 160, 100), OST_OK);
    assert_int_equal(add(cache, 1, 160, 100), OST_E_CONFLICT);
    proof_cache_free(cache);
}

/* ---- many threads ---- */

#define THREADS 8
#define PROOFS 20000

typedef struct race {
    proof_cache *cache;
    atomic_uint let_in[PROOFS];
} race;

static void *show_all(void *user)
{
    race *r = user;
    for (unsigned i = 0; i < PROOFS; i++) {
        ost_result result = add(r->cache, i, 160, 100 + i % 60);
        if (result == OST_OK)
            atomic_fetch_add(&r->let_in[i], 1);
    }
    return NULL;
}

static void attack_41_a_proof_counts_once_among_threads(void **state)
{
    static race r;
    pthread_t threads[THREADS];
    r.cache = make((size_t)4 * PROOFS);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, show_all, &r), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (unsigned i = 0; i < PROOFS; i++)
        assert_int_equal(atomic_load(&r.let_in[i]), 1);
    proof_cache_free(r.cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attack_41_a_proof_counts_once),
        cmocka_unit_test(attack_41_clock_that_is_set_back),
        cmocka_unit_test(a_clock_that_ran_ahead_costs_little),
        cmocka_unit_test(proofs_of_others_are_others),
        cmocka_unit_test(attack_41_nothing_is_forgotten),
        cmocka_unit_test(attack_41_a_key_that_floods_leaves_room),
        cmocka_unit_test(attack_41_many_keys_that_flood_leave_room),
        cmocka_unit_test(a_large_client_lives_beside_a_flood),
        cmocka_unit_test(rooms_are_used_again_and_again),
        cmocka_unit_test(memory_may_run_out),
        cmocka_unit_test(attack_41_a_proof_counts_once_among_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
