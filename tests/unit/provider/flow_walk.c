/* SPDX-License-Identifier: Apache-2.0 */
/* Walks through authentication flows, a table of flows and of what is known of somebody: the next
 * step that Keycloak has for them. */
#include "provider/flow/flow_walk.h"

#include "base/array.h"
#include "base/text.h"
#include "test.h"

#define STEP(name, requirement)                                                                    \
    "{\"authenticator\":\"" name "\",\"requirement\":\"" requirement "\"}"
#define SET(name, config)                                                                          \
    "{\"authenticator\":\"" name "\",\"requirement\":\"REQUIRED\",\"authenticatorConfig\":"        \
    "\"" config "\"}"
#define PART(name, requirement) "{\"flowAlias\":\"" name "\",\"requirement\":\"" requirement "\"}"
#define COOKIE STEP("auth-cookie", "ALTERNATIVE")
#define FORMS PART("forms", "ALTERNATIVE")
#define PASSWORD STEP("auth-username-password-form", "REQUIRED")
#define OTP(requirement) STEP("auth-otp-form", requirement)
#define KEY(requirement) STEP("webauthn-authenticator", requirement)
#define CODES(requirement) STEP("auth-recovery-authn-code-form", requirement)
#define PASSKEY(requirement) STEP("webauthn-authenticator-passwordless", requirement)
#define OWNER STEP("conditional-user-configured", "REQUIRED")
#define MEMBER SET("conditional-user-role", "member")
#define OTHER SET("conditional-user-role", "other")
#define ABSENT SET("conditional-user-role", "absent")
#define NOT_ABSENT SET("conditional-user-role", "not-absent")
#define SCOPE SET("conditional-client-scope", "scope")
#define NOT_SCOPE SET("conditional-client-scope", "not-scope")
#define ATTRIBUTE SET("conditional-user-attribute", "attribute")
#define NOT_ATTRIBUTE SET("conditional-user-attribute", "not-attribute")
#define THROUGH(flow) SET("conditional-sub-flow-executed", "through-" flow)
#define NOT_THROUGH(flow) SET("conditional-sub-flow-executed", "not-through-" flow)
#define LEVEL(n) SET("conditional-level-of-authentication", "level" n)
#define DENY SET("deny-access-authenticator", "words")
#define IF_A PART("a", "CONDITIONAL")
#define IF_B PART("b", "CONDITIONAL")

/* The realm's role "member" is the user's, "guest" nobody's; there is no third. */
static flow_hold role_of(void *user, ost_text name)
{
    return text_is(name, "member")  ? *(flow_hold *)user
           : text_is(name, "guest") ? HOLD_NO
                                    : HOLD_ABSENT;
}

/* Likewise of the client scope "some", and of the attribute with the value "it". */
static flow_hold scope_of(void *user, ost_text name)
{
    return text_is(name, "some") ? *(flow_hold *)user : HOLD_ABSENT;
}

static flow_hold attribute_of(void *user, const flow_attribute *attribute)
{
    assert_true(text_is(attribute->name, "kind") && attribute->pattern != attribute->groups);
    return text_is(attribute->value, "it") ? *(flow_hold *)user : HOLD_NO;
}

#define CONFIGS                                                                                    \
    "[{\"alias\":\"member\",\"config\":{\"condUserRole\":\"member\"}},"                            \
    "{\"alias\":\"other\",\"config\":{\"condUserRole\":\"member\",\"negate\":\"true\"}},"          \
    "{\"alias\":\"absent\",\"config\":{\"condUserRole\":\"gone\"}},"                               \
    "{\"alias\":\"not-absent\",\"config\":{\"condUserRole\":\"gone\",\"negate\":\"true\"}},"       \
    "{\"alias\":\"level1\",\"config\":{\"loa-condition-level\":\"1\",\"loa-max-age\":\"100\"}},"   \
    "{\"alias\":\"level2\",\"config\":{\"loa-condition-level\":\"2\",\"loa-max-age\":\"10\"}},"    \
    "{\"alias\":\"level3\",\"config\":{\"loa-condition-level\":\"3\",\"loa-max-age\":\"0\"}},"     \
    "{\"alias\":\"scope\",\"config\":{\"client_scope\":\"some\",\"negate\":\"false\"}},"           \
    "{\"alias\":\"not-scope\",\"config\":{\"client_scope\":\"some\",\"negate\":\"true\"}},"        \
    "{\"alias\":\"no-scope\",\"config\":{\"negate\":\"true\"}},"                                   \
    "{\"alias\":\"attribute\",\"config\":{\"attribute_name\":\"kind\","                            \
    "\"attribute_expected_value\":\"it\",\"regex\":\"true\"}},"                                    \
    "{\"alias\":\"not-attribute\",\"config\":{\"attribute_name\":\"kind\",\"not\":\"true\","       \
    "\"attribute_expected_value\":\"it\",\"include_group_attributes\":\"true\"}},"                 \
    "{\"alias\":\"no-attribute\",\"config\":{\"attribute_name\":\"kind\",\"not\":\"true\"}},"      \
    "{\"alias\":\"through-a\",\"config\":{\"flow_to_check\":\"a\"}},"                              \
    "{\"alias\":\"through-forms\",\"config\":{\"flow_to_check\":\"forms\"}},"                      \
    "{\"alias\":\"through-nothing\",\"config\":{\"flow_to_check\":\"gone\"}},"                     \
    "{\"alias\":\"not-through-a\",\"config\":{\"flow_to_check\":\"a\","                            \
    "\"check_result\":\"not-executed\"}},"                                                         \
    "{\"alias\":\"not-through-b\",\"config\":{\"flow_to_check\":\"b\","                            \
    "\"check_result\":\"not-executed\"}},"                                                         \
    "{\"alias\":\"not-through-nothing\",\"config\":{\"flow_to_check\":\"gone\","                   \
    "\"check_result\":\"not-executed\"}},"                                                         \
    "{\"alias\":\"words\",\"config\":{\"denyErrorMessage\":\"No.\"}}]"

/* Of flows with these steps. The alias "c" is a flow of nothing. */
static flow_verdict walk(const char *top, const char *forms, const char *a, const char *b,
                         flow_facts facts, flow_hold member)
{
    ost_arena *arena = ost_arena_new(1 << 18);
    const char *text =
        ost_arena_format(arena,
                         "{\"authenticatorConfig\":" CONFIGS ",\"authenticationFlows\":["
                         "{\"alias\":\"top\",\"authenticationExecutions\":[%s]},"
                         "{\"alias\":\"forms\",\"authenticationExecutions\":[%s]},"
                         "{\"alias\":\"a\",\"authenticationExecutions\":[%s]},"
                         "{\"alias\":\"b\",\"authenticationExecutions\":[%s]},"
                         "{\"alias\":\"c\",\"authenticationExecutions\":[]}]}",
                         top, forms, a, b);
    assert_int_equal(ost_json_read(text_of(text), NULL, arena, &facts.realm, NULL), OST_OK);
    facts.role = role_of;
    facts.scope = scope_of;
    facts.attribute = attribute_of;
    facts.user = &member;
    flow_verdict verdict =
        flow_walk(ost_json_first(ost_json_get(facts.realm, "authenticationFlows")), &facts);
    assert_true(verdict.message.len == 0 || text_is(verdict.message, "No."));
    verdict.message = (ost_text){0};
    ost_arena_free(arena);
    return verdict;
}

#define ALL PROOF_FACTORS
#define CODE ((unsigned)FACTOR_CODE)
#define A_KEY ((unsigned)FACTOR_KEY)
#define RECOVERY ((unsigned)FACTOR_RECOVERY)
#define PW PROOF_PASSWORD
#define PK PROOF_PASSKEY

/* After a password or a passkey, and more. */
static const struct {
    const char *top, *forms, *a, *b;
    flow_hold member;
    unsigned owned, proofs[4];
    flow_outcome outcome;
    unsigned asks, setup;
} walks[] = {
    /* what is alone, and what stands beside something required */
    {PASSWORD, "", "", "", HOLD_YES, 0, {0}, FLOW_ASKS, PW, 0},
    {PASSWORD, "", "", "", HOLD_YES, 0, {PW}, FLOW_ENTERS, 0, 0},
    {COOKIE "," FORMS, PASSWORD, "", "", HOLD_YES, 0, {PW}, FLOW_ENTERS, 0, 0},
    {PASSWORD "," OTP("ALTERNATIVE"), "", "", "", HOLD_YES, ALL, {PW}, FLOW_ENTERS, 0, 0},
    {PASSWORD "," OTP("DISABLED"), "", "", "", HOLD_YES, ALL, {PW}, FLOW_ENTERS, 0, 0},
    {OTP("REQUIRED"), "", "", "", HOLD_YES, ALL, {CODE}, FLOW_FAILS, 0, 0},
    {COOKIE, "", "", "", HOLD_YES, ALL, {PW}, FLOW_FAILS, 0, 0},
    {"", "", "", "", HOLD_YES, ALL, {PW}, FLOW_FAILS, 0, 0},
    {STEP("allow-access-authenticator", "REQUIRED"),
     "",
     "",
     "",
     HOLD_YES,
     0,
     {0},
     FLOW_FAILS,
     0,
     0},
    {PASSWORD "," STEP("allow-access-authenticator", "REQUIRED"),
     "",
     "",
     "",
     HOLD_YES,
     0,
     {PW},
     FLOW_ENTERS,
     0,
     0},
    /* what is not understood lets nobody in */
    {PASSWORD "," STEP("something-of-ours", "REQUIRED"),
     "",
     "",
     "",
     HOLD_YES,
     0,
     {PW},
     FLOW_FAILS,
     0,
     0},
    {PASSWORD "," IF_A,
     "",
     STEP("conditional-moon", "REQUIRED") "," OTP("REQUIRED"),
     "",
     HOLD_YES,
     ALL,
     {PW},
     FLOW_FAILS,
     0,
     0},
    {PASSWORD "," IF_A,
     "",
     STEP("conditional-user-role", "REQUIRED") "," OTP("REQUIRED"),
     "",
     HOLD_YES,
     ALL,
     {PW},
     FLOW_FAILS,
     0,
     0},
    {PASSWORD "," PART("nowhere", "REQUIRED"), "", "", "", HOLD_YES, ALL, {PW}, FLOW_FAILS, 0, 0},
    {PASSWORD "," STEP("auth-otp-form", "SOMETIMES"),
     "",
     "",
     "",
     HOLD_YES,
     ALL,
     {PW},
     FLOW_FAILS,
     0,
     0},
    {PASSWORD "," STEP("auth-otp-form", "CONDITIONAL"),
     "",
     "",
     "",
     HOLD_YES,
     ALL,
     {PW},
     FLOW_FAILS,
     0,
     0},
    /* within itself it asks for another password, for which there is no page */
    {PASSWORD "," PART("top", "REQUIRED"), "", "", "", HOLD_YES, ALL, {PW}, FLOW_ASKS, PW, 0},
    {PASSWORD "," PART("c", "REQUIRED"), "", "", "", HOLD_YES, ALL, {PW}, FLOW_FAILS, 0, 0},
    {PASSWORD "," STEP("direct-grant-validate-otp", "REQUIRED"),
     "",
     "",
     "",
     HOLD_YES,
     ALL,
     {PW},
     FLOW_FAILS,
     0,
     0},
    {PASSWORD "," STEP("auth-spnego", "REQUIRED"),
     "",
     "",
     "",
     HOLD_YES,
     ALL,
     {PW},
     FLOW_FAILS,
     0,
     0},
    /* those who have what is asked for */
    {PASSWORD "," IF_A, "", OWNER "," OTP("REQUIRED"), "", HOLD_YES, 0, {PW}, FLOW_ENTERS, 0, 0},
    {PASSWORD "," IF_A,
     "",
     OWNER "," OTP("REQUIRED"),
     "",
     HOLD_YES,
     CODE,
     {PW},
     FLOW_ASKS,
     CODE,
     0},
    {PASSWORD "," IF_A,
     "",
     OWNER "," OTP("REQUIRED"),
     "",
     HOLD_YES,
     CODE,
     {PW, CODE},
     FLOW_ENTERS,
     0,
     0},
    {PASSWORD "," IF_A,
     "",
     OWNER "," OTP("REQUIRED") "," KEY("REQUIRED"),
     "",
     HOLD_YES,
     CODE,
     {PW},
     FLOW_ENTERS,
     0,
     0},
    {PASSWORD "," IF_A,
     "",
     OWNER "," OTP("ALTERNATIVE") "," KEY("ALTERNATIVE"),
     "",
     HOLD_YES,
     A_KEY,
     {PW},
     FLOW_ASKS,
     A_KEY,
     0},
    {PASSWORD "," IF_A,
     "",
     OWNER "," OTP("ALTERNATIVE") "," KEY("ALTERNATIVE"),
     "",
     HOLD_YES,
     CODE | A_KEY,
     {PW},
     FLOW_ASKS,
     CODE | A_KEY,
     0},
    {PASSWORD "," IF_A,
     "",
     OWNER "," OTP("ALTERNATIVE") "," KEY("ALTERNATIVE"),
     "",
     HOLD_YES,
     CODE | A_KEY,
     {PW, A_KEY},
     FLOW_ENTERS,
     0,
     0},
    /* the last recovery code has been used up by the time that the flow is walked again */
    {PASSWORD "," IF_A,
     "",
     OWNER "," CODES("REQUIRED"),
     "",
     HOLD_YES,
     0,
     {PW, RECOVERY},
     FLOW_ENTERS,
     0,
     0},
    {PASSWORD "," CODES("REQUIRED"), "", "", "", HOLD_YES, 0, {PW, RECOVERY}, FLOW_ENTERS, 0, 0},
    /* a conditional flow without a condition is none, and one that says deny to owners is not met
     */
    {PASSWORD "," IF_A, "", OTP("REQUIRED"), "", HOLD_YES, CODE, {PW}, FLOW_ENTERS, 0, 0},
    {PASSWORD "," IF_A, "", OWNER "," DENY, "", HOLD_YES, CODE, {PW}, FLOW_ENTERS, 0, 0},
    {PASSWORD "," IF_A,
     "",
     STEP("conditional-user-configured", "DISABLED") "," OTP("REQUIRED"),
     "",
     HOLD_YES,
     CODE,
     {PW},
     FLOW_ENTERS,
     0,
     0},
    /* roles */
    {PASSWORD "," IF_A, "", MEMBER "," DENY, "", HOLD_YES, 0, {PW}, FLOW_DENIES, 0, 0},
    {PASSWORD "," IF_A, "", MEMBER "," DENY, "", HOLD_NO, 0, {PW}, FLOW_ENTERS, 0, 0},
    {PASSWORD "," IF_A, "", MEMBER "," DENY, "", HOLD_UNKNOWN, 0, {PW}, FLOW_FAILS, 0, 0},
    {PASSWORD "," IF_A, "", OTHER "," DENY, "", HOLD_YES, 0, {PW}, FLOW_ENTERS, 0, 0},
    {PASSWORD "," IF_A, "", OTHER "," DENY, "", HOLD_NO, 0, {PW}, FLOW_DENIES, 0, 0},
    {PASSWORD "," IF_A, "", ABSENT "," DENY, "", HOLD_YES, 0, {PW}, FLOW_ENTERS, 0, 0},
    {PASSWORD "," IF_A, "", NOT_ABSENT "," DENY, "", HOLD_YES, 0, {PW}, FLOW_FAILS, 0, 0},
    {PASSWORD "," IF_A,
     "",
     MEMBER "," OTP("REQUIRED"),
     "",
     HOLD_YES,
     CODE,
     {PW},
     FLOW_ASKS,
     CODE,
     0},
    {PASSWORD "," IF_A,
     "",
     MEMBER "," OTP("REQUIRED"),
     "",
     HOLD_YES,
     0,
     {PW},
     FLOW_ENTERS,
     0,
     CODE},
    {PASSWORD "," IF_A,
     "",
     MEMBER "," OWNER "," OTP("REQUIRED"),
     "",
     HOLD_YES,
     0,
     {PW},
     FLOW_ENTERS,
     0,
     0},
    {PASSWORD "," IF_A,
     "",
     MEMBER "," PART("b", "REQUIRED"),
     OTP("REQUIRED"),
     HOLD_YES,
     CODE,
     {PW},
     FLOW_ASKS,
     CODE,
     0},
    /* the role is asked about where it is, not where its condition does not count */
    {PASSWORD "," PART("a", "REQUIRED"),
     "",
     MEMBER "," OTP("REQUIRED"),
     "",
     HOLD_NO,
     CODE,
     {PW},
     FLOW_ASKS,
     CODE,
     0},
    /* alternatives: the first, those that ask, and the one that was chosen */
    {PASSWORD "," PART("a", "REQUIRED"),
     "",
     OTP("ALTERNATIVE") "," STEP("deny-access-authenticator", "ALTERNATIVE"),
     "",
     HOLD_YES,
     CODE,
     {PW},
     FLOW_ASKS,
     CODE,
     0},
    {PASSWORD "," PART("a", "REQUIRED"),
     "",
     OTP("ALTERNATIVE") "," STEP("deny-access-authenticator", "ALTERNATIVE"),
     "",
     HOLD_YES,
     0,
     {PW},
     FLOW_DENIES,
     0,
     0},
    {PASSWORD "," PART("a", "REQUIRED"),
     "",
     OTP("ALTERNATIVE") "," CODES("ALTERNATIVE"),
     "",
     HOLD_YES,
     0,
     {PW},
     FLOW_ENTERS,
     0,
     CODE | RECOVERY},
    {FORMS "," PASSKEY("ALTERNATIVE"), PASSWORD, "", "", HOLD_YES, 0, {PK}, FLOW_ENTERS, 0, 0},
    {FORMS "," PASSKEY("ALTERNATIVE"),
     PASSWORD "," OTP("REQUIRED"),
     "",
     "",
     HOLD_YES,
     CODE,
     {PK},
     FLOW_ENTERS,
     0,
     0},
    {PASSKEY("ALTERNATIVE") "," FORMS,
     PASSWORD "," OTP("REQUIRED"),
     "",
     "",
     HOLD_YES,
     CODE,
     {PW},
     FLOW_ASKS,
     CODE,
     0},
    /* one after the other: each proof stands for one step */
    {PASSWORD "," OTP("REQUIRED") "," CODES("REQUIRED"),
     "",
     "",
     "",
     HOLD_YES,
     ALL,
     {PW},
     FLOW_ASKS,
     CODE,
     0},
    {PASSWORD "," OTP("REQUIRED") "," CODES("REQUIRED"),
     "",
     "",
     "",
     HOLD_YES,
     ALL,
     {PW, CODE},
     FLOW_ASKS,
     RECOVERY,
     0},
    {PASSWORD "," OTP("REQUIRED") "," CODES("REQUIRED"),
     "",
     "",
     "",
     HOLD_YES,
     ALL,
     {PW, CODE, CODE},
     FLOW_ASKS,
     RECOVERY,
     0},
    {PASSWORD "," OTP("REQUIRED") "," CODES("REQUIRED"),
     "",
     "",
     "",
     HOLD_YES,
     ALL,
     {PW, CODE, RECOVERY},
     FLOW_ENTERS,
     0,
     0},
    {PASSWORD "," OTP("REQUIRED") "," CODES("REQUIRED"),
     "",
     "",
     "",
     HOLD_YES,
     CODE,
     {PW, CODE},
     FLOW_ENTERS,
     0,
     RECOVERY},
    {PASSWORD "," PART("a", "REQUIRED") "," PART("b", "REQUIRED"),
     "",
     OTP("ALTERNATIVE") "," CODES("ALTERNATIVE"),
     OTP("REQUIRED"),
     HOLD_YES,
     ALL,
     {PW, CODE},
     FLOW_ASKS,
     CODE,
     0},
    {PASSWORD "," PART("a", "REQUIRED") "," PART("b", "REQUIRED"),
     "",
     OTP("ALTERNATIVE") "," CODES("ALTERNATIVE"),
     OTP("REQUIRED"),
     HOLD_YES,
     ALL,
     {PW, RECOVERY, CODE},
     FLOW_ENTERS,
     0,
     0},
    /* what the flow asks for now counts, whatever it asked for before */
    {PASSWORD "," KEY("REQUIRED"), "", "", "", HOLD_YES, ALL, {PW, CODE}, FLOW_ASKS, A_KEY, 0},
};

static flow_facts facts_of(unsigned owned, const unsigned *proofs, size_t max)
{
    flow_facts facts = {.owned = owned, .wanted = FLOW_LEVEL_NONE, .now = 1000};
    for (size_t i = 0; i < max && proofs[i] != 0; i++)
        facts.proofs[facts.proof_count++] = proofs[i];
    return facts;
}

static void the_next_step(void **state)
{
    for (size_t i = 0; i < ARRAY_LEN(walks); i++) {
        flow_facts facts = facts_of(walks[i].owned, walks[i].proofs, ARRAY_LEN(walks[i].proofs));
        flow_verdict found =
            walk(walks[i].top, walks[i].forms, walks[i].a, walks[i].b, facts, walks[i].member);
        if (found.outcome != walks[i].outcome || found.asks != walks[i].asks ||
            found.setup != walks[i].setup)
            fail_msg("walk %zu (%s): outcome %d, asks %u, setup %u", i, walks[i].top,
                     (int)found.outcome, found.asks, found.setup);
    }
}

/* ---- conditions ---- */

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
            walk(PART("forms", "REQUIRED") "," IF_A "," IF_B, PASSWORD, conditions[i].a,
                 ost_arena_format(arena, "%s,%s", conditions[i].condition, OTP("REQUIRED")),
                 facts_of(ALL, proofs, 2), conditions[i].hold);
        if (found.outcome != conditions[i].outcome)
            fail_msg("condition %zu (%s): outcome %d", i, conditions[i].condition,
                     (int)found.outcome);
        ost_arena_free(arena);
    }
}

/* Who comes by the cookie has not come through the forms, and a flow that asks has not been. */
static void what_has_been_come_through(void **state)
{
    flow_facts facts = facts_of(ALL, (const unsigned[]){PW, 0}, 2);
    const char *inner = PART("a", "REQUIRED") "," IF_B;
    const char *either = COOKIE "," FORMS, *check = THROUGH("forms") "," OTP("REQUIRED");
    assert_int_equal(walk(inner, PASSWORD, either, check, facts, HOLD_YES).asks, CODE);
    facts.session = true;
    assert_int_equal(walk(inner, PASSWORD, either, check, facts, HOLD_YES).outcome, FLOW_ENTERS);
    facts = facts_of(ALL, (const unsigned[]){0}, 1);
    assert_int_equal(walk(inner, PASSWORD, either, check, facts, HOLD_YES).asks, PW);
}

static void more_flows_than_are_come_through(void **state)
{
    flow_facts facts = facts_of(0, (const unsigned[]){PW, 0}, 2);
    ost_arena *arena = ost_arena_new(1 << 18);
    const char *list = PART("a", "REQUIRED");
    for (size_t i = 0; i < 40; i++)
        list = ost_arena_format(arena, "%s,%s", list, PART("a", "REQUIRED"));
    const char *allow = STEP("allow-access-authenticator", "REQUIRED");
    const char *top = ost_arena_format(arena, "%s,%s", PASSWORD, PART("forms", "REQUIRED"));
    assert_int_equal(walk(top, list, allow, "", facts, HOLD_YES).outcome, FLOW_ENTERS);
    top = ost_arena_format(arena, "%s,%s", top, PART("forms", "REQUIRED"));
    assert_int_equal(walk(top, list, allow, "", facts, HOLD_YES).outcome, FLOW_FAILS);
    ost_arena_free(arena);
}

/* ---- levels ---- */

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
        flow_facts facts = facts_of(ALL, steps[i].proofs, ARRAY_LEN(steps[i].proofs));
        facts.wanted = steps[i].wanted;
        facts.session = steps[i].session;
        if (steps[i].first != -1)
            facts.levels[facts.level_count++] = (flow_level){1, facts.now - steps[i].first};
        if (steps[i].second != -1)
            facts.levels[facts.level_count++] = (flow_level){2, facts.now - steps[i].second};
        flow_verdict found = walk(
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
    flow_facts facts = facts_of(ALL, proofs, ARRAY_LEN(proofs));
    facts.wanted = 3;
    flow_verdict found =
        walk(IF_A "," IF_B "," PART("forms", "CONDITIONAL"), LEVEL("3") "," KEY("REQUIRED"),
             LEVEL("1") "," PASSWORD, LEVEL("2") "," OTP("REQUIRED"), facts, HOLD_YES);
    assert_int_equal(found.level, 3);
    assert_int_equal(found.reached_count, 2); /* the third is not kept */
    assert_int_equal(found.reached[0], 1);
    assert_int_equal(found.reached[1], 2);
}

/* ---- others ---- */

static void keycloaks_own_flow(void **state)
{
    const unsigned proofs[] = {PW, CODE, 0};
    flow_facts facts = facts_of(CODE, proofs, 1);
    assert_int_equal(flow_walk(NULL, &facts).outcome, FLOW_ASKS);
    facts.direct = true;
    assert_int_equal(flow_walk(NULL, &facts).asks, CODE);
    facts = facts_of(CODE, proofs, 2);
    assert_int_equal(flow_walk(NULL, &facts).outcome, FLOW_ENTERS);
    facts = facts_of(0, proofs, 1);
    assert_int_equal(flow_walk(NULL, &facts).outcome, FLOW_ENTERS);
    facts = facts_of(CODE, proofs, 0);
    assert_int_equal(flow_walk(NULL, &facts).asks, PW);
    facts.session = true;
    assert_int_equal(flow_walk(NULL, &facts).outcome, FLOW_ENTERS);
}

static void direct_grants(void **state)
{
    const char *direct = STEP("direct-grant-validate-username", "REQUIRED") "," STEP(
        "direct-grant-validate-password", "REQUIRED") "," STEP("direct-grant-validate-otp",
                                                               "REQUIRED") "," IF_A;
    const unsigned proofs[] = {PW, CODE, 0};
    flow_facts facts = facts_of(CODE, proofs, 1);
    facts.direct = true;
    assert_int_equal(walk(direct, "", MEMBER "," DENY, "", facts, HOLD_NO).asks, CODE);
    facts.owned = 0; /* nobody can set one up there */
    assert_int_equal(walk(direct, "", MEMBER "," DENY, "", facts, HOLD_NO).outcome, FLOW_FAILS);
    facts = facts_of(CODE, proofs, 2);
    facts.direct = true;
    assert_int_equal(walk(direct, "", MEMBER "," DENY, "", facts, HOLD_NO).outcome, FLOW_ENTERS);
    assert_int_equal(walk(direct, "", MEMBER "," DENY, "", facts, HOLD_YES).outcome, FLOW_DENIES);
    facts.direct = false;
    assert_int_equal(walk(direct, "", MEMBER "," DENY, "", facts, HOLD_NO).outcome, FLOW_FAILS);
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
        flow_facts facts = facts_of(CODE, proofs, 1);
        facts.direct = true;
        assert_int_equal(walk(top, parts[i], "", "", facts, HOLD_NO).asks, CODE);
        facts.owned = 0;
        assert_int_equal(walk(top, parts[i], "", "", facts, HOLD_NO).outcome, FLOW_ENTERS);
        facts = facts_of(CODE, proofs, 2);
        facts.direct = true;
        assert_int_equal(walk(top, parts[i], "", "", facts, HOLD_NO).outcome, FLOW_ENTERS);
        facts.proofs[0] = CODE; /* and the password all the same */
        facts.proof_count = 1;
        assert_int_equal(walk(top, parts[i], "", "", facts, HOLD_NO).outcome, FLOW_FAILS);
    }
}

/* No request asks for a level: the first counts, and what no condition keeps back. */
static void levels_of_direct_grants(void **state)
{
    const unsigned proofs[] = {PW, CODE, 0};
    flow_facts facts = facts_of(CODE, proofs, 1);
    facts.direct = true;
    flow_verdict found =
        walk(DIRECT_NAME "," IF_A "," IF_B, "", LEVEL("1") "," DIRECT_PASSWORD("REQUIRED"),
             LEVEL("2") "," DIRECT_OTP("REQUIRED"), facts, HOLD_NO);
    assert_int_equal(found.outcome, FLOW_ENTERS);
    assert_int_equal(found.level, 1);
    const char *high = DIRECT_NAME "," DIRECT_PASSWORD("REQUIRED") "," IF_B;
    const char *code = LEVEL("2") "," DIRECT_OTP("REQUIRED");
    found = walk(high, "", "", code, facts, HOLD_NO);
    assert_int_equal(found.asks, CODE);
    assert_int_equal(found.level, FLOW_LEVEL_NONE);
    facts = facts_of(CODE, proofs, 2);
    facts.direct = true;
    assert_int_equal(walk(high, "", "", code, facts, HOLD_NO).level, 2);
}

/* The order is that of the priorities, whatever the file's. */
static void priorities(void **state)
{
    flow_facts facts = facts_of(ALL, (const unsigned[]){PW, 0}, 2);
    const char *steps_of_three =
        "{\"authenticator\":\"auth-otp-form\",\"requirement\":\"REQUIRED\",\"priority\":30},"
        "{\"authenticator\":\"webauthn-authenticator\",\"requirement\":\"REQUIRED\",\"priority\":"
        "20}"
        ",{\"authenticator\":\"auth-username-password-form\",\"requirement\":\"REQUIRED\","
        "\"priority\":10}";
    assert_int_equal(walk(steps_of_three, "", "", "", facts, HOLD_YES).asks, A_KEY);
}

static void more_proofs_than_can_be(void **state)
{
    flow_facts facts = {.proof_count = FLOW_PROOFS_MAX + 1, .wanted = FLOW_LEVEL_NONE};
    for (size_t i = 0; i < FLOW_PROOFS_MAX; i++)
        facts.proofs[i] = PW;
    assert_int_equal(walk(PASSWORD, "", "", "", facts, HOLD_YES).outcome, FLOW_FAILS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_step),
        cmocka_unit_test(levels),
        cmocka_unit_test(what_the_session_keeps),
        cmocka_unit_test(keycloaks_own_flow),
        cmocka_unit_test(direct_grants),
        cmocka_unit_test(priorities),
        cmocka_unit_test(more_proofs_than_can_be),
        cmocka_unit_test(who_is_meant_by_conditions),
        cmocka_unit_test(what_has_been_come_through),
        cmocka_unit_test(more_flows_than_are_come_through),
        cmocka_unit_test(alternatives_of_direct_grants),
        cmocka_unit_test(levels_of_direct_grants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
