/* SPDX-License-Identifier: Apache-2.0 */
/* One-time codes: the vectors of RFC 4226 and RFC 6238, windows, and base32 by those of RFC 4648.
 */
#include "provider/user/one_time_code.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "test_arena.h"

#define SEED "1234567890"

/* RFC 4226, appendix D. */
static void codes_of_a_counter(void **state)
{
    static const char *const expected[] = {"755224", "287082", "359152", "969429", "338314",
                                           "254676", "287922", "162583", "399871", "520489"};
    const code_key key = {.secret = OST_TEXT(SEED SEED), .hash = CODE_SHA1, .digits = 6};
    char code[CODE_DIGITS_MAX + 1];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
        assert_int_equal(one_time_code(&key, i, code), OST_OK);
        assert_string_equal(code, expected[i]);
    }
}

/* RFC 6238, appendix B: the seeds are as long as each hash. */
static void codes_of_time(void **state)
{
    static const struct {
        uint64_t time;
        const char *codes[3];
    } rows[] = {
        {59, {"94287082", "46119246", "90693936"}},
        {1111111109, {"07081804", "68084774", "25091201"}},
        {1111111111, {"14050471", "67062674", "99943326"}},
        {1234567890, {"89005924", "91819424", "93441116"}},
        {2000000000, {"69279037", "90698825", "38618901"}},
        {20000000000, {"65353130", "77737706", "47863826"}},
    };
    const code_key keys[] = {
        {OST_TEXT(SEED SEED), CODE_SHA1, 8},
        {OST_TEXT(SEED SEED SEED "12"), CODE_SHA256, 8},
        {OST_TEXT(SEED SEED SEED SEED SEED SEED "1234"), CODE_SHA512, 8},
    };
    char code[CODE_DIGITS_MAX + 1];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
            assert_int_equal(one_time_code(&keys[k], rows[i].time / 30, code), OST_OK);
            assert_string_equal(code, rows[i].codes[k]);
        }
    }
}

static void keys_that_make_no_code(void **state)
{
    const code_key keys[] = {{OST_TEXT(SEED), CODE_SHA1, 5},
                             {OST_TEXT(SEED), CODE_SHA1, 9},
                             {OST_TEXT(""), CODE_SHA1, 6}};
    char code[CODE_DIGITS_MAX + 1] = "kept";
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        assert_int_equal(one_time_code(&keys[i], 0, code), OST_E_ARGUMENT);
    assert_string_equal(code, "kept");
}

static void a_window_has_its_ends(void **state)
{
    const code_key key = {.secret = OST_TEXT(SEED SEED), .hash = CODE_SHA1, .digits = 6};
    uint64_t found = 99;
    (void)state;
    assert_int_equal(one_time_code_find(&key, OST_TEXT("969429"), 3, 3, &found), OST_OK);
    assert_int_equal(found, 3);
    assert_int_equal(one_time_code_find(&key, OST_TEXT("969429"), 2, 5, &found), OST_OK);
    assert_int_equal(found, 3);
    found = 99;
    assert_int_equal(one_time_code_find(&key, OST_TEXT("969429"), 0, 2, &found), OST_E_NOT_FOUND);
    assert_int_equal(one_time_code_find(&key, OST_TEXT("969429"), 4, 9, &found), OST_E_NOT_FOUND);
    assert_int_equal(one_time_code_find(&key, OST_TEXT("96942"), 0, 9, &found), OST_E_NOT_FOUND);
    assert_int_equal(one_time_code_find(&key, OST_TEXT("9694290"), 0, 9, &found), OST_E_NOT_FOUND);
    assert_int_equal(one_time_code_find(&key, OST_TEXT(""), 0, 9, &found), OST_E_NOT_FOUND);
    assert_int_equal(found, 99);
}

static void base32(void **state)
{
    static const char *const rows[][3] = {
        {"", "", ""},
        {"f", "MY", "MY======"},
        {"fo", "MZXQ", "MZXQ===="},
        {"foo", "MZXW6", "MZXW6==="},
        {"foob", "MZXW6YQ", "MZXW6YQ="},
        {"fooba", "MZXW6YTB", "mzxw6ytb"},
        {"foobar", "MZXW6YTBOI", "mzxw6ytboi======"},
    };
    static const char *const bad[] = {"MZXW 6", "M1", "=MY", "MY=MY", "\xc3\x84"};
    ost_text text;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(base32_encode_to(arena, text_of(rows[i][0]), &text), OST_OK);
        assert_true(text_is(text, rows[i][1]));
        for (size_t k = 1; k < 3; k++) {
            assert_int_equal(base32_decode_to(arena, text_of(rows[i][k]), &text), OST_OK);
            assert_true(text_is(text, rows[i][0]));
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(base32_decode_to(arena, text_of(bad[i]), &text), OST_E_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_of_a_counter),
        cmocka_unit_test(codes_of_time),
        cmocka_unit_test(keys_that_make_no_code),
        cmocka_unit_test(a_window_has_its_ends),
        cmocka_unit_test(base32),
    };
    return cmocka_run_group_tests_name("provider-one_time_code", tests, open_arena, close_arena);
}
