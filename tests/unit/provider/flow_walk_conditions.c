/* SPDX-License-Identifier: Apache-2.0 */
/* Walks through flows whose parts are for some: roles, client scopes, attributes, flows that have
 * been come through. */
#include "base/array.h"
#include "flows_fixture.h"

/* After a password in "forms"; of those who are meant "b" asks for a code. */
static const struct {
    const char *a, *condition;
    flow_hold hold;
    flow_outcome outcome;
} conditions[] = {
    {"", SCOPE, HOLD_YES, FLOW_ASKS},
    {"", SCOPE, HOLD_NO, FLOW_ENTERS},
    {"", SCOPE, HOLD_ABSENT, FLOW_ENTERS},
    {"", SCOPE, HOLD_UNKNOWN, FLOW_FAILS},
    {"", NOT_SCOPE, HOLD_YES, FLOW_ENTERS},
    {"", NOT_SCOPE, HOLD_NO, FLOW_ASKS},
    {"", NOT_SCOPE, HOLD_ABSENT, FLOW_FAILS},
    {"", NOT_SCOPE, HOLD_UNKNOWN, FLOW_FAILS},
    {"", SET("conditional-client-scope", "no-scope"), HOLD_YES, FLOW_FAILS},
    {"", STEP("conditional-client-scope", "REQUIRED"), HOLD_YES, FLOW_FAILS},
    {"", ATTRIBUTE, HOLD_YES, FLOW_ASKS},
    {"", ATTRIBUTE, HOLD_NO, FLOW_ENTERS},
    {"", ATTRIBUTE, HOLD_UNKNOWN, FLOW_FAILS},
    {"", NOT_ATTRIBUTE, HOLD_YES, FLOW_ENTERS},
    {"", NOT_ATTRIBUTE, HOLD_NO, FLOW_ASKS},
    {"", NOT_ATTRIBUTE, HOLD_UNKNOWN, FLOW_FAILS},
    {"", SET("conditional-user-attribute", "no-attribute"), HOLD_YES, FLOW_FAILS},
    {"", STEP("conditional-user-attribute", "REQUIRED"), HOLD_YES, FLOW_FAILS},
    {"", SCOPE "," ATTRIBUTE, HOLD_YES, FLOW_ASKS},
    {"", SCOPE "," NOT_ATTRIBUTE, HOLD_YES, FLOW_ENTERS},
    {"", THROUGH("forms"), HOLD_YES, FLOW_ASKS},
    {MEMBER "," STEP("allow-access-authenticator", "REQUIRED"), THROUGH("a"), HOLD_YES, FLOW_ASKS},
    {MEMBER "," STEP("allow-access-authenticator", "REQUIRED"), THROUGH("a"), HOLD_NO, FLOW_ENTERS},
    {MEMBER "," STEP("allow-access-authenticator", "REQUIRED"), NOT_THROUGH("a"), HOLD_YES,
     FLOW_ENTERS},
    {MEMBER "," STEP("allow-access-authenticator", "REQUIRED"), NOT_THROUGH("a"), HOLD_NO,
     FLOW_ASKS},
    {"", NOT_THROUGH("b"), HOLD_YES, FLOW_ASKS},
    {"", THROUGH("nothing"), HOLD_YES, FLOW_ENTERS},
    {"", NOT_THROUGH("nothing"), HOLD_YES, FLOW_ASKS},
    {"", SET("conditional-sub-flow-executed", "words"), HOLD_YES, FLOW_FAILS},
    {"", STEP("conditional-sub-flow-executed", "REQUIRED"), HOLD_YES, FLOW_FAILS},
};

static void who_is_meant_by_conditions(void **state)
{
    const unsigned proofs[] = {PW, 0};
    for (size_t i = 0; i < ARRAY_LEN(conditions); i++) {
        ost_arena *arena = ost_arena_new(1 << 16);
        flow_verdict found =
            flows_walk(PART("forms", "REQUIRED") "," IF_A "," IF_B, PASSWORD, conditions[i].a,
                       ost_arena_format(arena, "%s,%s", conditions[i].condition, OTP("REQUIRED")),
                       flows_facts(ALL, proofs, 2), conditions[i].hold);
        if (found.outcome != conditions[i].outcome)
            fail_msg("condition %zu (%s): outcome %d", i, conditions[i].condition,
                     (int)found.outcome);
        ost_arena_free(arena);
    }
}

/* Who comes by the cookie has not come through the forms, and a flow that asks has not been. */
static void what_has_been_come_through(void **state)
{
    flow_facts facts = flows_facts(ALL, (const unsigned[]){PW, 0}, 2);
    const char *inner = PART("a", "REQUIRED") "," IF_B;
    const char *either = COOKIE "," FORMS, *check = THROUGH("forms") "," OTP("REQUIRED");
    assert_int_equal(flows_walk(inner, PASSWORD, either, check, facts, HOLD_YES).asks, CODE);
    facts.session = true;
    assert_int_equal(flows_walk(inner, PASSWORD, either, check, facts, HOLD_YES).outcome,
                     FLOW_ENTERS);
    facts = flows_facts(ALL, (const unsigned[]){0}, 1);
    assert_int_equal(flows_walk(inner, PASSWORD, either, check, facts, HOLD_YES).asks, PW);
}

static void more_flows_than_are_come_through(void **state)
{
    flow_facts facts = flows_facts(0, (const unsigned[]){PW, 0}, 2);
    ost_arena *arena = ost_arena_new(1 << 18);
    const char *list = PART("a", "REQUIRED");
    for (size_t i = 0; i < 40; i++)
        list = ost_arena_format(arena, "%s,%s", list, PART("a", "REQUIRED"));
    const char *allow = STEP("allow-access-authenticator", "REQUIRED");
    const char *top = ost_arena_format(arena, "%s,%s", PASSWORD, PART("forms", "REQUIRED"));
    assert_int_equal(flows_walk(top, list, allow, "", facts, HOLD_YES).outcome, FLOW_ENTERS);
    top = ost_arena_format(arena, "%s,%s", top, PART("forms", "REQUIRED"));
    assert_int_equal(flows_walk(top, list, allow, "", facts, HOLD_YES).outcome, FLOW_FAILS);
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_meant_by_conditions),
        cmocka_unit_test(what_has_been_come_through),
        cmocka_unit_test(more_flows_than_are_come_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
