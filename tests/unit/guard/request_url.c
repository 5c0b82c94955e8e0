/* SPDX-License-Identifier: Apache-2.0 */
/* URLs in their normal form. */
#include "guard/sender/request_url.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "test.h"

static void is(const char *url, const char *expected)
{
    ost_arena *arena = ost_arena_new(65536);
    ost_text normal;
    if (request_url_normalize(text_of(url), arena, &normal) != OST_OK)
        fail_msg("%s is refused", url);
    if (!text_is(normal, expected))
        fail_msg("%s: %.*s", url, (int)normal.len, normal.data);
    ost_arena_free(arena);
}

static void normal_forms(void **state)
{
    is("https://a", "https://a/");
    is("HTTPS://A.Example/", "https://a.example/");
    is("http://a:80/x", "http://a/x");
    is("http://a:/x", "http://a/x");
    is("https://a:80/x", "https://a:80/x");
    is("https://[::1]:443/x", "https://[::1]/x");
    is("https://[FE80::1]:8443", "https://[fe80::1]:8443/");
    is("https://a/x?y=/../z#w", "https://a/x");
    is("https://a?y", "https://a/");
    is("https://a#y", "https://a/");
    is("https://a/%7Ex/%2d%2f%c3%a4", "https://a/~x/-%2F%C3%A4");
    is("https://a/\xc3\xa4 b", "https://a/%C3%A4%20b");
    is("https://a/%3a%40:@", "https://a/:@:@");
    is("https://a/b//c/", "https://a/b//c/");
}

/* RFC 3986 §5.2.4 and §5.4. */
static void dot_segments_go(void **state)
{
    is("https://a/b/c/./../../g", "https://a/g");
    is("https://a/mid/content=5/../6", "https://a/mid/6");
    is("https://a/..", "https://a/");
    is("https://a/../../..", "https://a/");
    is("https://a/b/..", "https://a/");
    is("https://a/b/c/..", "https://a/b/");
    is("https://a/b/.", "https://a/b/");
    is("https://a/b/%2e%2E/c", "https://a/c");
    is("https://a/b/...", "https://a/b/...");
    is("https://a/.b/..c", "https://a/.b/..c");
    is("https://a/b//../c", "https://a/b/c");
}

static void others_are_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "a",
        "/a",
        "ftp://a/",
        "https:/a",
        "https:///a",
        "https://",
        "https://u@a",
        "https://u:p@a/b",
        "https://a:x/",
        "https://a b/",
        "https://a:65536/",
        "https://a/%",
        "https://a/%4",
        "https://a/%zz",
        "https://a/%z0",
        "https://a/%0z",
        "https://[::1/",
        "https://[]/",
        "https://a\\b/",
        "https://%61/",
    };
    ost_arena *arena = ost_arena_new((size_t)1 << 20);
    ost_text normal = {0};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        if (request_url_normalize(text_of(bad[i]), arena, &normal) != OST_E_FORMAT)
            fail_msg("%s is %.*s", bad[i], (int)normal.len, normal.data);
    }
    assert_int_equal(request_url_normalize((ost_text){"https://a\0b/", 12}, arena, &normal),
                     OST_E_FORMAT);
    char *large = ost_arena_alloc(arena, REQUEST_URL_MAX + 1);
    memset(large, '/', REQUEST_URL_MAX + 1);
    memcpy(large, "https://a", 9);
    assert_int_equal(request_url_normalize((ost_text){large, REQUEST_URL_MAX + 1}, arena, &normal),
                     OST_E_CEILING);
    assert_int_equal(request_url_normalize((ost_text){large, REQUEST_URL_MAX}, arena, &normal),
                     OST_OK);
    ost_arena_free(arena);
}

/* A URL may be a piece of something longer: what stands behind it is not looked at. */
static void nothing_is_read_behind_the_end(void **state)
{
    static const char text[] = "https://a/%41";
    ost_arena *arena = ost_arena_new((size_t)1 << 20);
    ost_text normal = {0};
    for (size_t len = sizeof text - 3; len < sizeof text - 1; len++) {
        assert_int_equal(request_url_normalize((ost_text){text, len}, arena, &normal),
                         OST_E_FORMAT);
    }
    assert_int_equal(request_url_normalize((ost_text){text, sizeof text - 1}, arena, &normal),
                     OST_OK);
    assert_true(text_is(normal, "https://a/A"));
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normal_forms),
        cmocka_unit_test(dot_segments_go),
        cmocka_unit_test(others_are_refused),
        cmocka_unit_test(nothing_is_read_behind_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
