/* Reads the head of an HTTP/1.1 request (RFC 9112 §2–§7): request line and fields, up to the empty
 * line. Incremental, allocation-free; results are views into the caller's buffer. */
#ifndef REQUEST_HEAD_H
#define REQUEST_HEAD_H

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

/* Begins a request. `fields` has room for `field_capacity` fields. */
void request_head_init(request_head *head, http_field *fields, size_t field_capacity,
                       size_t max_line, size_t max_size);

/* Reads on. `data` holds everything of this request received so far, from its first byte; each call
 * brings the same bytes and perhaps more. Field names and the host are lower-cased in place. If the
 * bytes have moved, start again with request_head_init: reading twice changes nothing. */
request_head_state request_head_read(request_head *head, char *data, size_t len);

/* The method of that name; HTTP_OTHER for any other token. */
http_method method_of(ost_text name);

/* True when `text` is a token (RFC 9110 §5.6.2). */
bool is_token(ost_text text);

/* True when no byte of `text` is a control character other than tab (RFC 9110 §5.5). */
bool is_field_value(ost_text text);

#endif
