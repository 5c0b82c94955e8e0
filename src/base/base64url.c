/* SPDX-License-Identifier: Apache-2.0 */
/* base64url and base64, strictly (RFC 4648); see base64url.h. */
#include "base/base64url.h"

#include <string.h>

#include "base/base64url_wide.h"
#include "base/text.h"

static const char url_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char plain_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

#define BAD 0x80 /* no character of the alphabet */

/* The value of a character; `c62` and `c63` are the two characters that differ between the two
 * alphabets. Filled once per alphabet at compile time. */
#define VALUE(c, c62, c63)                                                                         \
    ((unsigned char)((c) >= 'A' && (c) <= 'Z'   ? (c) - 'A'                                        \
                     : (c) >= 'a' && (c) <= 'z' ? (c) - 'a' + 26                                   \
                     : (c) >= '0' && (c) <= '9' ? (c) - '0' + 52                                   \
                     : (c) == (c62)             ? 62                                               \
                     : (c) == (c63)             ? 63                                               \
                                                : BAD))
#define VALUES4(c, x, y)                                                                           \
    VALUE(c, x, y), VALUE((c) + 1, x, y), VALUE((c) + 2, x, y), VALUE((c) + 3, x, y)
#define VALUES16(c, x, y)                                                                          \
    VALUES4(c, x, y), VALUES4((c) + 4, x, y), VALUES4((c) + 8, x, y), VALUES4((c) + 12, x, y)
#define VALUES64(c, x, y)                                                                          \
    VALUES16(c, x, y), VALUES16((c) + 16, x, y), VALUES16((c) + 32, x, y), VALUES16((c) + 48, x, y)
#define VALUES256(x, y)                                                                            \
    VALUES64(0, x, y), VALUES64(64, x, y), VALUES64(128, x, y), VALUES64(192, x, y)

static const unsigned char url_values[256] = {VALUES256('-', '_')};
static const unsigned char plain_values[256] = {VALUES256('+', '/')};

static size_t encode(const unsigned char *data, size_t n, const char *alphabet, char *ret)
{
    char *out = ret;
    for (; n >= 3; n -= 3, data += 3) {
        uint32_t bits = (uint32_t)data[0] << 16 | (uint32_t)data[1] << 8 | data[2];
        *out++ = alphabet[bits >> 18];
        *out++ = alphabet[bits >> 12 & 63];
        *out++ = alphabet[bits >> 6 & 63];
        *out++ = alphabet[bits & 63];
    }
    if (n > 0) {
        uint32_t bits = (uint32_t)data[0] << 16 | (n > 1 ? (uint32_t)data[1] << 8 : 0);
        *out++ = alphabet[bits >> 18];
        *out++ = alphabet[bits >> 12 & 63];
        if (n > 1)
            *out++ = alphabet[bits >> 6 & 63];
    }
    return (size_t)(out - ret);
}

/* Unpadded characters to bytes. One bad character sets the high bit of `bad` for good: no branch
 * per character. */
static ost_result decode(ost_text text, const unsigned char *values, unsigned char *ret,
                         size_t *ret_len)
{
    const unsigned char *in = (const unsigned char *)text.data;
    size_t left = text.len;
    unsigned char *out = ret;
    unsigned bad = 0;
    if (left % 4 == 1)
        return OST_E_BASE64;
    for (; left >= 4; left -= 4, in += 4) {
        unsigned a = values[in[0]], b = values[in[1]], c = values[in[2]], d = values[in[3]];
        bad |= a | b | c | d;
        *out++ = (unsigned char)(a << 2 | b >> 4);
        *out++ = (unsigned char)(b << 4 | c >> 2);
        *out++ = (unsigned char)(c << 6 | d);
    }
    if (left > 0) {
        unsigned a = values[in[0]], b = values[in[1]], c = left > 2 ? values[in[2]] : 0;
        unsigned unused = left > 2 ? c & 3 : b & 15;
        bad |= a | b | c | (unused != 0 ? BAD : 0);
        *out++ = (unsigned char)(a << 2 | b >> 4);
        if (left > 2)
            *out++ = (unsigned char)(b << 4 | c >> 2);
    }
    if ((bad & BAD) != 0)
        return OST_E_BASE64;
    *ret_len = (size_t)(out - ret);
    return OST_OK;
}

size_t base64url_encode(const unsigned char *data, size_t n, char *ret)
{
    return encode(data, n, url_alphabet, ret);
}

ost_result base64url_decode(ost_text text, unsigned char *ret, size_t *ret_len)
{
    size_t read = base64url_decode_wide(text, ret), rest;
    ost_result result =
        decode(text_slice(text, read, text.len), url_values, ret + read / 4 * 3, &rest);
    if (result == OST_OK)
        *ret_len = read / 4 * 3 + rest;
    return result;
}

ost_result base64url_decode_to(ost_arena *arena, ost_text text, ost_text *ret)
{
    size_t len;
    unsigned char *bytes = ost_arena_alloc(arena, BASE64URL_MAX_BYTES(text.len) + 1);
    if (bytes == NULL)
        return OST_E_MEMORY;
    ost_result result = base64url_decode(text, bytes, &len);
    if (result != OST_OK)
        return result;
    bytes[len] = '\0';
    *ret = (ost_text){(const char *)bytes, len};
    return OST_OK;
}

ost_result base64url_encode_to(ost_arena *arena, ost_text bytes, ost_text *ret)
{
    char *text =
        bytes.len < SIZE_MAX / 8 ? ost_arena_alloc(arena, BASE64URL_LEN(bytes.len) + 1) : NULL;
    if (text == NULL)
        return OST_E_MEMORY;
    *ret = (ost_text){text, base64url_encode((const unsigned char *)bytes.data, bytes.len, text)};
    return OST_OK;
}

size_t base64_encode(const unsigned char *data, size_t n, char *ret)
{
    size_t len = encode(data, n, plain_alphabet, ret);
    while (len % 4 != 0)
        ret[len++] = '=';
    return len;
}

ost_result base64_encode_to(ost_arena *arena, ost_text bytes, ost_text *ret)
{
    char *text =
        bytes.len < SIZE_MAX / 8 ? ost_arena_alloc(arena, (bytes.len + 2) / 3 * 4 + 1) : NULL;
    if (text == NULL)
        return OST_E_MEMORY;
    *ret = (ost_text){text, base64_encode((const unsigned char *)bytes.data, bytes.len, text)};
    return OST_OK;
}

ost_result base64_decode(ost_text text, unsigned char *ret, size_t *ret_len)
{
    if (text.len % 4 != 0)
        return OST_E_BASE64;
    for (int padding = 0; padding < 2 && text_ends(text, "="); padding++)
        text.len--;
    return decode(text, plain_values, ret, ret_len);
}
