/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the head of an HTTP/1.1 request (RFC 9112 §2–§7): request line and fields, up to the empty
 * line. Incremental, allocation-free; results are views into the caller's buffer. */
#ifndef REQUEST_HEAD_H
#define REQUEST_HEAD_H

#include "http/http1/request_head_state.h"

/* Begins a request. `fields` has room for `field_capacity` fields. */
void request_head_init(request_head *head, http_field *fields, size_t field_capacity,
                       size_t max_line, size_t max_size);

/* Reads on. `data` holds everything of this request received so far, from its first byte; each call
 * brings the same bytes and perhaps more. Field names and the host are lower-cased in place. If the
 * bytes have moved, start again with request_head_init: reading twice changes nothing. */
request_head_state request_head_read(request_head *head, char *data, size_t len);

#endif
