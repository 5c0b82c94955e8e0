/* SPDX-License-Identifier: Apache-2.0 */
/* The chunked transfer coding, RFC 9112 §7.1, read strictly. */
#ifndef CHUNKED_H
#define CHUNKED_H

#include "base/buffer.h"

typedef enum chunked_state {
    CHUNKED_MORE,
    CHUNKED_DONE,
    CHUNKED_REFUSED, /* `status` and `reason` say why */
} chunked_state;

typedef struct chunked_reader {
    size_t max; /* of the decoded body */
    size_t total;
    uint64_t remaining; /* of the current chunk */
    unsigned digits;    /* of the current chunk's size, read so far */
    int step;
    int status;
    const char *reason;
} chunked_reader;

void chunked_init(chunked_reader *reader, size_t max);

/* Decodes `input` onto the end of `out`. *ret_used bytes of it have been taken: all of them when
 * MORE. What follows DONE belongs to the next request. */
chunked_state chunked_read(chunked_reader *reader, ost_text input, buffer *out, size_t *ret_used);

#endif
