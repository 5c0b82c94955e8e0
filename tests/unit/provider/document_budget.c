/* SPDX-License-Identifier: Apache-2.0 */
/* The budget of fetches for each host. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "provider/client/document_budget.h"
#include "test.h"

static document_budget budget;

static int setup(void **state)
{
    (void)state;
    budget = (document_budget){0};
    return 0;
}

static void spend(const char *host, int64_t now)
{
    while (document_budget_take(&budget, text_of(host), now))
        ;
}

static void a_host_has_a_burst_and_then_one_at_a_time(void **state)
{
    (void)state;
    for (unsigned i = 0; i < BUDGET_BURST; i++)
        assert_true(document_budget_take(&budget, OST_TEXT("a.example"), 1000));
    assert_false(document_budget_take(&budget, OST_TEXT("a.example"), 1000));
    assert_false(document_budget_take(&budget, OST_TEXT("A.EXAMPLE"), 1000));
    assert_true(document_budget_take(&budget, OST_TEXT("b.example"), 1000));
    assert_false(document_budget_take(&budget, OST_TEXT("a.example"), 999 + BUDGET_REFILL_MS));
    assert_true(document_budget_take(&budget, OST_TEXT("a.example"), 1000 + BUDGET_REFILL_MS));
    assert_false(document_budget_take(&budget, OST_TEXT("a.example"), 1000 + BUDGET_REFILL_MS));
}

static void rest_fills_it_up_and_no_further(void **state)
{
    (void)state;
    spend("a.example", 0);
    for (unsigned i = 0; i < BUDGET_BURST; i++)
        assert_true(document_budget_take(&budget, OST_TEXT("a.example"), 100000000));
    assert_false(document_budget_take(&budget, OST_TEXT("a.example"), 100000000));
}

static void a_kind_may_have_a_budget_of_its_own(void **state)
{
    (void)state;
    budget.burst = 3;
    budget.refill_ms = 10;
    for (unsigned i = 0; i < 3; i++)
        assert_true(document_budget_take(&budget, OST_TEXT("a.example"), 1000));
    assert_false(document_budget_take(&budget, OST_TEXT("a.example"), 1009));
    assert_true(document_budget_take(&budget, OST_TEXT("a.example"), 1010));
    assert_false(document_budget_take(&budget, OST_TEXT("a.example"), 1010));
    for (unsigned i = 0; i < 3; i++)
        assert_true(document_budget_take(&budget, OST_TEXT("a.example"), 2000));
    assert_false(document_budget_take(&budget, OST_TEXT("a.example"), 2000));
}

static void what_is_no_host_has_none(void **state)
{
    char name[300];
    (void)state;
    memset(name, 'a', sizeof name);
    assert_false(document_budget_take(&budget, OST_TEXT(""), 0));
    assert_false(document_budget_take(&budget, (ost_text){name, sizeof name}, 0));
}

static void the_quietest_make_way(void **state)
{
    char name[32];
    (void)state;
    spend("spent.example", 0);
    for (unsigned i = 0; i < BUDGET_HOSTS - 1; i++) {
        snprintf(name, sizeof name, "h%u.example", i);
        assert_true(document_budget_take(&budget, text_of(name), 10 + i));
    }
    assert_true(document_budget_take(&budget, OST_TEXT("new.example"), 1000));
    assert_int_equal(budget.count, BUDGET_HOSTS);
    assert_true(document_budget_take(&budget, OST_TEXT("h7.example"), 1000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_host_has_a_burst_and_then_one_at_a_time, setup),
        cmocka_unit_test_setup(rest_fills_it_up_and_no_further, setup),
        cmocka_unit_test_setup(a_kind_may_have_a_budget_of_its_own, setup),
        cmocka_unit_test_setup(what_is_no_host_has_none, setup),
        cmocka_unit_test_setup(the_quietest_make_way, setup),
    };
    return cmocka_run_group_tests_name("provider/document_budget", tests, NULL, NULL);
}
