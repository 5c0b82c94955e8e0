/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the bearer token in a request. */

#include "guard/bearer.h"
#include "base/array.h"
#include "base/b64token.h"
#include "base/text.h"
#include "test.h"

static bearer_outcome find(const char *field, ost_text *ret_token)
{
    const ost_text value = text_of(field);
    const ost_credentials credentials = {.authorization = &value, .authorization_count = 1};
    return bearer_find(&credentials, ret_token);
}

static void the_scheme_is_read_in_any_case(void **state)
{
    static const char *const fields[] = {"Bearer abc",   "bearer abc",    "BEARER abc",
                                         "bEaReR abc",   "Bearer   abc",  " Bearer abc ",
                                         "\tBearer abc", "Bearer \tabc\t"};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        ost_text token = {0};
        assert_int_equal(find(fields[i], &token), BEARER_TOKEN);
        assert_true(text_is(token, "abc"));
    }
}

static void other_schemes_are_no_token(void **state)
{
    static const char *const fields[] = {
        "",          " ",   "Basic YTpi", "DPoPs abc",   "Bearerabc",  "Bearer:",
        "Bearers a", "abc", "Bear er a",  "Bearer\tabc", "Bearer=abc", "\"Bearer\" abc"};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        ost_text token = {0};
        assert_int_equal(find(fields[i], &token), BEARER_NONE);
        assert_null(token.data);
    }
}

static void the_scheme_dpop_is_told_apart(void **state)
{
    static const char *const fields[] = {"DPoP abc", "dpop abc", "DPOP   abc "};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        ost_text token = {0};
        assert_int_equal(find(fields[i], &token), BEARER_DPOP);
        assert_true(text_is(token, "abc"));
    }
}

static void an_empty_token_is_malformed(void **state)
{
    static const char *const fields[] = {"Bearer", "Bearer ", "bearer   ", "Bearer \t "};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        ost_text token = {0};
        assert_int_equal(find(fields[i], &token), BEARER_MALFORMED);
        assert_null(token.data);
    }
}

static void fields_come_before_a_token_from_elsewhere(void **state)
{
    const ost_text fields[] = {OST_TEXT("Bearer abc"), OST_TEXT("Basic YTpi"), OST_TEXT("")};
    ost_text token = {0};
    ost_credentials credentials = {.authorization = NULL, .authorization_count = 0};
    assert_int_equal(bearer_find(&credentials, &token), BEARER_NONE);
    credentials.bearer = OST_TEXT("sealed");
    assert_int_equal(bearer_find(&credentials, &token), BEARER_TOKEN);
    assert_true(text_is(token, "sealed"));
    credentials.authorization = fields;
    credentials.authorization_count = 1;
    assert_int_equal(bearer_find(&credentials, &token), BEARER_TOKEN);
    assert_true(text_is(token, "abc"));
    credentials.authorization = fields + 1;
    assert_int_equal(bearer_find(&credentials, &token), BEARER_NONE);
    for (size_t count = 2; count <= 3; count++) {
        credentials.authorization = fields;
        credentials.authorization_count = count;
        assert_int_equal(bearer_find(&credentials, &token), BEARER_MALFORMED);
    }
}

static void tokens_are_of_few_characters(void **state)
{
    static const char *const good[] = {"a", "A-z.0_9~+/", "abc=", "a.b.c==", "-", "~"};
    static const char *const bad[] = {"",    "=",     "=a",    "a=b",      "a b", "a,b", "a\"b",
                                      "a\t", "a\r\n", "a\x80", "\xc3\xa4", "a;b", "{}",  "a%20"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_true(text_is_b64token(text_of(good[i])));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(text_is_b64token(text_of(bad[i])));
    assert_false(text_is_b64token((ost_text){"a\0b", 3}));
    /* Nothing beyond either end is looked at. */
    assert_true(text_is_b64token((ost_text){"a=,", 2}));
    assert_true(text_is_b64token((ost_text){"a==", 2}));
    assert_false(text_is_b64token((ost_text){&"a="[1], 1}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_scheme_is_read_in_any_case),
        cmocka_unit_test(other_schemes_are_no_token),
        cmocka_unit_test(the_scheme_dpop_is_told_apart),
        cmocka_unit_test(an_empty_token_is_malformed),
        cmocka_unit_test(fields_come_before_a_token_from_elsewhere),
        cmocka_unit_test(tokens_are_of_few_characters),
    };
    return cmocka_run_group_tests_name("guard-bearer", tests, NULL, NULL);
}
