/* SPDX-License-Identifier: Apache-2.0 */
/* Messages and their values; see message.h. */
#include "page/message.h"

#include <string.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/text.h"

#define MESSAGE_MAX ((size_t)64 << 10)

/* "{0}", "{1,number}": of the format nothing is kept. */
static bool take_value(message *m, message_piece *ret)
{
    size_t end = text_find(m->rest, '}', 0);
    bool named = end < m->rest.len && end >= 2 && ascii_is_digit(m->rest.data[1]) &&
                 (end == 2 || m->rest.data[2] == ',');
    if (!named)
        return false;
    *ret = (message_piece){.is_value = true,
                           .value = (unsigned)(m->rest.data[1] - '0'),
                           .text = text_slice(m->rest, 0, end + 1)};
    m->rest = text_slice(m->rest, end + 1, m->rest.len);
    return true;
}

static void take_text(message *m, size_t skipped, size_t len, message_piece *ret)
{
    *ret = (message_piece){.text = text_slice(m->rest, 0, len)};
    m->rest = text_slice(m->rest, skipped + len, m->rest.len);
}

bool message_next(message *m, message_piece *ret)
{
    while (text_starts(m->rest, "'") && !text_starts(m->rest, "''")) {
        m->quoted = !m->quoted;
        m->rest = text_slice(m->rest, 1, m->rest.len);
    }
    if (m->rest.len == 0)
        return false;
    if (m->rest.data[0] == '\'') {
        take_text(m, 1, 1, ret);
        return true;
    }
    if (!m->quoted && m->rest.data[0] == '{' && take_value(m, ret))
        return true;
    size_t quote = text_find(m->rest, '\'', 1);
    size_t brace = m->quoted ? m->rest.len : text_find(m->rest, '{', 1);
    take_text(m, 0, quote < brace ? quote : brace, ret);
    return true;
}

ost_text message_format(ost_text pattern, const ost_text *values, size_t count, ost_arena *arena)
{
    buffer_auto buffer b = {0};
    message m = {.rest = pattern};
    message_piece piece;
    buffer_init(&b, MESSAGE_MAX);
    while (message_next(&m, &piece))
        buffer_append(&b, piece.is_value && piece.value < count ? values[piece.value] : piece.text);
    const char *copy = b.failed == OST_OK ? ost_arena_copy(arena, buffer_text(&b)) : NULL;
    return (ost_text){copy, copy != NULL ? b.len : 0};
}

/* Where `part` begins; text.len: nowhere. */
static size_t find_part(ost_text text, ost_text part)
{
    const char *found = memmem(text.data, text.len, part.data, part.len);
    return found != NULL ? (size_t)(found - text.data) : text.len;
}

bool message_fits(ost_text pattern, ost_text text, ost_text ret_values[MESSAGE_VALUES])
{
    message m = {.rest = pattern};
    message_piece piece;
    ost_text *open = NULL; /* the value that ends where the next text begins */
    while (message_next(&m, &piece)) {
        if (piece.is_value) {
            if (open != NULL || piece.value >= MESSAGE_VALUES)
                return false;
            open = &ret_values[piece.value];
            continue;
        }
        size_t at = text.len > 0 ? find_part(text, piece.text) : 0;
        if (at >= text.len || (open == NULL && at > 0))
            return false;
        if (open != NULL)
            *open = text_slice(text, 0, at);
        open = NULL;
        text = text_slice(text, at + piece.text.len, text.len);
    }
    if (open != NULL)
        *open = text;
    return open != NULL || text.len == 0;
}
