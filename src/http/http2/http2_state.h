/* SPDX-License-Identifier: Apache-2.0 */
/* What an HTTP/2 session and its streams are made of. */
#ifndef HTTP2_STATE_H
#define HTTP2_STATE_H

#include <nghttp2/nghttp2.h>

#include "base/buffer.h"
#include "http/connection/body_clock.h"
#include "http/connection/connection_state.h"

typedef struct http2 http2;

typedef struct http2_stream {
    struct http2_stream *next, *previous; /* of the session */
    struct http2 *session;
    int32_t id;
    http_exchange *exchange; /* NULL once it is over */
    /* The request's head. */
    ost_text path, authority, host;
    size_t head_size;
    size_t max_body;
    int refusal; /* a status, when the head is to be refused */
    const char *reason;
    bool head_complete, remote_closed;
    uint64_t since;
    body_clock body;
    /* The response's body. */
    buffer out;
    size_t out_sent;
    bool responded;
    uint64_t out_since; /* of the last progress */
    uint64_t out_due;   /* when more must have been taken, see http2_response.c */
    bool out_ended;     /* its body has been given up for others */
    uint64_t sent_at;   /* the response has gone out whole; 0: not yet */
    size_t drained;     /* of the request's body since it was answered */
} http2_stream;

struct http2 {
    struct connection *c;
    nghttp2_session *session;
    http2_stream *streams;
    size_t body_bytes; /* of requests that are not over yet */
    size_t out_bytes;  /* of responses that have not been taken yet */
    bool stopping, failed;
    bool overdrawn;      /* has asked for nothing too often */
    uint64_t active_at;  /* the last time a stream was there */
    double frame_tokens; /* see pay() */
    uint64_t frames_at;
};

#endif
