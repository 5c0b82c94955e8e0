/* SPDX-License-Identifier: Apache-2.0 */
/* Whom auth-conditional-otp-form asks for a code after a password. */
#include "provider/flow/flow_code_rule.h"

#include "base/array.h"
#include "base/text.h"
#include "provider/flow/flow_walk.h"
#include "test.h"

static flow_hold held_word, held_exempt, held_strict;

static flow_hold word_of(void *user, const flow_attribute *attribute)
{
    assert_true(text_is(attribute->name, "otp") && !attribute->pattern && !attribute->groups);
    return text_is(attribute->value, "skip") ? held_word
           : held_word == HOLD_NO            ? HOLD_YES
           : held_word == HOLD_UNKNOWN       ? HOLD_UNKNOWN
                                             : HOLD_NO;
}

static flow_hold role_of(void *user, ost_text name)
{
    return text_is(name, "exempt")   ? held_exempt
           : text_is(name, "strict") ? held_strict
                                     : HOLD_ABSENT;
}

#define BY_WORD "\"otpControlAttribute\":\"otp\""
#define BY_ROLES "\"skipOtpRole\":\"exempt\",\"forceOtpRole\":\"strict\""
#define ELSE(outcome) "\"defaultOtpOutcome\":\"" outcome "\""

/* The attribute says "skip" (HOLD_YES), "force" (HOLD_NO) or nothing (HOLD_ABSENT). */
static const struct {
    const char *config;
    flow_hold word, exempt, strict;
    flow_outcome outcome;
} rules[] = {
    {"", HOLD_ABSENT, HOLD_NO, HOLD_NO, FLOW_ASKS},
    {ELSE("skip"), HOLD_ABSENT, HOLD_NO, HOLD_NO, FLOW_ENTERS},
    {ELSE("force"), HOLD_ABSENT, HOLD_NO, HOLD_NO, FLOW_ASKS},
    {ELSE("Skip"), HOLD_ABSENT, HOLD_NO, HOLD_NO, FLOW_ASKS},
    {BY_WORD, HOLD_YES, HOLD_NO, HOLD_NO, FLOW_ENTERS},
    {BY_WORD, HOLD_ABSENT, HOLD_NO, HOLD_NO, FLOW_ASKS},
    {BY_WORD "," ELSE("skip"), HOLD_NO, HOLD_NO, HOLD_NO, FLOW_ASKS},
    {BY_WORD "," ELSE("skip"), HOLD_UNKNOWN, HOLD_NO, HOLD_NO, FLOW_FAILS},
    {BY_WORD "," BY_ROLES, HOLD_NO, HOLD_YES, HOLD_NO, FLOW_ASKS},
    {BY_WORD "," BY_ROLES, HOLD_YES, HOLD_NO, HOLD_YES, FLOW_ENTERS},
    {BY_ROLES, HOLD_ABSENT, HOLD_YES, HOLD_NO, FLOW_ENTERS},
    {BY_ROLES "," ELSE("skip"), HOLD_ABSENT, HOLD_NO, HOLD_YES, FLOW_ASKS},
    {BY_ROLES "," ELSE("skip"), HOLD_ABSENT, HOLD_YES, HOLD_YES, FLOW_ENTERS},
    {BY_ROLES "," ELSE("skip"), HOLD_ABSENT, HOLD_NO, HOLD_NO, FLOW_ENTERS},
    {BY_ROLES, HOLD_ABSENT, HOLD_ABSENT, HOLD_NO, FLOW_ASKS},
    {BY_ROLES "," ELSE("skip"), HOLD_ABSENT, HOLD_UNKNOWN, HOLD_NO, FLOW_FAILS},
    {"\"noOtpRequiredForHeaderPattern\":\".*\"", HOLD_ABSENT, HOLD_NO, HOLD_NO, FLOW_FAILS},
    {"\"forceOtpForHeaderPattern\":\".*\"", HOLD_ABSENT, HOLD_NO, HOLD_NO, FLOW_FAILS},
};

static void who_is_asked_for_a_code_by_a_rule(void **state)
{
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        ost_arena *arena = ost_arena_new(1 << 16);
        flow_facts facts = {.owned = FACTOR_CODE,
                            .proofs = {PROOF_PASSWORD},
                            .proof_count = 1,
                            .wanted = FLOW_LEVEL_NONE,
                            .role = role_of,
                            .attribute = word_of};
        held_word = rules[i].word;
        held_exempt = rules[i].exempt;
        held_strict = rules[i].strict;
        const char *text = ost_arena_format(
            arena,
            "{\"authenticatorConfig\":[{\"alias\":\"rule\",\"config\":{%s}}],"
            "\"authenticationFlows\":[{\"alias\":\"top\",\"authenticationExecutions\":["
            "{\"authenticator\":\"auth-username-password-form\",\"requirement\":\"REQUIRED\"},"
            "{\"authenticator\":\"auth-conditional-otp-form\",\"requirement\":\"REQUIRED\","
            "\"authenticatorConfig\":\"rule\"}]}]}",
            rules[i].config);
        assert_int_equal(ost_json_read(text_of(text), NULL, arena, &facts.realm, NULL), OST_OK);
        flow_verdict found =
            flow_walk(ost_json_first(ost_json_get(facts.realm, "authenticationFlows")), &facts);
        if (found.outcome != rules[i].outcome)
            fail_msg("rule %zu (%s): outcome %d", i, rules[i].config, (int)found.outcome);
        ost_arena_free(arena);
    }
}

/* One without a configuration asks everybody, and nobody comes in by another's steps. */
static void who_is_asked_for_a_code_without_a_rule(void **state)
{
    ost_arena *arena = ost_arena_new(1 << 16);
    const ost_json *step, *others;
    flow_facts facts = {.role = role_of, .attribute = word_of};
    assert_int_equal(ost_json_read(OST_TEXT("{\"authenticator\":\"auth-conditional-otp-form\"}"),
                                   NULL, arena, &step, NULL),
                     OST_OK);
    assert_int_equal(ost_json_read(OST_TEXT("{\"authenticator\":\"auth-otp-form\"}"), NULL, arena,
                                   &others, NULL),
                     OST_OK);
    facts.realm = step;
    assert_true(flow_step_has_code_rule(step) && !flow_step_has_code_rule(others));
    assert_true(flow_code_rule_is_known(step, step));
    assert_int_equal(flow_code_rule_match(&facts, step), MATCH_YES);
    assert_int_equal(flow_code_rule_role(step, others, true).len, 0);
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_asked_for_a_code_without_a_rule),
        cmocka_unit_test(who_is_asked_for_a_code_by_a_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
