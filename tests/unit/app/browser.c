/* SPDX-License-Identifier: Apache-2.0 */
/* What a request says about its browser, and what it cannot make us believe. */
#include "app/browser.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "test.h"

static ost_arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = ost_arena_new(1 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ost_arena_free(arena);
    return 0;
}

/* A GET with up to four fields: name, value, name, value … */
static http_request request_with(const char *const *fields)
{
    http_field *made = ost_arena_alloc(arena, 8 * sizeof *made);
    http_request request = {.method = HTTP_GET, .fields = made};
    for (; fields != NULL && fields[0] != NULL; fields += 2)
        made[request.field_count++] = (http_field){text_of(fields[0]), text_of(fields[1])};
    return request;
}

#define REQUEST(...) request_with((const char *const[]){__VA_ARGS__, NULL})

static void base_of_hosts(void **state)
{
    (void)state;
    const app_settings plain = {0};
    const struct {
        const char *host, *base;
    } cases[] = {
        {"localhost:8000", "http://localhost:8000"},
        {"localhost:80", "http://localhost"}, /* G6 */
        {"localhost:0", ""},
        {"LocalHost", "http://localhost"},
        {"api.localhost:1", "http://api.localhost:1"},
        {"127.0.0.1:8000", "http://127.0.0.1:8000"},
        {"127.9.8.7", "http://127.9.8.7"},
        {"[::1]:8000", "http://[::1]:8000"},
        {"", ""},
        {"evil.example", ""},
        {"localhost.evil.example", ""},
        {"evillocalhost", ""},
        {".localhost.", ""},
        {"localhost:80:80", ""},
        {"localhost:x", ""},
        {"localhost:99999", ""},
        {"127.0.0.1.evil.example", ""},
        {"127.0.0.256", ""},
        {"127.0.0", ""},
        {"128.0.0.1", ""},
        {"[::2]", ""},
        {"[::1].evil.example", ""},
        {"localhost/@evil.example", ""},
        {"localhost@evil.example", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const http_request request = {.authority = text_of(cases[i].host)};
        ost_text base = browser_base(&plain, &request, arena);
        if (!text_is(base, cases[i].base))
            fail_msg("%s: %.*s", cases[i].host, (int)base.len, base.data);
    }
    const http_request secure = {.authority = OST_TEXT("localhost"), .secure = true};
    assert_true(text_is(browser_base(&plain, &secure, arena), "https://localhost"));
    const app_settings configured = {.base_url = "https://api.example"};
    const http_request evil = {.authority = OST_TEXT("evil.example")};
    assert_true(text_is(browser_base(&configured, &evil, arena), "https://api.example"));
}

static void cookies(void **state)
{
    (void)state;
    ost_login_jar jar;
    http_request request = REQUEST("cookie", "a=1; b=2;c=; =x; novalue;  d=e=f ", "cookie", "g=7");
    assert_int_equal(browser_cookies(&request, arena, &jar), OST_OK);
    assert_int_equal(jar.count, 5);
    const char *const expected[] = {"a", "1", "b", "2", "c", "", "d", "e=f", "g", "7"};
    for (size_t i = 0; i < jar.count; i++) {
        assert_true(text_is(jar.pairs[i].name, expected[2 * i]));
        assert_true(text_is(jar.pairs[i].value, expected[2 * i + 1]));
    }
    request = REQUEST("accept", "*/*");
    assert_int_equal(browser_cookies(&request, arena, &jar), OST_OK);
    assert_int_equal(jar.count, 0);

    /* More cookies than there is room for: the first ones count. */
    char many[4 * OST_LOGIN_PAIRS * 2 + 1];
    for (size_t i = 0; i < OST_LOGIN_PAIRS * 2; i++)
        memcpy(many + 4 * i, "a=1;", 4);
    many[sizeof many - 1] = '\0';
    request = REQUEST("cookie", many, "cookie", "b=2");
    assert_int_equal(browser_cookies(&request, arena, &jar), OST_OK);
    assert_int_equal(jar.count, OST_LOGIN_PAIRS);
}

static void navigations(void **state)
{
    (void)state;
    http_request request = REQUEST("sec-fetch-mode", "navigate");
    assert_true(browser_navigates(&request));
    request.method = HTTP_POST;
    assert_false(browser_navigates(&request));
    request.method = HTTP_HEAD;
    assert_false(browser_navigates(&request));
    request = REQUEST("sec-fetch-mode", "navigate", "sec-fetch-dest", "document");
    assert_true(browser_navigates(&request));
    request = REQUEST("sec-fetch-mode", "navigate", "sec-fetch-dest", "iframe");
    assert_false(browser_navigates(&request));
    request = REQUEST("sec-fetch-mode", "cors", "accept", "text/html");
    assert_false(browser_navigates(&request));
    request = REQUEST("sec-fetch-mode", "navigate", "authorization", "Bearer x");
    assert_false(browser_navigates(&request));
    request = REQUEST("accept", "application/json, Text/HTML;q=0.9");
    assert_true(browser_navigates(&request));
    request = REQUEST("accept", "text/html", "x-requested-with", "XMLHttpRequest");
    assert_false(browser_navigates(&request));
    const char *const others[] = {"*/*", "text/*", "text/htmlx", "application/json;x=text/html",
                                  ""};
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        request = REQUEST("accept", others[i]);
        assert_false(browser_navigates(&request));
    }
    request = request_with(NULL);
    assert_false(browser_navigates(&request));
    request = REQUEST("accept", "application/json", "accept", "text/html");
    assert_true(browser_navigates(&request));
}

static void g10_weights(void **state)
{
    static const char *const refused[] = {"text/html;q=0", "text/html; Q=0.000, */*",
                                          "text/html;level=1;q=0.", "text/html ; q=0.0 "};
    static const char *const taken[] = {"text/html;q=0.001",
                                        "text/html;q=1, application/json",
                                        "text/html;q=0, Text/Html;q=0.1",
                                        "text/html;q=",
                                        "text/html;qq=0",
                                        "text/html;"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        http_request request = REQUEST("accept", refused[i]);
        if (browser_navigates(&request))
            fail_msg("%s", refused[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(taken); i++) {
        http_request request = REQUEST("accept", taken[i]);
        if (!browser_navigates(&request))
            fail_msg("%s", taken[i]);
    }
}

/* As many as browsers keep for one site, and more. */
static void g10_ours_behind_many_others(void **state)
{
    char many[600 * 8 + 1] = "";
    ost_login_jar jar;
    (void)state;
    for (size_t i = 0; i < 600; i++)
        memcpy(many + 8 * i, "foreign=", 8), many[8 * i + 7] = ';', many[8 * i + 3] = '=';
    http_request request = REQUEST("cookie", many, "cookie", "ostiary=1.a");
    assert_int_equal(browser_cookies(&request, arena, &jar), OST_OK);
    assert_int_equal(jar.count, 601);
    assert_true(text_is(jar.pairs[600].name, "ostiary"));
}

static void same_origin(void **state)
{
    (void)state;
    const ost_text base = OST_TEXT("https://api.example");
    http_request request = REQUEST("sec-fetch-site", "same-origin");
    assert_true(browser_is_same_origin(&request, base));
    request = REQUEST("sec-fetch-site", "same-origin", "origin", "https://api.example");
    assert_true(browser_is_same_origin(&request, base));
    request = REQUEST("origin", "https://api.example");
    assert_true(browser_is_same_origin(&request, base));
    const char *const sites[] = {"same-site", "cross-site", "none", "", "Same-Origin"};
    for (size_t i = 0; i < ARRAY_LEN(sites); i++) {
        request = REQUEST("sec-fetch-site", sites[i], "origin", "https://api.example");
        assert_false(browser_is_same_origin(&request, base));
    }
    const char *const origins[] = {"https://evil.example",
                                   "null",
                                   "http://api.example",
                                   "https://api.example:444",
                                   "https://api.example.evil.example",
                                   ""};
    for (size_t i = 0; i < ARRAY_LEN(origins); i++) {
        request = REQUEST("origin", origins[i]);
        assert_false(browser_is_same_origin(&request, base));
        request = REQUEST("sec-fetch-site", "same-origin", "origin", origins[i]);
        assert_false(browser_is_same_origin(&request, base));
    }
    request = request_with(NULL);
    assert_false(browser_is_same_origin(&request, base));
    /* Who does not know its own origin believes nobody. */
    request = REQUEST("origin", "");
    assert_false(browser_is_same_origin(&request, (ost_text){0}));
}

static void targets(void **state)
{
    (void)state;
    const struct {
        const char *path, *query, *target;
    } cases[] = {
        {"/items/", "", "/items/"},
        {"/items/", "a=b%20c", "/items/?a=b%20c"},
        {"/a b/\xc3\xa9?#%", "", "/a%20b/%C3%A9%3F%23%25"},
        {"/~a-b_c.d/:@!$&'()*+,;=", "", "/~a-b_c.d/:@!$&'()*+,;="},
        {"/\\\"<>\r\n", "", "/%5C%22%3C%3E%0D%0A"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const http_request request = {.path = text_of(cases[i].path),
                                      .query = text_of(cases[i].query)};
        assert_true(text_is(browser_target(&request, arena), cases[i].target));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(base_of_hosts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cookies, set_up, tear_down),
        cmocka_unit_test_setup_teardown(navigations, set_up, tear_down),
        cmocka_unit_test_setup_teardown(g10_weights, set_up, tear_down),
        cmocka_unit_test_setup_teardown(g10_ours_behind_many_others, set_up, tear_down),
        cmocka_unit_test_setup_teardown(same_origin, set_up, tear_down),
        cmocka_unit_test_setup_teardown(targets, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
