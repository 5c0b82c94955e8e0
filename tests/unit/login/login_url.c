/* SPDX-License-Identifier: Apache-2.0 */
/* Where a browser may be sent back to. */
#include "login/login_url.h"
#include "base/array.h"

#include "login_fakes.h"

static void paths_of_this_origin(void **state)
{
    (void)state;
    const char *const paths[] = {"/",
                                 "/items/",
                                 "/items/?a=b&c=/d//e",
                                 "/a//b",
                                 "/%0d%0a",
                                 "/items?next=https://evil.example/",
                                 "/@evil.example"};
    for (size_t i = 0; i < ARRAY_LEN(paths); i++)
        assert_true(text_is(login_url_wanted(text_of(paths[i])), paths[i]));
}

static void other_places(void **state)
{
    (void)state;
    const char *const paths[] = {
        "",
        "//evil.example",
        "//evil.example/%2f..",
        "///evil.example",
        "/\\evil.example",
        "/\\/evil.example",
        "\\\\evil.example",
        "/a\\b",
        "https://evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        "evil.example",
        ".evil.example",
        "@evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\nLocation: https://evil.example",
        "/a b",
        "/a\x7f",
        "/\xe2\x80\xae",
        " /items/",
    };
    for (size_t i = 0; i < ARRAY_LEN(paths); i++)
        assert_true(text_is(login_url_wanted(text_of(paths[i])), "/"));
    assert_true(text_is(login_url_wanted((ost_text){"/a\0b", 4}), "/"));
    char large[LOGIN_WANTED_MAX + 2];
    memset(large, '/', sizeof large);
    large[1] = 'a';
    assert_int_equal(login_url_wanted((ost_text){large, LOGIN_WANTED_MAX}).len, LOGIN_WANTED_MAX);
    assert_int_equal(login_url_wanted((ost_text){large, LOGIN_WANTED_MAX + 1}).len, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_of_this_origin),
        cmocka_unit_test(other_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
