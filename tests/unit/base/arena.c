/* SPDX-License-Identifier: Apache-2.0 */
/* Arenas: zeroed, aligned, bounded, wiped. */
#include <stdalign.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/context.h"
#include "test.h"

static void check_zero(const unsigned char *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        assert_int_equal(data[i], 0);
}

static void zeroed_and_aligned(void **state)
{
    ost_arena *arena = ost_arena_new(1 << 20);
    for (int round = 0; round < 3; round++) {
        for (size_t size = 0; size < 3000; size += 37) {
            unsigned char *data = ost_arena_alloc(arena, size);
            assert_non_null(data);
            assert_int_equal((uintptr_t)data % alignof(max_align_t), 0);
            check_zero(data, size);
            memset(data, 0xaa, size);
        }
        ost_arena_reset(arena);
    }
    ost_arena_free(arena);
    ost_arena_free(NULL);
}

static void ceiling_holds(void **state)
{
    assert_null(ost_arena_new(0));
    ost_arena *arena = ost_arena_new(10000);
    assert_null(ost_arena_alloc(arena, 10001));
    assert_null(ost_arena_alloc(arena, SIZE_MAX));
    assert_non_null(ost_arena_alloc(arena, 6000));
    assert_null(ost_arena_alloc(arena, 6000));
    ost_arena_reset(arena);
    assert_non_null(ost_arena_alloc(arena, 10000));
    assert_null(ost_arena_alloc(arena, 1));
    ost_arena_free(arena);
}

/* What rounds up to more than a size can say is not taken for little. */
static void ceiling_beyond_all_memory(void **state)
{
    ost_arena *arena = ost_arena_new(SIZE_MAX);
    for (size_t less = 0; less < 70; less++)
        assert_null(ost_arena_alloc(arena, SIZE_MAX - less));
    assert_null(ost_arena_copy(arena, (ost_text){"", SIZE_MAX - 1}));
    unsigned char *data = ost_arena_alloc(arena, 100);
    assert_non_null(data);
    check_zero(data, 100);
    ost_arena_free(arena);
}

/* Nothing takes a piece, too: without an end there would be no ceiling. */
static void nothing_is_counted(void **state)
{
    ost_arena *arena = ost_arena_new(10000);
    size_t pieces = 0;
    while (pieces < 10000 && ost_arena_alloc(arena, 0) != NULL)
        pieces++;
    assert_in_range(pieces, 1, 9999);
    ost_arena_free(arena);
}

static void copies(void **state)
{
    ost_arena *arena = ost_arena_new(10000);
    assert_string_equal(ost_arena_copy(arena, (ost_text){"abcdef", 3}), "abc");
    assert_string_equal(ost_arena_copy(arena, (ost_text){NULL, 0}), "");
    assert_string_equal(ost_arena_format(arena, "%d-%s", 7, "x"), "7-x");
    ost_arena_free(arena);
}

static void reset_keeps_memory_and_trim_gives_it_back(void **state)
{
    ost_arena *arena = ost_arena_new(1 << 20);
    for (int i = 0; i < 100; i++)
        assert_non_null(ost_arena_alloc(arena, 5000));
    ost_arena_reset(arena);
    uint64_t before = memory_count();
    for (int i = 0; i < 100; i++)
        assert_non_null(ost_arena_alloc(arena, 5000));
    assert_int_equal(memory_count(), before);
    ost_arena_reset(arena);
    arena_trim(arena, 4096);
    unsigned char *data = ost_arena_alloc(arena, 3000);
    assert_int_equal(memory_count(), before); /* the first part is still there */
    check_zero(data, 3000);
    assert_non_null(ost_arena_alloc(arena, 5000));
    assert_true(memory_count() > before);
    ost_arena_reset(arena);
    arena_trim(arena, 0);
    arena_trim(arena, 0);
    assert_non_null(ost_arena_alloc(arena, 500000));
    ost_arena_free(arena);
}

/* Of a megabyte that was used and reset, only what is used again stays. */
static void settle_gives_unused_pages_back(void **state)
{
    enum { SIZE = 1 << 20, PAGES = 128 };
    unsigned char resident[PAGES];
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    ost_arena *arena = ost_arena_new(2 * SIZE);
    unsigned char *data = ost_arena_alloc(arena, SIZE);
    assert_non_null(data);
    memset(data, 0xA5, SIZE);
    ost_arena_reset(arena);
    assert_ptr_equal(ost_arena_alloc(arena, SIZE / 4), data);
    memset(data, 0x5A, SIZE / 4);
    unsigned char *behind =
        (unsigned char *)(((uintptr_t)data + SIZE / 4 + page) / page * page); /* a whole page */
    assert_int_equal(mincore(behind, PAGES * page, resident), 0);
    for (size_t i = 0; i < PAGES; i++)
        assert_int_equal(resident[i] & 1, 1);
    arena_settle(arena);
    assert_int_equal(mincore(behind, PAGES * page, resident), 0);
    for (size_t i = 0; i < PAGES; i++)
        assert_int_equal(resident[i] & 1, 0);
    for (size_t i = 0; i < SIZE / 4; i++)
        assert_int_equal(data[i], 0x5A);
    check_zero(ost_arena_alloc(arena, SIZE / 2), SIZE / 2);
    ost_arena_free(arena);
}

typedef struct notes {
    char text[8];
    size_t len;
    const char *data; /* in the arena */
} notes;

static notes noted;

static void note(void *user)
{
    noted.text[noted.len++] = *(const char *)user;
    assert_string_equal(noted.data, "not wiped yet");
}

static void deferred_calls_come_before_the_wiping(void **state)
{
    static char letters[] = "abcd";
    ost_arena *arena = ost_arena_new(10000), *tiny = ost_arena_new(8);
    noted.data = ost_arena_copy(arena, (ost_text){"not wiped yet", 13});
    assert_true(ost_arena_defer(arena, note, &letters[0]));
    assert_true(ost_arena_defer(arena, note, &letters[1]));
    assert_int_equal(noted.len, 0);
    ost_arena_reset(arena);
    assert_string_equal(noted.text, "ba");
    ost_arena_reset(arena); /* once */
    assert_string_equal(noted.text, "ba");
    noted.data = ost_arena_copy(arena, (ost_text){"not wiped yet", 13});
    assert_true(ost_arena_defer(arena, note, &letters[2]));
    ost_arena_free(arena);
    assert_string_equal(noted.text, "bac");
    assert_false(ost_arena_defer(tiny, note, &letters[3]));
    ost_arena_free(tiny);
    assert_string_equal(noted.text, "bac");
}

static void use_is_counted(void **state)
{
    ost_arena *arena = ost_arena_new(100000);
    assert_int_equal(ost_arena_used(arena), 0);
    for (size_t i = 1; i < 300; i++)
        assert_non_null(ost_arena_alloc(arena, i));
    size_t used = ost_arena_used(arena);
    assert_true(used >= 299 * 300 / 2 && used < 299 * 300 / 2 + 300 * 16);
    /* As much is enough for the same again. */
    ost_arena *exact = ost_arena_new(used);
    for (size_t i = 1; i < 300; i++)
        assert_non_null(ost_arena_alloc(exact, i));
    assert_int_equal(ost_arena_used(exact), used);
    ost_arena_free(exact);
    ost_arena_reset(arena);
    assert_int_equal(ost_arena_used(arena), 0);
    ost_arena_free(arena);
}

/* Pieces that grow a little each time never fit into what the time before has left. */
static void kept_memory_is_bounded(void **state)
{
    ost_arena *arena = ost_arena_new(1 << 20);
    for (size_t round = 0; round < 200; round++) {
        assert_non_null(ost_arena_alloc(arena, 900000 + 16 * round));
        assert_non_null(ost_arena_alloc(arena, 140000 - 16 * round));
        ost_arena_reset(arena);
    }
    uint64_t before = memory_count();
    for (size_t round = 200; round < 400; round++) {
        assert_non_null(ost_arena_alloc(arena, 900000 + 16 * round));
        assert_non_null(ost_arena_alloc(arena, 140000 - 16 * round));
        ost_arena_reset(arena);
    }
    assert_int_equal(memory_count(), before);
    ost_arena_free(arena);
}

static uint32_t throw_dice(uint32_t *dice, uint32_t sides)
{
    *dice = *dice * 1664525 + 1013904223;
    return (*dice >> 8) % sides;
}

/* Any sizes in any order: pieces are apart, keep what is put into them, and end at the ceiling. */
static void pieces_do_not_touch(void **state)
{
    enum { CEILING = 50000, PIECES = 400 };
    struct {
        unsigned char *data;
        size_t size;
    } pieces[PIECES];
    uint32_t dice = 4711;
    ost_arena *arena = ost_arena_new(CEILING);
    for (int round = 0; round < 300; round++) {
        size_t count = 0, total = 0;
        uint32_t largest = 1U << (1 + throw_dice(&dice, 15));
        while (count < PIECES) {
            size_t size = throw_dice(&dice, largest);
            unsigned char *data = ost_arena_alloc(arena, size);
            if (data == NULL) {
                assert_true(ost_arena_used(arena) + size + 16 > CEILING);
                break;
            }
            check_zero(data, size);
            memset(data, (int)(count & 0xFF), size);
            pieces[count].data = data;
            pieces[count++].size = size;
            total += size;
        }
        assert_true(total <= ost_arena_used(arena) && ost_arena_used(arena) <= CEILING);
        if (throw_dice(&dice, 4) == 0)
            arena_settle(arena);
        for (size_t i = 0; i < count; i++)
            for (size_t j = 0; j < pieces[i].size; j++)
                if (pieces[i].data[j] != (i & 0xFF))
                    fail_msg("piece %zu was changed", i);
        ost_arena_reset(arena);
        if (throw_dice(&dice, 4) == 0)
            arena_settle(arena);
        if (throw_dice(&dice, 4) == 0)
            arena_trim(arena, throw_dice(&dice, CEILING));
    }
    ost_arena_free(arena);
}

static void every_allocation_may_fail(void **state)
{
    bool done = false;
    for (uint64_t n = 1; !done; n++) {
        assert_true(n < 100);
        memory_fail_at(n);
        ost_arena *arena = ost_arena_new(1 << 20);
        done = arena != NULL && ost_arena_alloc(arena, 3000) != NULL &&
               ost_arena_alloc(arena, 3000) != NULL && ost_arena_alloc(arena, 90000) != NULL &&
               ost_arena_format(arena, "%5000d", 1) != NULL;
        memory_fail_at(0);
        ost_arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zeroed_and_aligned),
        cmocka_unit_test(ceiling_holds),
        cmocka_unit_test(ceiling_beyond_all_memory),
        cmocka_unit_test(nothing_is_counted),
        cmocka_unit_test(copies),
        cmocka_unit_test(reset_keeps_memory_and_trim_gives_it_back),
        cmocka_unit_test(settle_gives_unused_pages_back),
        cmocka_unit_test(deferred_calls_come_before_the_wiping),
        cmocka_unit_test(use_is_counted),
        cmocka_unit_test(kept_memory_is_bounded),
        cmocka_unit_test(pieces_do_not_touch),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("base-arena", tests, NULL, NULL);
}
