/* SPDX-License-Identifier: Apache-2.0 */
/* Walks through flows that reach levels of authentication, and what a session keeps of them. */
#include "base/array.h"
#include "flows_fixture.h"

/* Level 1 by a password, for 100 s; level 2 by a code, for 10 s; level 3 by a key, each time. */
static const struct {
    int64_t wanted;
    bool session;
    int64_t first, second; /* how long ago the levels were reached; -1: they were not */
    unsigned proofs[4];
    flow_outcome outcome;
    unsigned asks;
    int64_t level;
} steps[] = {
    {-1, false, -1, -1, {0}, FLOW_ASKS, PW, -1},
    {-1, false, -1, -1, {PW}, FLOW_ENTERS, 0, 1},
    {1, false, -1, -1, {PW}, FLOW_ENTERS, 0, 1},
    {2, false, -1, -1, {PW}, FLOW_ASKS, CODE, 1},
    {2, false, -1, -1, {PW, CODE}, FLOW_ENTERS, 0, 2},
    {3, false, -1, -1, {PW, CODE}, FLOW_ASKS, A_KEY, 2},
    {3, false, -1, -1, {PW, CODE, A_KEY}, FLOW_ENTERS, 0, 3},
    {9, false, -1, -1, {PW, CODE, A_KEY}, FLOW_ENTERS, 0, 3},
    /* by single sign-on */
    {-1, true, 5, -1, {0}, FLOW_ENTERS, 0, 1},
    {1, true, 5, -1, {0}, FLOW_ENTERS, 0, 1},
    {2, true, 5, -1, {0}, FLOW_ASKS, CODE, 1},
    {2, true, 5, -1, {CODE}, FLOW_ENTERS, 0, 2},
    {2, true, 5, 5, {0}, FLOW_ENTERS, 0, 2},
    {2, true, 50, 11, {0}, FLOW_ASKS, CODE, 1},
    {1, true, 50, 11, {0}, FLOW_ENTERS, 0, 1},
    {-1, true, 101, 5, {0}, FLOW_ENTERS, 0, 0},
    {1, true, 101, 5, {0}, FLOW_ASKS, PW, 0},
    {3, true, 5, 5, {0}, FLOW_ASKS, A_KEY, 2},
    {3, true, 5, 5, {A_KEY}, FLOW_ENTERS, 0, 3},
    /* a session of before there were levels has none */
    {-1, true, -1, -1, {0}, FLOW_ENTERS, 0, -1},
    {1, true, -1, -1, {0}, FLOW_ASKS, PW, -1},
    /* nor does one from a clock that is ahead */
    {1, true, -200, -1, {0}, FLOW_ASKS, PW, 0},
};

static void levels(void **state)
{
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        flow_facts facts = flows_facts(ALL, steps[i].proofs, ARRAY_LEN(steps[i].proofs));
        facts.wanted = steps[i].wanted;
        facts.session = steps[i].session;
        if (steps[i].first != -1)
            facts.levels[facts.level_count++] = (flow_level){1, facts.now - steps[i].first};
        if (steps[i].second != -1)
            facts.levels[facts.level_count++] = (flow_level){2, facts.now - steps[i].second};
        flow_verdict found = flows_walk(
            COOKIE "," FORMS, IF_A "," IF_B "," PART("d", "DISABLED") "," PART("c3", "CONDITIONAL"),
            LEVEL("1") "," PASSWORD,
            LEVEL("2") "," OTP("REQUIRED") "]},{\"alias\":\"c3\",\"authenticationExecutions\":"
                                           "[" LEVEL("3") "," KEY("REQUIRED"),
            facts, HOLD_YES);
        if (found.outcome != steps[i].outcome || found.asks != steps[i].asks ||
            found.level != steps[i].level)
            fail_msg("step %zu: outcome %d, asks %u, level %d", i, (int)found.outcome, found.asks,
                     (int)found.level);
    }
}

static void what_the_session_keeps(void **state)
{
    const unsigned proofs[] = {PW, CODE, A_KEY, 0};
    flow_facts facts = flows_facts(ALL, proofs, ARRAY_LEN(proofs));
    facts.wanted = 3;
    flow_verdict found =
        flows_walk(IF_A "," IF_B "," PART("forms", "CONDITIONAL"), LEVEL("3") "," KEY("REQUIRED"),
                   LEVEL("1") "," PASSWORD, LEVEL("2") "," OTP("REQUIRED"), facts, HOLD_YES);
    assert_int_equal(found.level, 3);
    assert_int_equal(found.reached_count, 2); /* the third is not kept */
    assert_int_equal(found.reached[0], 1);
    assert_int_equal(found.reached[1], 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels),
        cmocka_unit_test(what_the_session_keeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
