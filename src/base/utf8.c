/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 as RFC 3629 defines it: shortest forms only, no surrogates, nothing above U+10FFFF. */
#include <string.h>

#include "base/array.h"
#include "base/text.h"

/* The length of the sequence at `at`, of which `left` bytes are there; 0 when it is not valid. */
static size_t sequence(const unsigned char *at, size_t left)
{
    static const struct {
        unsigned char first_low, first_high, second_low, second_high, len;
    } forms[] = {
        {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
        {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
        {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        if (at[0] < forms[i].first_low || at[0] > forms[i].first_high)
            continue;
        if (left < forms[i].len || at[1] < forms[i].second_low || at[1] > forms[i].second_high)
            return 0;
        for (size_t j = 2; j < forms[i].len; j++) {
            if (at[j] < 0x80 || at[j] > 0xBF)
                return 0;
        }
        return forms[i].len;
    }
    return 0;
}

size_t text_find_bad_utf8(ost_text text)
{
    const unsigned char *at = (const unsigned char *)text.data;
    size_t left = text.len;
    while (left > 0) {
        uint64_t eight;
        if (left >= sizeof eight) {
            memcpy(&eight, at, sizeof eight);
            if ((eight & 0x8080808080808080u) == 0) {
                at += sizeof eight;
                left -= sizeof eight;
                continue;
            }
        }
        size_t len = at[0] < 0x80 ? 1 : sequence(at, left);
        if (len == 0)
            return text.len - left;
        at += len;
        left -= len;
    }
    return text.len;
}

bool text_is_utf8(ost_text text)
{
    return text_find_bad_utf8(text) == text.len;
}

/* U+200E, U+200F, U+2028 to U+202E and U+2066 to U+2069: these turn the direction of text, or end a
 * line. */
static bool is_mark(const unsigned char *at)
{
    if (at[0] != 0xE2 || at[1] < 0x80 || at[1] > 0x81)
        return false;
    return at[1] == 0x81 ? at[2] >= 0xA6 && at[2] <= 0xA9
                         : (at[2] >= 0xA8 && at[2] <= 0xAE) || at[2] == 0x8E || at[2] == 0x8F;
}

/* The length of a well-formed character that terminals obey: a control (U+0000 to U+001F, U+007F to
 * U+009F), U+061C, or one of the marks above. 0: it is none. */
static size_t obeyed(const unsigned char *at)
{
    if (at[0] < 0x20 || at[0] == 0x7F)
        return 1;
    if ((at[0] == 0xC2 && at[1] < 0xA0) || (at[0] == 0xD8 && at[1] == 0x9C))
        return 2;
    return is_mark(at) ? 3 : 0;
}

void text_make_printable(char *text, size_t len)
{
    for (size_t at = 0; at < len; at++) {
        size_t good = at + text_find_bad_utf8((ost_text){text + at, len - at});
        while (at < good) {
            size_t bad = obeyed((const unsigned char *)text + at);
            memset(text + at, '?', bad);
            at += bad > 0 ? bad : 1;
        }
        if (at < len)
            text[at] = '?';
    }
}
