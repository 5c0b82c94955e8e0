/* SPDX-License-Identifier: Apache-2.0 */
/* Request targets: what a handler sees of them, and which are refused. */
#include "http/message/request_target.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "test.h"

static char copy[512];

static const char *read(const char *text, http_method method, request_target *ret)
{
    memcpy(copy, text, strlen(text));
    return request_target_read(copy, strlen(text), method, ret);
}

static void accepted(const char *text, const char *path, const char *query)
{
    request_target t;
    assert_null(read(text, HTTP_GET, &t));
    assert_true(text_is(t.path, path));
    assert_true(text_is(t.query, query));
}

static void refused(const char *text)
{
    request_target t;
    assert_non_null(read(text, HTTP_GET, &t));
}

static void paths(void **state)
{
    accepted("/", "/", "");
    accepted("/a/b?c=d&e", "/a/b", "c=d&e");
    accepted("/?", "/", "");
    accepted("/%41%42", "/AB", "");
    accepted("/a%20b", "/a b", "");
    accepted("/%2541", "/%41", ""); /* once only */
    accepted("/%C3%A4", "/\xc3\xa4", "");
    accepted("/a//b", "/a//b", "");
    accepted("/a/", "/a/", "");
    accepted("/...", "/...", "");
    accepted("/.well-known/x", "/.well-known/x", "");
    accepted("/a;v=1,2:3@4!$&'()*+=~_-", "/a;v=1,2:3@4!$&'()*+=~_-", "");
    accepted("/?q=a|b{c}[d]/?../%zz", "/", "q=a|b{c}[d]/?../%zz");
    refused("");
    refused("a");
    refused("//evil.example/x");
    refused("/%2fevil.example");
    refused("/a%2Fb");
    refused("/a%5cb");
    refused("/a\\b");
    refused("/%00");
    refused("/a%0d%0aX: y");
    refused("/%7f");
    refused("/%4");
    refused("/%");
    refused("/%g1");
    refused("/%C3");
    refused("/%ff");
    refused("/%c0%af");
    refused("/.");
    refused("/..");
    refused("/a/../b");
    refused("/a/./b");
    refused("/a/..");
    refused("/%2e%2e/b");
    refused("/a/.%2E");
    refused("/a#b");
    refused("/a?b#c");
    refused("/a\"b");
    refused("/<a>");
    refused("/a\x01");
    refused("/a?\x7f");
    refused("/\xc3\xa4"); /* has to be encoded */
    refused("*");
}

static void absolute_form(void **state)
{
    request_target t;
    assert_null(read("http://EXAMPLE.org:80/a?b", HTTP_GET, &t));
    assert_true(text_is(t.authority, "example.org:80"));
    assert_true(text_is(t.path, "/a"));
    assert_true(text_is(t.query, "b"));
    assert_null(read("HTTPS://a/", HTTP_GET, &t));
    refused("http://example.org");
    refused("http://user@example.org/");
    refused("http:///a");
    refused("ftp://example.org/");
    refused("http:/example.org/");
    refused("example.org:443");
    refused("http://example.org?a/b");
}

static void asterisk_form(void **state)
{
    request_target t;
    assert_null(read("*", HTTP_OPTIONS, &t));
    assert_true(text_is(t.path, "*"));
    assert_non_null(read("*x", HTTP_OPTIONS, &t));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths),
        cmocka_unit_test(absolute_form),
        cmocka_unit_test(asterisk_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
