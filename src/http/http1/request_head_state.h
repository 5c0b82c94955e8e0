/* SPDX-License-Identifier: Apache-2.0 */
/* What the reader of request heads is given, how far it has come, and what it has found. */
#ifndef REQUEST_HEAD_STATE_H
#define REQUEST_HEAD_STATE_H

#include "http/http.h"

typedef enum request_head_state {
    REQUEST_HEAD_MORE,    /* not all there yet */
    REQUEST_HEAD_DONE,    /* read; `size` bytes belong to it */
    REQUEST_HEAD_REFUSED, /* `status` and `reason` say why; the connection is to be closed */
} request_head_state;

typedef struct request_head {
    /* Given. */
    http_field *fields;
    size_t field_capacity;
    size_t max_line;
    size_t max_size;

    /* Progress: lines before `line` have been read, bytes before `scanned` hold no further LF. */
    size_t line;
    size_t scanned;
    bool empty_line_skipped;
    bool has_request_line;

    /* Results; offsets and views are valid once the state is DONE. */
    size_t size;
    http_method method;
    ost_text method_name;
    ost_text target;  /* as sent */
    unsigned version; /* 10 or 11 */
    size_t field_count;
    ost_text host; /* checked; lower-cased; NULL data when absent (HTTP/1.0 only) */
    uint64_t content_length;
    bool has_content_length;
    bool chunked;
    bool keep_alive;
    bool expects_continue;

    int status;         /* of a refusal */
    const char *reason; /* static */

    bool has_transfer_encoding, has_expect, connection_close, connection_keep_alive;
} request_head;

#endif
