/* SPDX-License-Identifier: Apache-2.0 */
/* Origins as browsers spell them, and what is none. */
#include "app/config/origin.h"

#include "base/array.h"
#include "base/text.h"
#include "test.h"

static void g6_an_origin_as_browsers_spell_it(void **state)
{
    static const char *const cases[][2] = {
        {"https://h.example:443", "https://h.example"},
        {"http://h.example:80", "http://h.example"},
        {"https://h.example:80", "https://h.example:80"},
        {"http://h.example:443", "http://h.example:443"},
        {"https://h.example:8443", "https://h.example:8443"},
        {"http://localhost:8000", "http://localhost:8000"},
        {"http://127.0.0.1:80", "http://127.0.0.1"},
        {"https://[::1]:443", "https://[::1]"},
        {"https://[2001:db8::1]", "https://[2001:db8::1]"},
        {"https://xn--bcher-kva.example", "https://xn--bcher-kva.example"},
        {"https://1.example", "https://1.example"},
        {"https://a-b.3d", "https://a-b.3d"},
        {"http://h:1", "http://h:1"},
        {"http://h:65535", "http://h:65535"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ost_text origin;
        if (origin_read(text_of(cases[i][0]), &origin) != OST_OK || !text_is(origin, cases[i][1]))
            fail_msg("%s", cases[i][0]);
    }
}

static void g6_what_is_no_origin(void **state)
{
    static const char *const cases[] = {
        "",
        "h.example",
        "https://",
        "https:///",
        "https://h/",
        "https://h/a",
        "https://h?",
        "https://H",
        "HTTPS://h",
        "ftp://h",
        "https://a@b",
        "https://h:",
        "https://h:0",
        "https://h:080",
        "https://h:65536",
        "https://h:x",
        "https://h:1:2",
        "https://:443",
        "https://-",
        "https://.",
        "https://a..b",
        "https://a.",
        "https://.a",
        "https://-a.b",
        "https://a-.b",
        "https://a_b",
        "https://1.2.3",
        "https://1.2.3.4.5",
        "https://256.1.1.1",
        "https://a.1",
        "https://[",
        "https://[]",
        "https://[::1",
        "https://[::1]x",
        "https://[::g]",
        "https://[1.2.3.4]",
        "https://::1",
        "https://h h",
        "https://\xc3\xa4",
        "https://*",
    };
    char long_label[100] = "https://";
    ost_text origin;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        if (origin_read(text_of(cases[i]), &origin) != OST_E_ARGUMENT)
            fail_msg("%s", cases[i]);
    }
    for (size_t i = 8; i < 8 + 64; i++)
        long_label[i] = 'a';
    assert_int_equal(origin_read(text_of(long_label), &origin), OST_E_ARGUMENT);
    assert_int_equal(origin_read((ost_text){"https://h\0.example", 18}, &origin), OST_E_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(g6_an_origin_as_browsers_spell_it),
        cmocka_unit_test(g6_what_is_no_origin),
    };
    return cmocka_run_group_tests_name("app-origin", tests, NULL, NULL);
}
