/* SPDX-License-Identifier: Apache-2.0 */
/* The flow that policies choose, and which of them cannot be enabled. */
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "provider/flow/flow_read.h"
#include "provider/policy/policy_set.h"
#include "test.h"

#define FLOWS                                                                                      \
    "\"authenticationFlows\":["                                                                    \
    "{\"id\":\"1\",\"alias\":\"strong\",\"topLevel\":true},"                                       \
    "{\"id\":\"2\",\"alias\":\"weak\"},"                                                           \
    "{\"id\":\"3\",\"alias\":\"part\",\"topLevel\":false}]"

static ost_arena *arena;

static const ost_json *json(const char *text)
{
    const ost_json *value;
    assert_int_equal(OST_OK, ost_json_read(text_of(text), NULL, arena, &value, NULL));
    return value;
}

static int begin(void **state)
{
    (void)state;
    arena = ost_arena_new((size_t)1 << 20);
    return arena != NULL ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    ost_arena_free(arena);
    return 0;
}

/* Two policies, for everybody and for who asks for the level 2, of one profile each. */
static const ost_json *realm_of(const char *first, const char *second)
{
    return json(ost_arena_format(
        arena,
        "{" FLOWS ",\"clientProfiles\":{\"profiles\":["
        "{\"name\":\"a\",\"executors\":[{\"executor\":\"auth-flow-enforcer\","
        "\"configuration\":%s}]},"
        "{\"name\":\"b\",\"executors\":[{\"executor\":\"auth-flow-enforcer\","
        "\"configuration\":%s}]}]},"
        "\"clientPolicies\":{\"policies\":["
        "{\"name\":\"p\",\"enabled\":true,\"conditions\":[{\"condition\":\"any-client\"}],"
        "\"profiles\":[\"a\"]},"
        "{\"name\":\"q\",\"enabled\":true,\"conditions\":[{\"condition\":\"acr-condition\","
        "\"configuration\":{\"acr-property\":\"2\"}}],\"profiles\":[\"b\"]}]}}",
        first, second));
}

static void chosen(void **state)
{
    static const struct {
        const char *first, *second, *acr;
        bool chosen;
        const char *alias;
        int64_t level;
    } rows[] = {
        {"{}", "{}", "[\"2\"]", false, "", -1},
        {"{\"auth-flow-loa\":2}", "{}", "[\"2\"]", false, "", -1},
        {"{\"auth-flow-alias\":null}", "{}", "[\"2\"]", false, "", -1},
        {"{\"auth-flow-alias\":\"weak\"}", "{}", "[]", true, "weak", -1},
        {"{\"auth-flow-alias\":\"browser\"}", "{}", "[]", true, "browser", -1},
        {"{\"auth-flow-alias\":\"weak\",\"auth-flow-loa\":1}",
         "{\"auth-flow-alias\":\"strong\",\"auth-flow-loa\":\"2\"}", "[\"1\"]", true, "weak", 1},
        {"{\"auth-flow-alias\":\"weak\",\"auth-flow-loa\":1}",
         "{\"auth-flow-alias\":\"strong\",\"auth-flow-loa\":\"2\"}", "[\"2\"]", true, "strong", 2},
        {"{\"auth-flow-alias\":\"weak\",\"auth-flow-loa\":1}", "{\"auth-flow-alias\":\"strong\"}",
         "[\"2\"]", true, "strong", 1},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const policy_set *set;
        assert_int_equal(
            OST_OK, policy_set_read(realm_of(rows[i].first, rows[i].second), arena, &set, NULL));
        const policy_case is = {
            .event = POLICY_AUTHORIZATION, .client = json("{}"), .acr = json(rows[i].acr)};
        policy_flow flow = policy_set_flow(set, &is);
        if (flow.chosen != rows[i].chosen || !text_is(flow.alias, rows[i].alias) ||
            flow.level != rows[i].level)
            fail_msg("row %zu: \"%.*s\" %lld", i, OST_FORMAT(flow.alias), (long long)flow.level);
    }
}

static void nobody_could_come_in(void **state)
{
    static const char *const rows[] = {
        "{\"auth-flow-alias\":\"nowhere\"}", "{\"auth-flow-alias\":\"\"}",
        "{\"auth-flow-alias\":7}",           "{\"auth-flow-alias\":\"1\"}",
        "{\"auth-flow-alias\":\"part\"}",    "{\"auth-flow-alias\":\"direct grant\"}",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const policy_set *set = NULL;
        ost_error error = {0};
        assert_int_equal(OST_E_FORMAT,
                         policy_set_read(realm_of("{}", rows[i]), arena, &set, &error));
        assert_null(set);
        if (strstr(error.detail, "\"q\" is enabled, and of its executor auth-flow-enforcer "
                                 "auth-flow-alias is not") == NULL)
            fail_msg("%s: %s", rows[i], error.detail);
    }
}

/* Keycloak's own flow is every realm's that goes by it; where another is in its place it has to be
 * there. */
static void the_usual_one(void **state)
{
    const ost_json *flow;
    (void)state;
    assert_true(flow_find_for_browsers(json("{}"), OST_TEXT("browser"), &flow));
    assert_null(flow);
    assert_true(
        flow_find_for_browsers(json("{\"browserFlow\":\"browser\"}"), OST_TEXT("browser"), &flow));
    assert_false(
        flow_find_for_browsers(json("{\"browserFlow\":\"x\"}"), OST_TEXT("browser"), &flow));
    assert_false(flow_find_for_browsers(json("{}"), OST_TEXT("direct grant"), &flow));
}

static void nothing_is_chosen_of_none(void **state)
{
    const policy_case is = {.event = POLICY_AUTHORIZATION};
    (void)state;
    assert_false(policy_set_flow(NULL, &is).chosen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chosen),
        cmocka_unit_test(nobody_could_come_in),
        cmocka_unit_test(the_usual_one),
        cmocka_unit_test(nothing_is_chosen_of_none),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
