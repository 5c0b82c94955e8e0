/* SPDX-License-Identifier: Apache-2.0 */
/* How parameters are written into URLs and forms. */
#include "base/percent.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
