/* SPDX-License-Identifier: Apache-2.0 */
/* Text on its way into a page: HTML Standard §13.3, escaped for element content and for attribute
 * values in either kind of quotes. */
#include <string.h>

#include "http/http.h"

static const char *entity_of(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

ost_text http_html_escape(ost_arena *arena, ost_text text)
{
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *entity = entity_of(text.data[i]);
        len += entity == NULL ? 1 : strlen(entity);
    }
    char *escaped = ost_arena_alloc(arena, len + 1);
    if (escaped == NULL)
        return (ost_text){NULL, 0};
    char *out = escaped;
    for (size_t i = 0; i < text.len; i++) {
        const char *entity = entity_of(text.data[i]);
        if (entity == NULL) {
            *out++ = text.data[i];
            continue;
        }
        size_t entity_len = strlen(entity);
        memcpy(out, entity, entity_len);
        out += entity_len;
    }
    return (ost_text){escaped, len};
}
