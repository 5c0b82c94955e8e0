/* The life of a connection: accept, read, advance, finish, close. Everything runs on the loop's
 * thread. Memory is freed when the socket is closed and no exchange counts on it any more. */
#include "connection.h"

#include <string.h>

#include "context.h"
#include "output.h"
#include "server.h"
#include "text.h"

#define LINGER_MAX ((size_t)1 << 20) /* bytes thrown away after the last response */
#define LINGER_MS 2000

static void settle(connection *c);

/* ---- end ---- */

static void connection_free(connection *c)
{
    input_release(&c->input, c->loop);
    buffer_free(&c->sending);
    buffer_free(&c->pending);
    memory_free(c);
}

static void on_closed(uv_handle_t *handle)
{
    connection *c = handle->data;
    event_loop *loop = c->loop;
    c->closed = true;
    if (c->previous != NULL)
        c->previous->next = c->next;
    else
        loop->connections = c->next;
    if (c->next != NULL)
        c->next->previous = c->previous;
    if (c->counted) {
        counter_add(&loop->counters.open_connections, (uint64_t)-1);
        atomic_fetch_sub(&loop->server->open_connections, 1);
    }
    if (c->counted_peer)
        peers_leave(loop->server->peers, &c->peer_address);
    if (c->exchange_count == 0)
        connection_free(c);
}

void connection_release(connection *c)
{
    c->exchange_count--;
    if (c->closed && c->exchange_count == 0)
        connection_free(c);
}

void connection_close(connection *c)
{
    if (c->closing)
        return;
    c->closing = true;
    http1_abandon(c);
    if (c->exchange_count == 0 || c->phase != PHASE_HTTP1)
        input_release(&c->input, c->loop);
    uv_close(&c->socket.handle, on_closed);
}

void connection_finish(connection *c)
{
    c->last_words = true;
}

/* ---- advancing ---- */

static void on_shutdown(uv_shutdown_t *request, int status) {}

/* After the last response the client is told that no more will come, and given time to read it: to
 * close with unread input would reset the connection and take the response with it. */
static void say_goodbye(connection *c)
{
    if (c->input_ended) {
        connection_close(c);
        return;
    }
    if (c->shutdown_sent)
        return;
    c->shutdown_sent = true;
    c->phase = PHASE_LINGER;
    c->since = event_loop_now(c->loop);
    input_release(&c->input, c->loop);
    if (uv_shutdown(&c->shutdown, &c->socket.stream, on_shutdown) != 0)
        connection_close(c);
}

void connection_advance(connection *c)
{
    if (c->closing || c->busy)
        return;
    c->busy = true;
    http1_advance(c);
    c->busy = false;
    settle(c);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *bytes);
static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_bytes);

/* Room for more? An exchange in progress keeps its request where it is, so what is behind it may
 * fill the block and no more. */
static bool wants_input(connection *c)
{
    if (c->input_ended || output_blocked(c))
        return false;
    return c->phase == PHASE_LINGER || c->input.block == NULL || input_room(&c->input) > 0;
}

static void update_reading(connection *c)
{
    bool wanted = wants_input(c);
    if (wanted == c->reading)
        return;
    c->reading = wanted;
    if (!wanted)
        uv_read_stop(&c->socket.stream);
    else if (uv_read_start(&c->socket.stream, on_alloc, on_read) != 0)
        connection_close(c);
}

/* The event is over: what has been gathered is sent, and the connection's state follows. */
static void settle(connection *c)
{
    if (c->closing)
        return;
    output_flush(c);
    if (c->aborting) {
        connection_close(c);
        return;
    }
    if (!output_blocked(c)) {
        bool idle = c->phase != PHASE_HTTP1 || http1_is_idle(c) || c->http1.phase != HTTP1_HANDLING;
        if (c->last_words || (c->input_ended && idle))
            say_goodbye(c);
    }
    if (!c->closing)
        update_reading(c);
}

/* ---- reading ---- */

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_bytes)
{
    connection *c = handle->data;
    if (c->phase == PHASE_LINGER) {
        *ret_bytes = uv_buf_init(c->loop->staging, STAGING_SIZE);
        return;
    }
    bool ready = input_ready(&c->input, c->loop);
    *ret_bytes =
        ready ? uv_buf_init(c->input.block->data + c->input.end, (unsigned)input_room(&c->input))
              : uv_buf_init(NULL, 0);
}

static void linger(connection *c, size_t n)
{
    c->lingered += n;
    if (c->lingered > LINGER_MAX)
        connection_close(c);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *bytes)
{
    connection *c = stream->data;
    if (n == 0 || c->closing)
        return;
    if (n == UV_EOF) {
        c->input_ended = true;
        if (c->phase == PHASE_LINGER)
            connection_close(c);
        else
            connection_advance(c);
        return;
    }
    if (n < 0) {
        connection_close(c);
        return;
    }
    if (c->phase == PHASE_LINGER) {
        linger(c, (size_t)n);
        return;
    }
    c->input.end += (size_t)n;
    connection_advance(c);
}

/* ---- beginning ---- */

static bool find_peer(connection *c)
{
    if (c->local) {
        c->peer = OST_TEXT("unix");
        return true;
    }
    struct sockaddr_storage name;
    int len = sizeof name;
    if (uv_tcp_getpeername(&c->socket.tcp, (struct sockaddr *)&name, &len) != 0 ||
        !address_of_socket((struct sockaddr *)&name, &c->peer_address))
        return false;
    c->peer = (ost_text){c->peer_text, address_write(&c->peer_address, c->peer_text)};
    return true;
}

/* False: there are enough connections. */
static bool count(connection *c)
{
    http_server *server = c->loop->server;
    size_t before = atomic_fetch_add(&server->open_connections, 1);
    c->counted = true;
    counter_add(&c->loop->counters.connections, 1);
    counter_add(&c->loop->counters.open_connections, 1);
    if (before >= server->limits.connections)
        return false;
    if (c->local || address_is_loopback(&c->peer_address))
        return true;
    c->counted_peer = peers_enter(server->peers, &c->peer_address);
    return c->counted_peer;
}

static bool is_trusted(const connection *c)
{
    const http_server *server = c->loop->server;
    if (c->local)
        return server->trust_local;
    for (size_t i = 0; i < server->trusted_count; i++)
        if (address_in_block(&c->peer_address, &server->trusted[i]))
            return true;
    return false;
}

static bool open_socket(connection *c, uv_stream_t *listener)
{
    event_loop *loop = c->loop;
    c->local = listener->type == UV_NAMED_PIPE;
    int result = c->local ? uv_pipe_init(&loop->uv, &c->socket.pipe, 0)
                          : uv_tcp_init(&loop->uv, &c->socket.tcp);
    if (result != 0)
        return false;
    c->socket.handle.data = c;
    c->next = loop->connections;
    if (c->next != NULL)
        c->next->previous = c;
    loop->connections = c;
    return true;
}

void connection_accept(event_loop *loop, uv_stream_t *listener)
{
    connection *c = memory_alloc(sizeof *c);
    if (c == NULL)
        return;
    c->loop = loop;
    if (!open_socket(c, listener)) {
        connection_free(c);
        return;
    }
    c->since = event_loop_now(loop);
    c->phase = PHASE_HTTP1;
    if (uv_accept(listener, &c->socket.stream) != 0 || !find_peer(c) || !count(c)) {
        connection_close(c);
        return;
    }
    c->trusted = is_trusted(c);
    event_loop_need_tick(loop);
    update_reading(c);
}

/* ---- time ---- */

void connection_stop(connection *c)
{
    if (c->closing || c->phase == PHASE_LINGER)
        return;
    if (http1_is_idle(c) && !output_blocked(c))
        connection_close(c);
    if (!c->closing)
        settle(c);
}

/* When the current state has lasted too long; UINT64_MAX: never. */
static uint64_t deadline(const connection *c)
{
    const http_limits *limits = &c->loop->server->limits;
    const http1 *h = &c->http1;
    if (c->phase == PHASE_LINGER)
        return c->since + LINGER_MS;
    if (h->phase == HTTP1_HANDLING)
        return UINT64_MAX;
    if (h->phase == HTTP1_BODY)
        return h->body_since + limits->head_timeout * 1000u +
               h->body_received * 1000u / limits->body_rate;
    bool begun = h->exchange != NULL || h->served == 0;
    return c->since + (begun ? limits->head_timeout : limits->idle_timeout) * 1000u;
}

/* A client that does not take its response. */
static bool write_is_stuck(connection *c, uint64_t now)
{
    size_t unsent = uv_stream_get_write_queue_size(&c->socket.stream) + c->pending.len;
    if (unsent == 0 || unsent != c->unsent) {
        c->unsent = unsent;
        c->unsent_since = now;
        return false;
    }
    return now - c->unsent_since > c->loop->server->limits.idle_timeout * 1000u;
}

void connection_check_time(connection *c, uint64_t now)
{
    if (c->closing)
        return;
    if (write_is_stuck(c, now)) {
        connection_close(c);
        return;
    }
    if (output_blocked(c) || now < deadline(c))
        return;
    if (c->phase == PHASE_HTTP1)
        http1_time_out(c);
    else
        connection_close(c);
    settle(c);
}
