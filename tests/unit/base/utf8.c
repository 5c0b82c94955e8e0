/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8: every code point and every way to spell one wrongly. */
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "test.h"

static size_t encode(uint32_t point, char ret[4])
{
    if (point < 0x80) {
        ret[0] = (char)point;
        return 1;
    }
    size_t len = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const unsigned char marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = len; i-- > 1; point >>= 6)
        ret[i] = (char)(0x80 | (point & 0x3F));
    ret[0] = (char)(marks[len] | point);
    return len;
}

static void every_code_point(void **state)
{
    for (uint32_t point = 0; point < 0x110000 + 0x1000; point++) {
        char text[4];
        size_t len = encode(point, text);
        bool good = point < 0x110000 && (point < 0xD800 || point > 0xDFFF);
        if (text_is_utf8((ost_text){text, len}) != good)
            fail_msg("U+%04X", point);
        if (len > 1 && text_is_utf8((ost_text){text, len - 1}))
            fail_msg("U+%04X without its last byte", point);
    }
}

static void every_sequence_of_two_bytes(void **state)
{
    for (unsigned first = 0; first < 256; first++) {
        for (unsigned second = 0; second < 256; second++) {
            char text[2] = {(char)first, (char)second};
            bool good = (first < 0x80 && second < 0x80) ||
                        (first >= 0xC2 && first < 0xE0 && second >= 0x80 && second < 0xC0);
            assert_int_equal(text_is_utf8((ost_text){text, 2}), good);
        }
    }
}

static void overlong_forms(void **state)
{
    static const char *const bad[] = {"\xC0\x80",
                                      "\xC1\xBF",
                                      "\xE0\x80\x80",
                                      "\xE0\x9F\xBF",
                                      "\xF0\x80\x80\x80",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xF4\x90\x80\x80",
                                      "\xF8\x88\x80\x80",
                                      "\xFE",
                                      "\xFF",
                                      "\xED\xA0\x80",
                                      "\xED\xBF\xBF"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(text_is_utf8(text_of(bad[i])));
}

/* At every offset within and beside the steps of eight bytes. */
static void the_first_bad_one_is_found(void **state)
{
    char text[64];
    assert_int_equal(text_find_bad_utf8((ost_text){NULL, 0}), 0);
    for (size_t at = 0; at < sizeof text; at++) {
        memset(text, 'x', sizeof text);
        assert_int_equal(text_find_bad_utf8((ost_text){text, sizeof text}), sizeof text);
        text[at] = '\xFF';
        assert_int_equal(text_find_bad_utf8((ost_text){text, sizeof text}), at);
        assert_int_equal(text_find_bad_utf8((ost_text){text, at}), at);
        text[at] = '\xC3'; /* the beginning of something else than what follows */
        assert_int_equal(text_find_bad_utf8((ost_text){text, sizeof text}), at);
        if (at + 1 < sizeof text) {
            text[at + 1] = '\xA9';
            assert_true(text_is_utf8((ost_text){text, sizeof text}));
            assert_int_equal(text_find_bad_utf8((ost_text){text, at + 1}), at);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point),
        cmocka_unit_test(every_sequence_of_two_bytes),
        cmocka_unit_test(overlong_forms),
        cmocka_unit_test(the_first_bad_one_is_found),
    };
    return cmocka_run_group_tests_name("base-utf8", tests, NULL, NULL);
}
