/* HTTP/2 over a connection (RFC 9113), framing by libnghttp2. Many exchanges at a time. */
#ifndef HTTP2_H
#define HTTP2_H

#include "http/connection/event_loop.h"

struct connection;
typedef struct http2 http2;

typedef enum http2_guess { HTTP2_NO, HTTP2_MAYBE, HTTP2_YES } http2_guess;

/* Is this the beginning of the client's preface (RFC 9113 §3.4)? */
http2_guess http2_detect(ost_text seen);

/* Begins a session. NULL: out of memory. */
OST_MUST_CHECK http2 *http2_new(struct connection *c);
/* Exchanges that are still handled are let go of; their responses are dropped. */
void http2_free(http2 *h);

/* Takes all input, writes what there is to write. */
void http2_advance(struct connection *c);

/* The loop stops: no new streams. */
void http2_stop(http2 *h);

/* Ends streams and connections that have taken too long. */
void http2_check_time(http2 *h, uint64_t now);

#endif
