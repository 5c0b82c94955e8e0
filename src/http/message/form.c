/* SPDX-License-Identifier: Apache-2.0 */
/* Reads application/x-www-form-urlencoded queries and bodies (URL Standard §5.1), strictly: a
 * malformed escape, text that is not UTF-8 and NUL are refused. */
#include <string.h>

#include "base/percent.h"
#include "base/text.h"
#include "http/http.h"

#define PAIRS_MAX 200

ost_result http_form_decode(ost_text encoded, ost_arena *arena, ost_text *ret)
{
    ost_text text;
    ost_result result = form_decode(encoded, arena, &text);
    if (result == OST_OK && !text_is_utf8(text))
        result = OST_E_UTF8;
    if (result == OST_OK)
        *ret = text;
    return result;
}

/* Empty pieces ("a=1&&b=2") hold no pair. */
static ost_result count_pairs(ost_text encoded, size_t *ret_count)
{
    size_t count = 0;
    for (ost_text rest = encoded, piece; text_next(&rest, '&', &piece);)
        count += piece.len > 0;
    if (count > PAIRS_MAX)
        return OST_E_CEILING;
    *ret_count = count;
    return OST_OK;
}

ost_result http_form_read(ost_text encoded, ost_arena *arena, http_form *ret_form)
{
    size_t count = 0;
    ost_result result = count_pairs(encoded, &count);
    if (result != OST_OK)
        return result;
    http_pair *pairs = ost_arena_alloc(arena, (count + 1) * sizeof *pairs);
    if (pairs == NULL)
        return OST_E_MEMORY;
    size_t n = 0;
    for (ost_text rest = encoded, piece; text_next(&rest, '&', &piece);) {
        if (piece.len == 0)
            continue;
        size_t equals = text_find(piece, '=', 0);
        result = http_form_decode(text_slice(piece, 0, equals), arena, &pairs[n].name);
        if (result == OST_OK)
            result =
                http_form_decode(text_slice(piece, equals + 1, piece.len), arena, &pairs[n].value);
        if (result != OST_OK)
            return result;
        n++;
    }
    *ret_form = (http_form){pairs, count};
    return OST_OK;
}

ost_text http_form_get(const http_form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++)
        if (text_is(form->pairs[i].name, name))
            return form->pairs[i].value;
    return (ost_text){NULL, 0};
}

size_t http_form_count(const http_form *form, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < form->count; i++)
        count += text_is(form->pairs[i].name, name);
    return count;
}
