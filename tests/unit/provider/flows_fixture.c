/* SPDX-License-Identifier: Apache-2.0 */
/* Flows of four parts; see flows_fixture.h. */
#include "flows_fixture.h"

#include "base/text.h"

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
flow_verdict flows_walk(const char *top, const char *forms, const char *a, const char *b,
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

flow_facts flows_facts(unsigned owned, const unsigned *proofs, size_t max)
{
    flow_facts facts = {.owned = owned, .wanted = FLOW_LEVEL_NONE, .now = 1000};
    for (size_t i = 0; i < max && proofs[i] != 0; i++)
        facts.proofs[facts.proof_count++] = proofs[i];
    return facts;
}
