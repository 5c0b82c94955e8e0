/* SPDX-License-Identifier: Apache-2.0 */
/* Redirect URIs: what is registered and nothing that looks like it. */

#include "base/array.h"
#include "base/text.h"
#include "provider/realm/realm.h"
#include "test.h"

static const char *const exact[] = {"http://localhost:8000/auth", "app:/callback",
                                    "https://a.example/cb?x=1", NULL};
static const char *const wild[] = {"https://a.example/app/*", NULL};
static const char *const loose[] = {"*", "https://*", "https://a.example*", "https://a.*/x", NULL};
static const char *const relative[] = {"/cb/*", NULL};

static bool allowed(const char *const *registered, const char *uri)
{
    const realm_client client = {.redirect_uris = registered, .root_url = "https://root.example/"};
    return realm_redirect_allowed(&client, text_of(uri));
}

static void registered_uris_match_exactly(void **state)
{
    (void)state;
    assert_true(allowed(exact, "http://localhost:8000/auth"));
    assert_true(allowed(exact, "app:/callback"));
    assert_true(allowed(exact, "https://a.example/cb?x=1"));
    static const char *const bad[] = {
        "http://localhost:8000/auth/",
        "http://localhost:8000/AUTH",
        "http://localhost:8000/auth?x=1",
        "http://localhost:8000/auth#x",
        "http://localhost:8001/auth",
        "https://localhost:8000/auth",
        "http://localhost:8000/a",
        "http://localhost:8000@evil/auth",
        "http://localhost:8000.evil/auth",
        "http://LOCALHOST:8000/auth",
        "http://localhost:8000/auth\r\nX:y",
        "http://localhost:8000\\auth",
        " http://localhost:8000/auth",
        "//localhost:8000/auth",
        "/auth",
        "",
        "javascript:alert(1)",
        "app:/callback2",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(allowed(exact, bad[i]));
}

/* RFC 8252 §7.3: registered without a port, a loopback address has any. */
static void p4_loopback_has_any_port(void **state)
{
    (void)state;
    static const char *const native[] = {"http://127.0.0.1/cb", "http://[::1]/cb",
                                         "http://localhost/app/*", NULL};
    static const char *const good[] = {
        "http://127.0.0.1/cb",     "http://127.0.0.1:1/cb",           "http://127.0.0.1:65535/cb",
        "http://[::1]:51004/cb",   "http://localhost:3000/app/x?y=z", "http://localhost/app/",
        "http://localhost:80/app",
    };
    static const char *const bad[] = {
        "http://127.0.0.1:65536/cb",   "http://127.0.0.1:/cb",         "http://127.0.0.1:1/cb2",
        "http://127.0.0.1:1@evil/cb",  "http://127.0.0.1:1.evil/cb",   "http://127.0.0.1.evil:1/cb",
        "https://127.0.0.1:1/cb",      "http://127.0.0.2:1/cb",        "http://localhost:1/cb",
        "http://localhost:1/app/../x", "http://localhost.evil:1/app/", "http://127.0.0.1:+1/cb",
    };
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_true(allowed(native, good[i]));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(allowed(native, bad[i]));
}

static void a_wildcard_ends_a_path(void **state)
{
    (void)state;
    assert_true(allowed(wild, "https://a.example/app/"));
    assert_true(allowed(wild, "https://a.example/app/x/y?z=1"));
    assert_true(allowed(wild, "https://a.example/app"));
    static const char *const good[] = {
        "https://a.example/app/...",      "https://a.example/app/.well-known",
        "https://a.example/app/a..b",     "https://a.example/app/x;v=1.2",
        "https://a.example/app/x?y=../z", "https://a.example/app/50%25",
        "https://a.example/app/%2525",    "https://a.example/app/a%2fb",
        "https://a.example/app/x.",       "https://a.example/app/%",
    };
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_true(allowed(wild, good[i]));
    static const char *const bad[] = {
        "https://a.example/application",  "https://a.example/",
        "https://a.example/app/../x",     "https://a.example/app/%2e%2e/x",
        "https://a.example/app/.%2E/x",   "https://a.example/app/x#y",
        "https://user@a.example/app/",    "https://a.example.evil/app/",
        "https://a.example/app/x y",      "https://a.example/app/\xc3\xa9",
        "https://a.example/app/..%2fx",   "https://a.example/app/..%2F",
        "https://a.example/app%2f..%2f",  "https://a.example/app/y%5c..%5Cx",
        "https://a.example/app/..;/x",    "https://a.example/app/..;a=b/x",
        "https://a.example/app/.;/x",     "https://a.example/app/%252e%252e/x",
        "https://a.example/app/..%252fx", "https://a.example/app/%25252e./x",
        "https://a.example/app/y/..",     "https://a.example/app/y/%2e",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(allowed(wild, bad[i]));
}

/* P17: what an application has registered as its own scheme leads nowhere else. */
static void p17_a_wildcard_of_a_private_scheme(void **state)
{
    (void)state;
    static const char *const native[] = {"myapp:/*", "other://*", "com.example.app:*", NULL};
    static const char *const running[] = {"javascript:*", "data:*", "JavaScript:alert(1)", NULL};
    static const char *const good[] = {
        "myapp:/cb",   "myapp://cb",        "myapp:/",
        "other://x/y", "com.example.app:x", "com.example.app://x?y=z",
    };
    static const char *const bad[] = {
        "myapp:cb",
        "myapp:",
        "other:/x",
        "evil:/x",
        "com.example.apps:x",
        "myapp:/../x",
        "myapp:/x#y",
        "Myapp:/cb",
        "com.example.app:/%2e%2e/x",
    };
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_true(allowed(native, good[i]));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(allowed(native, bad[i]));
    assert_false(allowed(running, "javascript:alert(1)"));
    assert_false(allowed(running, "JavaScript:alert(1)"));
    assert_false(allowed(running, "data:text/html,x"));
}

static void a_wildcard_elsewhere_matches_nothing(void **state)
{
    (void)state;
    assert_false(allowed(loose, "https://evil.example/"));
    assert_false(allowed(loose, "https://a.example.evil/"));
    assert_false(allowed(loose, "https://a.evil/x"));
    assert_false(allowed(NULL, "https://a.example/"));
}

/* Keycloak follows all of the first kind. */
static void what_leads_nowhere_here_alone_is_known(void **state)
{
    (void)state;
    static const char *const idle[] = {
        "*",          "https://*",       "https://a.example*",    "http://localhost:3000*",
        "http://*#x", "https://*/app/*", "https://a.example/*/*", "http*",
    };
    static const char *const followed[] = {
        "https://a.example/*",
        "https://a.example/app*",
        "myapp:*",
        "myapp://*",
        "/app/*",
        "https://a.example/cb",
        "+",
        "-",
        "",
        "https://a.example?x=*",
        "*://a/cb?*",
    };
    for (size_t i = 0; i < ARRAY_LEN(idle); i++)
        assert_non_null(realm_redirect_idle(text_of(idle[i])));
    for (size_t i = 0; i < ARRAY_LEN(followed); i++)
        assert_null(realm_redirect_idle(text_of(followed[i])));
}

static void a_star_in_a_query_is_a_star(void **state)
{
    static const char *const query[] = {"https://a.example/cb?x=*", "myapp:/cb?*", NULL};
    (void)state;
    assert_true(allowed(query, "https://a.example/cb?x=*"));
    assert_true(allowed(query, "myapp:/cb?*"));
    assert_false(allowed(query, "https://a.example/cb?x=1"));
    assert_false(allowed(query, "https://a.example/cb?x="));
    assert_false(allowed(query, "myapp:/cb?x"));
}

static void relative_ones_stand_on_the_root_url(void **state)
{
    const realm_client rootless = {.redirect_uris = relative};
    (void)state;
    assert_true(allowed(relative, "https://root.example/cb/1"));
    assert_false(allowed(relative, "https://other.example/cb/1"));
    assert_false(realm_redirect_allowed(&rootless, OST_TEXT("/cb/1")));
}

static void origins(void **state)
{
    static const char *const plus[] = {"+", NULL}, *const one[] = {"https://a.example", NULL};
    const realm_client by_plus = {.web_origins = plus, .redirect_uris = exact};
    const realm_client by_name = {.web_origins = one};
    (void)state;
    assert_true(realm_origin_allowed(&by_plus, OST_TEXT("http://localhost:8000")));
    assert_false(realm_origin_allowed(&by_plus, OST_TEXT("http://localhost:8001")));
    assert_true(realm_origin_allowed(&by_name, OST_TEXT("https://a.example")));
    assert_false(realm_origin_allowed(&by_name, OST_TEXT("https://a.example.evil")));
    assert_false(realm_origin_allowed(&by_name, OST_TEXT("null")));
    assert_false(realm_origin_allowed(&by_name, OST_TEXT("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registered_uris_match_exactly),
        cmocka_unit_test(p4_loopback_has_any_port),
        cmocka_unit_test(a_wildcard_ends_a_path),
        cmocka_unit_test(p17_a_wildcard_of_a_private_scheme),
        cmocka_unit_test(a_wildcard_elsewhere_matches_nothing),
        cmocka_unit_test(what_leads_nowhere_here_alone_is_known),
        cmocka_unit_test(a_star_in_a_query_is_a_star),
        cmocka_unit_test(relative_ones_stand_on_the_root_url),
        cmocka_unit_test(origins),
    };
    return cmocka_run_group_tests_name("provider-redirect_uri", tests, NULL, NULL);
}
