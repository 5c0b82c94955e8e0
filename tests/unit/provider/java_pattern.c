/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns: what Java would match, and nothing where it reads them otherwise. */
#include "provider/proof/java_pattern.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "test.h"

static void matches(void **state)
{
    static const struct {
        const char *pattern, *text;
        ost_result result;
    } rows[] = {
        {"CN=oth.*, O=Shop", "CN=other, O=Shop", OST_OK},
        {"CN=oth", "CN=other", OST_E_NOT_FOUND},
        {"other, O=Shop", "CN=other, O=Shop", OST_E_NOT_FOUND},
        {"CN=a|CN=b", "CN=b", OST_OK},
        {"CN=a|CN=b", "CN=a, O=x", OST_E_NOT_FOUND},
        {"CN=[a-z0-9_-]+\\.example", "CN=a-1_b.example", OST_OK},
        {"CN=[a-z0-9_-]+\\.example", "CN=axexample", OST_E_NOT_FOUND},
        {"CN=[^,]{1,8}", "CN=12345678", OST_OK},
        {"CN=[^,]{1,8}", "CN=123456789", OST_E_NOT_FOUND},
        {"CN=[()]+", "CN=)(", OST_OK},
        {"CN=\\(a\\)", "CN=(a)", OST_OK},
        {"[0-9\\-_]+", "1-_", OST_OK},
        {"[0-9\\-_]+", "^", OST_E_NOT_FOUND},
        {".*[!@#\\$%\\^&*\\-\\]\\[].*", "pass[word", OST_OK},
        {".*[!@#\\$%\\^&*\\-\\]\\[].*", "pass\\word", OST_E_NOT_FOUND},
        {"[\\.]", "\\", OST_E_NOT_FOUND},
        {"(?=.*[A-Z])(?=.*\\d)(?!.*\\s).{8,}", "Password1", OST_OK},
        {"(?=.*[A-Z])(?=.*\\d)(?!.*\\s).{8,}", "Pass word1", OST_E_NOT_FOUND},
        {"(?!.*(.)\\1\\1).*", "aabb", OST_OK},
        {"(?!.*(.)\\1\\1).*", "abbb", OST_E_NOT_FOUND},
        {"(?:ab)++(?<!bab)c", "abc", OST_OK},
        {"a.*?c", "abcc", OST_OK},
        {"\\w+", "gr\xc3\xbc\xc3\x9f", OST_E_NOT_FOUND},
        {".{4}", "gr\xc3\xbc\xc3\x9f", OST_OK},
        {"", "", OST_OK},
        /* Java reads these otherwise, or not at all. */
        {"CN=a)|(CN=b", "CN=a, O=x", OST_E_FORMAT},
        {"CN=a)|(.*", "CN=x", OST_E_FORMAT},
        {"CN=a)", "CN=a)", OST_E_FORMAT},
        {"(CN=a", "(CN=a", OST_E_FORMAT},
        {"CN=[a", "CN=a", OST_E_FORMAT},
        {"CN=[a-z[0-9]]+", "CN=a]", OST_E_FORMAT},
        {"[[:alpha:]]+", "a", OST_E_FORMAT},
        {"CN=[a&&b]", "CN=a", OST_E_FORMAT},
        {"[\\d-z]", "-", OST_E_FORMAT},
        {"[]a]", "a", OST_E_FORMAT},
        {"a{,3}", "aa", OST_E_FORMAT},
        {"a{2}{3}", "aaaaaa", OST_E_FORMAT},
        {"a**", "aa", OST_E_FORMAT},
        {"|*", "", OST_E_FORMAT},
        {"\\bCN.*", "CN", OST_E_FORMAT},
        {"(a)(?<=\\1)", "a", OST_E_FORMAT},
        {"(a)\\11", "aa1", OST_E_FORMAT},
        {"(?i)cn", "CN", OST_E_FORMAT},
        {"(?<name>a)", "a", OST_E_FORMAT},
        {"(?R)", "a", OST_E_FORMAT},
        {"(*ACCEPT)", "a", OST_E_FORMAT},
        {"\\K", "", OST_E_FORMAT},
        {"\\QCN\\E", "CN", OST_E_FORMAT},
        {"a\\", "a", OST_E_FORMAT},
        {"\xff", "a", OST_E_FORMAT},
        {".", "\xff", OST_E_FORMAT},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        ost_result seen = java_pattern_match(text_of(rows[i].pattern), text_of(rows[i].text));
        if (seen != rows[i].result)
            fail_msg("%s against %s: %d", rows[i].pattern, rows[i].text, (int)seen);
    }
}

static void nul_bytes_are_characters(void **state)
{
    (void)state;
    assert_int_equal(java_pattern_match(OST_TEXT("a."), OST_TEXT("a\0")), OST_OK);
    assert_int_equal(java_pattern_match(OST_TEXT("a"), OST_TEXT("a\0")), OST_E_NOT_FOUND);
    assert_int_equal(java_pattern_match(OST_TEXT("a\\\0"), OST_TEXT("a\0")), OST_E_FORMAT);
}

/* An administrator of a realm may not take the machine's time or memory. */
static void limits(void **state)
{
    char many[JAVA_PATTERN_MAX + 1];
    (void)state;
    memset(many, 'a', sizeof many);
    ost_text longest = {many, JAVA_PATTERN_MAX - 1}, beyond = {many, JAVA_PATTERN_MAX};
    assert_int_equal(java_pattern_match(longest, longest), OST_OK);
    assert_int_equal(java_pattern_match(beyond, longest), OST_E_FORMAT);
    assert_int_equal(java_pattern_match(OST_TEXT("a*"), beyond), OST_E_FORMAT);
    assert_int_equal(java_pattern_match(OST_TEXT("(a{1,40}){1,40}"), longest), OST_OK);
    assert_int_equal(java_pattern_match(OST_TEXT("(?:(?:a{999}){999}){9}"), longest), OST_E_FORMAT);
    assert_int_equal(java_pattern_match(OST_TEXT("a*a*a*[bc]"), longest), OST_E_FORMAT);
    memset(many, '(', 60);
    assert_int_equal(java_pattern_match((ost_text){many, 60}, OST_TEXT("")), OST_E_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches),
        cmocka_unit_test(nul_bytes_are_characters),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
