/* SPDX-License-Identifier: Apache-2.0 */
/* A growing byte buffer that states its ceiling where it is made. Owned by one thread. Errors
 * stick: append freely, check once. */
#ifndef BUFFER_H
#define BUFFER_H

#include <ostiary/types.h>

typedef struct buffer {
    char *data; /* NUL-terminated once anything was appended */
    size_t len;
    size_t capacity;
    size_t ceiling;
    ost_result failed; /* OST_OK, OST_E_CEILING or OST_E_MEMORY */
} buffer;

void buffer_init(buffer *b, size_t ceiling);
void buffer_append(buffer *b, ost_text text);
void buffer_append_string(buffer *b, const char *string);
void buffer_append_byte(buffer *b, char byte);
void buffer_append_format(buffer *b, const char *format, ...) OST_PRINTF(2, 3);
ost_text buffer_text(const buffer *b);
void buffer_clear(buffer *b); /* empties, keeps the memory, forgets the error; wipes */
void buffer_free(buffer *b);  /* wipes and frees; the struct is as after init */

/* For locals: `buffer_auto buffer b = {0};` frees at scope exit. */
#define buffer_auto __attribute__((cleanup(buffer_free)))

#endif
