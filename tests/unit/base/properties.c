/* SPDX-License-Identifier: Apache-2.0 */
/* Properties files as java.util.Properties reads them. */
#include "base/config/properties.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "test.h"

#define CONTENT_MAX 256

/* Reads all of it; each property becomes "name|value|line;" of the text. */
static ost_result read_all(const char *content, size_t len, char *ret_told, ost_error *error)
{
    char copy[CONTENT_MAX];
    properties lines;
    property one;
    bool found = true;
    assert_true(len < sizeof copy);
    memset(copy, 'x', sizeof copy);
    memcpy(copy, content, len);
    ret_told[0] = '\0';
    ost_result result = properties_start(copy, len, &lines, error);
    while (result == OST_OK && found) {
        result = properties_next(&lines, &one, &found, error);
        if (result != OST_OK || !found)
            break;
        assert_int_equal(strlen(one.name.data), one.name.len);
        assert_int_equal(strlen(one.value.data), one.value.len);
        size_t used = strlen(ret_told);
        snprintf(ret_told + used, CONTENT_MAX - used, "%s|%s|%zu;", one.name.data, one.value.data,
                 one.line);
    }
    return result;
}

static void lines_are_read(void **state)
{
    static const struct {
        const char *content, *told;
    } cases[] = {
        {"", ""},
        {"\n\r\n  \t\f\n", ""},
        {"# a=b\n! c=d\n  # e\n", ""},
        {"a=b", "a|b|1;"},
        {"a=b\nc=d\n", "a|b|1;c|d|2;"},
        {"a=b\r\nc=d\re=f", "a|b|1;c|d|2;e|f|3;"},
        {"  a  =  b  \n", "a|b  |1;"},
        {"a:b", "a|b|1;"},
        {"a b c", "a|b c|1;"},
        {"a \t= \t= b", "a|= b|1;"},
        {"a==b", "a|=b|1;"},
        {"a", "a||1;"},
        {"a\nb", "a||1;b||2;"},
        {"a=", "a||1;"},
        {"=b", "|b|1;"},
        {"a=b#c!d", "a|b#c!d|1;"},
        {"a\\=b\\:\\ c=d", "a=b: c|d|1;"},
        {"a=b\\\n   c\\\r\n\td\ne=f", "a|bcd|1;e|f|4;"},
        {"a\\\n  b=c", "ab|c|1;"},
        {"a=b\\", "a|b|1;"},
        {"a=\\\\\\q\\\"", "a|\\q\"|1;"},
        {"a=\\u00e9\\u20AC\\ud83d\\ude00", "a|é€😀|1;"},
        {"a=\\t.\\f.", "a|\t.\f.|1;"},
        {"a=b\\\n\nc=d", "a|b|1;c|d|3;"},
        {"a=b\\\n# c", "a|b# c|1;"},
        {"é=ü", "é|ü|1;"},
    };
    char told[CONTENT_MAX];
    ost_error error = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(read_all(cases[i].content, strlen(cases[i].content), told, &error),
                         OST_OK);
        assert_string_equal(told, cases[i].told);
    }
}

static void malformed_ones_are_refused(void **state)
{
    static const ost_text cases[] = {
        OST_TEXT("a=\\u12"),          OST_TEXT("a=\\u12g4"),
        OST_TEXT("a=\\u0000"),        OST_TEXT("a=\\ud83d"),
        OST_TEXT("a=\\ud83d\\u0041"), OST_TEXT("a=\\ude00"),
        OST_TEXT("a=\\ud83d\\ud83d"), OST_TEXT("a=b\0c"),
        OST_TEXT("a=\xff"),           OST_TEXT("\\u"),
        OST_TEXT("a=b\nc=\\u1"),
    };
    char told[CONTENT_MAX];
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ost_error error = {0};
        assert_int_equal(read_all(cases[i].data, cases[i].len, told, &error), OST_E_FORMAT);
        assert_int_equal(strncmp(error.detail, "line ", 5), 0);
    }
    ost_error error = {0};
    assert_int_equal(read_all("a=b\n\nc=\\uX", 10, told, &error), OST_E_FORMAT);
    assert_string_equal(error.detail, "line 3: \\u is not followed by a character's digits");
    assert_int_equal(read_all("a=b\n\n\xc3", 6, told, &error), OST_E_FORMAT);
    assert_string_equal(error.detail, "line 3: not UTF-8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_read),
        cmocka_unit_test(malformed_ones_are_refused),
    };
    return cmocka_run_group_tests_name("base-properties", tests, NULL, NULL);
}
