/* SPDX-License-Identifier: Apache-2.0 */
/* Fills templates in; see page_fill.h. Values are never read as templates. */
#include "page/page_fill.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "http/http.h"
#include "page/message.h"
#include "page/page_files.h"
#include "page/page_words.h"

#define DEPTH_MAX 8

typedef struct filling {
    const page *page;
    const page_words *words;
    ost_arena *arena;
    buffer *to;
} filling;

static ost_result fill(const filling *f, ost_text source, const page_row *row, unsigned depth);

/* ---- values ---- */

static page_field field_of(ost_text name)
{
    for (unsigned i = 0; i < PAGE_FIELDS; i++) {
        if (text_is(name, page_fields[i].name))
            return (page_field)i;
    }
    return PAGE_FIELDS;
}

static ost_text value_of(const filling *f, page_field field, const page_row *row)
{
    if (page_fields[field].kind != PAGE_IS_CELL)
        return f->page->values[field];
    for (size_t i = 0; row != NULL && i < ARRAY_LEN(row->cells); i++) {
        if (row->cells[i].field == field)
            return row->cells[i].value;
    }
    return (ost_text){0};
}

static ost_result append_escaped(const filling *f, ost_text text)
{
    ost_text escaped = http_html_escape(f->arena, text);
    if (escaped.data == NULL)
        return OST_E_MEMORY;
    buffer_append(f->to, escaped);
    return OST_OK;
}

static ost_result append_value(const filling *f, page_field field, const page_row *row)
{
    page_kind kind = page_fields[field].kind;
    if (kind == PAGE_IS_FLAG || kind == PAGE_IS_ROWS)
        return OST_E_FORMAT;
    return append_escaped(f, value_of(f, field, row));
}

/* ---- messages ---- */

/* Its text is escaped, whoever wrote it; `inner`, ours, stands for its value. */
static ost_result append_message(const filling *f, ost_text key, ost_text inner,
                                 const page_row *row, unsigned depth)
{
    message m = {.rest = page_words_find(f->words, key)};
    message_piece piece;
    ost_result result = m.rest.data != NULL ? OST_OK : OST_E_FORMAT;
    while (result == OST_OK && message_next(&m, &piece))
        result = piece.is_value && piece.value == 0 && inner.len > 0
                     ? fill(f, inner, row, depth)
                     : append_escaped(f, piece.text);
    return result;
}

/* ---- sections ---- */

static ost_result fill_section(const filling *f, page_field field, bool inverted, ost_text inner,
                               const page_row *row, unsigned depth)
{
    bool rows = page_fields[field].kind == PAGE_IS_ROWS;
    size_t count = field == PAGE_LANGUAGES ? f->page->language_count : f->page->row_count;
    const page_row *list = field == PAGE_LANGUAGES ? f->page->languages : f->page->rows;
    bool there = rows ? count > 0 : value_of(f, field, row).len > 0;
    if (there == inverted)
        return OST_OK;
    if (!rows || inverted)
        return fill(f, inner, row, depth);
    for (size_t i = 0; i < count; i++) {
        ost_result result = fill(f, inner, &list[i], depth);
        if (result != OST_OK)
            return result;
    }
    return OST_OK;
}

/* Where "{{/name}}" begins; source.len: nowhere. */
static size_t find_end(ost_text source, size_t from, ost_text name)
{
    for (size_t at = text_find(source, '{', from); at < source.len;
         at = text_find(source, '{', at + 1)) {
        ost_text rest = text_slice(source, at, source.len);
        if (text_starts(rest, "{{/") && text_equal(text_slice(rest, 3, name.len), name) &&
            text_starts(text_slice(rest, 3 + name.len, 2), "}}"))
            return at;
    }
    return source.len;
}

static ost_result include(const filling *f, ost_text name, const page_row *row, unsigned depth)
{
    if (text_is(name, "content"))
        return fill(f, page_body(f->page->template).text, row, depth);
    if (text_is(name, "languages"))
        return fill(f, page_menu().text, row, depth);
    if (text_is(name, "page_style"))
        buffer_append(f->to, page_style().text);
    else if (text_is(name, "page_script"))
        buffer_append(f->to, page_script(f->page->template).text);
    else
        return OST_E_FORMAT;
    return OST_OK;
}

/* ---- the walk ---- */

/* What stands between a tag and its end; *at moves on behind that. False: it has none. */
static bool take_section(ost_text source, ost_text name, size_t *at, ost_text *ret_inner)
{
    size_t begin = *at, end = find_end(source, begin, name);
    if (end == source.len)
        return false;
    *at = end + name.len + strlen("{{/}}");
    *ret_inner = text_slice(source, begin, end - begin);
    return true;
}

/* One tag, whose inside is `tag`; *at is behind it, and moves on behind its section. */
static ost_result fill_tag(const filling *f, ost_text source, ost_text tag, size_t *at,
                           const page_row *row, unsigned depth)
{
    char sign = tag.len > 0 ? tag.data[0] : '\0';
    bool section = sign != '\0' && strchr("#^@", sign) != NULL;
    bool marked = section || sign == '>' || sign == '.';
    ost_text name = marked ? text_slice(tag, 1, tag.len) : tag, inner = {0};
    if (section && !take_section(source, name, at, &inner))
        return OST_E_FORMAT;
    if (sign == '>')
        return include(f, name, row, depth + 1);
    if (sign == '.' || sign == '@')
        return append_message(f, name, inner, row, depth + 1);
    page_field field = field_of(name);
    if (field == PAGE_FIELDS)
        return OST_E_FORMAT;
    return section ? fill_section(f, field, sign == '^', inner, row, depth + 1)
                   : append_value(f, field, row);
}

static ost_result fill(const filling *f, ost_text source, const page_row *row, unsigned depth)
{
    if (depth > DEPTH_MAX)
        return OST_E_FORMAT;
    for (size_t at = 0; at < source.len;) {
        const char *open = memmem(source.data + at, source.len - at, "{{", 2);
        size_t start = open != NULL ? (size_t)(open - source.data) : source.len;
        buffer_append(f->to, text_slice(source, at, start - at));
        if (open == NULL)
            break;
        size_t name = start + 2, end = text_find(source, '}', name);
        if (end + 1 >= source.len || source.data[end + 1] != '}')
            return OST_E_FORMAT;
        at = end + 2;
        ost_result result =
            fill_tag(f, source, text_slice(source, name, end - name), &at, row, depth);
        if (result != OST_OK)
            return result;
    }
    return OST_OK;
}

ost_result page_fill_template(ost_text source, const page *p, ost_arena *arena, buffer *to)
{
    const page_words english = page_words_english();
    const filling f = {p, p->words != NULL ? p->words : &english, arena, to};
    return fill(&f, source, NULL, 0);
}

ost_result page_fill(const page *p, ost_arena *arena, buffer *to)
{
    return page_fill_template(page_frame().text, p, arena, to);
}
