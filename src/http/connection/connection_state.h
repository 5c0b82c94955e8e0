/* SPDX-License-Identifier: Apache-2.0 */
/* What a connection is made of, for the files that work on it: its socket, what came and what goes,
 * and the protocol that it speaks. */
#ifndef CONNECTION_STATE_H
#define CONNECTION_STATE_H

#include "base/buffer.h"
#include "http/connection/event_loop.h"
#include "http/connection/input.h"
#include "http/message/address.h"
#include "http/message/exchange.h"

#define LINGER_MAX ((size_t)1 << 20) /* bytes thrown away after the last response … */
#define LINGER_MS 2000               /* … and for how long */

struct tls_stream;
typedef struct connection connection;

/* What a version of HTTP does with a connection. */
typedef struct connection_protocol {
    bool (*begin)(connection *c);   /* sets `session`; false: out of memory */
    void (*advance)(connection *c); /* as far as the input reaches */
    /* The end of the input is the end of the connection: nothing is being handled. */
    bool (*ends_with_input)(const connection *c);
    void (*stop)(
        connection *c); /* the loop stops: closes when idle, else after what is in flight */
    /* Ends what has taken too long; true when there was something to do. */
    bool (*check_time)(connection *c, uint64_t now);
    /* Since when nothing has been asked; UINT64_MAX: something is being handled. */
    uint64_t (*idle_since)(const connection *c);
    /* Since when the client owes something: the rest of a request, or to take its response.
     * UINT64_MAX: something is being handled. */
    uint64_t (*owes_since)(const connection *c);
    void (*end)(connection *c);     /* the connection closes: requests that are not whole go */
    void (*discard)(connection *c); /* no exchange is left */
} connection_protocol;

typedef enum connection_phase {
    PHASE_PROXY,  /* a PROXY protocol header is due */
    PHASE_SECURE, /* TLS is being agreed on */
    PHASE_DETECT, /* HTTP/1.1 or HTTP/2? */
    PHASE_HTTP,   /* see `protocol` */
    PHASE_LINGER, /* all is said; what still comes is thrown away until the client closes */
} connection_phase;

struct connection {
    exchange_client client; /* first, for its calls */
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } socket;
    event_loop *loop;
    struct connection *next, *previous;
    void (*drained)(connection *c); /* the socket has taken what waited */

    connection_phase phase;
    uint64_t since; /* of the phase, or of the request being waited for */
    bool reading;
    bool input_ended; /* the client will send no more; it may still wait for an answer */
    bool busy;        /* inside connection_advance */
    bool closed;
    bool last_words; /* close once everything is sent */
    bool shutdown_sent;
    bool aborting; /* the socket failed: close without a word */

    input input;
    size_t lingered;

    buffer sending, pending; /* in flight; behind it */
    uv_write_t write;
    uv_shutdown_t shutdown;
    size_t unsent;       /* at the last tick */
    uint64_t unsent_due; /* when less must be left */

    const connection_protocol *protocol; /* NULL: not agreed on yet */
    void *session;                       /* the protocol's */
    size_t served;                       /* requests */
    struct tls_stream *tls;

    bool counted, counted_peer;
    bool local; /* a Unix socket */
    ip_address peer_address;
    char peer_text[ADDRESS_TEXT_SIZE];
};

static inline connection *connection_of(const http_exchange *exchange)
{
    return (connection *)exchange->client;
}

#endif
