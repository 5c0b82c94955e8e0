/* SPDX-License-Identifier: Apache-2.0 */
/* Case folding and compatibility; see fold.h. */
#include "base/fold.h"

#include <string.h>

#include "base/array.h"
#include "base/fold_table.h"
#include "base/text.h"

/* What the code point becomes by a table of `count` ranges. */
static uint32_t range_code(const struct fold_range *ranges, size_t count, uint32_t code)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct fold_range *range = &ranges[middle];
        if (code > range->last)
            low = middle + 1;
        else if (code < range->first)
            high = middle;
        else
            return (code - range->first) % range->step == 0
                       ? (uint32_t)((int32_t)code + range->difference)
                       : code;
    }
    return code;
}

static uint32_t fold_code(uint32_t code)
{
    if (code < 0x80)
        return code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code;
    return range_code(fold_table, ARRAY_LEN(fold_table), code);
}

static uint32_t lower_code(uint32_t code)
{
    for (size_t i = 0; i < ARRAY_LEN(fold_small) && fold_small[i].first <= code; i++) {
        if (code <= fold_small[i].last)
            return code;
    }
    return fold_code(code);
}

/* One code point of good UTF-8, of `size` bytes; 0: these bytes are none. */
static size_t read_code(const unsigned char *at, size_t left, uint32_t *ret_code)
{
    size_t size = at[0] < 0x80 ? 1 : at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : 4;
    if (size > left || !text_is_utf8((ost_text){(const char *)at, size}))
        return 0;
    uint32_t code = size == 1 ? at[0] : at[0] & (0x7FU >> size);
    for (size_t i = 1; i < size; i++)
        code = code << 6 | (at[i] & 0x3FU);
    *ret_code = code;
    return size;
}

static size_t write_code(uint32_t code, char *ret)
{
    static const unsigned char leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    size_t size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = size; i-- > 1; code >>= 6)
        ret[i] = (char)(0x80 | (code & 0x3F));
    ret[0] = (char)(leads[size] | code);
    return size;
}

/* `write` puts what becomes of one code point, and returns its length. */
static size_t map_into(ost_text text, size_t (*write)(uint32_t, char *), char *ret)
{
    size_t len = 0;
    for (size_t i = 0; i < text.len;) {
        uint32_t code = 0;
        size_t size = read_code((const unsigned char *)text.data + i, text.len - i, &code);
        if (size == 0)
            ret[len++] = text.data[i];
        else
            len += write(code, ret + len);
        i += size > 0 ? size : 1;
    }
    return len;
}

static size_t write_folded(uint32_t code, char *ret)
{
    return write_code(fold_code(code), ret);
}

static size_t write_lower(uint32_t code, char *ret)
{
    return write_code(lower_code(code), ret);
}

size_t fold_into(ost_text text, char *ret)
{
    return map_into(text, write_folded, ret);
}

static ost_text map_text(ost_text text, size_t (*write)(uint32_t, char *), ost_arena *arena)
{
    char *made = ost_arena_alloc(arena, FOLD_ROOM(text.len));
    return made != NULL ? (ost_text){made, map_into(text, write, made)} : (ost_text){0};
}

ost_text text_fold(ost_text text, ost_arena *arena)
{
    return map_text(text, write_folded, arena);
}

ost_text text_lower(ost_text text, ost_arena *arena)
{
    return map_text(text, write_lower, arena);
}

/* ---- compatibility ---- */

static const struct compatible_several *find_several(uint32_t code)
{
    size_t low = 0, high = ARRAY_LEN(compatible_several);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (compatible_several[middle].code == code)
            return &compatible_several[middle];
        if (compatible_several[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static size_t write_compatible(uint32_t code, char *ret)
{
    const struct compatible_several *several = find_several(code);
    if (several == NULL)
        return write_code(range_code(compatible_ranges, ARRAY_LEN(compatible_ranges), code), ret);
    size_t len = strlen(several->form);
    memcpy(ret, several->form, len);
    return len;
}

ost_text text_compatible(ost_text text, ost_arena *arena)
{
    return map_text(text, write_compatible, arena);
}
