/* SPDX-License-Identifier: Apache-2.0 */
/* Beginnings of names; see user_beginning.h. */
#include "store/search/user_beginning.h"

#include <string.h>

#include "base/text.h"

#define LEAST ' '     /* indices leave out names that begin below it */
#define ESCAPE '\x10' /* what engines keep otherwise has it */
#define LAST_POINT 0x10ffff
#define SURROGATES 0xd800
#define BEHIND_SURROGATES 0xe000
#define POINT_BYTES 4

static ost_text literal(const store_user_word *word)
{
    size_t len = word->exact ? word->pattern.len : text_find(word->pattern, '*', 0);
    return text_slice(word->pattern, 0, len);
}

static bool is_of_use(ost_text text)
{
    return text.len > 0 && (unsigned char)text.data[0] >= LEAST && text_is_utf8(text) &&
           memchr(text.data, '\0', text.len) == NULL && memchr(text.data, ESCAPE, text.len) == NULL;
}

/* The last character, and where it begins. */
static unsigned last_point(ost_text text, size_t *ret_at)
{
    size_t at = text.len - 1;
    while ((text.data[at] & 0xc0) == 0x80)
        at--;
    unsigned point = (unsigned char)text.data[at];
    if (point >= 0xc0)
        point &= 0x3fU >> (text.len - at - 1);
    for (size_t i = at + 1; i < text.len; i++)
        point = point << 6 | ((unsigned char)text.data[i] & 0x3fU);
    *ret_at = at;
    return point;
}

static size_t write_point(unsigned point, char *ret)
{
    size_t more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    static const unsigned char first[] = {0, 0xc0, 0xe0, 0xf0};
    ret[0] = (char)(unsigned char)(first[more] | point >> (6 * more));
    for (size_t i = 1; i <= more; i++)
        ret[i] = (char)(unsigned char)(0x80 | (point >> (6 * (more - i)) & 0x3f));
    return more + 1;
}

/* The least text behind all that begin with this one; empty: there is none. */
static ost_result behind(ost_text text, ost_arena *arena, ost_text *ret_upto)
{
    char *upto = ost_arena_alloc(arena, text.len + POINT_BYTES);
    if (upto == NULL)
        return OST_E_MEMORY;
    memcpy(upto, text.data, text.len);
    while (text.len > 0) {
        size_t at;
        unsigned point = last_point(text, &at) + 1;
        if (point <= LAST_POINT) {
            point = point == SURROGATES ? BEHIND_SURROGATES : point;
            *ret_upto = (ost_text){upto, at + write_point(point, upto + at)};
            return OST_OK;
        }
        text = text_slice(text, 0, at);
    }
    *ret_upto = (ost_text){0};
    return OST_OK;
}

ost_result user_beginning_find(const store_user_query *q, ost_arena *arena,
                               user_beginning *ret_beginning)
{
    user_beginning found = {0};
    for (size_t i = 0; i < q->word_count; i++) {
        ost_text text = literal(&q->words[i]);
        if (text.len > found.from.len && is_of_use(text))
            found.from = text;
    }
    if (found.from.len == 0)
        return OST_E_NOT_FOUND;
    ost_result result = behind(found.from, arena, &found.upto);
    if (result == OST_OK && found.upto.len == 0)
        result = OST_E_NOT_FOUND;
    if (result == OST_OK)
        *ret_beginning = found;
    return result;
}
