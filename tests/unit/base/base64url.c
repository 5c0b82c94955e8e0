/* SPDX-License-Identifier: Apache-2.0 */
/* base64url: strictness, and that the wide decoder gives the same verdicts and bytes as a plain
 * one, at every length and every position. */
#include <string.h>

#include "base/array.h"
#include "base/base64url.h"
#include "base/base64url_wide.h"
#include "base/text.h"
#include "test.h"

#define LONGEST 200

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static int value_of(char c)
{
    const char *found = c != '\0' ? strchr(alphabet, c) : NULL;
    return found != NULL ? (int)(found - alphabet) : -1;
}

/* The slowest and plainest way there is. */
static bool plain_decode(ost_text text, unsigned char *ret, size_t *ret_len)
{
    unsigned bits = 0, held = 0;
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        int value = value_of(text.data[i]);
        if (value < 0)
            return false;
        bits = bits << 6 | (unsigned)value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            ret[len++] = (unsigned char)(bits >> held);
        }
        bits &= (1U << held) - 1;
    }
    *ret_len = len;
    return text.len % 4 != 1 && bits == 0;
}

static void check_like_plain(ost_text text)
{
    unsigned char expected[LONGEST], seen[LONGEST + 1];
    size_t expected_len = 0, seen_len = 12345;
    /* Not a byte may be written beyond what a text of that length can hold. */
    size_t room = BASE64URL_MAX_BYTES(text.len);
    seen[room] = 0xA5;
    bool good = plain_decode(text, expected, &expected_len);
    ost_result result = base64url_decode(text, seen, &seen_len);
    assert_int_equal(result, good ? OST_OK : OST_E_BASE64);
    assert_int_equal(seen[room], 0xA5);
    if (good) {
        assert_int_equal(seen_len, expected_len);
        assert_memory_equal(seen, expected, expected_len);
    } else {
        assert_int_equal(seen_len, 12345);
    }
}

static void every_length(void **state)
{
    char text[LONGEST];
    for (size_t i = 0; i < LONGEST; i++)
        text[i] = alphabet[i * 37 % 64];
    for (size_t len = 0; len <= LONGEST; len++)
        check_like_plain((ost_text){text, len});
}

static void every_byte_at_every_position(void **state)
{
    char text[140];
    memset(text, 'A', sizeof text);
    for (size_t at = 0; at < sizeof text; at++) {
        for (int byte = 0; byte < 256; byte++) {
            text[at] = (char)byte;
            check_like_plain((ost_text){text, sizeof text});
        }
        text[at] = 'A';
    }
}

static void round_trips(void **state)
{
    unsigned char bytes[LONGEST], decoded[LONGEST];
    char text[BASE64URL_LEN(LONGEST)];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 167 + 13);
    for (size_t len = 0; len <= sizeof bytes; len++) {
        size_t decoded_len, text_len = base64url_encode(bytes, len, text);
        assert_int_equal(text_len, BASE64URL_LEN(len));
        assert_int_equal(base64url_decode((ost_text){text, text_len}, decoded, &decoded_len),
                         OST_OK);
        assert_int_equal(decoded_len, len);
        assert_memory_equal(decoded, bytes, len);
    }
}

static void attack_21_loose_base64(void **state)
{
    static const char *const loose[] = {"QQ==", "QQ=", "Q Q", "QQ\n",  " QQ", "Q+Q",       "Q/Q",
                                        "QR",   "QQF", "Q",   "QQQQQ", "Q.Q", "QQ\xC3\xA4"};
    unsigned char bytes[16];
    size_t len;
    for (size_t i = 0; i < ARRAY_LEN(loose); i++)
        assert_int_equal(base64url_decode(text_of(loose[i]), bytes, &len), OST_E_BASE64);
    assert_int_equal(base64url_decode(OST_TEXT("Q\0Q"), bytes, &len), OST_E_BASE64);
}

static void padded_base64(void **state)
{
    unsigned char bytes[16];
    char text[8];
    size_t len;
    assert_int_equal(base64_encode((const unsigned char *)"ab", 2, text), 4);
    assert_memory_equal(text, "YWI=", 4);
    assert_int_equal(base64_decode(OST_TEXT("YWI="), bytes, &len), OST_OK);
    assert_int_equal(len, 2);
    assert_int_equal(base64_decode(OST_TEXT("YWI"), bytes, &len), OST_E_BASE64);
    assert_int_equal(base64_decode(OST_TEXT("YW-="), bytes, &len), OST_E_BASE64);
    assert_int_equal(base64_decode(OST_TEXT("Y==="), bytes, &len), OST_E_BASE64);
}

static void examples_of_rfc_4648(void **state)
{
    static const char *const pairs[][2] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
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

static void every_byte_makes_the_round(void **state)
{
    unsigned char all[256], back[256];
    char text[400];
    size_t len;
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
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(base64_decode(text_of(bad[i]), bytes, &len), OST_E_BASE64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_length),
        cmocka_unit_test(every_byte_at_every_position),
        cmocka_unit_test(round_trips),
        cmocka_unit_test(attack_21_loose_base64),
        cmocka_unit_test(padded_base64),
        cmocka_unit_test(examples_of_rfc_4648),
        cmocka_unit_test(every_byte_makes_the_round),
        cmocka_unit_test(padding_is_required_in_base64),
    };
    return cmocka_run_group_tests_name("base-base64url", tests, NULL, NULL);
}
