/* SPDX-License-Identifier: Apache-2.0 */
/* Reads properties files; see properties.h. What is read never becomes longer by taking its escapes
 * away, so each name and value is written over itself. */
#include "base/config/properties.h"

#include <string.h>

#include "base/text.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\f';
}

static bool is_break(char c)
{
    return c == '\n' || c == '\r';
}

ost_result properties_start(char *content, size_t len, properties *ret_properties, ost_error *error)
{
    ost_text all = {content, len};
    if (text_find(all, '\0', 0) < len)
        return ost_error_set(error, OST_E_FORMAT, "line %zu: a NUL character",
                             1 + text_count(text_slice(all, 0, text_find(all, '\0', 0)), '\n'));
    size_t bad = text_find_bad_utf8(all);
    if (bad < len)
        return ost_error_set(error, OST_E_FORMAT, "line %zu: not UTF-8",
                             1 + text_count(text_slice(all, 0, bad), '\n'));
    content[len] = '\0';
    *ret_properties = (properties){content, content + len, 1};
    return OST_OK;
}

/* "\r\n" is one end of a line; a lone "\r" is one too. */
static void pass_break(properties *p)
{
    if (p->at[0] == '\r' && p->at[1] == '\n')
        p->at++;
    p->at++;
    p->line++;
}

static void pass_blanks(properties *p)
{
    while (is_blank(*p->at))
        p->at++;
}

/* To the first character of a property; false: there is none. */
static bool find_property(properties *p)
{
    for (;;) {
        pass_blanks(p);
        if (*p->at == '#' || *p->at == '!')
            p->at += strcspn(p->at, "\r\n");
        if (p->at == p->end)
            return false;
        if (!is_break(*p->at))
            return true;
        pass_break(p);
    }
}

/* The four digits behind "\u". */
static bool read_unit(properties *p, uint32_t *ret_unit)
{
    uint32_t unit = 0;
    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdef";
        char c = p->at[i];
        char small = c >= 'A' && c <= 'F' ? (char)(c + ('a' - 'A')) : c;
        const char *digit = small != '\0' ? strchr(digits, small) : NULL;
        if (digit == NULL)
            return false;
        unit = unit << 4 | (uint32_t)(digit - digits);
    }
    p->at += 4;
    *ret_unit = unit;
    return true;
}

/* A character, of two units where it needs them (UTF-16). */
static bool read_character(properties *p, uint32_t *ret_character)
{
    uint32_t unit, low;
    if (!read_unit(p, &unit) || unit == 0 || (unit >= 0xDC00 && unit <= 0xDFFF))
        return false;
    if (unit >= 0xD800 && unit <= 0xDBFF) {
        if (p->at[0] != '\\' || p->at[1] != 'u')
            return false;
        p->at += 2;
        if (!read_unit(p, &low) || low < 0xDC00 || low > 0xDFFF)
            return false;
        unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    }
    *ret_character = unit;
    return true;
}

static char *put_character(char *out, uint32_t c)
{
    if (c < 0x80) {
        *out++ = (char)c;
    } else if (c < 0x800) {
        *out++ = (char)(0xC0 | c >> 6);
        *out++ = (char)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        *out++ = (char)(0xE0 | c >> 12);
        *out++ = (char)(0x80 | (c >> 6 & 0x3F));
        *out++ = (char)(0x80 | (c & 0x3F));
    } else {
        *out++ = (char)(0xF0 | c >> 18);
        *out++ = (char)(0x80 | (c >> 12 & 0x3F));
        *out++ = (char)(0x80 | (c >> 6 & 0x3F));
        *out++ = (char)(0x80 | (c & 0x3F));
    }
    return out;
}

/* What stands behind a backslash; NULL: malformed. */
static char *read_escape(properties *p, char *out)
{
    static const char names[] = "tnrf", characters[] = "\t\n\r\f";
    uint32_t character;
    if (p->at == p->end)
        return out;
    if (is_break(*p->at)) {
        pass_break(p);
        pass_blanks(p);
        return out;
    }
    if (*p->at == 'u') {
        p->at++;
        return read_character(p, &character) ? put_character(out, character) : NULL;
    }
    const char *name = strchr(names, *p->at);
    *out++ = name != NULL ? characters[name - names] : *p->at;
    p->at++;
    return out;
}

/* Up to the end of the line or, of a name, to what separates it. */
static bool read_part(properties *p, bool name, ost_text *ret_part, char **ret_end)
{
    char *start = p->at, *out = start;
    while (p->at < p->end && !is_break(*p->at)) {
        if (name && (is_blank(*p->at) || *p->at == '=' || *p->at == ':'))
            break;
        if (*p->at != '\\') {
            *out++ = *p->at++;
            continue;
        }
        p->at++;
        out = read_escape(p, out);
        if (out == NULL)
            return false;
    }
    *ret_part = (ost_text){start, (size_t)(out - start)};
    *ret_end = out;
    return true;
}

ost_result properties_next(properties *p, property *ret_property, bool *ret_found, ost_error *error)
{
    property one = {0};
    char *name_end = NULL, *value_end = NULL;
    *ret_found = find_property(p);
    if (!*ret_found)
        return OST_OK;
    one.line = p->line;
    bool read = read_part(p, true, &one.name, &name_end);
    if (read) {
        pass_blanks(p);
        if (*p->at == '=' || *p->at == ':') {
            p->at++;
            pass_blanks(p);
        }
        read = read_part(p, false, &one.value, &value_end);
    }
    if (!read)
        return ost_error_set(error, OST_E_FORMAT,
                             "line %zu: \\u is not followed by a character's digits", p->line);
    if (p->at < p->end)
        pass_break(p);
    *name_end = '\0';
    *value_end = '\0';
    *ret_property = one;
    return OST_OK;
}
