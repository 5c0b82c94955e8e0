/* Percent-encoding, RFC 3986 §2.1: shared by targets, queries and forms. */
#include "percent.h"

#include <string.h>

#include "http.h"

int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int percent_byte(ost_text text)
{
    if (text.len < 3 || text.data[0] != '%')
        return -1;
    int high = hex_digit(text.data[1]), low = hex_digit(text.data[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

ost_text http_percent_encode(ost_arena *arena, ost_text text)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++)
        len += is_unreserved(text.data[i]) ? 1 : 3;
    char *encoded = ost_arena_alloc(arena, len + 1);
    if (encoded == NULL)
        return (ost_text){NULL, 0};
    char *out = encoded;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        if (is_unreserved(text.data[i])) {
            *out++ = text.data[i];
            continue;
        }
        *out++ = '%';
        *out++ = digits[byte >> 4];
        *out++ = digits[byte & 15];
    }
    return (ost_text){encoded, len};
}
