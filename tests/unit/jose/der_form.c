/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of keys in DER, told by their outermost elements, and lengths that are none of DER. */
#include <string.h>

#include "jose/key/der_form.h"

#include "test.h"

#define FORM(bytes) der_form_of((ost_text){bytes, sizeof(bytes) - 1})

static void forms(void **state)
{
    assert_int_equal(FORM("\x30\x04\x30\x00\x03\x00"), DER_SPKI);
    assert_int_equal(FORM("\x30\x06\x30\x00\x30\x00\x03\x00"), DER_CERTIFICATE);
    assert_int_equal(FORM("\x30\x06\x02\x00\x30\x00\x04\x00"), DER_PKCS8);
    assert_int_equal(FORM("\x30\x08\x02\x00\x30\x00\x04\x00\xa0\x00"), DER_PKCS8);
    assert_int_equal(FORM("\x30\x04\x02\x00\x04\x00"), DER_EC_PRIVATE);
    assert_int_equal(FORM("\x30\x04\x02\x00\x02\x00"), DER_RSA_PUBLIC);
    assert_int_equal(FORM("\x30\x12\x02\x00\x02\x00\x02\x00\x02\x00\x02\x00\x02\x00\x02\x00\x02\x00"
                          "\x02\x00"),
                     DER_RSA_PRIVATE);
    assert_int_equal(FORM("\x30\x04\x30\x00\x04\x00"), DER_ENCRYPTED);
}

static void no_forms(void **state)
{
    assert_int_equal(FORM(""), DER_NO_KEY);
    assert_int_equal(FORM("\x30"), DER_NO_KEY);
    assert_int_equal(FORM("\x30\x00"), DER_NO_KEY);
    assert_int_equal(FORM("\x31\x04\x30\x00\x03\x00"), DER_NO_KEY);
    assert_int_equal(FORM("\x30\x04\x30\x00\x03\x00\x00"), DER_NO_KEY); /* something behind it */
    assert_int_equal(FORM("\x30\x05\x30\x00\x03\x00"), DER_NO_KEY);     /* too little */
    assert_int_equal(FORM("\x30\x03\x30\x00\x03"), DER_NO_KEY);
    assert_int_equal(FORM("\x30\x04\x30\x01\x03\x00"), DER_NO_KEY);
    assert_int_equal(FORM("\x30\x80\x30\x00\x03\x00\x00\x00"), DER_NO_KEY); /* BER */
    assert_int_equal(FORM("\x30\x81\x04\x30\x00\x03\x00"), DER_NO_KEY);     /* not minimal */
    assert_int_equal(FORM("\x30\x82\x00\x04\x30\x00\x03\x00"), DER_NO_KEY);
    assert_int_equal(FORM("\x30\x84\xff\xff\xff\xff\x30\x00\x03\x00"), DER_NO_KEY);
    assert_int_equal(FORM("\x30\x85\x01\x00\x00\x00\x00"), DER_NO_KEY);
    assert_int_equal(FORM("\x30\x83\xff\xff\xff\x30\x00\x03\x00"), DER_NO_KEY);
    assert_int_equal(FORM("\x30\x06\x02\x00\x02\x00\x02\x00"), DER_NO_KEY);
    char many[2 + 2 * 11] = {0x30, 22};
    for (size_t i = 0; i < 11; i++)
        many[2 + 2 * i] = 0x02;
    assert_int_equal(der_form_of((ost_text){many, sizeof many}), DER_NO_KEY);
}

static void long_lengths(void **state)
{
    static char der[4 + 4 + 300 + 2] = {0x30, (char)0x82, 0x01, 0x32, 0x30, (char)0x82, 0x01, 0x2c};
    der[308] = 0x03;
    assert_int_equal(der_form_of((ost_text){der, sizeof der}), DER_SPKI);
    assert_true(der_is_sequence((ost_text){der, sizeof der}));
    assert_false(der_is_sequence((ost_text){der, sizeof der - 1}));
    assert_false(der_is_sequence((ost_text){der + 1, sizeof der - 1}));
}

/* Every beginning of a structure, with the rest of it in the memory behind. */
static void beginnings(void **state)
{
    static char der[5 + 0x10000] = {0x30, (char)0x83, 0x01, 0x00, 0x00};
    assert_true(der_is_sequence((ost_text){der, sizeof der}));
    for (size_t len = 0; len < sizeof der; len = len < 8 ? len + 1 : len * 2)
        assert_false(der_is_sequence((ost_text){der, len}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms),
        cmocka_unit_test(no_forms),
        cmocka_unit_test(long_lengths),
        cmocka_unit_test(beginnings),
    };
    return cmocka_run_group_tests_name("jose-der_form", tests, NULL, NULL);
}
