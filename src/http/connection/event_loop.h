/* SPDX-License-Identifier: Apache-2.0 */
/* What an event loop has for its connections: time, a tick, and the memory that they borrow. It
 * belongs to its thread (loop_thread.h). */
#ifndef EVENT_LOOP_H
#define EVENT_LOOP_H

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <uv.h>

#include "http/connection/input.h"
#include "http/message/exchange.h"

struct connection;
struct listener;

#define STAGING_SIZE 65536 /* responses gathered for one write */
#define TICK_MS 200        /* precision of time-outs */

/* Written by the loop's thread only; read by any. */
typedef struct loop_counters {
    _Atomic uint64_t connections, open_connections, refused, ended, ended_responses;
} loop_counters;

typedef struct event_loop {
    exchange_home exchanges; /* first, for its calls */
    http_server *server;
    uv_loop_t uv;
    pthread_t thread;
    bool initialized, threaded;
    uv_async_t wake;
    uv_timer_t tick;
    uv_idle_t gathering; /* runs before the loop reads again, while exchanges are gathered */
    http_exchange *gathered, *gathered_last;
    uv_timer_cb on_tick;
    struct listener *listeners;
    struct connection *connections; /* a list, newest first */
    bool stopping;
    uint64_t stop_at, end_at; /* milliseconds of uv_now: connections are cut, the loop ends */

    input_blocks blocks;
    char *staging;
    size_t staged;
    char *cipher_staging; /* the same, below TLS */
    size_t cipher_staged;
    char *cipher_input; /* what TLS connections read into */
    bool accept_again;  /* out of memory: tried again at the next tick */

    uint64_t told_at, told_tls_at; /* see event_loop_tell, event_loop_tell_tls */
    size_t released; /* bytes that connections have let go of since memory was given back */
    uint64_t given_back_at;

    char date[32]; /* "Mon, 23 Nov 2026 16:23:14 GMT" */
    size_t date_len;
    time_t date_second;

    pthread_mutex_t lock; /* guards what follows */
    http_exchange *returned, *returned_last;
    bool ended; /* no one will look at `wake` again */

    loop_counters counters;
} event_loop;

/* Milliseconds, as of the beginning of the current event. */
uint64_t event_loop_now(const event_loop *loop);
/* Value of the Date field, renewed each second. */
ost_text event_loop_date(event_loop *loop);

/* Tells the operator's log what befalls connections, once in ten seconds at most. */
void event_loop_tell(event_loop *loop, ost_text peer, const char *reason);
/* The same of handshakes that fail, so that neither keeps quiet about the other. */
void event_loop_tell_tls(event_loop *loop, ost_text peer, const char *reason);

/* There is something to time out: the tick runs until there is nothing left. */
void event_loop_need_tick(event_loop *loop);

#endif
