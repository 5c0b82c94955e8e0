/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a loop on its thread: wakes, ticks, and the way it ends. */
#include "http/connection/loop_thread.h"

#include <string.h>

#include "base/context.h"
#include "base/thread.h"
#include "http/connection/connection.h"
#include "http/connection/connection_accept.h"
#include "http/connection/connection_time.h"
#include "http/connection/listener.h"
#include "http/connection/server_state.h"

#define STOP_TICK_MS 20
#define GIVE_BACK_MIN ((size_t)8 << 20)
#define GIVE_BACK_EVERY_MS 10000

static void on_tick(uv_timer_t *timer);

/* ---- exchanges that come back ---- */

static void take_back(exchange_home *home, http_exchange *exchange)
{
    event_loop *loop = (event_loop *)home;
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

static void gather(exchange_home *home, http_exchange *exchange);

static const exchange_home_calls calls = {take_back, gather};

static http_exchange *take_returned(event_loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    http_exchange *exchange = loop->returned;
    if (exchange != NULL)
        loop->returned = exchange->next;
    pthread_mutex_unlock(&loop->lock);
    return exchange;
}

static void continue_one(http_exchange *x)
{
    connection *c = connection_of(x);
    bool gone = c->client.closing; /* then it may be freed together with the exchange */
    exchange_continue(x);
    if (!gone)
        connection_advance(c);
}

static void continue_returned(event_loop *loop)
{
    for (http_exchange *x; (x = take_returned(loop)) != NULL;)
        continue_one(x);
}

/* ---- exchanges that wait for each other ---- */

static void continue_gathered(event_loop *loop)
{
    http_exchange *together[HTTP_TOGETHER];
    void *users[HTTP_TOGETHER];
    size_t count = 0;
    for (; loop->gathered != NULL && count < HTTP_TOGETHER; count++) {
        together[count] = loop->gathered;
        users[count] = loop->gathered->waiting_user;
        loop->gathered = loop->gathered->next;
    }
    if (count > 0)
        loop->exchanges.service->together(users, count);
    for (size_t i = 0; i < count; i++)
        continue_one(together[i]);
}

static void on_gathered(uv_idle_t *idle)
{
    event_loop *loop = idle->data;
    continue_gathered(loop);
    if (loop->gathered == NULL)
        uv_idle_stop(idle);
}

static void gather(exchange_home *home, http_exchange *exchange)
{
    event_loop *loop = (event_loop *)home;
    exchange->next = NULL;
    if (loop->gathered == NULL)
        loop->gathered = exchange;
    else
        loop->gathered_last->next = exchange;
    loop->gathered_last = exchange;
    if (!uv_is_closing((uv_handle_t *)&loop->gathering))
        uv_idle_start(&loop->gathering, on_gathered);
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
    bool left = loop->connections != NULL || loop->exchanges.waiting > 0;
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
    close_handle((uv_handle_t *)&loop->gathering);
}

static void begin_stop(event_loop *loop)
{
    uint64_t bound = loop->server->service.limits.stop_timeout * 1000u;
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

/* After a flood the heap is as large as the flood was. */
static void give_back(event_loop *loop, uint64_t now)
{
    if (loop->released < GIVE_BACK_MIN || now < loop->given_back_at + GIVE_BACK_EVERY_MS)
        return;
    loop->released = 0;
    loop->given_back_at = now;
    memory_give_back();
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
    give_back(loop, now);
    if (loop->connections == NULL && !loop->stopping && !loop->accept_again &&
        loop->released < GIVE_BACK_MIN)
        uv_timer_stop(timer);
    end_if_done(loop, now);
}

/* ---- life ---- */

ost_result loop_init(event_loop *loop, http_server *server)
{
    loop->server = server;
    loop->exchanges.service = &server->service;
    loop->exchanges.calls = &calls;
    loop->on_tick = on_tick;
    pthread_mutex_init(&loop->lock, NULL);
    loop->staging = memory_alloc(STAGING_SIZE);
    unsigned char ids[sizeof loop->exchanges.request_ids];
    if (context_random(NULL, ids, sizeof ids) != OST_OK)
        return OST_E_CRYPTO;
    memcpy(&loop->exchanges.request_ids, ids, sizeof ids);
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
    uv_idle_init(&loop->uv, &loop->gathering);
    loop->wake.data = loop->tick.data = loop->gathering.data = loop;
    return OST_OK;
}

static void *loop_thread(void *data)
{
    event_loop *loop = data;
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    return NULL;
}

ost_result loop_start(event_loop *loop, ost_error *error)
{
    if (!thread_start(&loop->thread, "ostiary-loop", loop_thread, loop))
        return ost_error_set(error, OST_E_SYSTEM, "no more threads can be started");
    loop->threaded = true;
    return OST_OK;
}

void loop_wake(event_loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    if (!loop->ended)
        uv_async_send(&loop->wake);
    pthread_mutex_unlock(&loop->lock);
}

void loop_join(event_loop *loop)
{
    if (loop->threaded)
        pthread_join(loop->thread, NULL);
    loop->threaded = false;
}

static void close_walked(uv_handle_t *handle, void *data)
{
    close_handle(handle);
}

void loop_free(event_loop *loop)
{
    continue_returned(loop);
    while (loop->gathered != NULL)
        continue_gathered(loop);
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
    exchange_home_clear(&loop->exchanges);
    input_blocks_clear(&loop->blocks);
    memory_free(loop->staging);
    memory_free(loop->cipher_staging);
    memory_free(loop->cipher_input);
    pthread_mutex_destroy(&loop->lock);
}
