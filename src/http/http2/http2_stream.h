/* SPDX-License-Identifier: Apache-2.0 */
/* One HTTP/2 stream: how its request gathers. */
#ifndef HTTP2_STREAM_H
#define HTTP2_STREAM_H

#include "http/http2/http2_state.h"

/* A new request begins. NULL: it cannot be taken. */
OST_MUST_CHECK http2_stream *http2_stream_new(http2 *h, int32_t id);
void http2_stream_free(http2_stream *stream);

/* One field of the request's head. */
void http2_stream_field(http2_stream *stream, ost_text name, ost_text value);
/* The head is complete. */
void http2_stream_head_done(http2_stream *stream);
void http2_stream_body(http2_stream *stream, ost_text piece);
/* The request is complete. */
void http2_stream_end(http2_stream *stream);
/* Answered in the engine's name, whatever has come. */
void http2_stream_refuse(http2_stream *stream, int status, const char *reason);

#endif
