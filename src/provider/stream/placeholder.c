/* SPDX-License-Identifier: Apache-2.0 */
/* Placeholders; see placeholder.h. */
#include "provider/stream/placeholder.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/text.h"
#include "provider/realm/document_limit.h"

#define MAX_NAME 128

static void append_escaped(buffer *b, ost_text value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.data[i];
        if (c == '"' || c == '\\')
            buffer_append_byte(b, '\\');
        if (c < 0x20)
            buffer_append_format(b, "\\u%04x", c);
        else
            buffer_append_byte(b, (char)c);
    }
}

/* One placeholder whose inside is `inside`; false when it stays as it is. */
static bool replace_one(ost_text inside, buffer *b)
{
    char name[MAX_NAME];
    size_t colon = text_find(inside, ':', 0);
    ost_text fallback = text_slice(inside, colon + 1, inside.len);
    if (!text_to_string(text_slice(inside, 0, colon), name, sizeof name) || name[0] == '\0')
        return false;
    const char *value = getenv(name);
    if (value != NULL)
        append_escaped(b, text_of(value));
    else if (colon < inside.len)
        buffer_append(b, fallback); /* it stands in a JSON string already */
    return value != NULL || colon < inside.len;
}

ost_result placeholder_replace(ost_text text, ost_arena *arena, ost_text *ret_text)
{
    buffer_auto buffer b = {0};
    buffer_init(&b, DOCUMENT_MAX);
    size_t plain = 0;
    for (size_t at = 0; (at = text_find(text, '$', at)) < text.len; at++) {
        size_t end = text_find(text, '}', at);
        ost_text inside = text_slice(text, at + 2, end - at - 2);
        if (at + 2 >= text.len || text.data[at + 1] != '{' || end == text.len ||
            text_find(inside, '"', 0) < inside.len)
            continue;
        buffer_append(&b, text_slice(text, plain, at - plain));
        plain = at;
        if (replace_one(inside, &b)) {
            plain = end + 1;
            at = end;
        }
    }
    if (plain == 0) {
        *ret_text = text;
        return OST_OK;
    }
    buffer_append(&b, text_slice(text, plain, text.len));
    if (b.failed != OST_OK)
        return b.failed;
    char *copy = ost_arena_copy(arena, buffer_text(&b));
    if (copy == NULL)
        return OST_E_MEMORY;
    *ret_text = (ost_text){copy, b.len};
    return OST_OK;
}
