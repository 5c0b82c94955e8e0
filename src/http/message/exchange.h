/* One request and its response, whatever protocol brought it. Belongs to its loop's thread, but
 * while its work runs on the pool. */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include "base/buffer.h"
#include "http/connection/event_loop.h"
#include "http/http.h"
#include "http/message/router.h"

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

#define REQUEST_ID_LEN 16

struct http_exchange {
    http_request request;
    event_loop *loop;
    struct connection *connection;
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
    ost_text subject, reason;

    void (*work)(http_exchange *exchange, void *user);
    http_handler done;
    void *waiting_user;

    char id[REQUEST_ID_LEN + 1];
    char peer[64]; /* behind a trusted proxy */
};

/* From the loop's spare ones, or a new one; NULL when out of memory. */
http_exchange *exchange_take(event_loop *loop, struct connection *connection,
                             const exchange_protocol *protocol);
/* Wipes it and gives it back. NULL is fine. */
void exchange_give(http_exchange *exchange);
void exchange_free(http_exchange *exchange);

/* The head is there: finds the route. Returns the body's ceiling. */
size_t exchange_route(http_exchange *exchange);

/* The request is there: runs the route's handler. When the exchange is over, protocol->ended has
 * been called before this returns. */
void exchange_run(http_exchange *exchange);

/* It has waited; its `done` runs. */
void exchange_continue(http_exchange *exchange);

/* Answers {"detail": reason} in the engine's own name and ends the exchange. The connection is to
 * be closed. */
void exchange_refuse(http_exchange *exchange, int status, const char *reason);

#endif
