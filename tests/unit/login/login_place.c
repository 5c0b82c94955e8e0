/* SPDX-License-Identifier: Apache-2.0 */
/* What cookies are called and sealed for, by where they count. */
#include "login/login_place.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "login/login_cookies.h"
#include "test.h"

static ost_arena *arena;

static int make_arena(void **state)
{
    (void)state;
    arena = ost_arena_new((size_t)1 << 20);
    return arena != NULL ? 0 : -1;
}

static int free_arena(void **state)
{
    (void)state;
    ost_arena_free(arena);
    return 0;
}

static void names(void **state)
{
    (void)state;
    static const struct {
        const char *base, *domain;
        bool everywhere;
        const char *session, *host, *bound;
    } cases[] = {
        {"https://a.b.c", "", true, "__Host-s", "__Host-s", "__Host-s"},
        {"https://a.b.c:8443", "", true, "__Host-s", "__Host-s", "__Host-s"},
        {"http://localhost:80", "", true, "s", "s", "s"},
        {"https://a.b.c", "", false, "__Host-s", "__Host-s", "__Host-s https://a.b.c"},
        {"https://a.b.c:8443", "", false, "__Host-s-p8443", "__Host-s-p8443",
         "__Host-s-p8443 https://a.b.c:8443"},
        {"http://[::1]:81", "", false, "s-p81", "s-p81", "s-p81 http://[::1]:81"},
        {"http://[::1]", "", false, "s", "s", "s http://[::1]"},
        {"https://a.b.c", "b.c", false, "__Secure-s-b.c", "__Host-s", "__Secure-s-b.c"},
        {"https://a.b.c:8443", "b.c", false, "__Secure-s-b.c", "__Host-s-p8443", "__Secure-s-b.c"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const login_place place = {.base = text_of(cases[i].base),
                                   .domain = text_of(cases[i].domain),
                                   .everywhere = cases[i].everywhere};
        assert_true(login_place_is_good(&place));
        ost_text session = login_place_cookie(&place, "s", arena);
        assert_string_equal(session.data, cases[i].session);
        assert_string_equal(login_place_host_cookie(&place, "s", arena).data, cases[i].host);
        assert_string_equal(login_place_bound(&place, session, arena).data, cases[i].bound);
    }
}

/* What is sealed for one client is nothing to another, wherever cookies go. */
static void sealed_for_a_client(void **state)
{
    (void)state;
    const login_client wiki = {.id = "wiki", .redirect_path = "/cb"};
    login_place place = {.base = OST_TEXT("https://a.b.c"), .client = &wiki};
    assert_true(login_place_is_good(&place));
    assert_string_equal(login_place_bound(&place, OST_TEXT("__Host-s"), arena).data,
                        "__Host-s https://a.b.c\nwiki");
    assert_string_equal(login_place_begun(&place, OST_TEXT("__Host-s-login-x"), arena).data,
                        "__Host-s-login-x\nwiki");
    place.domain = OST_TEXT("b.c");
    assert_string_equal(login_place_bound(&place, OST_TEXT("__Secure-s-b.c"), arena).data,
                        "__Secure-s-b.c\nwiki");
    static char long_id[LOGIN_CLIENT_MAX + 2];
    memset(long_id, 'x', sizeof long_id - 1);
    const login_client bad[] = {
        {.redirect_path = "/cb"},           {.id = "w"},
        {.id = "", .redirect_path = "/cb"}, {.id = "a\nb", .redirect_path = "/cb"},
        {.id = "w", .redirect_path = "cb"}, {.id = long_id, .redirect_path = "/cb"}};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        place.client = &bad[i];
        assert_false(login_place_is_good(&place));
    }
}

static void places_that_are_none(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},
        {"ftp://a.b.c", ""},
        {"https://a.b.c/", ""},
        {"http://a.b.c", "b.c"},
        {"https://a.b.c", "c.d"},
        {"https://ab.c", "b.c"},
        {"https://b.c", "a.b.c"},
        {"https://a.b.c:1", "b.c:1"},
        {"https://a.b.c", ".b.c"},
    };
    assert_false(login_place_is_good(NULL));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const login_place place = {.base = text_of(cases[i][0]), .domain = text_of(cases[i][1])};
        if (login_place_is_good(&place))
            fail_msg("%s %s", cases[i][0], cases[i][1]);
    }
}

/* Only the session's cookie is for the domain. */
static void attributes(void **state)
{
    (void)state;
    const login_place place = {.base = OST_TEXT("https://a.b.c"), .domain = OST_TEXT("b.c")};
    const ost_login_cookie session = {OST_TEXT("__Secure-s-b.c"), OST_TEXT("v"), -1},
                           own = {OST_TEXT("__Host-s-back"), OST_TEXT("1"), 15};
    ost_text field;
    assert_int_equal(login_set_cookie(&session, &place, arena, &field), OST_OK);
    assert_string_equal(field.data, "__Secure-s-b.c=v; Path=/; Domain=b.c; HttpOnly; "
                                    "SameSite=Lax; Secure");
    assert_int_equal(login_set_cookie(&own, &place, arena, &field), OST_OK);
    assert_string_equal(field.data, "__Host-s-back=1; Path=/; HttpOnly; SameSite=Lax; Secure; "
                                    "Max-Age=15");
}

static void repeated_cookies(void **state)
{
    (void)state;
    const ost_login_pair pairs[] = {
        {OST_TEXT("s"), OST_TEXT("1")},   {OST_TEXT("s-1"), OST_TEXT("")},
        {OST_TEXT("s-5"), OST_TEXT("a")}, {OST_TEXT("t"), OST_TEXT("1")},
        {OST_TEXT("t"), OST_TEXT("2")},   {OST_TEXT("s-5"), OST_TEXT("a")}};
    assert_false(login_cookies_repeat(&(ost_login_jar){pairs, 5}, OST_TEXT("s"), arena));
    assert_true(login_cookies_repeat(&(ost_login_jar){pairs, 6}, OST_TEXT("s"), arena));
    assert_true(login_cookies_repeat(&(ost_login_jar){pairs, 5}, OST_TEXT("t"), arena));
    assert_false(login_cookies_repeat(&(ost_login_jar){0}, OST_TEXT("s"), arena));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sealed_for_a_client),  cmocka_unit_test(names),
        cmocka_unit_test(places_that_are_none), cmocka_unit_test(attributes),
        cmocka_unit_test(repeated_cookies),
    };
    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
