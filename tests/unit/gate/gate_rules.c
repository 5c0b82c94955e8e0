/* SPDX-License-Identifier: Apache-2.0 */
/* Which rule a request has, and that none means no. */
#include "gate/gate_rules.h"

#include <stdio.h>

#include "base/array.h"
#include "base/text.h"
#include "test.h"

#define ARENA_MAX ((size_t)4 << 20)

static const char rules_text[] =
    "{\"sites\": [{\"origin\": \"https://a.example\", \"rules\": ["
    "{\"path\": \"/\", \"public\": true},"
    "{\"prefix\": \"/admin\", \"methods\": [\"GET\"], \"policy\": {\"scopes\": [\"x\"]}},"
    "{\"prefix\": \"/admin\", \"deny\": true},"
    "{\"prefix\": \"/all\", \"policy\": {}, \"login\": true, \"token\": true}]},"
    "{\"origin\": \"http://b.example:8080\", \"rules\": [{\"prefix\": \"/\", \"policy\": {}}]},"
    "{\"origin\": \"https://c.example\", \"rules\": []}]}";

static const gate_rules *read_good(ost_arena *arena)
{
    const gate_rules *rules = NULL;
    ost_error error = {0};
    if (gate_rules_read(text_of(rules_text), arena, &rules, &error) != OST_OK)
        fail_msg("%s", error.detail);
    return rules;
}

static void sites_by_authority(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(ARENA_MAX);
    const gate_rules *rules = read_good(arena);
    static const struct {
        const char *authority;
        int site;
    } cases[] = {
        {"a.example", 0},      {"a.example:443", 0},
        {"a.example:80", -1},  {"a.example:8443", -1},
        {"b.example:8080", 1}, {"b.example", -1},
        {"c.example", 2},      {"", -1},
        {":443", -1},          {"a.example.", -1},
        {"A.example", -1},     {"a.example:443:443", -1},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const gate_site *site = gate_rules_site(rules, text_of(cases[i].authority));
        if (site != (cases[i].site < 0 ? NULL : &rules->sites[cases[i].site]))
            fail_msg("%s", cases[i].authority);
    }
    ost_arena_free(arena);
}

static void the_first_rule_decides(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(ARENA_MAX);
    const gate_site *site = &read_good(arena)->sites[0];
    static const struct {
        const char *method, *path;
        int rule;
    } cases[] = {
        {"GET", "/", 0},
        {"POST", "/", 0},
        {"GET", "/x", -1},
        {"GET", "/admin", 1},
        {"HEAD", "/admin/x", 1},
        {"POST", "/admin/x", 2},
        {"GET", "/administer", -1},
        {"GET", "/ADMIN", -1},
        {"GET", "/admin/", 1},
        {"GET", "/admin?x", -1},
        {"get", "/admin", 2},
        {"GET", "/all/x", 3},
        {"X", "/all", 3},
        {"GET", "/aLL", -1},
        {"GET", "", -1},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *why = NULL;
        const gate_rule *rule =
            gate_rules_find(site, text_of(cases[i].method), text_of(cases[i].path), arena, &why);
        if (rule != (cases[i].rule < 0 ? NULL : &site->rules[cases[i].rule]))
            fail_msg("%s %s", cases[i].method, cases[i].path);
        assert_true(rule != NULL || why != NULL);
    }
    ost_arena_free(arena);
}

static void what_rules_say(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(ARENA_MAX);
    const gate_rules *rules = read_good(arena);
    const gate_rule *all = &rules->sites[0].rules[3];
    assert_true(rules->logs_in && all->login && all->token && all->access == GATE_GUARDED);
    assert_true(rules->sites[0].reads_paths && rules->sites[0].reads_methods);
    assert_false(rules->sites[1].reads_paths || rules->sites[1].reads_methods);
    assert_int_equal(rules->sites[0].rules[0].access, GATE_PUBLIC);
    assert_int_equal(rules->sites[0].rules[2].access, GATE_DENIED);
    assert_int_equal(rules->field_count, 7);
    ost_arena_free(arena);
}

/* A session goes to every host of the domain: only to one that the site is part of. */
static void domains_for_cookies(void **state)
{
    (void)state;
    static const struct {
        const char *origin, *domain; /* as JSON */
        bool good;
    } cases[] = {
        {"https://a.b.example", "\"b.example\"", true},
        {"https://a.b.example:8443", "\"b.example\"", true},
        {"https://b.example", "\"b.example\"", true},
        {"https://a.b.example", "\"a.b.example\"", true},
        {"http://a.b.example", "\"b.example\"", false},
        {"https://a.b.example", "\"example\"", false},
        {"https://a.b.example", "\".b.example\"", false},
        {"https://a.b.example", "\"b.example.\"", false},
        {"https://a.b.example", "\"B.example\"", false},
        {"https://a.b.example", "\"c.example\"", false},
        {"https://ab.example", "\"b.example\"", false},
        {"https://b.example", "\"a.b.example\"", false},
        {"https://a.b.example:8443", "\"b.example:8443\"", false},
        {"https://a.b.example", "\"\"", false},
        {"https://a.b.example", "\"b.example; Path=/\"", false},
        {"https://a.b.example", "null", false},
        {"https://a.b.example", "true", false},
        {"https://a.b.example", "[\"b.example\"]", false},
        {"https://127.0.0.1", "\"0.0.1\"", false},
        {"https://127.0.0.1", "\"127.0.0.1\"", false},
        {"https://[::1]", "\"[::1]\"", false},
        {"https://[::ffff:127.0.0.1]:1", "\"0.0.1]\"", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char text[512];
        ost_arena *arena = ost_arena_new(ARENA_MAX);
        const gate_rules *rules = NULL;
        ost_error error = {0};
        snprintf(text, sizeof text,
                 "{\"sites\": [{\"origin\": \"%s\", \"cookie_domain\": %s, \"rules\": []}]}",
                 cases[i].origin, cases[i].domain);
        ost_result result = gate_rules_read(text_of(text), arena, &rules, &error);
        if (result != (cases[i].good ? OST_OK : OST_E_CONFIG))
            fail_msg("%s: %s", text, error.detail);
        if (!cases[i].good)
            assert_true(text_starts(text_of(error.detail), "sites[0].cookie_domain must"));
        ost_arena_free(arena);
    }
}

#define OF_SITE(origin, more, rule)                                                                \
    "{\"origin\":\"https://" origin ".b.example\"," more "\"rules\":[" rule "]}"
#define LOGS_IN "{\"prefix\":\"/\",\"policy\":{},\"login\":true}"
#define SHARED "\"cookie_domain\":\"b.example\","
#define OTHER OF_SITE("other", SHARED "\"scope\":\"openid\",\"resource\":\"urn:a\",", LOGS_IN)

/* What a site's logins ask for, and whom its tokens must name: which of its rules asks for others
 * is refused, as is what would count for nothing. */
static void tokens_of_a_site(void **state)
{
    (void)state;
    static const struct {
        const char *sites, *words; /* NULL: good */
    } cases[] = {
        {OF_SITE("a", "\"scope\":\"openid a:b\",\"resource\":\"https://a.example/\",", LOGS_IN),
         NULL},
        {OF_SITE("a", "\"audiences\":[\"a\",\"b\"],", LOGS_IN), NULL},
        {OF_SITE("a", "\"audiences\":[\"a\"],", "{\"prefix\":\"/\",\"public\":true}"), NULL},
        {OTHER "," OF_SITE("a", SHARED "\"resource\":\"urn:a\",\"scope\":\"openid\",", LOGS_IN),
         NULL},
        {OTHER "," OF_SITE("a", "\"resource\":\"urn:b\",", LOGS_IN), NULL},
        {OTHER "," OF_SITE("a", SHARED "\"resource\":\"urn:b\",\"scope\":\"openid\",", LOGS_IN),
         "sites[0] and sites[1] share sessions"},
        {OTHER "," OF_SITE("a", SHARED "\"resource\":\"urn:a\",", LOGS_IN),
         "sites[0] and sites[1] share sessions"},
        {OTHER "," OF_SITE("a", SHARED, LOGS_IN), "sites[0] and sites[1] share sessions"},
        {OF_SITE("a", "\"scope\":\"profile\",", LOGS_IN), "sites[0].scope must"},
        {OF_SITE("a", "\"scope\":\"openid  a\",", LOGS_IN), "sites[0].scope must"},
        {OF_SITE("a", "\"scope\":\" openid\",", LOGS_IN), "sites[0].scope must"},
        {OF_SITE("a", "\"scope\":\"openid \",", LOGS_IN), "sites[0].scope must"},
        {OF_SITE("a", "\"scope\":\"\",", LOGS_IN), "sites[0].scope must"},
        {OF_SITE("a", "\"scope\":\"openid \\\"\",", LOGS_IN), "sites[0].scope must"},
        {OF_SITE("a", "\"scope\":[\"openid\"],", LOGS_IN), "sites[0].scope must"},
        {OF_SITE("a", "\"scope\":null,", LOGS_IN), "sites[0].scope must"},
        {OF_SITE("a", "\"scope\":\"openid\",", ""), "sites[0].scope is what its logins ask for"},
        {OF_SITE("a", "\"resource\":\"urn:a\",", "{\"prefix\":\"/\",\"policy\":{}}"),
         "sites[0].resource is what its logins ask for"},
        {OF_SITE("a", "\"resource\":\"/a\",", LOGS_IN), "sites[0].resource must"},
        {OF_SITE("a", "\"resource\":\"https://a.example/#b\",", LOGS_IN), "sites[0].resource must"},
        {OF_SITE("a", "\"resource\":[],", LOGS_IN), "sites[0].resource must"},
        {OF_SITE("a", "\"audiences\":[],", LOGS_IN), "sites[0].audiences must"},
        {OF_SITE("a", "\"audiences\":\"a\",", LOGS_IN), "sites[0].audiences must"},
        {OF_SITE("a", "\"audiences\":null,", LOGS_IN), "sites[0].audiences must"},
        {OF_SITE("a", "\"audiences\":[\"a\",\"\"],", LOGS_IN), "sites[0].audiences[1] must"},
        {OF_SITE("a", "\"audiences\":[1],", LOGS_IN), "sites[0].audiences[0] must"},
        {OF_SITE("a", "\"audiences\":[\"a\"],",
                 LOGS_IN ",{\"prefix\":\"/b\",\"policy\":{\"audiences\":[\"a\"]}}"),
         "sites[0].rules[1].policy names audiences"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char text[1024];
        ost_arena *arena = ost_arena_new(ARENA_MAX);
        const gate_rules *rules = NULL;
        ost_error error = {0};
        snprintf(text, sizeof text, "{\"sites\":[%s]}", cases[i].sites);
        ost_result result = gate_rules_read(text_of(text), arena, &rules, &error);
        if (result != (cases[i].words == NULL ? OST_OK : OST_E_CONFIG))
            fail_msg("%s: %s", text, error.detail);
        if (cases[i].words != NULL && !text_starts(text_of(error.detail), cases[i].words))
            fail_msg("%s: %s", text, error.detail);
        ost_arena_free(arena);
    }
}

static void audiences_are_in_every_policy(void **state)
{
    (void)state;
    static const char text[] =
        "{\"sites\":[" OF_SITE("a", "\"audiences\":[\"x\"],",
                               "{\"path\":\"/a\",\"policy\":{\"scopes\":[\"s\"]}}," LOGS_IN) "]}";
    ost_arena *arena = ost_arena_new(ARENA_MAX);
    const gate_rules *rules;
    assert_int_equal(gate_rules_read(text_of(text), arena, &rules, NULL), OST_OK);
    for (size_t i = 0; i < 2; i++) {
        const ost_policy *policy = rules->sites[0].rules[i].policy;
        assert_string_equal(policy->audiences[0], "x");
        assert_null(policy->audiences[1]);
        assert_true((policy->scopes != NULL) == (i == 0));
    }
    ost_arena_free(arena);
}

/* All zero: nobody, nowhere. */
static void nothing_is_configured(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(ARENA_MAX);
    const gate_rules nothing = {0};
    const gate_site empty = {0};
    const gate_rule rule = {0};
    const char *why = NULL;
    assert_null(gate_rules_site(&nothing, OST_TEXT("a.example")));
    assert_null(gate_rules_find(&empty, OST_TEXT("GET"), OST_TEXT("/"), arena, &why));
    assert_int_equal(rule.access, GATE_DENIED);
    ost_arena_free(arena);
}

/* Cut anywhere it is refused, and nothing is told; in little memory too. */
static void cut_rules(void **state)
{
    (void)state;
    for (size_t len = 0; len < sizeof rules_text - 1; len++) {
        ost_arena *arena = ost_arena_new(ARENA_MAX);
        const gate_rules *rules = NULL;
        ost_error error = {0};
        assert_int_equal(gate_rules_read((ost_text){rules_text, len}, arena, &rules, &error),
                         OST_E_CONFIG);
        assert_null(rules);
        ost_arena_free(arena);
    }
    for (size_t ceiling = 64; ceiling < 4096; ceiling += 64) {
        ost_arena *arena = ost_arena_new(ceiling);
        const gate_rules *rules = NULL;
        if (gate_rules_read(text_of(rules_text), arena, &rules, NULL) != OST_OK)
            assert_null(rules);
        ost_arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sites_by_authority), cmocka_unit_test(the_first_rule_decides),
        cmocka_unit_test(what_rules_say),     cmocka_unit_test(nothing_is_configured),
        cmocka_unit_test(cut_rules),          cmocka_unit_test(domains_for_cookies),
        cmocka_unit_test(tokens_of_a_site),   cmocka_unit_test(audiences_are_in_every_policy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
