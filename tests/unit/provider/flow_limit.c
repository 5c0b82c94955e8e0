/* SPDX-License-Identifier: Apache-2.0 */
/* Limits of sessions in flows: what they say, and what becomes of somebody at them. */
#include "provider/flow/flow_limit.h"

#include "base/array.h"
#include "base/text.h"
#include "provider/flow/flow_walk.h"
#include "test.h"

#define DENY "\"behavior\":\"Deny new session\""
#define END "\"behavior\":\"Terminate oldest session\""
#define REALM(number) ",\"userRealmLimit\":\"" number "\""
#define CLIENT(number) ",\"userClientLimit\":\"" number "\""
#define WORDS ",\"errorMessage\":\"Enough.\""
#define USUAL "There are too many sessions"

static flow_hold held;
static flow_limit asked;

static flow_hold room_of(void *user, const flow_limit *limit)
{
    asked = *limit;
    return held;
}

/* Of a password and this; `words` of who is denied. */
static const struct {
    const char *config;
    flow_hold room;
    flow_outcome outcome;
    flow_limit limit; /* of the verdict, where they come in; otherwise what was asked about */
    const char *words;
} rules[] = {
    {DENY REALM("2"), HOLD_YES, FLOW_ENTERS, {0}, NULL},
    {DENY REALM("2"), HOLD_NO, FLOW_DENIES, {2, 0}, USUAL},
    {DENY CLIENT("1"), HOLD_NO, FLOW_DENIES, {0, 1}, USUAL},
    {DENY REALM(" 3 ") CLIENT("1"), HOLD_NO, FLOW_DENIES, {3, 1}, USUAL},
    {DENY REALM("1") WORDS, HOLD_NO, FLOW_DENIES, {1, 0}, "Enough."},
    {DENY REALM("1") ",\"errorMessage\":\"\"", HOLD_NO, FLOW_DENIES, {1, 0}, USUAL},
    {DENY REALM("1") ",\"errorMessage\":\"sessionLimitExceeded\"",
     HOLD_NO,
     FLOW_DENIES,
     {1, 0},
     USUAL},
    {DENY REALM("1"), HOLD_UNKNOWN, FLOW_FAILS, {1, 0}, NULL},
    {DENY REALM("1"), HOLD_ABSENT, FLOW_FAILS, {1, 0}, NULL},
    {DENY, HOLD_NO, FLOW_ENTERS, {0}, NULL},
    {DENY REALM("0") CLIENT(""), HOLD_NO, FLOW_ENTERS, {0}, NULL},
    {DENY REALM("-1") CLIENT("-7"), HOLD_NO, FLOW_ENTERS, {0}, NULL},
    {END REALM("2"), HOLD_NO, FLOW_ENTERS, {2, 0}, NULL},
    {END REALM("2") CLIENT("1"), HOLD_NO, FLOW_ENTERS, {2, 1}, NULL},
    {END REALM("1000"), HOLD_NO, FLOW_ENTERS, {1000, 0}, NULL},
    {END REALM("1001"), HOLD_YES, FLOW_FAILS, {0}, NULL},
    {END REALM("two"), HOLD_YES, FLOW_FAILS, {0}, NULL},
    {END REALM("1.5"), HOLD_YES, FLOW_FAILS, {0}, NULL},
    {END REALM("-"), HOLD_YES, FLOW_FAILS, {0}, NULL},
    {"\"behavior\":\"deny new session\"" REALM("1"), HOLD_YES, FLOW_FAILS, {0}, NULL},
    {"\"userRealmLimit\":\"1\"", HOLD_YES, FLOW_FAILS, {0}, NULL},
    {"", HOLD_YES, FLOW_ENTERS, {0}, NULL},
};

static const ost_json *realm_of(ost_arena *arena, const char *config)
{
    const ost_json *realm;
    const char *text = ost_arena_format(
        arena,
        "{\"authenticatorConfig\":[{\"alias\":\"limit\",\"config\":{%s}},{\"alias\":\"more\","
        "\"config\":{" END REALM("5") CLIENT(
            "4") "}}],\"authenticationFlows\":["
                 "{\"alias\":\"top\",\"authenticationExecutions\":["
                 "{\"authenticator\":\"auth-username-password-form\",\"requirement\":\"REQUIRED\"},"
                 "{\"authenticator\":\"user-session-limits\",\"requirement\":\"REQUIRED\","
                 "\"authenticatorConfig\":\"limit\"}]},"
                 "{\"alias\":\"twice\",\"authenticationExecutions\":["
                 "{\"authenticator\":\"auth-username-password-form\",\"requirement\":\"REQUIRED\"},"
                 "{\"authenticator\":\"user-session-limits\",\"requirement\":\"REQUIRED\","
                 "\"authenticatorConfig\":\"more\"},{\"authenticator\":\"user-session-limits\","
                 "\"requirement\":\"REQUIRED\",\"authenticatorConfig\":\"limit\"}]},"
                 "{\"alias\":\"bare\",\"authenticationExecutions\":["
                 "{\"authenticator\":\"auth-username-password-form\",\"requirement\":\"REQUIRED\"},"
                 "{\"authenticator\":\"user-session-limits\",\"requirement\":\"REQUIRED\"}]}]}",
        config);
    assert_int_equal(ost_json_read(text_of(text), NULL, arena, &realm, NULL), OST_OK);
    return realm;
}

static flow_facts facts_of(const ost_json *realm)
{
    return (flow_facts){.realm = realm,
                        .proofs = {PROOF_PASSWORD},
                        .proof_count = 1,
                        .wanted = FLOW_LEVEL_NONE,
                        .room = room_of};
}

static const ost_json *flow_at(const ost_json *realm, size_t index)
{
    const ost_json *at = ost_json_first(ost_json_get(realm, "authenticationFlows"));
    while (index-- > 0)
        at = ost_json_next(at);
    return at;
}

static void what_becomes_of_somebody_at_a_limit(void **state)
{
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        ost_arena *arena = ost_arena_new(1 << 16);
        flow_facts facts = facts_of(realm_of(arena, rules[i].config));
        held = rules[i].room;
        asked = (flow_limit){0};
        flow_verdict found = flow_walk(flow_at(facts.realm, 0), &facts);
        flow_limit limit = found.outcome == FLOW_ENTERS ? found.room.ends : asked;
        if (found.outcome != rules[i].outcome || limit.user != rules[i].limit.user ||
            limit.client != rules[i].limit.client)
            fail_msg("rule %zu (%s): outcome %d, limits %d and %d", i, rules[i].config,
                     (int)found.outcome, (int)limit.user, (int)limit.client);
        assert_int_equal(found.too_many_sessions, rules[i].outcome == FLOW_DENIES);
        assert_true(rules[i].words == NULL || text_is(found.message, rules[i].words));
        ost_arena_free(arena);
    }
}

/* The password first: who has not brought it learns nothing. */
static void nobody_is_told_before_the_password(void **state)
{
    ost_arena *arena = ost_arena_new(1 << 16);
    flow_facts facts = facts_of(realm_of(arena, DENY REALM("1")));
    held = HOLD_NO;
    asked = (flow_limit){0};
    facts.proof_count = 0;
    assert_int_equal(flow_walk(flow_at(facts.realm, 0), &facts).outcome, FLOW_ASKS);
    assert_int_equal(asked.user, 0);
    ost_arena_free(arena);
}

static void of_two_limits_the_stricter_counts(void **state)
{
    ost_arena *arena = ost_arena_new(1 << 16);
    flow_facts facts = facts_of(realm_of(arena, END REALM("7") CLIENT("2")));
    flow_verdict found = flow_walk(flow_at(facts.realm, 1), &facts);
    assert_int_equal(found.outcome, FLOW_ENTERS);
    assert_int_equal(found.room.ends.user, 5);
    assert_int_equal(found.room.ends.client, 2);
    ost_arena_free(arena);
}

/* What counts is looked at when the session begins: the verdict carries it there. */
static void room_that_was_found_is_held_to_later(void **state)
{
    ost_arena *arena = ost_arena_new(1 << 16);
    flow_facts facts = facts_of(realm_of(arena, DENY REALM("3") CLIENT("1")));
    held = HOLD_YES;
    flow_verdict found = flow_walk(flow_at(facts.realm, 0), &facts);
    assert_int_equal(found.outcome, FLOW_ENTERS);
    assert_int_equal(found.room.denies.user, 3);
    assert_int_equal(found.room.denies.client, 1);
    assert_int_equal(found.room.ends.user + found.room.ends.client, 0);
    ost_arena_free(arena);
}

static void a_limit_without_a_configuration_lets_nobody_in(void **state)
{
    ost_arena *arena = ost_arena_new(1 << 16);
    flow_facts facts = facts_of(realm_of(arena, ""));
    held = HOLD_YES;
    assert_int_equal(flow_walk(flow_at(facts.realm, 2), &facts).outcome, FLOW_FAILS);
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_becomes_of_somebody_at_a_limit),
        cmocka_unit_test(nobody_is_told_before_the_password),
        cmocka_unit_test(of_two_limits_the_stricter_counts),
        cmocka_unit_test(room_that_was_found_is_held_to_later),
        cmocka_unit_test(a_limit_without_a_configuration_lets_nobody_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
