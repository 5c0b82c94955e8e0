/* SPDX-License-Identifier: Apache-2.0 */
/* A realm's own user profile: who may, what is required, and each validator on both sides of its
 * border. */
#include "provider/profile/profile_rules.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "provider/profile/profile_validator.h"
#include "test_arena.h"

static const ost_json *read(const char *text)
{
    const ost_json *value;
    assert_int_equal(ost_json_read(text_of(text), NULL, arena, &value, NULL), OST_OK);
    return value;
}

static const char *first_of(const char *name, const char *settings, const char *value)
{
    profile_faults faults = {0};
    assert_true(profile_validator_check(text_of(name), read(settings), "x", text_of(value), arena,
                                        &faults));
    return faults.count > 0 ? faults.list[0].message : "";
}

static void validators_have_borders(void **state)
{
    (void)state;
    static const struct {
        const char *name, *settings, *value, *message;
    } rows[] = {
        {"length", "{\"min\":2,\"max\":3}", "ab", ""},
        {"length", "{\"min\":2,\"max\":3}", "a", "error-invalid-length"},
        {"length", "{\"min\":\"2\"}", " a ", "error-invalid-length-too-short"},
        {"length", "{\"min\":3,\"trim-disabled\":\"true\"}", " a ", ""},
        {"length", "{\"max\":1}", "\u00e4", ""},
        {"length", "{\"max\":1}", "\U0001f600", "error-invalid-length-too-long"},
        {"integer", "{}", "-12", ""},
        {"integer", "{}", "-", "error-invalid-number"},
        {"integer", "{}", "1e3", "error-invalid-number"},
        {"integer", "{}", " 1", "error-invalid-number"},
        {"integer", "{\"min\":1}", "0", "error-number-out-of-range-too-small"},
        {"double", "{\"max\":1.5}", "1.5", ""},
        {"double", "{\"max\":1.5}", "1.51", "error-number-out-of-range-too-big"},
        {"double", "{}", "nan", "error-invalid-number"},
        {"double", "{}", "0x10", "error-invalid-number"},
        {"email", "{}", "a@x.example", ""},
        {"email", "{}", "a", "error-invalid-email"},
        {"pattern", "{\"pattern\":\"[a-c]+\"}", "abc", ""},
        {"pattern", "{\"pattern\":\"[a-c]+\"}", "abcd", "error-pattern-no-match"},
        {"pattern", "{\"pattern\":\"(?i)a\",\"error-message\":\"own\"}", "a", "own"},
        {"pattern", "{}", "a", "error-pattern-no-match"},
        {"options", "{\"options\":[\"a\",\"b\"]}", "b", ""},
        {"options", "{\"options\":[\"a\",\"b\"]}", "B", "error-invalid-value"},
        {"options", "{}", "b", "error-invalid-value"},
        {"uri", "{}", "https://x.example/a?b#c", ""},
        {"uri", "{}", "https:///a", "error-invalid-uri"},
        {"uri", "{}", "http://a b", "error-invalid-uri"},
        {"uri", "{}", "mailto:a", "error-invalid-uri-scheme"},
        {"iso-date", "{}", "2000-02-29", ""},
        {"iso-date", "{}", "1900-02-29", "error-invalid-date"},
        {"iso-date", "{}", "2024-04-31", "error-invalid-date"},
        {"iso-date", "{}", "2024-00-10", "error-invalid-date"},
        {"iso-date", "{}", "2024-1-10", "error-invalid-date"},
        {"person-name-prohibited-characters", "{}", "O'Neil", ""},
        {"person-name-prohibited-characters", "{}", "a<b", "error-person-name-invalid-character"},
        {"username-prohibited-characters", "{\"error-message\":\"own\"}", "a<b", "own"},
        {"local-date", "{}", "anything", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_string_equal(first_of(rows[i].name, rows[i].settings, rows[i].value),
                            rows[i].message);
}

static void who_may_and_who_must(void **state)
{
    (void)state;
    static const struct {
        const char *rule;
        bool shows, edits, must, admin_must;
    } rows[] = {
        {"{\"name\":\"a\",\"required\":{}}", false, false, false, false},
        {"{\"permissions\":{\"view\":[\"user\"]},\"required\":{}}", true, false, false, false},
        {"{\"permissions\":{\"edit\":[\"user\"]},\"required\":{}}", true, true, true, false},
        {"{\"permissions\":{\"edit\":[\"user\",\"admin\"]},\"required\":{\"roles\":[\"admin\"]}}",
         true, true, false, true},
        {"{\"permissions\":{\"edit\":[\"user\"]},\"required\":{\"scopes\":[\"x\"]}}", true, true,
         false, false},
        {"{\"permissions\":{\"edit\":[\"user\"]}}", true, true, false, false},
        {"{\"permissions\":{\"edit\":\"user\"},\"required\":true}", false, false, false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const ost_json *rule = read(rows[i].rule);
        assert_int_equal(profile_rule_shows(rule, PROFILE_USER), rows[i].shows);
        assert_int_equal(profile_rule_lets_edit(rule, PROFILE_USER), rows[i].edits);
        assert_int_equal(profile_rule_requires(rule, PROFILE_USER), rows[i].must);
        assert_int_equal(profile_rule_requires(rule, PROFILE_ADMIN), rows[i].admin_must);
    }
}

static void values_are_looked_for_where_they_are(void **state)
{
    (void)state;
    static const char rule[] =
        "{\"attributes\":[{\"name\":\"a\",\"permissions\":{\"edit\":[\"user\"]},\"required\":{},"
        "\"validations\":{\"length\":{\"max\":2}}}]}";
    static const struct {
        const char *user;
        size_t faults;
    } rows[] = {
        {"{}", 1},
        {"{\"attributes\":{\"a\":[]}}", 1},
        {"{\"attributes\":{\"a\":[\" \"]}}", 1},
        {"{\"attributes\":{\"a\":[\"\",\"x\"]}}", 0},
        {"{\"attributes\":{\"a\":\"x\"}}", 0},
        {"{\"attributes\":{\"a\":[\"xxx\",\"yyy\"]}}", 2},
        {"{\"a\":\"x\"}", 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        profile_faults faults = {0};
        assert_int_equal(
            profile_rules_check(read(rule), read(rows[i].user), PROFILE_USER, arena, &faults),
            OST_OK);
        assert_int_equal(faults.count, rows[i].faults);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(validators_have_borders, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(who_may_and_who_must, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(values_are_looked_for_where_they_are, open_arena,
                                        close_arena),
    };
    return cmocka_run_group_tests_name("provider-profile_rules", tests, NULL, NULL);
}
