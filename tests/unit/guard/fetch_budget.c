/* SPDX-License-Identifier: Apache-2.0 */
/* What strangers may cost us. */

#include <stdio.h>

#include "base/text.h"
#include "guard/keys/fetch_budget.h"
#include "test.h"

static bool no_random(void *user, unsigned char *ret, size_t n)
{
    return false;
}

static void two_fetches_in_any_thirty_seconds(void **state)
{
    fetch_budget b;
    int64_t spent[64], count = 0;
    assert_int_equal(fetch_budget_init(&b, NULL), OST_OK);
    for (int64_t now = 1; now < 400000; now += 777) {
        if (fetch_budget_spend(&b, now))
            spent[count++] = now;
    }
    assert_true(count >= 24 && count <= 28);
    for (int64_t i = 2; i < count; i++)
        assert_true(spent[i] - spent[i - 2] >= FETCH_WINDOW);
    assert_true(spent[1] - spent[0] == 777);
}

/* The clock may be that of a machine that has just been started. */
static void a_new_budget_is_whole(void **state)
{
    fetch_budget b;
    assert_int_equal(fetch_budget_init(&b, NULL), OST_OK);
    for (int i = 0; i < FETCH_ATTEMPTS; i++)
        assert_true(fetch_budget_spend(&b, 10));
    assert_false(fetch_budget_spend(&b, 10));
    assert_false(fetch_budget_spend(&b, 10 + FETCH_WINDOW - 1));
    assert_true(fetch_budget_spend(&b, 10 + FETCH_WINDOW));
}

static void unknown_kids_are_remembered_for_a_window(void **state)
{
    fetch_budget b;
    assert_int_equal(fetch_budget_init(&b, NULL), OST_OK);
    uint64_t kid = fetch_budget_hash(&b, OST_TEXT("kid"));
    assert_int_equal(kid, fetch_budget_hash(&b, OST_TEXT("kid")));
    assert_int_not_equal(kid, fetch_budget_hash(&b, OST_TEXT("kie")));
    assert_int_not_equal(kid, fetch_budget_hash(&b, (ost_text){0}));
    assert_false(fetch_budget_knows(&b, kid, 1000));
    fetch_budget_remember(&b, kid, 1000);
    assert_true(fetch_budget_knows(&b, kid, 1000));
    assert_true(fetch_budget_knows(&b, kid, 1000 + FETCH_WINDOW - 1));
    assert_false(fetch_budget_knows(&b, kid, 1000 + FETCH_WINDOW));
}

static void their_number_is_bounded(void **state)
{
    fetch_budget b;
    assert_int_equal(fetch_budget_init(&b, NULL), OST_OK);
    uint64_t first = fetch_budget_hash(&b, OST_TEXT("first"));
    fetch_budget_remember(&b, first, 1);
    for (uint64_t i = 1; i < UNKNOWN_KIDS; i++) {
        fetch_budget_remember(&b, first ^ i, 1);
        fetch_budget_remember(&b, first ^ i, 1); /* takes no second place */
    }
    assert_true(fetch_budget_knows(&b, first, 2));
    fetch_budget_remember(&b, ~first, 1);
    assert_false(fetch_budget_knows(&b, first, 2));
    assert_true(fetch_budget_knows(&b, ~first, 2));
}

/* Beside what any kid may spend: one that comes again and again is not kept waiting for long. */
static void a_reserve_for_kids_that_come_again(void **state)
{
    fetch_budget b;
    int64_t wait = -1;
    assert_int_equal(fetch_budget_init(&b, NULL), OST_OK);
    uint64_t kid = fetch_budget_hash(&b, OST_TEXT("new"));
    assert_true(fetch_budget_spend(&b, 100000) && fetch_budget_spend(&b, 100000));
    for (int i = 1; i < RESERVE_TIMES; i++)
        assert_false(fetch_budget_reserve(&b, kid, 101000, &wait));
    assert_int_equal(wait, -1);
    assert_true(fetch_budget_reserve(&b, kid, 101000, &wait));
    assert_int_equal(wait, RESERVE_PAUSE - 1000);
    assert_true(fetch_budget_reserve(&b, kid, 100000 + RESERVE_PAUSE - 1, &wait));
    assert_int_equal(wait, 1);
    assert_true(fetch_budget_reserve(&b, kid, 100000 + RESERVE_PAUSE, &wait));
    assert_int_equal(wait, 0);
    /* It counts anew, and pauses again. */
    for (int i = 1; i < RESERVE_TIMES; i++)
        assert_false(fetch_budget_reserve(&b, kid, 100001 + RESERVE_PAUSE, &wait));
    assert_true(fetch_budget_reserve(&b, kid, 100001 + RESERVE_PAUSE, &wait));
    assert_int_equal(wait, RESERVE_PAUSE - 1);
    /* What came in another window is forgotten; and the others are not paid for. */
    assert_true(fetch_budget_spend(&b, 100000 + FETCH_WINDOW));
    assert_false(fetch_budget_reserve(&b, kid, 100001 + RESERVE_PAUSE + FETCH_WINDOW, &wait));
}

/* However many kids are made up, and however often, fetches stay apart. */
static void a_flood_is_bounded(void **state)
{
    fetch_budget b;
    int64_t wait, last = 0;
    int once = 0, again = 0;
    assert_int_equal(fetch_budget_init(&b, NULL), OST_OK);
    for (int64_t now = 1; now < 60000; now++) {
        char kid[32];
        int len = snprintf(kid, sizeof kid, "made-up-%d", (int)now % 2000);
        uint64_t hash = fetch_budget_hash(&b, (ost_text){kid, (size_t)len});
        bool first = now < 2000;
        bool returns = !fetch_budget_spend(&b, now) && fetch_budget_reserve(&b, hash, now, &wait);
        once += first && returns;
        if (returns && wait == 0) {
            assert_true(last == 0 || now - last >= RESERVE_PAUSE);
            last = now;
            again++;
        }
    }
    assert_int_equal(once, 0);
    assert_in_range(again, 2, 60000 / RESERVE_PAUSE);
}

static void hashes_differ_from_program_to_program(void **state)
{
    fetch_budget a, b;
    assert_int_equal(fetch_budget_init(&a, NULL), OST_OK);
    assert_int_equal(fetch_budget_init(&b, NULL), OST_OK);
    assert_int_not_equal(fetch_budget_hash(&a, OST_TEXT("kid")),
                         fetch_budget_hash(&b, OST_TEXT("kid")));
    assert_int_equal(fetch_budget_init(&a, &(ost_context){.random = no_random}), OST_E_SYSTEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_fetches_in_any_thirty_seconds),
        cmocka_unit_test(a_new_budget_is_whole),
        cmocka_unit_test(unknown_kids_are_remembered_for_a_window),
        cmocka_unit_test(their_number_is_bounded),
        cmocka_unit_test(a_reserve_for_kids_that_come_again),
        cmocka_unit_test(a_flood_is_bounded),
        cmocka_unit_test(hashes_differ_from_program_to_program),
    };
    return cmocka_run_group_tests_name("guard-fetch_budget", tests, NULL, NULL);
}
