/* Runs a loop on its thread: wakes, ticks, and the way it ends. */
#include "http/connection/event_loop.h"

#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "base/thread.h"
#include "http/connection/connection.h"
#include "http/connection/input.h"
#include "http/connection/listener.h"
#include "http/connection/server.h"
#include "http/message/exchange.h"

#define STOP_TICK_MS 20

static void on_tick(uv_timer_t *timer);

/* ---- exchanges that come back ---- */

void event_loop_return(event_loop *loop, http_exchange *exchange)
{
    pthread_mutex_lock(&loop->lock);
    exchange->next = NULL;
    if (loop->returned == NULL)
        loop->returned = exchange;
    else
        loop->returned_last->next = exchange;
    loop->returned_last = exchange;
    if (!loop->ended)
        uv_async_send(&loop->wake);
    pthread_mutex_unlock(&loop->lock);
}

static http_exchange *take_returned(event_loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    http_exchange *exchange = loop->returned;
    if (exchange != NULL)
        loop->returned = exchange->next;
    pthread_mutex_unlock(&loop->lock);
    return exchange;
}

static void continue_returned(event_loop *loop)
{
    for (http_exchange *x; (x = take_returned(loop)) != NULL;) {
        connection *c = x->connection;
        bool gone = c->closing; /* then it may be freed together with the exchange */
        exchange_continue(x);
        if (!gone)
            connection_advance(c);
    }
}

/* ---- stopping ---- */

static void close_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

/* Ends the loop when nothing is left to do, or when there has been time enough. */
static void end_if_done(event_loop *loop, uint64_t now)
{
    bool left = loop->connections != NULL || loop->waiting_exchanges > 0;
    if (!loop->stopping || (left && now < loop->end_at))
        return;
    for (connection *c = loop->connections, *next; c != NULL; c = next) {
        next = c->next;
        connection_close(c);
    }
    pthread_mutex_lock(&loop->lock);
    loop->ended = true;
    pthread_mutex_unlock(&loop->lock);
    close_handle((uv_handle_t *)&loop->wake);
    close_handle((uv_handle_t *)&loop->tick);
}

static void begin_stop(event_loop *loop)
{
    uint64_t bound = loop->server->limits.stop_timeout * 1000u;
    loop->stopping = true;
    loop->stop_at = event_loop_now(loop) + bound;
    loop->end_at = loop->stop_at + bound;
    listeners_close(loop);
    for (connection *c = loop->connections, *next; c != NULL; c = next) {
        next = c->next;
        connection_stop(c);
    }
    uv_timer_start(&loop->tick, on_tick, 0, STOP_TICK_MS);
}

static void on_wake(uv_async_t *async)
{
    event_loop *loop = async->data;
    continue_returned(loop);
    if (!loop->stopping && atomic_load(&loop->server->state) == SERVER_STOPPING)
        begin_stop(loop);
}

/* ---- time ---- */

static void accept_again(event_loop *loop)
{
    loop->accept_again = false;
    for (listener *l = loop->listeners; l != NULL; l = l->next)
        connection_accept(loop, &l->socket.stream);
}

static void on_tick(uv_timer_t *timer)
{
    event_loop *loop = timer->data;
    uint64_t now = event_loop_now(loop);
    bool cut = loop->stopping && now >= loop->stop_at;
    if (loop->accept_again)
        accept_again(loop);
    for (connection *c = loop->connections, *next; c != NULL; c = next) {
        next = c->next;
        if (cut)
            connection_close(c);
        else
            connection_check_time(c, now);
    }
    if (loop->connections == NULL && !loop->stopping && !loop->accept_again)
        uv_timer_stop(timer);
    end_if_done(loop, now);
}

void event_loop_need_tick(event_loop *loop)
{
    if (!uv_is_active((uv_handle_t *)&loop->tick))
        uv_timer_start(&loop->tick, on_tick, TICK_MS, TICK_MS);
}

uint64_t event_loop_now(const event_loop *loop)
{
    return uv_now(&loop->uv);
}

ost_text event_loop_date(event_loop *loop)
{
    time_t now = time(NULL);
    if (now != loop->date_second) {
        static const char days[] = "SunMonTueWedThuFriSat";
        static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
        struct tm t;
        gmtime_r(&now, &t);
        int len = snprintf(loop->date, sizeof loop->date, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
                           days + 3 * t.tm_wday, t.tm_mday, months + 3 * t.tm_mon, t.tm_year + 1900,
                           t.tm_hour, t.tm_min, t.tm_sec);
        loop->date_len = len > 0 && (size_t)len < sizeof loop->date ? (size_t)len : 0;
        loop->date_second = now;
    }
    return (ost_text){loop->date, loop->date_len};
}

/* ---- life ---- */

ost_result event_loop_init(event_loop *loop, http_server *server)
{
    loop->server = server;
    pthread_mutex_init(&loop->lock, NULL);
    loop->staging = memory_alloc(STAGING_SIZE);
    unsigned char ids[sizeof loop->request_ids];
    if (context_random(NULL, ids, sizeof ids) != OST_OK)
        return OST_E_CRYPTO;
    memcpy(&loop->request_ids, ids, sizeof ids);
    if (server->tls != NULL) {
        loop->cipher_staging = memory_alloc(STAGING_SIZE);
        loop->cipher_input = memory_alloc(STAGING_SIZE);
        if (loop->cipher_staging == NULL || loop->cipher_input == NULL)
            return OST_E_MEMORY;
    }
    if (loop->staging == NULL || uv_loop_init(&loop->uv) != 0)
        return OST_E_MEMORY;
    loop->initialized = true;
    if (uv_async_init(&loop->uv, &loop->wake, on_wake) != 0)
        return OST_E_SYSTEM;
    uv_timer_init(&loop->uv, &loop->tick);
    loop->wake.data = loop->tick.data = loop;
    return OST_OK;
}

static void *loop_thread(void *data)
{
    event_loop *loop = data;
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    return NULL;
}

ost_result event_loop_start(event_loop *loop, ost_error *ret_error)
{
    if (!thread_start(&loop->thread, "ostiary-loop", loop_thread, loop))
        return ost_error_set(ret_error, OST_E_SYSTEM, "no more threads can be started");
    loop->threaded = true;
    return OST_OK;
}

void event_loop_wake(event_loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    if (!loop->ended)
        uv_async_send(&loop->wake);
    pthread_mutex_unlock(&loop->lock);
}

void event_loop_join(event_loop *loop)
{
    if (loop->threaded)
        pthread_join(loop->thread, NULL);
    loop->threaded = false;
}

static void close_walked(uv_handle_t *handle, void *data)
{
    close_handle(handle);
}

void event_loop_free(event_loop *loop)
{
    continue_returned(loop);
    if (loop->initialized) {
        listeners_close(loop);
        for (connection *c = loop->connections, *next; c != NULL; c = next) {
            next = c->next;
            connection_close(c);
        }
        uv_walk(&loop->uv, close_walked, NULL);
        uv_run(&loop->uv, UV_RUN_DEFAULT);
        uv_loop_close(&loop->uv);
    }
    for (http_exchange *x = loop->spare_exchanges, *next; x != NULL; x = next) {
        next = x->next;
        exchange_free(x);
    }
    for (input_block *block = loop->spare_blocks, *next; block != NULL; block = next) {
        next = block->next;
        memory_free(block);
    }
    memory_free(loop->staging);
    memory_free(loop->cipher_staging);
    memory_free(loop->cipher_input);
    pthread_mutex_destroy(&loop->lock);
}
