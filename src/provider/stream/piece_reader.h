/* SPDX-License-Identifier: Apache-2.0 */
/* JSON text that is too long to be held, read from front to back through a window that grows with
 * its longest piece alone. What a piece is worth, the JSON reader says: only its end is found here,
 * so that a text is valid when its pieces are, and what stands between them. */
#ifndef PIECE_READER_H
#define PIECE_READER_H

#include <sys/types.h>

#include "base/json/json_value.h"

/* Bytes that can be read again. */
typedef struct byte_source {
    /* At most `room` bytes from `offset` on; 0: the end. -1: errno says why. */
    ssize_t (*read)(void *user, uint64_t offset, char *into, size_t room);
    void *user;
} byte_source;

typedef struct piece_reader {
    byte_source source;
    char *window;
    size_t room;
    uint64_t base;         /* the offset of the window's first byte */
    size_t start, at, end; /* within the window: of the piece, of what is next, of all bytes */
    bool last;             /* nothing follows the window */
    const char *path;      /* of the value that is read, for errors; NULL: it is none */
    ost_error *error;
} piece_reader;

/* From `offset` on. `error` may be NULL. False: out of memory. Freed with piece_reader_free. */
OST_MUST_CHECK bool piece_reader_begin(piece_reader *ret_reader, byte_source source,
                                       uint64_t offset, ost_error *error);
void piece_reader_free(piece_reader *reader);

/* Passes over white space; *ret_next is the byte behind it, 0 at the end. */
OST_MUST_CHECK ost_result piece_reader_look(piece_reader *reader, char *ret_next);

/* Passes over white space and the byte that must follow, or fails with `what` is expected. */
OST_MUST_CHECK ost_result piece_reader_take(piece_reader *reader, char byte, const char *what);

/* The next value, from the byte that piece_reader_look told, to the comma or closing bracket behind
 * it or (of a string, when `name`) to its quote. It lives until the reader is used again. It is
 * longer than `ceiling`: OST_E_CEILING. */
OST_MUST_CHECK ost_result piece_reader_next(piece_reader *reader, bool name, size_t ceiling,
                                            ost_text *ret_piece);

/* Reads the piece, which was the last one, as JSON. In `arena`, and as long as the piece lives. */
OST_MUST_CHECK ost_result piece_reader_parse(piece_reader *reader, ost_text piece,
                                             bool placeholders, const ost_json_limits *limits,
                                             ost_arena *arena, const ost_json **ret_value);

/* Fails with line, byte, column and path of the place `back` bytes before the next one. Returns
 * `code`. */
ost_result piece_reader_fail(piece_reader *reader, size_t back, ost_result code, const char *what);

uint64_t piece_reader_offset(const piece_reader *reader); /* of the next byte */

#endif
