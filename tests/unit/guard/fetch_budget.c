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
        cmocka_unit_test(hashes_differ_from_program_to_program),
    };
    return cmocka_run_group_tests_name("guard-fetch_budget", tests, NULL, NULL);
}
