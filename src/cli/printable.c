/* SPDX-License-Identifier: Apache-2.0 */
/* See printable.h. */
#include "cli/printable.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* The character that the text begins with, and its length; 0 where that is not UTF-8. */
static size_t read_character(ost_text text, uint32_t *ret_character)
{
    static const unsigned char lead_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    const unsigned char *bytes = text_bytes(text);
    size_t len = bytes[0] < 0x80 ? 1 : bytes[0] < 0xE0 ? 2 : bytes[0] < 0xF0 ? 3 : 4;
    if (text.len < len || !text_is_utf8(text_slice(text, 0, len)))
        return 0;
    uint32_t character = bytes[0] & lead_bits[len];
    for (size_t i = 1; i < len; i++)
        character = character << 6 | (bytes[i] & 0x3F);
    *ret_character = character;
    return len;
}

static bool is_dangerous(uint32_t c)
{
    bool control = c < 0x20 || (c >= 0x7F && c <= 0x9F);
    bool mark = c == 0x61C || c == 0x200E || c == 0x200F;
    return control || mark || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

void printable_make(char *text)
{
    ost_text rest = text_of(text);
    char *end = text;
    while (rest.len > 0) {
        uint32_t character = 0;
        size_t len = read_character(rest, &character);
        if (len == 0 || is_dangerous(character)) {
            *end++ = '?';
            len = len > 0 ? len : 1;
        } else {
            memmove(end, rest.data, len);
            end += len;
        }
        rest = text_slice(rest, len, rest.len);
    }
    *end = '\0';
}

/* JSON has control characters of ASCII between its tokens alone. */
static bool is_dangerous_in_json(uint32_t c)
{
    return c >= 0x20 && is_dangerous(c);
}

ost_text printable_json(ost_text json, ost_arena *arena)
{
    ost_text rest = json;
    char *text = ost_arena_alloc(arena, json.len * 6 + 1), *end = text;
    if (text == NULL)
        return (ost_text){0};
    while (rest.len > 0) {
        uint32_t character = 0;
        size_t len = read_character(rest, &character);
        if (len > 0 && is_dangerous_in_json(character)) {
            end += snprintf(end, 7, "\\u%04x", (unsigned)character);
        } else {
            len = len > 0 ? len : 1;
            memcpy(end, rest.data, len);
            end += len;
        }
        rest = text_slice(rest, len, rest.len);
    }
    return (ost_text){text, (size_t)(end - text)};
}

static void put(FILE *out, ost_text text, bool escape_quotes)
{
    while (text.len > 0) {
        uint32_t character = 0;
        size_t len = read_character(text, &character);
        if (len == 0)
            fputc('?', out);
        else if (is_dangerous(character))
            fprintf(out, "\\u%04x", (unsigned)character);
        else if (escape_quotes && (character == '"' || character == '\\'))
            fprintf(out, "\\%c", (char)character);
        else
            fwrite(text.data, 1, len, out);
        text = text_slice(text, len > 0 ? len : 1, text.len);
    }
}

void printable_put_json(ost_text json)
{
    put(stdout, json, false);
}

void printable_put_text(ost_text text)
{
    put(stdout, text, true);
}

void printable_write_text(FILE *out, ost_text text)
{
    put(out, text, true);
}
