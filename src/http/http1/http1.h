/* HTTP/1.1 over a connection: RFC 9112. One exchange at a time; pipelined requests wait in the
 * input until their turn. */
#ifndef HTTP1_H
#define HTTP1_H

#include "http/connection/body_clock.h"
#include "http/http1/chunked.h"
#include "http/http1/request_head.h"

struct connection;

typedef enum http1_phase {
    HTTP1_HEAD, /* a request head is due, or on its way */
    HTTP1_BODY,
    HTTP1_HANDLING, /* the exchange runs or waits */
} http1_phase;

typedef struct http1 {
    http1_phase phase;
    http_exchange *exchange; /* NULL while nothing has come */
    request_head head;
    chunked_reader chunked;
    size_t max_body;
    body_clock body;
    bool body_in_place; /* the body stays in the input, behind the head */
    size_t consumed;    /* input that belongs to the current request */
    size_t served;
} http1;

/* Goes on as far as the input reaches. */
void http1_advance(struct connection *c);

/* Nothing of a request is there. */
bool http1_is_idle(const struct connection *c);

/* The request took too long: 408, or nothing when it had not begun. */
void http1_time_out(struct connection *c);

/* The connection goes: drops a request that has not been read whole. */
void http1_abandon(struct connection *c);

#endif
