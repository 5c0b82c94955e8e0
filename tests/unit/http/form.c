/* SPDX-License-Identifier: Apache-2.0 */
/* Forms, percent-encoding and HTML escape. */
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/percent.h"
#include "base/text.h"
#include "http/http.h"
#include "test_arena.h"

static void reads_pairs(void **state)
{
    http_form form;
    ost_text encoded = OST_TEXT("a=1&b=J%C3%BCrgen+M%26M&&c&=d&a=2&e=x=y&");
    assert_int_equal(http_form_read(encoded, arena, &form), OST_OK);
    assert_int_equal(form.count, 6);
    assert_true(text_is(http_form_get(&form, "a"), "1"));
    assert_int_equal(http_form_count(&form, "a"), 2);
    assert_true(text_is(http_form_get(&form, "b"), "J\xc3\xbcrgen M&M"));
    assert_true(text_is(http_form_get(&form, "c"), ""));
    assert_non_null(http_form_get(&form, "c").data);
    assert_true(text_is(http_form_get(&form, ""), "d"));
    assert_true(text_is(http_form_get(&form, "e"), "x=y"));
    assert_null(http_form_get(&form, "z").data);
    assert_int_equal(http_form_count(&form, "z"), 0);
}

static void empty_form(void **state)
{
    http_form form;
    assert_int_equal(http_form_read((ost_text){NULL, 0}, arena, &form), OST_OK);
    assert_int_equal(form.count, 0);
    assert_int_equal(http_form_read(OST_TEXT("&&&"), arena, &form), OST_OK);
    assert_int_equal(form.count, 0);
}

static void refuses(void **state)
{
    static const char *const malformed[] = {"a=%", "a=%4", "a=%zz", "a=%00", "%00=a", "a%=b"};
    http_form form = {NULL, 77};
    for (size_t i = 0; i < ARRAY_LEN(malformed); i++)
        assert_int_equal(http_form_read(text_of(malformed[i]), arena, &form), OST_E_FORMAT);
    assert_int_equal(http_form_read(OST_TEXT("a=\0"), arena, &form), OST_E_FORMAT);
    assert_int_equal(http_form_read(OST_TEXT("a=%ff"), arena, &form), OST_E_UTF8);
    assert_int_equal(http_form_read(OST_TEXT("%c0%af=a"), arena, &form), OST_E_UTF8);
    assert_int_equal(form.count, 77); /* untouched */
}

static void at_most_200_pairs(void **state)
{
    char many[402 * 2 + 1] = "";
    for (int i = 0; i < 201; i++)
        memcpy(many + 2 * i, "a&", 3);
    http_form form;
    assert_int_equal(http_form_read((ost_text){many, 400}, arena, &form), OST_OK);
    assert_int_equal(form.count, 200);
    assert_int_equal(http_form_read((ost_text){many, 402}, arena, &form), OST_E_CEILING);
}

static void out_of_memory(void **state)
{
    ost_arena *small = ost_arena_new(256);
    static char value[4000];
    memset(value, 'a', sizeof value);
    http_form form;
    assert_int_equal(http_form_read((ost_text){value, sizeof value}, small, &form), OST_E_MEMORY);
    assert_null(percent_encode(small, (ost_text){value, sizeof value}).data);
    assert_null(http_html_escape(small, (ost_text){value, sizeof value}).data);
    ost_arena_free(small);
}

static void is_form(void **state)
{
    static const struct {
        const char *type;
        bool form;
    } cases[] = {
        {"application/x-www-form-urlencoded", true},
        {"Application/X-WWW-Form-URLencoded; charset=UTF-8", true},
        {"application/x-www-form-urlencoded ;a=b", true},
        {"application/x-www-form-urlencodedx", false},
        {"application/json", false},
        {"", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const http_field fields[] = {{OST_TEXT("content-type"), text_of(cases[i].type)},
                                     {OST_TEXT("content-type"), text_of(cases[i].type)}};
        http_request request = {.fields = fields, .field_count = 1};
        assert_int_equal(http_request_is_form(&request), cases[i].form);
        request.field_count = 2; /* which one counts? neither */
        assert_false(http_request_is_form(&request));
        request.field_count = 0;
        assert_false(http_request_is_form(&request));
    }
}

static void cookies(void **state)
{
    const http_field fields[] = {
        {OST_TEXT("cookie"), OST_TEXT("a=1; b=\"two\"; ab=3; a=4;c = 5 ; d; e=; f=x=y")},
        {OST_TEXT("x"), OST_TEXT("g=1")},
        {OST_TEXT("cookie"), OST_TEXT("h=8")},
    };
    const http_request request = {.fields = fields, .field_count = 3};
    assert_true(text_is(http_request_cookie(&request, "a"), "1"));
    assert_true(text_is(http_request_cookie(&request, "b"), "two"));
    assert_true(text_is(http_request_cookie(&request, "ab"), "3"));
    assert_true(text_is(http_request_cookie(&request, "c"), "5"));
    assert_null(http_request_cookie(&request, "d").data);
    assert_non_null(http_request_cookie(&request, "e").data);
    assert_true(text_is(http_request_cookie(&request, "e"), ""));
    assert_true(text_is(http_request_cookie(&request, "f"), "x=y"));
    assert_null(http_request_cookie(&request, "g").data);
    assert_true(text_is(http_request_cookie(&request, "h"), "8"));
    assert_null(http_request_cookie(&request, "A").data);
}

static void encodes(void **state)
{
    assert_true(text_is(percent_encode(arena, OST_TEXT("aZ09-._~ /?&=%\xc3\xa4\n")),
                        "aZ09-._~%20%2F%3F%26%3D%25%C3%A4%0A"));
    assert_true(text_is(http_html_escape(arena, OST_TEXT("<a href=\"x\">'&amp;'</a>")),
                        "&lt;a href=&quot;x&quot;&gt;&#39;&amp;amp;&#39;&lt;/a&gt;"));
    assert_int_equal(http_html_escape(arena, OST_TEXT("")).len, 0);
    assert_non_null(http_html_escape(arena, OST_TEXT("")).data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_pairs),   cmocka_unit_test(empty_form),
        cmocka_unit_test(refuses),       cmocka_unit_test(at_most_200_pairs),
        cmocka_unit_test(out_of_memory), cmocka_unit_test(is_form),
        cmocka_unit_test(cookies),       cmocka_unit_test(encodes),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
