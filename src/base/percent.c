/* SPDX-License-Identifier: Apache-2.0 */
/* Percent-encoding, RFC 3986 §2.1: shared by targets, queries and forms; see percent.h. */
#include "base/percent.h"
#include "base/ascii.h"
#include "base/text.h"

#include <string.h>

static const char hex_digits[] = "0123456789ABCDEF";

int hex_digit(char c)
{
    if (ascii_is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool uri_is_scheme(ost_text text)
{
    return text.len > 0 && ascii_is_letter(text.data[0]) && text_is_made_of(text, "+-.");
}

int percent_byte(ost_text text)
{
    if (text.len < 3 || text.data[0] != '%')
        return -1;
    int high = hex_digit(text.data[1]), low = hex_digit(text.data[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool uri_is_absolute(ost_text text)
{
    size_t colon = text_find(text, ':', 0);
    if (colon + 1 >= text.len || !uri_is_scheme(text_slice(text, 0, colon)))
        return false;
    for (size_t i = colon + 1; i < text.len; i++) {
        char c = text.data[i];
        if (c <= ' ' || c > '~' || strchr("\"#<>\\^`{|}", c) != NULL ||
            (c == '%' && percent_byte(text_slice(text, i, text.len)) < 0))
            return false;
    }
    return true;
}

static bool is_unreserved(char c)
{
    return ascii_is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

bool percent_is_unreserved(ost_text text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!is_unreserved(text.data[i]))
            return false;
    }
    return true;
}

ost_result form_decode(ost_text encoded, ost_arena *arena, ost_text *ret_text)
{
    char *decoded = ost_arena_alloc(arena, encoded.len + 1);
    if (decoded == NULL)
        return OST_E_MEMORY;
    size_t len = 0;
    for (size_t i = 0; i < encoded.len; i++) {
        int byte = (unsigned char)encoded.data[i];
        if (byte == '+') {
            byte = ' ';
        } else if (byte == '%') {
            byte = percent_byte((ost_text){encoded.data + i, encoded.len - i});
            i += 2;
        }
        if (byte <= 0)
            return OST_E_FORMAT;
        decoded[len++] = (char)byte;
    }
    *ret_text = (ost_text){decoded, len};
    return OST_OK;
}

/* Writes `c` at `out`, which has room for three bytes; the number of bytes written. */
static size_t write_encoded(char *out, char c)
{
    if (is_unreserved(c)) {
        out[0] = c;
        return 1;
    }
    out[0] = '%';
    out[1] = hex_digits[(unsigned char)c >> 4];
    out[2] = hex_digits[(unsigned char)c & 15];
    return 3;
}

void percent_append(buffer *to, ost_text text)
{
    for (size_t i = 0; i < text.len; i++) {
        char encoded[3];
        buffer_append(to, (ost_text){encoded, write_encoded(encoded, text.data[i])});
    }
}

ost_text percent_encode(ost_arena *arena, ost_text text)
{
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++)
        len += is_unreserved(text.data[i]) ? 1 : 3;
    char *encoded = ost_arena_alloc(arena, len + 1);
    if (encoded == NULL)
        return (ost_text){NULL, 0};
    char *out = encoded;
    for (size_t i = 0; i < text.len; i++)
        out += write_encoded(out, text.data[i]);
    return (ost_text){encoded, len};
}

static void append_pair(buffer *to, const char *name, ost_text value)
{
    buffer_append_string(to, name);
    buffer_append_byte(to, '=');
    percent_append(to, value);
}

void query_append(buffer *url, const char *name, ost_text value)
{
    bool has_query = url->len > 0 && memchr(url->data, '?', url->len) != NULL;
    buffer_append_byte(url, has_query ? '&' : '?');
    append_pair(url, name, value);
}

void form_append(buffer *body, const char *name, ost_text value)
{
    if (body->len > 0)
        buffer_append_byte(body, '&');
    append_pair(body, name, value);
}
