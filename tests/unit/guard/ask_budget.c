/* SPDX-License-Identifier: Apache-2.0 */
/* The budget for questions: what is spent, what comes back, and how long the issuer is left alone.
 */

#include <string.h>

#include "base/array.h"
#include "guard/introspection/ask_budget.h"
#include "test.h"

static int spend_all(ask_budget *budget, int64_t now)
{
    int spent = 0;
    while (ask_budget_spend(budget, now))
        spent++;
    return spent;
}

static void it_refills_by_the_rate(void **state)
{
    ask_budget budget;
    ask_budget_init(&budget, 20, 1000);
    assert_int_equal(spend_all(&budget, 1000), ASK_BURST);
    assert_false(ask_budget_spend(&budget, 1049));
    assert_true(ask_budget_spend(&budget, 1050));
    assert_false(ask_budget_spend(&budget, 1050));
    assert_int_equal(spend_all(&budget, 2050), 20);
    /* However long nothing comes, it is never more than full. */
    assert_int_equal(spend_all(&budget, INT64_MAX / 2), ASK_BURST);
    assert_int_equal(spend_all(&budget, 0), 0); /* a clock that went back */
}

static void what_ends_well_comes_back(void **state)
{
    ask_budget budget;
    ask_budget_init(&budget, 1, 0);
    ask_budget_refund(&budget); /* full already */
    assert_int_equal(spend_all(&budget, 0), ASK_BURST);
    ask_budget_refund(&budget);
    ask_budget_refund(&budget);
    assert_int_equal(spend_all(&budget, 0), 2);
}

static void failures_pause_for_up_to_a_minute(void **state)
{
    static const unsigned pauses[] = {1, 2, 4, 8, 16, 32, 60, 60, 60};
    ask_budget budget;
    int64_t now = 5;
    ask_budget_init(&budget, 1, now);
    assert_int_equal(ask_budget_pause(&budget, now), 0);
    for (size_t i = 0; i < ARRAY_LEN(pauses); i++) {
        ask_budget_failed(&budget, now, 128, i == 0);
        assert_true(ask_budget_doubts(&budget));
        assert_int_equal(ask_budget_pause(&budget, now), pauses[i]);
        ask_budget_failed(&budget, now, 128, true); /* of the same moment */
        assert_int_equal(budget.failures, i + 2);
        assert_int_equal(ask_budget_pause(&budget, now + pauses[i] * 1000 - 1), 1);
        now += pauses[i] * 1000;
        assert_int_equal(ask_budget_pause(&budget, now), 0);
    }
    ask_budget_failed(&budget, now, 255, false);
    assert_in_range(ask_budget_pause(&budget, now), 61, 66);
    ask_budget_answered(&budget);
    assert_int_equal(ask_budget_pause(&budget, now), 0);
    ask_budget_failed(&budget, now, 128, true);
    assert_int_equal(ask_budget_pause(&budget, now), 1);
}

static void one_failure_is_none(void **state)
{
    ask_budget budget;
    ask_budget_init(&budget, 1, 0);
    for (int i = 0; i < 5; i++) {
        ask_budget_failed(&budget, i, 128, false);
        assert_false(ask_budget_doubts(&budget));
        assert_int_equal(ask_budget_pause(&budget, i), 0);
        ask_budget_answered(&budget);
    }
    ask_budget_failed(&budget, 5, 128, false);
    ask_budget_failed(&budget, 5, 128, false);
    assert_true(ask_budget_doubts(&budget));
    assert_int_equal(ask_budget_pause(&budget, 5), 1);
}

static void one_question_a_second_looks_whether_it_is_back(void **state)
{
    ask_budget budget;
    ask_budget_init(&budget, 1, 10);
    assert_true(ask_budget_may_probe(&budget, 10));
    assert_false(ask_budget_may_probe(&budget, 10));
    assert_false(ask_budget_may_probe(&budget, 1009));
    assert_true(ask_budget_may_probe(&budget, 1010));
    assert_false(ask_budget_may_probe(&budget, 0));
}

static void g9_the_issuer_says_when(void **state)
{
    ask_budget budget;
    ask_budget_init(&budget, 1, 10);
    ask_budget_failed(&budget, 10, 128, true);
    assert_int_equal(ask_budget_pause(&budget, 10), 1);
    ask_budget_hold(&budget, 10, 30);
    assert_int_equal(ask_budget_pause(&budget, 10), 30);
    ask_budget_hold(&budget, 10, 3); /* the longer one counts */
    assert_int_equal(ask_budget_pause(&budget, 10), 30);
    assert_int_equal(ask_budget_pause(&budget, 30010), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_refills_by_the_rate),
        cmocka_unit_test(what_ends_well_comes_back),
        cmocka_unit_test(g9_the_issuer_says_when),
        cmocka_unit_test(failures_pause_for_up_to_a_minute),
        cmocka_unit_test(one_failure_is_none),
        cmocka_unit_test(one_question_a_second_looks_whether_it_is_back),
    };
    return cmocka_run_group_tests_name("guard-ask-budget", tests, NULL, NULL);
}
