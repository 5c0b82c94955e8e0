/* SPDX-License-Identifier: Apache-2.0 */
/* A growing byte buffer; see buffer.h. */
#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"

#define CEILING_MAX (SIZE_MAX / 4) /* no sum of two sizes can overflow */

void buffer_init(buffer *b, size_t ceiling)
{
    *b = (buffer){.ceiling = ceiling < CEILING_MAX ? ceiling : CEILING_MAX};
}

/* Makes room for `more` bytes and the NUL. What moved is wiped where it was. */
static bool reserve(buffer *b, size_t more)
{
    if (b->failed != OST_OK)
        return false;
    if (more > b->ceiling - b->len) {
        b->failed = OST_E_CEILING;
        return false;
    }
    size_t needed = b->len + more + 1;
    if (needed <= b->capacity)
        return true;
    size_t capacity = b->capacity > 0 ? b->capacity : 128;
    while (capacity < needed)
        capacity *= 2;
    if (capacity > b->ceiling + 1)
        capacity = b->ceiling + 1;
    char *data = memory_alloc(capacity);
    if (data == NULL) {
        b->failed = OST_E_MEMORY;
        return false;
    }
    if (b->len > 0)
        memcpy(data, b->data, b->len);
    if (b->data != NULL)
        wipe(b->data, b->capacity);
    memory_free(b->data);
    b->data = data;
    b->capacity = capacity;
    return true;
}

void buffer_append(buffer *b, ost_text text)
{
    if (!reserve(b, text.len))
        return;
    if (text.len > 0)
        memcpy(b->data + b->len, text.data, text.len);
    b->len += text.len;
    b->data[b->len] = '\0';
}

void buffer_append_string(buffer *b, const char *string)
{
    buffer_append(b, text_of(string));
}

void buffer_append_byte(buffer *b, char byte)
{
    buffer_append(b, (ost_text){&byte, 1});
}

void buffer_append_format(buffer *b, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int len = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    /* Negative: longer than an int can tell. */
    if (reserve(b, len >= 0 ? (size_t)len : SIZE_MAX)) {
        vsnprintf(b->data + b->len, (size_t)len + 1, format, again);
        b->len += (size_t)len;
    }
    va_end(again);
}

ost_text buffer_text(const buffer *b)
{
    return (ost_text){b->data, b->len};
}

void buffer_clear(buffer *b)
{
    if (b->data != NULL)
        wipe(b->data, b->capacity);
    b->len = 0;
    b->failed = OST_OK;
}

void buffer_free(buffer *b)
{
    if (b->data != NULL)
        wipe(b->data, b->capacity);
    memory_free(b->data);
    buffer_init(b, b->ceiling);
}
