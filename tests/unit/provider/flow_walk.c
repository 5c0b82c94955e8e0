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
#define LEVEL(n) SET("conditional-level-of-authentication", "level" n)
#define DENY SET("deny-access-authenticator", "words")
#define IF_A PART("a", "CONDITIONAL")
#define IF_B PART("b", "CONDITIONAL")

/* The realm's role "member" is the user's, "guest" nobody's; there is no third. */
static flow_role role_of(void *user, ost_text name)
{
    return text_is(name, "member")  ? *(flow_role *)user
           : text_is(name, "guest") ? ROLE_NOT_HELD
                                    : ROLE_ABSENT;
}

#define CONFIGS                                                                                    \
    "[{\"alias\":\"member\",\"config\":{\"condUserRole\":\"member\"}},"                            \
    "{\"alias\":\"other\",\"config\":{\"condUserRole\":\"member\",\"negate\":\"true\"}},"          \
    "{\"alias\":\"absent\",\"config\":{\"condUserRole\":\"gone\"}},"                               \
    "{\"alias\":\"not-absent\",\"config\":{\"condUserRole\":\"gone\",\"negate\":\"true\"}},"       \
    "{\"alias\":\"level1\",\"config\":{\"loa-condition-level\":\"1\",\"loa-max-age\":\"100\"}},"   \
    "{\"alias\":\"level2\",\"config\":{\"loa-condition-level\":\"2\",\"loa-max-age\":\"10\"}},"    \
    "{\"alias\":\"level3\",\"config\":{\"loa-condition-level\":\"3\",\"loa-max-age\":\"0\"}},"     \
    "{\"alias\":\"words\",\"config\":{\"denyErrorMessage\":\"No.\"}}]"

/* Of flows with these steps. The alias "c" is a flow of nothing. */
static flow_verdict walk(const char *top, const char *forms, const char *a, const char *b,
                         flow_facts facts, flow_role member)
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
    flow_role member;
    unsigned owned, proofs[4];
    flow_outcome outcome;
    unsigned asks, setup;
} walks[] = {
    /* what is alone, and what stands beside something required */
    {PASSWORD, "", "", "", ROLE_HELD, 0, {0}, FLOW_ASKS, PW, 0},
    {PASSWORD, "", "", "", ROLE_HELD, 0, {PW}, FLOW_ENTERS, 0, 0},
    {COOKIE "," FORMS, PASSWORD, "", "", ROLE_HELD, 0, {PW}, FLOW_ENTERS, 0, 0},
    {PASSWORD "," OTP("ALTERNATIVE"), "", "", "", ROLE_HELD, ALL, {PW}, FLOW_ENTERS, 0, 0},
    {PASSWORD "," OTP("DISABLED"), "", "", "", ROLE_HELD, ALL, {PW}, FLOW_ENTERS, 0, 0},
    {OTP("REQUIRED"), "", "", "", ROLE_HELD, ALL, {CODE}, FLOW_FAILS, 0, 0},
    {COOKIE, "", "", "", ROLE_HELD, ALL, {PW}, FLOW_FAILS, 0, 0},
    {"", "", "", "", ROLE_HELD, ALL, {PW}, FLOW_FAILS, 0, 0},
    {STEP("allow-access-authenticator", "REQUIRED"),
     "",
     "",
     "",
     ROLE_HELD,
     0,
     {0},
     FLOW_FAILS,
     0,
     0},
    {PASSWORD "," STEP("allow-access-authenticator", "REQUIRED"),
     "",
     "",
     "",
     ROLE_HELD,
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
     ROLE_HELD,
     0,
     {PW},
     FLOW_FAILS,
     0,
     0},
    {PASSWORD "," IF_A,
     "",
     STEP("conditional-moon", "REQUIRED") "," OTP("REQUIRED"),
     "",
     ROLE_HELD,
     ALL,
     {PW},
     FLOW_FAILS,
     0,
     0},
    {PASSWORD "," IF_A,
     "",
     STEP("conditional-user-role", "REQUIRED") "," OTP("REQUIRED"),
     "",
     ROLE_HELD,
     ALL,
     {PW},
     FLOW_FAILS,
     0,
     0},
    {PASSWORD "," PART("nowhere", "REQUIRED"), "", "", "", ROLE_HELD, ALL, {PW}, FLOW_FAILS, 0, 0},
    {PASSWORD "," STEP("auth-otp-form", "SOMETIMES"),
     "",
     "",
     "",
     ROLE_HELD,
     ALL,
     {PW},
     FLOW_FAILS,
     0,
     0},
    {PASSWORD "," STEP("auth-otp-form", "CONDITIONAL"),
     "",
     "",
     "",
     ROLE_HELD,
     ALL,
     {PW},
     FLOW_FAILS,
     0,
     0},
    /* within itself it asks for another password, for which there is no page */
    {PASSWORD "," PART("top", "REQUIRED"), "", "", "", ROLE_HELD, ALL, {PW}, FLOW_ASKS, PW, 0},
    {PASSWORD "," PART("c", "REQUIRED"), "", "", "", ROLE_HELD, ALL, {PW}, FLOW_FAILS, 0, 0},
    {PASSWORD "," STEP("direct-grant-validate-otp", "REQUIRED"),
     "",
     "",
     "",
     ROLE_HELD,
     ALL,
     {PW},
     FLOW_FAILS,
     0,
     0},
    {PASSWORD "," STEP("auth-spnego", "REQUIRED"),
     "",
     "",
     "",
     ROLE_HELD,
     ALL,
     {PW},
     FLOW_FAILS,
     0,
     0},
    /* those who have what is asked for */
    {PASSWORD "," IF_A, "", OWNER "," OTP("REQUIRED"), "", ROLE_HELD, 0, {PW}, FLOW_ENTERS, 0, 0},
    {PASSWORD "," IF_A,
     "",
     OWNER "," OTP("REQUIRED"),
     "",
     ROLE_HELD,
     CODE,
     {PW},
     FLOW_ASKS,
     CODE,
     0},
    {PASSWORD "," IF_A,
     "",
     OWNER "," OTP("REQUIRED"),
     "",
     ROLE_HELD,
     CODE,
     {PW, CODE},
     FLOW_ENTERS,
     0,
     0},
    {PASSWORD "," IF_A,
     "",
     OWNER "," OTP("REQUIRED") "," KEY("REQUIRED"),
     "",
     ROLE_HELD,
     CODE,
     {PW},
     FLOW_ENTERS,
     0,
     0},
    {PASSWORD "," IF_A,
     "",
     OWNER "," OTP("ALTERNATIVE") "," KEY("ALTERNATIVE"),
     "",
     ROLE_HELD,
     A_KEY,
     {PW},
     FLOW_ASKS,
     A_KEY,
     0},
    {PASSWORD "," IF_A,
     "",
     OWNER "," OTP("ALTERNATIVE") "," KEY("ALTERNATIVE"),
     "",
     ROLE_HELD,
     CODE | A_KEY,
     {PW},
     FLOW_ASKS,
     CODE | A_KEY,
     0},
    {PASSWORD "," IF_A,
     "",
     OWNER "," OTP("ALTERNATIVE") "," KEY("ALTERNATIVE"),
     "",
     ROLE_HELD,
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
     ROLE_HELD,
     0,
     {PW, RECOVERY},
     FLOW_ENTERS,
     0,
     0},
    {PASSWORD "," CODES("REQUIRED"), "", "", "", ROLE_HELD, 0, {PW, RECOVERY}, FLOW_ENTERS, 0, 0},
    /* a conditional flow without a condition is none, and one that says deny to owners is not met
     */
    {PASSWORD "," IF_A, "", OTP("REQUIRED"), "", ROLE_HELD, CODE, {PW}, FLOW_ENTERS, 0, 0},
    {PASSWORD "," IF_A, "", OWNER "," DENY, "", ROLE_HELD, CODE, {PW}, FLOW_ENTERS, 0, 0},
    {PASSWORD "," IF_A,
     "",
     STEP("conditional-user-configured", "DISABLED") "," OTP("REQUIRED"),
     "",
     ROLE_HELD,
     CODE,
     {PW},
     FLOW_ENTERS,
     0,
     0},
    /* roles */
    {PASSWORD "," IF_A, "", MEMBER "," DENY, "", ROLE_HELD, 0, {PW}, FLOW_DENIES, 0, 0},
    {PASSWORD "," IF_A, "", MEMBER "," DENY, "", ROLE_NOT_HELD, 0, {PW}, FLOW_ENTERS, 0, 0},
    {PASSWORD "," IF_A, "", MEMBER "," DENY, "", ROLE_UNKNOWN, 0, {PW}, FLOW_FAILS, 0, 0},
    {PASSWORD "," IF_A, "", OTHER "," DENY, "", ROLE_HELD, 0, {PW}, FLOW_ENTERS, 0, 0},
    {PASSWORD "," IF_A, "", OTHER "," DENY, "", ROLE_NOT_HELD, 0, {PW}, FLOW_DENIES, 0, 0},
    {PASSWORD "," IF_A, "", ABSENT "," DENY, "", ROLE_HELD, 0, {PW}, FLOW_ENTERS, 0, 0},
    {PASSWORD "," IF_A, "", NOT_ABSENT "," DENY, "", ROLE_HELD, 0, {PW}, FLOW_FAILS, 0, 0},
    {PASSWORD "," IF_A,
     "",
     MEMBER "," OTP("REQUIRED"),
     "",
     ROLE_HELD,
     CODE,
     {PW},
     FLOW_ASKS,
     CODE,
     0},
    {PASSWORD "," IF_A,
     "",
     MEMBER "," OTP("REQUIRED"),
     "",
     ROLE_HELD,
     0,
     {PW},
     FLOW_ENTERS,
     0,
     CODE},
    {PASSWORD "," IF_A,
     "",
     MEMBER "," OWNER "," OTP("REQUIRED"),
     "",
     ROLE_HELD,
     0,
     {PW},
     FLOW_ENTERS,
     0,
     0},
    {PASSWORD "," IF_A,
     "",
     MEMBER "," PART("b", "REQUIRED"),
     OTP("REQUIRED"),
     ROLE_HELD,
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
     ROLE_NOT_HELD,
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
     ROLE_HELD,
     CODE,
     {PW},
     FLOW_ASKS,
     CODE,
     0},
    {PASSWORD "," PART("a", "REQUIRED"),
     "",
     OTP("ALTERNATIVE") "," STEP("deny-access-authenticator", "ALTERNATIVE"),
     "",
     ROLE_HELD,
     0,
     {PW},
     FLOW_DENIES,
     0,
     0},
    {PASSWORD "," PART("a", "REQUIRED"),
     "",
     OTP("ALTERNATIVE") "," CODES("ALTERNATIVE"),
     "",
     ROLE_HELD,
     0,
     {PW},
     FLOW_ENTERS,
     0,
     CODE | RECOVERY},
    {FORMS "," PASSKEY("ALTERNATIVE"), PASSWORD, "", "", ROLE_HELD, 0, {PK}, FLOW_ENTERS, 0, 0},
    {FORMS "," PASSKEY("ALTERNATIVE"),
     PASSWORD "," OTP("REQUIRED"),
     "",
     "",
     ROLE_HELD,
     CODE,
     {PK},
     FLOW_ENTERS,
     0,
     0},
    {PASSKEY("ALTERNATIVE") "," FORMS,
     PASSWORD "," OTP("REQUIRED"),
     "",
     "",
     ROLE_HELD,
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
     ROLE_HELD,
     ALL,
     {PW},
     FLOW_ASKS,
     CODE,
     0},
    {PASSWORD "," OTP("REQUIRED") "," CODES("REQUIRED"),
     "",
     "",
     "",
     ROLE_HELD,
     ALL,
     {PW, CODE},
     FLOW_ASKS,
     RECOVERY,
     0},
    {PASSWORD "," OTP("REQUIRED") "," CODES("REQUIRED"),
     "",
     "",
     "",
     ROLE_HELD,
     ALL,
     {PW, CODE, CODE},
     FLOW_ASKS,
     RECOVERY,
     0},
    {PASSWORD "," OTP("REQUIRED") "," CODES("REQUIRED"),
     "",
     "",
     "",
     ROLE_HELD,
     ALL,
     {PW, CODE, RECOVERY},
     FLOW_ENTERS,
     0,
     0},
    {PASSWORD "," OTP("REQUIRED") "," CODES("REQUIRED"),
     "",
     "",
     "",
     ROLE_HELD,
     CODE,
     {PW, CODE},
     FLOW_ENTERS,
     0,
     RECOVERY},
    {PASSWORD "," PART("a", "REQUIRED") "," PART("b", "REQUIRED"),
     "",
     OTP("ALTERNATIVE") "," CODES("ALTERNATIVE"),
     OTP("REQUIRED"),
     ROLE_HELD,
     ALL,
     {PW, CODE},
     FLOW_ASKS,
     CODE,
     0},
    {PASSWORD "," PART("a", "REQUIRED") "," PART("b", "REQUIRED"),
     "",
     OTP("ALTERNATIVE") "," CODES("ALTERNATIVE"),
     OTP("REQUIRED"),
     ROLE_HELD,
     ALL,
     {PW, RECOVERY, CODE},
     FLOW_ENTERS,
     0,
     0},
    /* what the flow asks for now counts, whatever it asked for before */
    {PASSWORD "," KEY("REQUIRED"), "", "", "", ROLE_HELD, ALL, {PW, CODE}, FLOW_ASKS, A_KEY, 0},
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
            facts, ROLE_HELD);
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
             LEVEL("1") "," PASSWORD, LEVEL("2") "," OTP("REQUIRED"), facts, ROLE_HELD);
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
    assert_int_equal(walk(direct, "", MEMBER "," DENY, "", facts, ROLE_NOT_HELD).asks, CODE);
    facts.owned = 0; /* nobody can set one up there */
    assert_int_equal(walk(direct, "", MEMBER "," DENY, "", facts, ROLE_NOT_HELD).outcome,
                     FLOW_FAILS);
    facts = facts_of(CODE, proofs, 2);
    facts.direct = true;
    assert_int_equal(walk(direct, "", MEMBER "," DENY, "", facts, ROLE_NOT_HELD).outcome,
                     FLOW_ENTERS);
    assert_int_equal(walk(direct, "", MEMBER "," DENY, "", facts, ROLE_HELD).outcome, FLOW_DENIES);
    facts.direct = false;
    assert_int_equal(walk(direct, "", MEMBER "," DENY, "", facts, ROLE_NOT_HELD).outcome,
                     FLOW_FAILS);
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
    assert_int_equal(walk(steps_of_three, "", "", "", facts, ROLE_HELD).asks, A_KEY);
}

static void more_proofs_than_can_be(void **state)
{
    flow_facts facts = {.proof_count = FLOW_PROOFS_MAX + 1, .wanted = FLOW_LEVEL_NONE};
    for (size_t i = 0; i < FLOW_PROOFS_MAX; i++)
        facts.proofs[i] = PW;
    assert_int_equal(walk(PASSWORD, "", "", "", facts, ROLE_HELD).outcome, FLOW_FAILS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_step),           cmocka_unit_test(levels),
        cmocka_unit_test(what_the_session_keeps),  cmocka_unit_test(keycloaks_own_flow),
        cmocka_unit_test(direct_grants),           cmocka_unit_test(priorities),
        cmocka_unit_test(more_proofs_than_can_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
