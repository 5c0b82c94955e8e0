/* SPDX-License-Identifier: Apache-2.0 */
/* Attack 41: proofs that are shown again, at another process, while others die, when there is no
 * room. */
#include <ostiary/replay.h>

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "test.h"

#define OWNER OST_TEXT("owner")

static void *mapping_new(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(memory, MAP_FAILED);
    return memory;
}

static ost_replay_table *make(size_t size)
{
    ost_replay_table *table;
    assert_int_equal(ost_replay_table_make(mapping_new(size), size, NULL, &table), OST_OK);
    return table;
}

static ost_result note(ost_replay_table *table, unsigned number, int64_t until, int64_t now)
{
    char id[32];
    snprintf(id, sizeof id, "proof-%u", number);
    return ost_replay_table_note(table, OWNER, text_of(id), until, now);
}

/* Of one of many keys. */
static ost_result note_of(ost_replay_table *table, unsigned key, unsigned number, int64_t until,
                          int64_t now)
{
    char owner[32], id[32];
    snprintf(owner, sizeof owner, "key-%u", key);
    snprintf(id, sizeof id, "proof-%u", number);
    return ost_replay_table_note(table, text_of(owner), text_of(id), until, now);
}

static void attack_41_a_proof_counts_once(void **state)
{
    ost_replay_table *table = make(4096);
    assert_int_equal(note(table, 1, 160, 100), OST_OK);
    assert_int_equal(note(table, 1, 160, 100), OST_E_CONFLICT);
    assert_int_equal(note(table, 1, 170, 160), OST_E_CONFLICT); /* the last second counts */
    assert_int_equal(note(table, 1, 221, 161), OST_OK);
    assert_int_equal(note(table, 2, 221, 161), OST_OK);
    munmap(table, 4096);
}

static void proofs_of_others_are_others(void **state)
{
    ost_replay_table *table = make(4096);
    assert_int_equal(ost_replay_table_note(table, OST_TEXT("ab"), OST_TEXT("c"), 160, 100), OST_OK);
    assert_int_equal(ost_replay_table_note(table, OST_TEXT("a"), OST_TEXT("bc"), 160, 100), OST_OK);
    assert_int_equal(ost_replay_table_note(table, OST_TEXT(""), OST_TEXT("abc"), 160, 100), OST_OK);
    assert_int_equal(ost_replay_table_note(table, OST_TEXT("c"), OST_TEXT("ab"), 160, 100), OST_OK);
    assert_int_equal(ost_replay_table_note(table, OST_TEXT("ab"), OST_TEXT("c"), 160, 100),
                     OST_E_CONFLICT);
    munmap(table, 4096);
}

/* Fills it up: what it promises has room, what was taken is still known, and it has room again. */
static void attack_41_nothing_is_forgotten(void **state)
{
    enum { PROOFS = 20000, TRIED = 60000 };
    static bool taken[TRIED];
    size_t size = ost_replay_table_size(PROOFS);
    ost_replay_table *table = make(size);
    unsigned first_busy = 0, count = 0;
    for (unsigned i = 0; i < TRIED; i++) {
        ost_result result = note_of(table, i, i, 160, 100);
        assert_true(result == OST_OK || result == OST_E_BUSY);
        taken[i] = result == OST_OK;
        count += taken[i];
        if (!taken[i] && first_busy == 0)
            first_busy = i;
    }
    assert_true(first_busy >= PROOFS);
    assert_true(count <= size / 8);
    for (unsigned i = 0; i < TRIED; i++)
        assert_int_equal(note_of(table, i, i, 160, 160), taken[i] ? OST_E_CONFLICT : OST_E_BUSY);
    for (unsigned i = 0; i < PROOFS; i++)
        assert_int_equal(note_of(table, i, TRIED + i, 241, 181), OST_OK);
    munmap(table, size);
}

/* ---- floods ---- */

#define ROOM 16384

static unsigned flood(ost_replay_table *table, unsigned key, unsigned first, int64_t until,
                      int64_t now)
{
    unsigned taken = 0;
    for (unsigned i = 0; i < 2 * ROOM; i++) {
        ost_result result = note_of(table, key, first + i, until, now);
        assert_true(result == OST_OK || result == OST_E_CEILING);
        taken += result == OST_OK;
    }
    return taken;
}

/* As many as clients of an ordinary day show: each a few, none of them is refused. */
static void many_are_let_in(ost_replay_table *table, unsigned keys, int64_t until, int64_t now)
{
    for (unsigned key = 0; key < keys; key++) {
        for (unsigned i = 0; i < 4; i++)
            assert_int_equal(note_of(table, 1000000 + key, i, until, now), OST_OK);
    }
}

static void attack_41_a_key_that_floods_leaves_room(void **state)
{
    size_t size = ost_replay_table_size(ROOM);
    ost_replay_table *table = make(size);
    assert_in_range(flood(table, 1, 0, 160, 100), ROOM * 3 / 4, ROOM * 5 / 6);
    assert_int_equal(note_of(table, 1, 5, 160, 160), OST_E_CONFLICT); /* nothing is forgotten */
    many_are_let_in(table, ROOM / 32, 160, 100);
    /* What it showed counts for a span longer than it is remembered. */
    assert_in_range(flood(table, 1, 1000000, 236, 176), ROOM * 3 / 4, ROOM * 5 / 6);
    munmap(table, size);
}

/* Proofs of all ages, so that they count in as many spans: their shares are those of all. */
static void attack_41_a_key_that_floods_with_proofs_of_all_ages(void **state)
{
    size_t size = ost_replay_table_size(ROOM);
    ost_replay_table *table = make(size);
    unsigned taken = 0;
    for (unsigned i = 0; i < 2 * ROOM; i++)
        taken += note_of(table, 1, i, 100 + i % 70, 100) == OST_OK;
    assert_in_range(taken, ROOM * 3 / 4, ROOM * 5 / 6);
    many_are_let_in(table, ROOM / 32, 160, 100);
    munmap(table, size);
}

static void attack_41_many_keys_that_flood_leave_room(void **state)
{
    enum { FLOODS = 20, LARGE = 8 * ROOM };
    size_t size = ost_replay_table_size(LARGE);
    ost_replay_table *table = make(size);
    for (unsigned round = 0; round < LARGE / 16; round++) {
        for (unsigned key = 0; key < FLOODS; key++)
            (void)!note_of(table, key, round, 160, 100);
    }
    many_are_let_in(table, 64, 160, 100);
    munmap(table, size);
}

/* What is noted for longer than is counted ahead is remembered all the same. */
static void proofs_for_long(void **state)
{
    ost_replay_table *table = make(8192);
    assert_int_equal(note(table, 1, 100000, 100), OST_OK);
    assert_int_equal(note(table, 1, 100000, 100), OST_E_CONFLICT);
    assert_int_equal(note(table, 1, 100000, 99999), OST_E_CONFLICT);
    munmap(table, 8192);
}

static void attack_41_clock_that_is_set_back(void **state)
{
    ost_replay_table *table = make(8192);
    for (unsigned i = 0; i < 200; i++)
        assert_int_equal(note_of(table, i, i, 160, 100), OST_OK);
    for (unsigned i = 200; i < 400; i++) /* in their places */
        assert_int_equal(note_of(table, i, i, 360, 300), OST_OK);
    for (unsigned i = 0; i < 200; i++)
        assert_int_equal(note_of(table, i, i, 160, 100), OST_E_CONFLICT);
    /* What cannot have been forgotten comes in: a clock that ran ahead keeps nobody out for long.
     */
    for (unsigned i = 400; i < 450; i++) {
        assert_int_equal(note_of(table, i, i, 161, 110), OST_OK);
        assert_int_equal(note_of(table, i, i, 161, 110), OST_E_CONFLICT);
    }
    munmap(table, 8192);
}

/* The part of the time that a word has goes round in 8.5 years. */
static void seconds_go_round(void **state)
{
    const int64_t round = (int64_t)1 << 28;
    ost_replay_table *table = make(4096);
    for (int64_t now = round - 200; now < round + 200; now += 10) {
        unsigned number = (unsigned)(now - round + 1000);
        assert_int_equal(note(table, number, now + 60, now), OST_OK);
        assert_int_equal(note(table, number, now + 60, now + 60), OST_E_CONFLICT);
        assert_int_equal(note(table, number, now + 121, now + 61), OST_OK);
    }
    munmap(table, 4096);
}

static void memory_that_is_no_table(void **state)
{
    ost_replay_table *table = NULL;
    char *memory = mapping_new(16384);
    assert_int_equal(ost_replay_table_make(NULL, 8192, NULL, &table), OST_E_ARGUMENT);
    assert_int_equal(ost_replay_table_make(memory + 8, 8192, NULL, &table), OST_E_ARGUMENT);
    assert_int_equal(ost_replay_table_make(memory, 4095, NULL, &table), OST_E_CEILING);
    assert_int_equal(ost_replay_table_make(memory, SIZE_MAX, NULL, &table), OST_E_CEILING);
    assert_int_equal(ost_replay_table_open(memory, 8192, &table), OST_E_ARGUMENT);
    assert_null(table);
    assert_int_equal(ost_replay_table_make(memory, 8192, NULL, &table), OST_OK);
    assert_int_equal(ost_replay_table_open(memory, 8192, &table), OST_OK);
    assert_int_equal(ost_replay_table_open(memory, 16384, &table), OST_E_ARGUMENT);
    memory[0] ^= 1; /* another version */
    assert_int_equal(ost_replay_table_open(memory, 8192, &table), OST_E_ARGUMENT);
    assert_int_equal(ost_replay_table_note(NULL, OWNER, OWNER, 160, 100), OST_E_ARGUMENT);
    assert_int_equal(ost_replay_table_note(table, OWNER, OWNER, 99, 100), OST_E_ARGUMENT);
    assert_int_equal(ost_replay_table_note(table, OWNER, OWNER, INT64_MAX, 0), OST_E_ARGUMENT);
    assert_int_equal(ost_replay_table_note(table, OWNER, OWNER, 1, -1), OST_E_ARGUMENT);
    munmap(memory, 16384);
    assert_in_range(ost_replay_table_size(0), 4096, 4096);
    assert_in_range(ost_replay_table_size(SIZE_MAX), (size_t)1 << 36, (size_t)1 << 36);
    assert_in_range(ost_replay_table_size(1000000), 12000000, 13500000);
}

/* ---- many at once ---- */

#define RUNNERS 4
#define SHOWN 20000

typedef struct race {
    ost_replay_table *table;
    atomic_uint let_in[SHOWN];
} race;

/* Clocks that differ by a second, as those of processes may that look at it before and after. */
static void *show_all(void *user)
{
    race *r = user;
    for (unsigned i = 0; i < SHOWN; i++) {
        int64_t now = 100 + i / 500;
        if (note(r->table, i, now + 60, now + rand() % 2) == OST_OK)
            atomic_fetch_add(&r->let_in[i], 1);
    }
    return NULL;
}

static size_t twice(const race *r, size_t *ret_never)
{
    size_t count = *ret_never = 0;
    for (unsigned i = 0; i < SHOWN; i++) {
        count += atomic_load(&r->let_in[i]) > 1;
        *ret_never += atomic_load(&r->let_in[i]) == 0;
    }
    return count;
}

static void attack_41_a_proof_counts_once_among_threads(void **state)
{
    static race r;
    pthread_t threads[RUNNERS];
    size_t size = ost_replay_table_size((size_t)2 * SHOWN), never;
    r.table = make(size);
    for (int i = 0; i < RUNNERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, show_all, &r), 0);
    for (int i = 0; i < RUNNERS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(twice(&r, &never), 0);
    assert_true(never < SHOWN / 100); /* of two that come in the same instant both may be refused */
    munmap(r.table, size);
}

/* Processes, each of which but the last is killed amid its work, another one taking its place. */
static void attack_41_a_process_that_dies_holds_up_nobody(void **state)
{
    race *r = mapping_new(sizeof *r);
    size_t size = ost_replay_table_size((size_t)2 * SHOWN), never;
    r->table = make(size);
    for (int k = 0; k < 8; k++) {
        pid_t pids[RUNNERS];
        for (int i = 0; i < RUNNERS; i++) {
            pids[i] = fork();
            assert_true(pids[i] >= 0);
            if (pids[i] == 0) {
                show_all(r);
                _exit(0);
            }
        }
        usleep(1000);
        for (int i = 0; i < RUNNERS; i++) {
            int status;
            if (k < 7)
                kill(pids[i], SIGKILL);
            assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
            assert_true(k < 7 || status == 0);
        }
    }
    assert_int_equal(twice(r, &never), 0);
    for (unsigned i = 0; i < SHOWN; i++)
        assert_int_equal(note(r->table, i, 160 + i / 500, 100 + i / 500), OST_E_CONFLICT);
    munmap(r->table, size);
    munmap(r, sizeof *r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attack_41_a_proof_counts_once),
        cmocka_unit_test(proofs_of_others_are_others),
        cmocka_unit_test(attack_41_nothing_is_forgotten),
        cmocka_unit_test(attack_41_a_key_that_floods_leaves_room),
        cmocka_unit_test(attack_41_a_key_that_floods_with_proofs_of_all_ages),
        cmocka_unit_test(attack_41_many_keys_that_flood_leave_room),
        cmocka_unit_test(proofs_for_long),
        cmocka_unit_test(attack_41_clock_that_is_set_back),
        cmocka_unit_test(seconds_go_round),
        cmocka_unit_test(memory_that_is_no_table),
        cmocka_unit_test(attack_41_a_proof_counts_once_among_threads),
        cmocka_unit_test(attack_41_a_process_that_dies_holds_up_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
