/* SPDX-License-Identifier: Apache-2.0 */
/* What settings of providers of keys mean, at an import and in the admin API alike. */
#include "provider/key/key_setting.h"
#include "base/text.h"
#include "test.h"

static void priorities_are_numbers(void **state)
{
    (void)state;
    assert_int_equal(key_setting_priority(OST_TEXT("100")), 100);
    assert_int_equal(key_setting_priority(OST_TEXT("-100")), -100);
    assert_int_equal(key_setting_priority(OST_TEXT("3000000000")), 3000000000); /* a Java long */
    assert_int_equal(key_setting_priority(OST_TEXT("")), 0);
    assert_int_equal(key_setting_priority(OST_TEXT("--1")), 0);
    assert_int_equal(key_setting_priority(OST_TEXT("high")), 0);
}

static void what_is_not_off_is_on(void **state)
{
    (void)state;
    assert_true(key_setting_is_on((ost_text){0}));
    assert_true(key_setting_is_on(OST_TEXT("true")));
    assert_false(key_setting_is_on(OST_TEXT("false")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(priorities_are_numbers),
        cmocka_unit_test(what_is_not_off_is_on),
    };
    return cmocka_run_group_tests_name("provider-key_setting", tests, NULL, NULL);
}
