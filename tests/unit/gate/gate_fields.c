/* SPDX-License-Identifier: Apache-2.0 */
/* What the application is told, and what cannot be told without being read as something else. */
#include "gate/gate_fields.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "guard/guard_state.h"
#include "test.h"

#define ARENA_MAX ((size_t)1 << 20)

static ost_result value_of(ost_arena *arena, const char *claims, const gate_field *field,
                           ost_text *ret_value)
{
    ost_identity identity = {0};
    ost_error error = {0};
    const char *rest = text_is(text_of(claims), "{}") ? "}" : claims + 1;
    const char *whole =
        strstr(claims, "\"exp\"") != NULL
            ? claims
            : ost_arena_format(arena, "{\"exp\":1%s%s", rest[0] == '}' ? "" : ",", rest);
    assert_non_null(whole);
    if (ost_claims_read(text_of(whole), arena, &identity.claims, &error) != OST_OK)
        fail_msg("%s: %s", claims, error.detail);
    return gate_fields_value(field, &identity, arena, ret_value, &error);
}

static void values(void **state)
{
    static const struct {
        gate_field field;
        const char *claims, *value;
    } cases[] = {
        {{"X", GATE_SUBJECT, NULL, false}, "{\"sub\":\"u-1\"}", "u-1"},
        {{"X", GATE_USERNAME, NULL, false},
         "{\"preferred_username\":\"Zo\xc3\xab\"}",
         "Zo\xc3\xab"},
        {{"X", GATE_USERNAME, NULL, true}, "{\"preferred_username\":\"a,b \"}", "a%2Cb%20"},
        {{"X", GATE_USERNAME, NULL, false}, "{\"preferred_username\":[\"a\"]}", ""},
        {{"X", GATE_EMAIL, NULL, false}, "{\"email\":\"a@b\"}", ""},
        {{"X", GATE_EMAIL, NULL, false}, "{\"email\":\"a@b\",\"email_verified\":\"true\"}", ""},
        {{"X", GATE_EMAIL, NULL, false}, "{\"email\":\"a@b\",\"email_verified\":true}", "a@b"},
        {{"X", GATE_EMAIL_UNVERIFIED, NULL, false}, "{\"email\":\"a@b\"}", "a@b"},
        {{"X", GATE_NAME, NULL, false}, "{\"name\":\"A B\"}", "A B"},
        {{"X", GATE_GROUPS, NULL, false},
         "{\"groups\":[\"/a\",\"b,c\",\"\",1,\" d\"]}",
         "/a,b%2Cc,%20d"},
        {{"X", GATE_GROUPS, NULL, false}, "{\"groups\":\"a%2Cb\"}", "a%252Cb"},
        {{"X", GATE_GROUPS, NULL, true}, "{\"groups\":[\"a\",\"b\"]}", "a%2Cb"},
        {{"X", GATE_GROUPS, NULL, false}, "{\"groups\":{\"a\":1}}", ""},
        {{"X", GATE_ROLES, NULL, false},
         "{\"realm_access\":{\"roles\":[\"a:b\"]},\"resource_access\":{\"c:d\":{\"roles\":[\"e\"]}}"
         "}",
         "a%3Ab,c%3Ad:e"},
        {{"X", GATE_ROLES, NULL, false}, "{\"realm_access\":[],\"resource_access\":[1]}", ""},
        {{"X", GATE_SCOPES, NULL, false}, "{\"scope\":\"a  b,c\"}", "a b%2Cc"},
        {{"X", GATE_SCOPES, NULL, false}, "{\"scp\":[\"a\",\"b c\"]}", "a b%20c"},
        {{"X", GATE_EXPIRES, NULL, false}, "{\"exp\":4102444800}", "4102444800"},
        {{"X", GATE_ISSUER, NULL, false}, "{\"iss\":\"https://i\"}", "https://i"},
        {{"X", GATE_CLIENT, NULL, false}, "{\"azp\":\"c\"}", "c"},
        {{"X", GATE_CLAIM, "n", false}, "{\"n\":7}", "7"},
        {{"X", GATE_CLAIM, "n", false}, "{\"n\":true}", "true"},
        {{"X", GATE_CLAIM, "n", false}, "{\"n\":null}", ""},
        {{"X", GATE_CLAIM, "n", false}, "{\"n\":{}}", ""},
        {{"X", GATE_CLAIM, "n", false}, "{}", ""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ost_arena *arena = ost_arena_new(ARENA_MAX);
        ost_text value = OST_TEXT("untouched");
        ost_result result = value_of(arena, cases[i].claims, &cases[i].field, &value);
        if (result != OST_OK || !text_is(value, cases[i].value))
            fail_msg("%s: %s, \"%.*s\"", cases[i].claims, ost_result_name(result),
                     OST_FORMAT(value));
        ost_arena_free(arena);
    }
}

static void attack_43_values_that_would_be_read_as_another(void **state)
{
    static const char *const claims[] = {
        "{\"sub\":\"a,b\"}",     "{\"sub\":\" a\"}",    "{\"sub\":\"a \"}",
        "{\"sub\":\"a\\r\\n\"}", "{\"sub\":\"a\\tb\"}", "{\"sub\":\"a\\u007f\"}",
        "{\"sub\":\"\\u0001\"}",
    };
    const gate_field field = {"X", GATE_SUBJECT, NULL, false};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(claims); i++) {
        ost_arena *arena = ost_arena_new(ARENA_MAX);
        ost_text value = OST_TEXT("untouched");
        assert_int_equal(value_of(arena, claims[i], &field, &value), OST_E_FORMAT);
        assert_true(text_is(value, "untouched"));
        ost_arena_free(arena);
    }
}

static void nobody(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(ARENA_MAX);
    for (int source = GATE_SUBJECT; source <= GATE_CLAIM; source++) {
        const gate_field field = {"X", (gate_source)source, "sub", false};
        ost_text value = OST_TEXT("untouched");
        assert_int_equal(gate_fields_value(&field, NULL, arena, &value, NULL), OST_OK);
        assert_true(text_is(value, ""));
    }
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(attack_43_values_that_would_be_read_as_another),
        cmocka_unit_test(nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
