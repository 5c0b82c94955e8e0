/* SPDX-License-Identifier: Apache-2.0 */
/* How parameters are written into URLs and forms. */
#include "base/percent.h"

#include "base/array.h"
#include "base/text.h"
#include "test.h"

static void parameters(void **state)
{
    (void)state;
    buffer_auto buffer url;
    buffer_init(&url, 1000);
    buffer_append_string(&url, "https://idp/auth");
    query_append(&url, "a", OST_TEXT("b c&d=\xc3\xa9"));
    query_append(&url, "e", OST_TEXT("-._~"));
    assert_true(text_is(buffer_text(&url), "https://idp/auth?a=b%20c%26d%3D%C3%A9&e=-._~"));
    buffer_clear(&url);
    buffer_append_string(&url, "https://idp/auth?x=y");
    query_append(&url, "a", OST_TEXT("b"));
    assert_true(text_is(buffer_text(&url), "https://idp/auth?x=y&a=b"));
    buffer_clear(&url);
    form_append(&url, "a", OST_TEXT("?"));
    form_append(&url, "b", OST_TEXT(""));
    assert_true(text_is(buffer_text(&url), "a=%3F&b="));
}

static void forms_are_decoded(void **state)
{
    (void)state;
    ost_arena *arena = ost_arena_new(1 << 16);
    ost_text text;
    assert_int_equal(form_decode(OST_TEXT("a+b%20c%2B%26&=%c3%a9"), arena, &text), OST_OK);
    assert_true(text_is(text, "a b c+&&=\xc3\xa9"));
    assert_int_equal(form_decode(OST_TEXT(""), arena, &text), OST_OK);
    assert_int_equal(text.len, 0);
    static const char *const bad[] = {"%", "a%2", "%zz", "%2", "x%00y"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(form_decode(text_of(bad[i]), arena, &text), OST_E_FORMAT);
    assert_int_equal(form_decode(OST_TEXT("a\0b"), arena, &text), OST_E_FORMAT);
    ost_arena_free(arena);
}

static void unreserved(void **state)
{
    (void)state;
    assert_true(percent_is_unreserved(OST_TEXT("AZaz09-._~")));
    static const char *const bad[] = {"a b", "a+", "/", "%41", "\xc3\xa9", "a:"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(percent_is_unreserved(text_of(bad[i])));
}

static void schemes(void **state)
{
    static const char *const good[] = {"https", "a", "com.example.app", "x-y+z.1", "HTTP"};
    static const char *const bad[] = {"", "1a", "-a", "+a", ".a", "a b", "a:", "a_b", "\xc3\xa4"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_true(uri_is_scheme(text_of(good[i])));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(uri_is_scheme(text_of(bad[i])));
}

static void absolute_uris(void **state)
{
    static const char *const good[] = {"https://a", "https://[::1]:8443/b?c=%20%c3%A9", "urn:a:b",
                                       "a:b", "https://a/b?c=[d]"};
    static const char *const bad[] = {"",
                                      "a",
                                      "/a",
                                      "//a/b",
                                      ":a",
                                      "https:",
                                      "1a:b",
                                      "https://a#",
                                      "https://a b",
                                      "https://a\n",
                                      "https://a/%",
                                      "https://a/%4",
                                      "https://a/%zz",
                                      "https://a/\\",
                                      "https://\xc3\xa9",
                                      "a b:c"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_true(uri_is_absolute(text_of(good[i])));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(uri_is_absolute(text_of(bad[i])));
    assert_false(uri_is_absolute((ost_text){"https://a\0b", 11}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters),    cmocka_unit_test(forms_are_decoded),
        cmocka_unit_test(unreserved),    cmocka_unit_test(schemes),
        cmocka_unit_test(absolute_uris),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
