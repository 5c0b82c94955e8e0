/* SPDX-License-Identifier: Apache-2.0 */
/* Policies as JSON. */
#include <stdio.h>
#include <string.h>

#include <ostiary/policy.h>

#include "base/array.h"
#include "base/context.h"
#include "base/text.h"
#include "test.h"

static ost_arena *arena;

static int setup(void **state)
{
    arena = ost_arena_new(1 << 20);
    return 0;
}

static int teardown(void **state)
{
    ost_arena_free(arena);
    return 0;
}

static const ost_policy *read_good(const char *json)
{
    const ost_policy *policy = NULL;
    ost_error error = {0};
    if (ost_policy_read(text_of(json), arena, &policy, &error) != OST_OK)
        fail_msg("%s: %s", json, error.detail);
    return policy;
}

static void everything_is_read(void **state)
{
    /* What was read may go: nothing is borrowed from it. */
    char json[] = "{\"scopes\":[\"a\",\"b\"],\"any_scopes\":[\"c\"],\"realm_roles\":[\"r\"],"
                  "\"any_realm_roles\":[\"r2\"],\"client_roles\":[\"c:r\"],"
                  "\"any_client_roles\":[\"c:r2\"],\"clients\":[\"web\"],\"audiences\":[\"api\"],"
                  "\"acr_values\":[\"gold\"],\"max_age\":300,\"algorithms\":[\"ES256\",\"EdDSA\"],"
                  "\"sender\":\"dpop\",\"open\":false,\"claims\":["
                  "{\"claim\":\"dept\",\"equals\":\"hr\"},{\"claim\":\"level\",\"equals\":7},"
                  "{\"claim\":\"ok\",\"equals\":true},{\"claim\":\"/g\",\"contains\":\"x\"},"
                  "{\"matches\":\"*@x\",\"claim\":\"email\"}]}";
    const ost_policy *p = read_good(json);
    memset(json, 'x', sizeof json - 1);
    assert_false(p->open);
    assert_string_equal(p->scopes[0], "a");
    assert_string_equal(p->scopes[1], "b");
    assert_null(p->scopes[2]);
    assert_string_equal(p->any_scopes[0], "c");
    assert_string_equal(p->realm_roles[0], "r");
    assert_string_equal(p->any_realm_roles[0], "r2");
    assert_string_equal(p->client_roles[0], "c:r");
    assert_string_equal(p->any_client_roles[0], "c:r2");
    assert_string_equal(p->clients[0], "web");
    assert_string_equal(p->audiences[0], "api");
    assert_string_equal(p->acr_values[0], "gold");
    assert_int_equal(p->max_age, 300);
    assert_int_equal(p->algorithms, OST_ALG_BIT(OST_ES256) | OST_ALG_BIT(OST_EDDSA));
    assert_int_equal(p->sender, OST_SENDER_DPOP);
    static const ost_claim_rule rules[] = {{"dept", OST_CLAIM_EQUALS, "hr"},
                                           {"level", OST_CLAIM_EQUALS, "7"},
                                           {"ok", OST_CLAIM_EQUALS, "true"},
                                           {"/g", OST_CLAIM_CONTAINS, "x"},
                                           {"email", OST_CLAIM_MATCHES, "*@x"}};
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(p->claims[i].claim, rules[i].claim);
        assert_int_equal(p->claims[i].test, rules[i].test);
        assert_string_equal(p->claims[i].value, rules[i].value);
    }
    assert_null(p->claims[5].claim);
}

static void little_is_enough(void **state)
{
    const ost_policy zero = {0};
    assert_memory_equal(read_good("{}"), &zero, sizeof zero);
    assert_true(read_good("{\"open\":true}")->open);
    assert_int_equal(read_good("{\"max_age\":1}")->max_age, 1);
    assert_int_equal(read_good("{\"sender\":\"any\"}")->sender, OST_SENDER_ANY);
    assert_int_equal(read_good("{\"sender\":\"bound\"}")->sender, OST_SENDER_BOUND);
    assert_int_equal(read_good("{\"sender\":\"mtls\"}")->sender, OST_SENDER_MTLS);
}

static void what_is_not_understood_is_refused(void **state)
{
    static const char *const bad[] = {
        "[]",
        "7",
        "\"scopes\"",
        "null",
        "{\"scope\":[\"a\"]}",
        "{\"Scopes\":[\"a\"]}",
        "{\"\":1}",
        "{\"scopes\":\"a\"}",
        "{\"scopes\":[]}",
        "{\"scopes\":[\"\"]}",
        "{\"scopes\":[7]}",
        "{\"scopes\":[\"a b\"]}",
        "{\"any_scopes\":[]}",
        "{\"scopes\":null}",
        "{\"client_roles\":[\"editor\"]}",
        "{\"any_client_roles\":[\"editor\"]}",
        "{\"max_age\":0}",
        "{\"max_age\":-1}",
        "{\"max_age\":1.5}",
        "{\"max_age\":\"60\"}",
        "{\"max_age\":4294967296}",
        "{\"algorithms\":[]}",
        "{\"algorithms\":[\"none\"]}",
        "{\"algorithms\":[\"RSA-OAEP\"]}",
        "{\"algorithms\":\"RS256\"}",
        "{\"algorithms\":[7]}",
        "{\"sender\":\"DPoP\"}",
        "{\"sender\":true}",
        "{\"sender\":\"\"}",
        "{\"open\":1}",
        "{\"open\":\"true\"}",
        "{\"open\":true,\"scopes\":[\"a\"]}",
        "{\"open\":true,\"max_age\":1}",
        "{\"claims\":{}}",
        "{\"claims\":[]}",
        "{\"claims\":[\"x\"]}",
        "{\"claims\":[{}]}",
        "{\"claims\":[{\"claim\":\"x\"}]}",
        "{\"claims\":[{\"equals\":\"x\"}]}",
        "{\"claims\":[{\"claim\":\"x\",\"equals\":\"a\",\"contains\":\"a\"}]}",
        "{\"claims\":[{\"claim\":\"x\",\"equals\":null}]}",
        "{\"claims\":[{\"claim\":\"x\",\"equals\":[\"a\"]}]}",
        "{\"claims\":[{\"claim\":\"x\",\"equals\":1.5}]}",
        "{\"claims\":[{\"claim\":\"x\",\"matches\":7}]}",
        "{\"claims\":[{\"claim\":\"x\",\"matches\":\"a\\\\\"}]}",
        "{\"claims\":[{\"claim\":\"x\",\"regex\":\"a\"}]}",
        "{\"claims\":[{\"claim\":\"\",\"equals\":\"a\"}]}",
        "{\"claims\":[{\"claim\":\"a.b.c.d.e.f.g.h.i\",\"equals\":\"a\"}]}",
        "{\"claims\":[{\"claim\":\"/a/b/c/d/e/f/g/h/i\",\"equals\":\"a\"}]}",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        const ost_policy *policy = NULL;
        ost_error error = {0};
        if (ost_policy_read(text_of(bad[i]), arena, &policy, &error) != OST_E_CONFIG)
            fail_msg("%s", bad[i]);
        assert_null(policy);
        assert_true(error.detail[0] != '\0');
    }
    const ost_policy *policy = NULL;
    assert_int_equal(
        ost_policy_read(OST_TEXT("{\"open\":true,\"open\":false}"), arena, &policy, NULL),
        OST_E_JSON);
    assert_int_equal(ost_policy_read(OST_TEXT("{"), arena, &policy, NULL), OST_E_JSON);
    assert_int_equal(ost_policy_read(OST_TEXT(""), arena, &policy, NULL), OST_E_JSON);
    ost_error error = {0};
    assert_int_equal(ost_policy_read(OST_TEXT("{\"scopes\":[\"a\",]}"), arena, &policy, &error),
                     OST_E_JSON);
    assert_non_null(strstr(error.detail, "(column 16, in scopes[1])"));
    assert_int_equal(ost_policy_read(OST_TEXT("scopes:\n- a\n"), arena, &policy, &error),
                     OST_E_JSON);
    assert_non_null(strstr(error.detail, "this looks like YAML"));
    assert_int_equal(ost_policy_read(OST_TEXT("{\"scope\":[\"a\"]}"), arena, &policy, &error),
                     OST_E_CONFIG);
    assert_string_equal(error.detail, "a policy has no \"scope\"; did you mean \"scopes\"?");
    assert_int_equal(ost_policy_read(OST_TEXT("{\"maxage\":1}"), arena, &policy, &error),
                     OST_E_CONFIG);
    assert_non_null(strstr(error.detail, "did you mean \"max_age\"?"));
    assert_int_equal(ost_policy_read(OST_TEXT("{\"colour\":1}"), arena, &policy, &error),
                     OST_E_CONFIG);
    assert_string_equal(error.detail, "a policy has no \"colour\"");
    assert_non_null(read_good("\xef\xbb\xbf{\"open\":true}"));
    assert_non_null(read_good("{\"claims\":[{\"claim\":\"a.b.c.d.e.f.g.h\",\"equals\":\"a\"},"
                              "{\"claim\":\"/a/b/c/d/e/f/g/h\",\"equals\":\"a\"}]}"));
}

static void too_much_is_refused(void **state)
{
    const ost_policy *policy = NULL;
    static char json[70000];
    memset(json, ' ', sizeof json);
    memcpy(json, "{}", 2);
    assert_int_equal(ost_policy_read((ost_text){json, 65536}, arena, &policy, NULL), OST_OK);
    assert_int_equal(ost_policy_read((ost_text){json, 65537}, arena, &policy, NULL), OST_E_CEILING);
    for (size_t entries = 64; entries <= 65; entries++) {
        size_t len = (size_t)sprintf(json, "{\"scopes\":[\"a\"");
        for (size_t i = 1; i < entries; i++)
            len += (size_t)sprintf(json + len, ",\"a\"");
        len += (size_t)sprintf(json + len, "]}");
        assert_int_equal(ost_policy_read((ost_text){json, len}, arena, &policy, NULL),
                         entries == 64 ? OST_OK : OST_E_CONFIG);
    }
}

static void memory_may_run_out(void **state)
{
    static const char json[] = "{\"scopes\":[\"a\"],\"claims\":[{\"claim\":\"x\",\"equals\":7}]}";
    const ost_policy *policy = NULL;
    ost_result result = OST_E_MEMORY;
    for (size_t size = 64; result != OST_OK; size += 64) {
        ost_arena *small = ost_arena_new(size);
        result = ost_policy_read(text_of(json), small, &policy, NULL);
        if (result != OST_OK)
            assert_int_equal(result, OST_E_MEMORY);
        ost_arena_free(small);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_read),
        cmocka_unit_test(little_is_enough),
        cmocka_unit_test(what_is_not_understood_is_refused),
        cmocka_unit_test(too_much_is_refused),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests_name("guard-policy_read", tests, setup, teardown);
}
