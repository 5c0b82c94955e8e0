/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as text: UTF-8 against a decoder of the plainest kind, pieces that join again, numbers,
 * and error details fit for a terminal. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* Decodes one code point after the other, and looks whether it was the shortest way to say it. */
static bool plain_is_utf8(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size;) {
        size_t more = data[i] < 0x80 ? 0 : data[i] >> 5 == 6 ? 1 : data[i] >> 4 == 14 ? 2 : 3;
        if (more == 3 && data[i] >> 3 != 30)
            return false;
        uint32_t point = more == 0 ? data[i] : data[i] & (0x3Fu >> more);
        for (size_t j = 1; j <= more; j++) {
            if (i + j >= size || data[i + j] >> 6 != 2)
                return false;
            point = point << 6 | (data[i + j] & 0x3F);
        }
        static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
        if (point < least[more] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
            return false;
        i += more + 1;
    }
    return true;
}

static void pieces(ost_text text)
{
    if (text.len == 0)
        return;
    char separator = text.data[0];
    ost_text rest = text, piece;
    buffer_auto buffer joined;
    buffer_init(&joined, text.len);
    for (bool first = true; text_next(&rest, separator, &piece); first = false) {
        check(text_find(piece, separator, 0) == piece.len);
        if (!first)
            buffer_append_byte(&joined, separator);
        buffer_append(&joined, piece);
    }
    if (text.data[text.len - 1] == separator)
        buffer_append_byte(&joined, separator);
    check(joined.failed == OST_OK && text_equal(buffer_text(&joined), text));
}

static void numbers(ost_text text)
{
    uint64_t number;
    char digits[24];
    if (text_to_unsigned(text, UINT64_MAX, &number)) {
        snprintf(digits, sizeof digits, "%" PRIu64, number);
        check(text_is(text, digits));
        check(number == 0 || !text_to_unsigned(text, number - 1, &number));
    }
}

static void details(ost_text text)
{
    ost_error error;
    check(ost_error_set(&error, OST_E_FORMAT, "%.*s", (int)text.len, text.data) == OST_E_FORMAT);
    ost_text detail = text_of(error.detail);
    check(text_is_utf8(detail));
    for (size_t i = 0; i < detail.len; i++)
        check((unsigned char)detail.data[i] >= 0x20 && detail.data[i] != 0x7F);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_text text = {(const char *)data, size};
    check(text_is_utf8(text) == plain_is_utf8(data, size));
    pieces(text);
    numbers(text);
    details(text);
    check(text_equal_ignoring_case(text, text) && text_equal_secret(text, text));
    ost_text trimmed = text_trim(text);
    check(text_trim(trimmed).len == trimmed.len);
    return 0;
}
