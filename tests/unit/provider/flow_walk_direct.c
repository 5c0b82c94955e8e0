/* SPDX-License-Identifier: Apache-2.0 */
/* Walks through the flows of direct grants, where all proofs come at once. */
#include "base/array.h"
#include "flows_fixture.h"

static void direct_grants(void **state)
{
    const char *direct = STEP("direct-grant-validate-username", "REQUIRED") "," STEP(
        "direct-grant-validate-password", "REQUIRED") "," STEP("direct-grant-validate-otp",
                                                               "REQUIRED") "," IF_A;
    const unsigned proofs[] = {PW, CODE, 0};
    flow_facts facts = flows_facts(CODE, proofs, 1);
    facts.direct = true;
    assert_int_equal(flows_walk(direct, "", MEMBER "," DENY, "", facts, HOLD_NO).asks, CODE);
    facts.owned = 0; /* nobody can set one up there */
    assert_int_equal(flows_walk(direct, "", MEMBER "," DENY, "", facts, HOLD_NO).outcome,
                     FLOW_FAILS);
    facts = flows_facts(CODE, proofs, 2);
    facts.direct = true;
    assert_int_equal(flows_walk(direct, "", MEMBER "," DENY, "", facts, HOLD_NO).outcome,
                     FLOW_ENTERS);
    assert_int_equal(flows_walk(direct, "", MEMBER "," DENY, "", facts, HOLD_YES).outcome,
                     FLOW_DENIES);
    facts.direct = false;
    assert_int_equal(flows_walk(direct, "", MEMBER "," DENY, "", facts, HOLD_NO).outcome,
                     FLOW_FAILS);
}

#define DIRECT_NAME STEP("direct-grant-validate-username", "REQUIRED")
#define DIRECT_PASSWORD(requirement) STEP("direct-grant-validate-password", requirement)
#define DIRECT_OTP(requirement) STEP("direct-grant-validate-otp", requirement)

/* Whoever has a device brings its code, in whatever order the flow has them. */
static void alternatives_of_direct_grants(void **state)
{
    static const char *const parts[] = {
        DIRECT_PASSWORD("ALTERNATIVE") "," DIRECT_OTP("ALTERNATIVE"),
        DIRECT_OTP("ALTERNATIVE") "," DIRECT_PASSWORD("ALTERNATIVE"),
    };
    const unsigned proofs[] = {PW, CODE, 0};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        const char *top = DIRECT_NAME "," PART("forms", "REQUIRED");
        flow_facts facts = flows_facts(CODE, proofs, 1);
        facts.direct = true;
        assert_int_equal(flows_walk(top, parts[i], "", "", facts, HOLD_NO).asks, CODE);
        facts.owned = 0;
        assert_int_equal(flows_walk(top, parts[i], "", "", facts, HOLD_NO).outcome, FLOW_ENTERS);
        facts = flows_facts(CODE, proofs, 2);
        facts.direct = true;
        assert_int_equal(flows_walk(top, parts[i], "", "", facts, HOLD_NO).outcome, FLOW_ENTERS);
        facts.proofs[0] = CODE; /* and the password all the same */
        facts.proof_count = 1;
        assert_int_equal(flows_walk(top, parts[i], "", "", facts, HOLD_NO).outcome, FLOW_FAILS);
    }
}

/* No request asks for a level: the first counts, and what no condition keeps back. */
static void levels_of_direct_grants(void **state)
{
    const unsigned proofs[] = {PW, CODE, 0};
    flow_facts facts = flows_facts(CODE, proofs, 1);
    facts.direct = true;
    flow_verdict found =
        flows_walk(DIRECT_NAME "," IF_A "," IF_B, "", LEVEL("1") "," DIRECT_PASSWORD("REQUIRED"),
                   LEVEL("2") "," DIRECT_OTP("REQUIRED"), facts, HOLD_NO);
    assert_int_equal(found.outcome, FLOW_ENTERS);
    assert_int_equal(found.level, 1);
    const char *high = DIRECT_NAME "," DIRECT_PASSWORD("REQUIRED") "," IF_B;
    const char *code = LEVEL("2") "," DIRECT_OTP("REQUIRED");
    found = flows_walk(high, "", "", code, facts, HOLD_NO);
    assert_int_equal(found.asks, CODE);
    assert_int_equal(found.level, FLOW_LEVEL_NONE);
    facts = flows_facts(CODE, proofs, 2);
    facts.direct = true;
    assert_int_equal(flows_walk(high, "", "", code, facts, HOLD_NO).level, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(direct_grants),
        cmocka_unit_test(alternatives_of_direct_grants),
        cmocka_unit_test(levels_of_direct_grants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
