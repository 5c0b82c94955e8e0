/* One client's connection: its socket, what came and what goes, its time limits. */
#ifndef CONNECTION_H
#define CONNECTION_H

#include "base/buffer.h"
#include "http/connection/event_loop.h"
#include "http/connection/input.h"
#include "http/http1/http1.h"
#include "http/message/address.h"
#include "http/message/exchange.h"

#define LINGER_MAX ((size_t)1 << 20) /* bytes thrown away after the last response … */
#define LINGER_MS 2000               /* … and for how long */

struct tls_stream;
struct http2;

typedef enum connection_phase {
    PHASE_PROXY,  /* a PROXY protocol header is due */
    PHASE_SECURE, /* TLS is being agreed on */
    PHASE_DETECT, /* HTTP/1.1 or HTTP/2? */
    PHASE_HTTP1,
    PHASE_HTTP2,
    PHASE_LINGER, /* all is said; what still comes is thrown away until the client closes */
} connection_phase;

typedef struct connection {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } socket;
    event_loop *loop;
    struct connection *next, *previous;
    size_t exchange_count; /* alive, and counting on this connection */

    connection_phase phase;
    uint64_t since; /* of the phase, or of the request being waited for */
    bool reading;
    bool input_ended; /* the client will send no more; it may still wait for an answer */
    bool busy;        /* inside connection_advance */
    bool closing;     /* uv_close has been called */
    bool closed;
    bool last_words; /* close once everything is sent */
    bool shutdown_sent;
    bool aborting; /* the socket failed: close without a word */

    input input;
    size_t lingered;

    buffer sending, pending; /* in flight; behind it */
    uv_write_t write;
    uv_shutdown_t shutdown;
    size_t unsent; /* at the last tick */
    uint64_t unsent_since;

    http1 http1;
    struct http2 *http2;
    struct tls_stream *tls;

    bool counted, counted_peer;
    bool local;   /* a Unix socket */
    bool trusted; /* a trusted proxy */
    bool secure;
    ip_address peer_address;
    char peer_text[ADDRESS_TEXT_SIZE];
    ost_text peer;
} connection;

/* Takes the next connection of a listening stream. */
void connection_accept(event_loop *loop, uv_stream_t *listener);

/* Goes on with what there is: input, a finished exchange, a drained output. */
void connection_advance(connection *c);

/* Nothing more is read as HTTP; closes when all output has been sent. */
void connection_finish(connection *c);

/* Closes now. */
void connection_close(connection *c);

/* An exchange that counted on the connection is gone. */
void connection_release(connection *c);

/* The loop stops: closes when idle, otherwise after what is in flight. */
void connection_stop(connection *c);

/* Called every tick: closes what has taken too long. */
void connection_check_time(connection *c, uint64_t now);

/* ---- between the files of a connection ---- */

/* The client's address is known: trusted, counted. False: it is not to be served. */
OST_MUST_CHECK bool connection_meet(connection *c, const ip_address *peer);
/* TLS or HTTP begins. False: out of memory. */
OST_MUST_CHECK bool connection_begin(connection *c);

#endif
