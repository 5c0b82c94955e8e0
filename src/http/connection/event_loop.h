/* One event loop and its thread: connections, timers, what comes back from other threads, and the
 * memory its connections borrow. Everything here belongs to the loop's thread but event_loop_return
 * and event_loop_wake. */
#ifndef EVENT_LOOP_H
#define EVENT_LOOP_H

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <uv.h>

#include "http/http.h"

struct connection;
struct listener;
struct input_block;

#define STAGING_SIZE 65536 /* responses gathered for one write */
#define TICK_MS 200        /* precision of time-outs */

/* Written by the loop's thread only; read by any. */
typedef struct loop_counters {
    _Atomic uint64_t connections, open_connections, requests, refused_requests;
    _Atomic uint64_t responses[6]; /* by the first digit of the status */
} loop_counters;

typedef struct event_loop {
    http_server *server;
    uv_loop_t uv;
    pthread_t thread;
    bool initialized, threaded;
    uv_async_t wake;
    uv_timer_t tick;
    struct listener *listeners;
    struct connection *connections; /* a list, newest first */
    bool stopping;
    uint64_t stop_at, end_at; /* milliseconds of uv_now: connections are cut, the loop ends */

    struct input_block *spare_blocks;
    size_t spare_block_count;
    http_exchange *spare_exchanges;
    size_t spare_exchange_count;
    size_t waiting_exchanges; /* deferred or suspended */

    char *staging;
    size_t staged;
    char *cipher_staging; /* the same, below TLS */
    size_t cipher_staged;
    char *cipher_input; /* what TLS connections read into */
    bool accept_again;  /* out of memory: tried again at the next tick */

    char date[32]; /* "Mon, 23 Nov 2026 16:23:14 GMT" */
    size_t date_len;
    time_t date_second;
    uint64_t request_ids;

    pthread_mutex_t lock; /* guards what follows */
    http_exchange *returned, *returned_last;
    bool ended; /* no one will look at `wake` again */

    loop_counters counters;
} event_loop;

OST_MUST_CHECK ost_result event_loop_init(event_loop *loop, http_server *server);
OST_MUST_CHECK ost_result event_loop_start(event_loop *loop, ost_error *ret_error);
/* The loop looks up: for returned exchanges, and whether the server is stopping. Any thread. */
void event_loop_wake(event_loop *loop);
void event_loop_join(event_loop *loop);
/* After join, or instead of start. */
void event_loop_free(event_loop *loop);

/* Hands a waiting exchange back to its loop, which then runs its `done`. Any thread. */
void event_loop_return(event_loop *loop, http_exchange *exchange);

/* Milliseconds, as of the beginning of the current event. */
uint64_t event_loop_now(const event_loop *loop);
/* Value of the Date field, renewed each second. */
ost_text event_loop_date(event_loop *loop);

/* There is something to time out: the tick runs until there is nothing left. */
void event_loop_need_tick(event_loop *loop);

static inline void counter_add(_Atomic uint64_t *counter, uint64_t n)
{
    uint64_t old = atomic_load_explicit(counter, memory_order_relaxed);
    atomic_store_explicit(counter, old + n, memory_order_relaxed);
}

#endif
