/* SPDX-License-Identifier: Apache-2.0 */
/* The tables and loops of field_syntax.h. */
#include "http/message/field_syntax.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"

const unsigned char token_bytes[256] = {
    ['!'] = '!', ['#'] = '#', ['$'] = '$', ['%'] = '%', ['&'] = '&', ['\''] = '\'', ['*'] = '*',
    ['+'] = '+', ['-'] = '-', ['.'] = '.', ['^'] = '^', ['_'] = '_', ['`'] = '`',   ['|'] = '|',
    ['~'] = '~', ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4',   ['5'] = '5',
    ['6'] = '6', ['7'] = '7', ['8'] = '8', ['9'] = '9', ['A'] = 'a', ['B'] = 'b',   ['C'] = 'c',
    ['D'] = 'd', ['E'] = 'e', ['F'] = 'f', ['G'] = 'g', ['H'] = 'h', ['I'] = 'i',   ['J'] = 'j',
    ['K'] = 'k', ['L'] = 'l', ['M'] = 'm', ['N'] = 'n', ['O'] = 'o', ['P'] = 'p',   ['Q'] = 'q',
    ['R'] = 'r', ['S'] = 's', ['T'] = 't', ['U'] = 'u', ['V'] = 'v', ['W'] = 'w',   ['X'] = 'x',
    ['Y'] = 'y', ['Z'] = 'z', ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd',   ['e'] = 'e',
    ['f'] = 'f', ['g'] = 'g', ['h'] = 'h', ['i'] = 'i', ['j'] = 'j', ['k'] = 'k',   ['l'] = 'l',
    ['m'] = 'm', ['n'] = 'n', ['o'] = 'o', ['p'] = 'p', ['q'] = 'q', ['r'] = 'r',   ['s'] = 's',
    ['t'] = 't', ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y',   ['z'] = 'z',
};

bool is_token(ost_text text)
{
    for (size_t i = 0; i < text.len; i++)
        if (token_bytes[(unsigned char)text.data[i]] == 0)
            return false;
    return text.len > 0;
}

static bool is_field_byte(unsigned char byte)
{
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
}

/* Eight bytes at a time: tokens and cookies make values long. A word that might hold a byte below
 * 0x20 or 0x7f is looked at byte by byte. */
bool is_field_value(ost_text text)
{
    const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
    size_t i = 0;
    for (; i + 8 <= text.len; i += 8) {
        uint64_t word;
        memcpy(&word, text.data + i, sizeof word);
        uint64_t del = word ^ (ones * 0x7f);
        uint64_t suspects = ((word - ones * 0x20) & ~word) | ((del - ones) & ~del);
        if ((suspects & high) == 0)
            continue;
        for (size_t k = i; k < i + 8; k++)
            if (!is_field_byte((unsigned char)text.data[k]))
                return false;
    }
    for (; i < text.len; i++)
        if (!is_field_byte((unsigned char)text.data[i]))
            return false;
    return true;
}

http_method method_of(ost_text name)
{
    static const struct {
        const char *name;
        http_method method;
    } methods[] = {
        {"GET", HTTP_GET},         {"POST", HTTP_POST},     {"PUT", HTTP_PUT},
        {"HEAD", HTTP_HEAD},       {"DELETE", HTTP_DELETE}, {"PATCH", HTTP_PATCH},
        {"OPTIONS", HTTP_OPTIONS},
    };
    for (size_t i = 0; i < ARRAY_LEN(methods); i++)
        if (text_is(name, methods[i].name))
            return methods[i].method;
    return HTTP_OTHER;
}
