/* SPDX-License-Identifier: Apache-2.0 */
/* One request and its response, whatever protocol brought it. Belongs to its loop's thread, but
 * while its work runs on the pool. */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include "base/buffer.h"
#include <stdatomic.h>

#include "base/trace/trace_context.h"
#include "http/http.h"
#include "http/message/router.h"
#include "http/message/service.h"

typedef enum exchange_state {
    EXCHANGE_READING, /* the request is still coming */
    EXCHANGE_RUNNING, /* a handler runs */
    EXCHANGE_WAITING, /* deferred or suspended */
} exchange_state;

/* A response field a handler has set. */
typedef struct response_field {
    struct response_field *next;
    ost_text name, value;
} response_field;

/* What goes to the client. The body is borrowed for the time of the call. */
typedef struct http_response {
    int status;
    ost_text type; /* empty: none */
    ost_text body;
    bool body_omitted; /* HEAD, 304: the length is told, the body is not sent */
    bool close;        /* the last one on its connection */
} http_response;

/* How a protocol sends a response and learns that an exchange is over. */
typedef struct exchange_protocol {
    void (*send)(http_exchange *exchange, const http_response *response);
    void (*ended)(http_exchange *exchange); /* lets go of the exchange, now or later */
} exchange_protocol;

/* Written by the loop's thread only; read by any. */
typedef struct exchange_counters {
    _Atomic uint64_t requests, refused_requests;
    _Atomic uint64_t responses[6]; /* by the first digit of the status */
    _Atomic uint64_t durations[HTTP_DURATIONS], duration_us;
} exchange_counters;

/* Where the exchanges of one event loop live. */
typedef struct exchange_home exchange_home;

typedef struct exchange_home_calls {
    /* Hands a waiting exchange back to its loop, which then continues it. Any thread. */
    void (*take_back)(exchange_home *home, http_exchange *exchange);
    /* Keeps an exchange that waits for others; continues it afterwards. The loop's thread. */
    void (*gather)(exchange_home *home, http_exchange *exchange);
} exchange_home_calls;

struct exchange_home {
    const http_service *service;
    const exchange_home_calls *calls;
    http_exchange *spare;
    size_t spare_count;
    size_t waiting; /* deferred or suspended */
    uint64_t request_ids;
    exchange_counters counters;
};

/* Who asks: what an exchange needs to know of its connection. */
typedef struct exchange_client exchange_client;

typedef struct exchange_client_calls {
    /* An exchange of this client has ended: it may be gone now. */
    void (*released)(exchange_client *client);
    /* The certificate that it has shown, DER, in the arena; untouched when there is none. */
    ost_result (*certificate)(const exchange_client *client, ost_arena *arena, ost_text *ret_der);
    /* Whether the handshake found that the server's authorities vouch for it. */
    bool (*certificate_vouched)(const exchange_client *client);
    /* The subject of the one that does, DER, in the arena; untouched when it is not known any more:
     * a handshake that resumes a session verifies nothing again. */
    ost_result (*authority)(const exchange_client *client, ost_arena *arena, ost_text *ret_name);
} exchange_client_calls;

struct exchange_client {
    const exchange_client_calls *calls;
    size_t exchange_count; /* alive, and counting on this client's connection */
    bool closing;          /* nothing reaches it any more */
    bool trusted;          /* a trusted proxy */
    bool secure;
    ost_text peer;
};

#define REQUEST_ID_LEN 16

/* What a handler has borrowed for as long as the exchange lasts. */
typedef struct exchange_loan {
    void (*release)(void *held);
    void *held;
    struct exchange_loan *next;
} exchange_loan;

struct http_exchange {
    http_request request;
    exchange_home *home;
    exchange_client *client;
    const exchange_protocol *protocol;
    void *stream;        /* HTTP/2: the stream */
    http_exchange *next; /* in the list it waits in */
    ost_arena *arena;
    http_field *fields; /* room for limits.field_count */
    buffer body;        /* of the request, when it could not stay in the connection's buffer */

    route_match match;
    exchange_state state;
    bool readable; /* `request` is complete enough to be shown */
    bool answered;
    bool broken; /* a response field was refused: the response becomes a 500 */
    bool close;  /* the connection is to be closed after the response */
    int fallback_status;

    response_field *first_field, *last_field;
    int status;
    size_t body_bytes;
    uint64_t started; /* uv_hrtime */
    trace_span span;
    bool has_span;
    ost_text subject, reason;
    http_detail details[HTTP_DETAILS];
    size_t detail_count;

    exchange_loan *loans;
    void (*work)(http_exchange *exchange, void *user);
    http_handler done;
    void *waiting_user;

    char id[REQUEST_ID_LEN + 1];
    char peer[64]; /* behind a trusted proxy */
};

static inline void counter_add(_Atomic uint64_t *counter, uint64_t n)
{
    uint64_t old = atomic_load_explicit(counter, memory_order_relaxed);
    atomic_store_explicit(counter, old + n, memory_order_relaxed);
}

/* From the spare ones, or a new one; NULL when out of memory. */
http_exchange *exchange_take(exchange_home *home, exchange_client *client,
                             const exchange_protocol *protocol);
/* Wipes it and gives it back. NULL is fine. */
void exchange_give(http_exchange *exchange);
/* Frees the spare ones. */
void exchange_home_clear(exchange_home *home);

/* The head is there: finds the route. Returns the body's ceiling. */
size_t exchange_route(http_exchange *exchange);

/* The request is there: runs the route's handler. When the exchange is over, protocol->ended has
 * been called before this returns. */
void exchange_run(http_exchange *exchange);

/* It has waited; its `done` runs. On its loop's thread. */
void exchange_continue(http_exchange *exchange);

/* Answers {"detail": reason} in the engine's own name and ends the exchange. The connection is to
 * be closed. */
void exchange_refuse(http_exchange *exchange, int status, const char *reason);

#endif
