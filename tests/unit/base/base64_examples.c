/* base64url and base64: the RFC's examples, every single byte, and what must be refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base64url.h"
#include "text.h"

static void examples_of_rfc_4648(void **state)
{
    static const char *const pairs[][2] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char text[16];
        unsigned char bytes[16];
        size_t len, n = strlen(pairs[i][0]);
        len = base64url_encode((const unsigned char *)pairs[i][0], n, text);
        assert_int_equal(len, BASE64URL_LEN(n));
        assert_memory_equal(text, pairs[i][1], len);
        assert_int_equal(base64url_decode(text_of(pairs[i][1]), bytes, &len), OST_OK);
        assert_int_equal(len, n);
        assert_memory_equal(bytes, pairs[i][0], n);
    }
}

static void attack_21_what_is_not_strict_is_refused(void **state)
{
    static const char *const bad[] = {"A",    "Zg=",  "Zg==", "Zm8=", " Zg",   "Zg ",  "Z g",
                                      "Zm\n", "+/+/", "Zh",   "Zm9",  "Zm8\0", "....", "Zm9vY"};
    unsigned char bytes[16];
    size_t len = 77;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ost_text text = text_of(bad[i]);
        if (i == 11) /* a NUL inside */
            text.len = 4;
        assert_int_equal(base64url_decode(text, bytes, &len), OST_E_BASE64);
    }
    assert_int_equal(len, 77);
}

static void every_byte_makes_the_round(void **state)
{
    unsigned char all[256], back[256];
    char text[400];
    size_t len;
    (void)state;
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (unsigned char)i;
    for (size_t n = 0; n <= sizeof all; n++) {
        len = base64url_encode(all, n, text);
        assert_int_equal(base64url_decode((ost_text){text, len}, back, &len), OST_OK);
        assert_int_equal(len, n);
        assert_memory_equal(all, back, n);
        len = base64_encode(all, n, text);
        assert_int_equal(len % 4, 0);
        assert_int_equal(base64_decode((ost_text){text, len}, back, &len), OST_OK);
        assert_int_equal(len, n);
        assert_memory_equal(all, back, n);
    }
}

static void padding_is_required_in_base64(void **state)
{
    static const char *const bad[] = {"Zg", "Zg=", "Zg===", "Z===", "====", "Zh==", "Zm9=", "-_-_"};
    unsigned char bytes[16];
    size_t len;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(base64_decode(text_of(bad[i]), bytes, &len), OST_E_BASE64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_of_rfc_4648),
        cmocka_unit_test(attack_21_what_is_not_strict_is_refused),
        cmocka_unit_test(every_byte_makes_the_round),
        cmocka_unit_test(padding_is_required_in_base64),
    };
    return cmocka_run_group_tests_name("base-base64_examples", tests, NULL, NULL);
}
