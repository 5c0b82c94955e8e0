/* SPDX-License-Identifier: Apache-2.0 */
/* Pages on their way out: addresses that run something stay out of links, fields have kinds, and
 * the policy names exactly the style and the script that the page has. */
#include "page/page.h"

#include <stdio.h>
#include <string.h>

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/text.h"

#include "../http/in_process.h"
#include "test.h"

static void addresses(void **state)
{
    const struct {
        const char *url;
        bool link, target;
    } rows[] = {
        {"/", true, true},
        {"/items/?a=b", true, true},
        {"https://a.example/", true, true},
        {"http://a.example/", true, true},
        {"//evil.example/", false, false},
        {"javascript:alert(1)", false, false},
        {"JavaScript:alert(1)", false, false},
        {"java\nscript:alert(1)", false, false},
        {" javascript:alert(1)", false, false},
        {"data:text/html,x", false, false},
        {"vbscript:x", false, false},
        {"myapp:/cb", false, true},
        {"com.example.app:/cb", false, true},
        {"no scheme", false, false},
        {":", false, false},
        {"", false, false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        page p = {0};
        page_put_url(&p, PAGE_LINK, text_of(rows[i].url));
        page_put_url(&p, PAGE_ACTION, text_of(rows[i].url));
        if ((p.values[PAGE_LINK].len > 0) != rows[i].link ||
            (p.values[PAGE_ACTION].len > 0) != rows[i].target)
            fail_msg("%s", rows[i].url);
        assert_false(p.broken);
    }
}

static void fields_have_kinds(void **state)
{
    page p = {0};
    (void)state;
    page_put(&p, PAGE_TITLE, OST_TEXT("t"));
    page_put_flag(&p, PAGE_WRONG, true);
    assert_false(p.broken);
    const page good = p;
    page_put(&p, PAGE_LINK, OST_TEXT("/"));
    assert_true(p.broken);
    p = good;
    page_put_flag(&p, PAGE_TITLE, true);
    assert_true(p.broken);
    p = good;
    page_put_url(&p, PAGE_TITLE, OST_TEXT("/"));
    assert_true(p.broken);
}

/* ---- what is sent ---- */

static void answer(http_exchange *exchange, void *user)
{
    page_send(exchange, user);
}

static void sent(page *p, char *ret, size_t size)
{
    const http_route route = {.path = "/", .handler = answer, .user = p};
    const http_config config = {.routes = &route, .route_count = 1};
    in_process server;
    assert_int_equal(in_process_start(&config, &server), OST_OK);
    size_t len =
        in_process_talk(&server, OST_TEXT("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), ret, size - 1);
    ret[len] = '\0';
    in_process_end(&server);
}

/* What stands between the tags, as a policy names it. */
static void hash_between(const char *html, const char *open, const char *close, char ret[64])
{
    const char *begin = strstr(html, open), *end = begin != NULL ? strstr(begin, close) : NULL;
    unsigned char digest[32];
    char encoded[48];
    assert_non_null(end);
    begin += strlen(open);
    assert_int_equal(ost_sha256((ost_text){begin, (size_t)(end - begin)}, digest), OST_OK);
    size_t len = base64_encode(digest, sizeof digest, encoded);
    snprintf(ret, 64, "'sha256-%.*s'", (int)len, encoded);
}

static void the_policy_names_what_the_page_has(void **state)
{
    static char got[65536];
    char style[64], script[64], policy[400];
    page p = {.template = PAGE_LOGIN, .status = 200, .leads_away = true};
    (void)state;
    sent(&p, got, sizeof got);
    hash_between(got, "<style>", "</style>", style);
    hash_between(got, "<script>", "</script>", script);
    snprintf(policy, sizeof policy,
             "content-security-policy: default-src 'none'; style-src %s; script-src %s; "
             "img-src data:; base-uri 'none'; frame-ancestors 'none'\r\n",
             style, script);
    for (char *c = got; *c != '\0' && strncmp(c, "\r\n\r\n", 4) != 0; c++) {
        if (strncmp(c, "Content-Security-Policy", 23) == 0)
            *c = 'c', c[8] = 's', c[17] = 'p';
    }
    assert_non_null(strstr(got, policy));
    p = (page){.template = PAGE_NOTICE, .status = 400};
    sent(&p, got, sizeof got);
    assert_null(strstr(got, "script-src"));
    assert_non_null(strstr(got, "frame-ancestors 'none'; form-action 'self'\r\n"));
    assert_null(strstr(got, "<script"));
}

static void a_broken_page_is_not_sent(void **state)
{
    static char got[65536];
    page p = {.template = PAGE_NOTICE, .status = 200};
    (void)state;
    page_put(&p, PAGE_WRONG, OST_TEXT("x"));
    sent(&p, got, sizeof got);
    assert_true(text_starts(text_of(got), "HTTP/1.1 500 "));
    assert_null(strstr(got, "<html"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test(fields_have_kinds),
        cmocka_unit_test(the_policy_names_what_the_page_has),
        cmocka_unit_test(a_broken_page_is_not_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
