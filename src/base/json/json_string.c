/* SPDX-License-Identifier: Apache-2.0 */
/* Strings of JSON (RFC 8259 §7): borrowed from the document when nothing is escaped. */
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/json/json_value.h"
#include "base/percent.h"
#include "base/text.h"

/* Four hexadecimal digits; -1 when they are not. */
static int32_t hex4(const char *at, const char *end)
{
    int32_t value = 0;
    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(at[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

static char *put_utf8(char *out, int32_t point)
{
    if (point < 0x80) {
        *out++ = (char)point;
    } else if (point < 0x800) {
        *out++ = (char)(0xC0 | point >> 6);
        *out++ = (char)(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        *out++ = (char)(0xE0 | point >> 12);
        *out++ = (char)(0x80 | (point >> 6 & 0x3F));
        *out++ = (char)(0x80 | (point & 0x3F));
    } else {
        *out++ = (char)(0xF0 | point >> 18);
        *out++ = (char)(0x80 | (point >> 12 & 0x3F));
        *out++ = (char)(0x80 | (point >> 6 & 0x3F));
        *out++ = (char)(0x80 | (point & 0x3F));
    }
    return out;
}

/* A \u escape whose first digit is at *at: one code point, from one unit or a surrogate pair.
 * -1: lone surrogate, U+0000, or not hexadecimal. */
static int32_t unicode_escape(const char **at, const char *end)
{
    int32_t unit = hex4(*at, end);
    if (unit <= 0 || (unit >= 0xDC00 && unit <= 0xDFFF))
        return -1;
    *at += 4;
    if (unit < 0xD800 || unit > 0xDBFF)
        return unit;
    if (end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u')
        return -1;
    int32_t low = hex4(*at + 2, end);
    if (low < 0xDC00 || low > 0xDFFF)
        return -1;
    *at += 6;
    return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
}

/* One escape whose letter is at *at, written to *out. */
static bool unescape(const char **at, const char *end, char **out)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    if (*at == end)
        return false;
    char letter = *(*at)++;
    if (letter == 'u') {
        const char *digits = *at;
        int32_t point = unicode_escape(&digits, end);
        if (point < 0)
            return false;
        *at = digits;
        *out = put_utf8(*out, point);
        return true;
    }
    const char *found = letter != '\0' ? strchr(letters, letter) : NULL;
    if (found == NULL)
        return false;
    *(*out)++ = meanings[found - letters];
    return true;
}

/* Unescaping never makes a string longer. `from` is behind the opening quote, `close` is the
 * closing one. */
static ost_result unescape_all(const char *from, const char *close, const char **at,
                               ost_arena *arena, ost_text *ret_text)
{
    char *text = ost_arena_alloc(arena, (size_t)(close - from) + 1), *out = text;
    if (text == NULL)
        return OST_E_MEMORY;
    while (from < close) {
        if (*from != '\\') {
            *out++ = *from++;
            continue;
        }
        *at = from++;
        if (!unescape(&from, close, &out))
            return OST_E_JSON;
    }
    *ret_text = (ost_text){text, (size_t)(out - text)};
    return OST_OK;
}

/* Skips bytes that need no attention: ASCII, but no control bytes, no '"' and no '\\'. Where there
 * are no vectors, it may as well skip none. */
static inline const char *skip_plain(const char *at, const char *end)
{
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
    const __m128i space = _mm_set1_epi8(' ');
    for (; end - at >= 16; at += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i_u *)at);
        /* Compared as signed numbers: what is above 0x7F is less than a space, too. */
        __m128i marks =
            _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash));
        marks = _mm_or_si128(marks, _mm_cmplt_epi8(bytes, space));
        unsigned found = (unsigned)_mm_movemask_epi8(marks);
        if (found != 0)
            return at + __builtin_ctz(found);
    }
#endif
    return at;
}

/* A string in which `close` is the first byte that is not plain. */
static ost_result scan_marked(const char *from, const char *close, const char **at, const char *end,
                              ost_arena *arena, ost_text *ret_text)
{
    bool escaped = false;
    unsigned char high = 0;
    for (; close < end && *close != '"'; close = skip_plain(close, end)) {
        unsigned char c = (unsigned char)*close;
        high |= c;
        if (c < 0x20) {
            *at = close;
            return OST_E_JSON;
        }
        if (c == '\\') {
            escaped = true;
            if (++close == end)
                break;
            high |= (unsigned char)*close;
        }
        close++;
        while (close < end && (unsigned char)*close >= 0x80)
            high |= (unsigned char)*close++;
    }
    if (close >= end) {
        *at = end;
        return OST_E_JSON;
    }
    ost_text raw = {from, (size_t)(close - from)};
    if (high >= 0x80 && !text_is_utf8(raw)) {
        *at = from + text_find_bad_utf8(raw);
        return OST_E_UTF8;
    }
    ost_text text = raw;
    if (escaped) {
        ost_result result = unescape_all(from, close, at, arena, &text);
        if (result != OST_OK)
            return result;
    }
    *at = close + 1;
    *ret_text = text;
    return OST_OK;
}

ost_result json_scan_string(const char **at, const char *end, ost_arena *arena, ost_text *ret_text)
{
    const char *from = *at + 1, *close = skip_plain(from, end);
    if (close == end || *close != '"')
        return scan_marked(from, close, at, end, arena, ret_text);
    *at = close + 1;
    *ret_text = (ost_text){from, (size_t)(close - from)};
    return OST_OK;
}

static const char *escape_fault(const char *at, const char *end)
{
    ost_text rest = {at, (size_t)(end - at)};
    int32_t unit = text_starts(rest, "\\u") ? hex4(at + 2, end) : -1;
    if (unit == 0)
        return "has U+0000 (NUL), which no text may have";
    return unit >= 0xD800 && unit <= 0xDFFF ? "has half of a surrogate pair"
                                            : "has an escape that JSON does not know";
}

const char *json_string_fault(ost_result result, const char *at, const char *end)
{
    if (result == OST_E_MEMORY)
        return "needs more memory than the document may take";
    if (result == OST_E_UTF8)
        return "is not UTF-8";
    if (at == end)
        return "has no end";
    if (*at == '\\')
        return escape_fault(at, end);
    return *at == '\0' ? "has U+0000 (NUL), which no text may have"
                       : "has a control character that is not escaped";
}
