/* SPDX-License-Identifier: Apache-2.0 */
/* Which URLs may be fetched: every trick by which another host looks like this machine. */

#include "base/array.h"
#include "base/context.h"
#include "base/text.h"
#include "net/net.h"
#include "net/no_proxy.h"
#include "test.h"

static bool is_allowed(ost_text url, bool insecure_http)
{
    ost_result result = net_url_check(url, insecure_http);
    assert_true(result == OST_OK || result == OST_E_ARGUMENT);
    return result == OST_OK;
}

static bool is_safe(ost_text url)
{
    return is_allowed(url, false);
}

static void https_is_safe(void **state)
{
    static const char *const good[] = {
        "https://id.example.org/",
        "https://id.example.org",
        "https://id.example.org:8443/realms/a?b=c",
        "https://192.0.2.1/",
        "https://[2001:db8::1]/",
        "HTTPS://id.example.org/",
    };
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        if (!is_safe(text_of(good[i])))
            fail_msg("%s", good[i]);
    }
}

static void http_to_this_machine_is_safe(void **state)
{
    static const char *const good[] = {
        "http://localhost/",
        "http://localhost",
        "http://localhost:8080/realms/myrealm",
        "http://LocalHost:8080/",
        "http://127.0.0.1/",
        "http://127.255.255.254:1/",
        "http://127.1/",       /* curl connects to 127.0.0.1 */
        "http://2130706433/",  /* as well */
        "http://0x7f000001/",  /* as well */
        "http://0177.0.0.1/",  /* as well */
        "http://[::1]:8080/a", /* */
        "http://[0:0:0:0:0:0:0:1]/",
        "http://localhost#@evil.example/",
        "http://localhost?@evil.example/",
        "http://localhost/@evil.example/",
    };
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        if (!is_safe(text_of(good[i])))
            fail_msg("%s", good[i]);
    }
}

static const char *const elsewhere[] = {
    "http://id.example.org/",
    "http://localhost.evil.example/",
    "http://localhost.:8080/",
    "http://127.0.0.1.evil.example/",
    "http://evil.example/localhost",
    "http://evil.example#localhost",
    "http://evil.example?localhost",
    "http://evil.example:80/@localhost/",
    "http://xlocalhost/",
    "http://local\thost/",
    "http://128.0.0.1/",
    "http://126.255.255.255/",
    "http://0.0.0.0/",
    "http://0/",
    "http://10.0.0.1/",
    "http://2130706432.evil.example/",
    "http://3232235521/", /* 192.168.0.1 */
    "http://[::]/",
    "http://[::2]/",
    "http://[::ffff:192.0.2.1]/",
    "http://[2001:db8::1]/",
};

static void http_to_others_is_not_safe(void **state)
{
    for (size_t i = 0; i < ARRAY_LEN(elsewhere); i++) {
        if (is_safe(text_of(elsewhere[i])))
            fail_msg("%s", elsewhere[i]);
    }
}

static void http_to_others_is_allowed_when_asked_for(void **state)
{
    assert_true(is_allowed(OST_TEXT("http://id.example.org/"), true));
    assert_true(is_allowed(OST_TEXT("http://10.0.0.1:8080/a"), true));
    assert_false(is_allowed(OST_TEXT("http://id.example.org/"), false));
}

static const char *const malformed[] = {
    "",
    "localhost",
    "localhost:8080/",
    "//localhost/",
    "/realms/a",
    "https:",
    "https://",
    "https:///a",
    "https:/id.example.org/",
    "https:id.example.org/",
    "http:/localhost/",
    "http:///localhost/",
    "http://",
    "http://:8080/",
    " https://id.example.org/",
    "https://id.example.org/\r\nX: y",
    "https://id example.org/",
    "https://id.example.org:99999/",
    "https://id.example.org:http/",
    "https://[::1/",
    "http://[localhost]/",
    "http://[127.0.0.1]/",
    "http://localhost@evil.example/",
    "http://localhost:80@evil.example/",
    "http://localhost\\@evil.example/",
    "http://evil.example@localhost/",
    "http://user:password@localhost/",
    "http://:password@localhost/",
    "http://@localhost/",
    "http://%6cocalhost/",
    "http://localhost%00.evil.example/",
    "http://localhost%2eevil.example/",
    "http://[::1%25lo]/",
    "https://\xc3\xa4.example/",
    "http://\xef\xbd\x8cocalhost/",
    "https://user@id.example.org/",
    "https://user:password@id.example.org/",
    "ftp://localhost/",
    "file:///etc/passwd",
    "file://localhost/etc/passwd",
    "gopher://localhost/",
    "ws://localhost/",
    "httpss://localhost/",
    "javascript:alert(1)",
};

static void anything_else_is_refused_always(void **state)
{
    for (size_t i = 0; i < ARRAY_LEN(malformed); i++) {
        if (is_safe(text_of(malformed[i])))
            fail_msg("safe: %s", malformed[i]);
        if (is_allowed(text_of(malformed[i]), true))
            fail_msg("allowed: %s", malformed[i]);
    }
    assert_false(is_safe((ost_text){0}));
}

static void nul_and_length_do_not_hide_anything(void **state)
{
    static const char hidden[] = "http://localhost\0.evil.example/";
    static char longest[8192] = "https://id.example.org/";
    assert_false(is_safe((ost_text){hidden, sizeof hidden - 1}));
    for (size_t i = 23; i < sizeof longest - 1; i++)
        longest[i] = 'a';
    assert_true(is_safe((ost_text){longest, 4095}));
    assert_false(is_safe((ost_text){longest, 4096}));
    assert_false(is_safe(text_of(longest)));
}

static void g13_proxies(void **state)
{
    static const char *const good[] = {
        "http://proxy.example.org:3128",     "https://proxy.example.org", "proxy.example.org:3128",
        "http://user:p%40ss@10.0.0.1:8080/", "http://[::1]:3128",         "localhost:3128",
    };
    static const char *const bad[] = {
        "",
        "socks5://127.0.0.1:1080",
        "http://",
        "http://proxy/path",
        "http://proxy/?a",
        "proxy#a",
        "file:///etc/passwd",
        "http://proxy:99999",
        "http://pro xy",
        "http://a\nb",
        ":3128",
        "://proxy",
    };
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        if (net_proxy_check(text_of(good[i])) != OST_OK)
            fail_msg("%s", good[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        if (net_proxy_check(text_of(bad[i])) != OST_E_ARGUMENT)
            fail_msg("%s", bad[i]);
    }
    assert_int_equal(net_proxy_check((ost_text){"proxy\0a", 7}), OST_E_ARGUMENT);
}

static void g13_what_is_far(void **state)
{
    static const struct {
        const char *url;
        bool far;
    } cases[] = {
        {"https://id.example.org/", true},
        {"https://127.0.0.1/", false},
        {"https://localhost/", false},
        {"https://[::1]:1/", false},
        {"https://127.1/", false},
        {"http://id.example.org/", false},
        {"https://localhost.example/", true},
        {"HTTPS://LOCALHOST/", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        bool far = !cases[i].far;
        assert_int_equal(net_url_read(text_of(cases[i].url), true, &far), OST_OK);
        if (far != cases[i].far)
            fail_msg("%s", cases[i].url);
    }
}

/* libcurl matches names alone; what others understand is made of them. */
static void g13_hosts_without_a_proxy(void **state)
{
    static const struct {
        const char *list, *told; /* at port 8443 */
    } cases[] = {
        {NULL, ""},
        {"", ""},
        {" , ,", ""},
        {"*", "*"},
        {"id.example.org", "id.example.org"},
        {"id.example.org:8443", "id.example.org"},
        {"id.example.org:443", ""},
        {".example.org:443, other.example:8443\t10.0.0.0/8", "other.example,10.0.0.0/8"},
        {"::1,fe80::1,[::1]:8443,[::2]:443,[::3]", "::1,fe80::1,::1,::3"},
        {"a:,b:x,c:99999,:8443", "a:,b:x,c:99999,:8443"},
        {"10.0.0.1:8443,10.0.0.2:08443", "10.0.0.1,10.0.0.2:08443"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char *told = no_proxy_for_port(cases[i].list, 8443);
        assert_non_null(told);
        assert_string_equal(told, cases[i].told);
        memory_free(told);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(https_is_safe),
        cmocka_unit_test(g13_proxies),
        cmocka_unit_test(g13_hosts_without_a_proxy),
        cmocka_unit_test(g13_what_is_far),
        cmocka_unit_test(http_to_this_machine_is_safe),
        cmocka_unit_test(http_to_others_is_not_safe),
        cmocka_unit_test(http_to_others_is_allowed_when_asked_for),
        cmocka_unit_test(anything_else_is_refused_always),
        cmocka_unit_test(nul_and_length_do_not_hide_anything),
    };
    return cmocka_run_group_tests_name("net-url", tests, NULL, NULL);
}
