/* SPDX-License-Identifier: Apache-2.0 */
/* Borrowed text; see text.h. */
#include "base/text.h"
#include "base/array.h"
#include "base/ascii.h"

#include <string.h>

ost_text text_of(const char *string)
{
    return string != NULL ? (ost_text){string, strlen(string)} : (ost_text){NULL, 0};
}

ost_text ost_text_of(const char *string)
{
    return text_of(string);
}

bool text_equal(ost_text a, ost_text b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool text_is(ost_text a, const char *string)
{
    return text_equal(a, text_of(string));
}

bool text_equal_ignoring_case(ost_text a, ost_text b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (ascii_lower(a.data[i]) != ascii_lower(b.data[i]))
            return false;
    }
    return true;
}

bool text_starts(ost_text text, const char *prefix)
{
    ost_text wanted = text_of(prefix);
    return text.len >= wanted.len && text_equal(text_slice(text, 0, wanted.len), wanted);
}

bool text_ends(ost_text text, const char *suffix)
{
    ost_text wanted = text_of(suffix);
    return text.len >= wanted.len &&
           text_equal(text_slice(text, text.len - wanted.len, wanted.len), wanted);
}

bool text_contains(ost_text text, ost_text part)
{
    return part.len == 0 ||
           (text.len >= part.len && memmem(text.data, text.len, part.data, part.len) != NULL);
}

int text_compare(ost_text a, ost_text b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared > 0 ? memcmp(a.data, b.data, shared) : 0;
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

ost_text text_slice(ost_text text, size_t from, size_t len)
{
    if (from > text.len)
        from = text.len;
    if (len > text.len - from)
        len = text.len - from;
    return (ost_text){text.data != NULL ? text.data + from : NULL, len};
}

ost_text text_trim(ost_text text)
{
    size_t from = 0, to = text.len;
    while (from < to && (text.data[from] == ' ' || text.data[from] == '\t'))
        from++;
    while (to > from && (text.data[to - 1] == ' ' || text.data[to - 1] == '\t'))
        to--;
    return text_slice(text, from, to - from);
}

ost_text text_trim_lines(ost_text text)
{
    while (text.len > 0 && ascii_is_space(text.data[text.len - 1]))
        text.len--;
    while (text.len > 0 && ascii_is_space(text.data[0]))
        text = text_slice(text, 1, text.len);
    return text;
}

bool text_is_made_of(ost_text text, const char *others)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (!ascii_is_alphanumeric(c) && (c == '\0' || strchr(others, c) == NULL))
            return false;
    }
    return true;
}

void text_make_lower(char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        text[i] = ascii_lower(text[i]);
}

size_t text_find(ost_text text, char byte, size_t from)
{
    if (from >= text.len)
        return text.len;
    const char *found = memchr(text.data + from, byte, text.len - from);
    return found != NULL ? (size_t)(found - text.data) : text.len;
}

size_t text_count(ost_text text, char byte)
{
    size_t count = 0;
    for (size_t at = text_find(text, byte, 0); at < text.len; at = text_find(text, byte, at + 1))
        count++;
    return count;
}

bool text_next(ost_text *rest, char separator, ost_text *ret_piece)
{
    if (rest->len == 0)
        return false;
    size_t end = text_find(*rest, separator, 0);
    *ret_piece = text_slice(*rest, 0, end);
    *rest = text_slice(*rest, end + 1, rest->len);
    return true;
}

bool text_list_has(ost_text list, ost_text word)
{
    ost_text piece;
    while (text_next(&list, ' ', &piece)) {
        if (piece.len > 0 && text_equal(piece, word))
            return true;
    }
    return false;
}

bool text_is_one_of(ost_text text, const char *const *names)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        if (text_is(text, names[i]))
            return true;
    }
    return false;
}

bool text_to_unsigned(ost_text text, uint64_t max, uint64_t *ret)
{
    uint64_t number = 0;
    if (text.len == 0 || (text.len > 1 && text.data[0] == '0'))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (!ascii_is_digit(text.data[i]))
            return false;
        uint64_t digit = (uint64_t)(text.data[i] - '0');
        if (number > (UINT64_MAX - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    if (number > max)
        return false;
    *ret = number;
    return true;
}

bool text_equal_secret(ost_text a, ost_text b)
{
    if (a.len != b.len)
        return false;
    unsigned difference = 0;
    for (size_t i = 0; i < a.len; i++) {
        difference |= (unsigned char)(a.data[i] ^ b.data[i]);
        __asm__("" : "+r"(difference)); /* the compiler must not know what it is, and stop early */
    }
    return difference == 0;
}

bool text_to_string(ost_text text, char *ret, size_t size)
{
    size_t len = text.len < size ? text.len : size - 1;
    if (size == 0)
        return false;
    if (len > 0)
        memcpy(ret, text.data, len);
    ret[len] = '\0';
    return len == text.len;
}

void wipe(void *data, size_t size)
{
    if (size > 0)
        explicit_bzero(data, size);
}

bool text_says_true(ost_text text)
{
    return text_equal_ignoring_case(text, OST_TEXT("true"));
}

size_t text_distance(ost_text a, const char *b)
{
    size_t len = strlen(b), row[64];
    if (len >= ARRAY_LEN(row) || a.len > 64)
        return SIZE_MAX;
    for (size_t j = 0; j <= len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= len; j++) {
            size_t change = diagonal + (a.data[i - 1] != b[j - 1]);
            diagonal = row[j];
            size_t shorter = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
            row[j] = change < shorter ? change : shorter;
        }
    }
    return row[len];
}

bool text_is_nearer(ost_text name, const char *known, size_t *least)
{
    size_t distance = text_distance(name, known);
    if (distance >= *least)
        return false;
    *least = distance;
    return true;
}

size_t text_find_sorted(const void *items, size_t size, size_t count, size_t key_at, ost_text key)
{
    size_t from = 0, upto = count;
    while (from < upto) {
        size_t middle = from + (upto - from) / 2;
        const ost_text *its = (const void *)((const char *)items + middle * size + key_at);
        if (text_compare(*its, key) < 0)
            from = middle + 1;
        else
            upto = middle;
    }
    return from;
}
