/* One HTTP/2 stream: how its request gathers and its response goes. */
#ifndef HTTP2_STREAM_H
#define HTTP2_STREAM_H

#include <nghttp2/nghttp2.h>

#include "base/buffer.h"
#include "http/connection/body_clock.h"
#include "http/connection/connection.h"
#include "http/http2/http2.h"
#include "http/message/exchange.h"

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

/* The exchange's protocol, see exchange.h. */
void http2_send(http_exchange *exchange, const http_response *response);
void http2_ended(http_exchange *exchange);

#endif
