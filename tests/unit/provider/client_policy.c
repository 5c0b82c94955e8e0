/* SPDX-License-Identifier: Apache-2.0 */
/* Client profiles and policies: what Keycloak's own ones and bad ones are. */
#include "provider/policy/client_policy.h"
#include "base/array.h"
#include "base/text.h"
#include "test.h"

static ost_arena *arena;
static const ost_json *global;

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
    return arena != NULL ? (int)policy_global_profiles(arena, &global) : -1;
}

static int end(void **state)
{
    (void)state;
    ost_arena_free(arena);
    return 0;
}

/* Under other names each of them is what a realm may have. */
static void global_profiles(void **state)
{
    (void)state;
    const char *text =
        ost_arena_format(arena, "{\"profiles\":%.*s}", (int)ost_json_source(global).len,
                         ost_json_source(global).data);
    assert_non_null(text);
    assert_int_equal(10, ost_json_count(global));
    assert_int_equal(PROFILE_GLOBAL, client_profiles_check(json(text), global));
    assert_int_equal(POLICY_GOOD, client_profiles_check(json(text), NULL));
}

static void profiles(void **state)
{
    static const struct {
        const char *list;
        policy_fault fault;
    } rows[] = {
        {"[]", POLICY_GOOD},
        {"[{\"name\":\"a\"}]", POLICY_GOOD},
        {"[{\"name\":\"a\"},{\"name\":\"a\"}]", PROFILE_TWICE},
        {"[{\"executors\":[]}]", PROFILE_NAMELESS},
        {"[{\"name\":7}]", POLICY_SHAPE},
        {"[{\"name\":\"a\",\"executors\":[{\"executor\":\"x\"}]},{\"name\":\"\"}]",
         PROFILE_NAMELESS},
        {"[{\"name\":\"a\",\"executors\":[{\"executor\":\"reject-request\"}]}]", PROFILE_EXECUTOR},
        {"[{\"name\":\"a\",\"executors\":[{\"executor\":\"secure-request-object\","
         "\"configuration\":{\"available-period\":\"60\",\"allowed-clock-skew\":0}}]}]",
         POLICY_GOOD},
        {"[{\"name\":\"a\",\"executors\":[{\"executor\":\"secure-request-object\","
         "\"configuration\":{\"available-period\":\"long\"}}]}]",
         PROFILE_EXECUTOR},
        {"[{\"name\":\"a\",\"executors\":[{\"executor\":\"reject-request\","
         "\"configuration\":{}}]}]",
         POLICY_GOOD},
        {"[{\"name\":\"a\",\"executors\":[{\"executor\":\"pkce-enforcer\","
         "\"configuration\":{\"auto-configure\":\"True\"}}]}]",
         PROFILE_EXECUTOR},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const char *text = ost_arena_format(arena, "{\"profiles\":%s}", rows[i].list);
        assert_non_null(text);
        if (client_profiles_check(json(text), global) != rows[i].fault)
            fail_msg("%s", text);
    }
}

static void policies(void **state)
{
    static const struct {
        const char *list;
        policy_fault fault;
    } rows[] = {
        {"[{\"name\":\"p\",\"profiles\":[\"own\",\"fapi-ciba\"]}]", POLICY_GOOD},
        {"[{\"name\":\"p\",\"profiles\":[\"other\"]}]", POLICY_PROFILE},
        {"[{\"name\":\"p\",\"profiles\":[[]]}]", POLICY_PROFILE},
        {"[{\"name\":\"p\"},{\"name\":\"p\"}]", POLICY_TWICE},
        {"[{\"enabled\":true}]", POLICY_NAMELESS},
        {"[{\"name\":\"p\",\"conditions\":[{\"condition\":\"x\"}]}]", POLICY_CONDITION},
        {"[{\"name\":\"p\",\"enabled\":\"true\"}]", POLICY_SHAPE},
        {"[{\"name\":\"p\",\"enabled\":true}]", POLICY_GOOD},
        {"[{\"name\":\"p\",\"mode\":\"STRICT\"}]", POLICY_GOOD},
        {"[{\"name\":\"p\",\"mode\":\"strict\"}]", POLICY_MODE},
        {"[{\"name\":\"p\",\"enabled\":true,\"enabld\":1}]", POLICY_SHAPE},
    };
    const ost_json *own;
    (void)state;
    own = json("{\"profiles\":[{\"name\":\"own\"}]}");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const char *text = ost_arena_format(arena, "{\"policies\":%s}", rows[i].list);
        assert_non_null(text);
        if (client_policies_check(json(text), own, global) != rows[i].fault)
            fail_msg("%s", text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(global_profiles),
        cmocka_unit_test(profiles),
        cmocka_unit_test(policies),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
