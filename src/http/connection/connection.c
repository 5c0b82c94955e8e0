/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a connection: read, advance, finish, close. Everything runs on the loop's thread.
 * Memory is freed when the socket is closed and no exchange counts on it any more. */
#include "http/connection/connection.h"

#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "http/connection/connection_begin.h"
#include "http/connection/output.h"
#include "http/connection/peers.h"
#include "http/connection/proxy_protocol.h"
#include "http/connection/server_state.h"
#include "http/connection/tls.h"

#define CONNECTION_COST 32768 /* roughly, with its sessions of HTTP and TLS */

static void settle(connection *c);

/* ---- end ---- */

static void connection_free(connection *c)
{
    if (c->protocol != NULL)
        c->protocol->discard(c);
    input_release(&c->input, &c->loop->blocks);
    buffer_free(&c->sending);
    buffer_free(&c->pending);
    c->loop->released += CONNECTION_COST;
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
    if (c->client.exchange_count == 0)
        connection_free(c);
}

static void release(exchange_client *client)
{
    connection *c = (connection *)client;
    if (c->closed && client->exchange_count == 0)
        connection_free(c);
}

static ost_result read_certificate(const exchange_client *client, ost_arena *arena,
                                   ost_text *ret_der)
{
    const connection *c = (const connection *)client;
    return c->tls == NULL ? OST_OK : tls_client_certificate(c->tls, arena, ret_der);
}

static bool is_vouched_for(const exchange_client *client)
{
    const connection *c = (const connection *)client;
    return c->tls != NULL && tls_client_is_vouched_for(c->tls);
}

static ost_result name_authority(const exchange_client *client, ost_arena *arena,
                                 ost_text *ret_name)
{
    const connection *c = (const connection *)client;
    return c->tls == NULL ? OST_OK : tls_client_authority(c->tls, arena, ret_name);
}

const exchange_client_calls connection_client_calls = {release, read_certificate, is_vouched_for,
                                                       name_authority};

void connection_close(connection *c)
{
    if (c->client.closing)
        return;
    c->client.closing = true;
    if (c->protocol != NULL)
        c->protocol->end(c);
    tls_stream_free(c->tls);
    c->tls = NULL;
    uv_close(&c->socket.handle, on_closed);
}

void connection_finish(connection *c)
{
    c->last_words = true;
}

static void on_shutdown(uv_shutdown_t *request, int status) {}

/* After the last response the client is told that no more will come, and given time to read it: to
 * close with unread input would reset the connection and take the response with it. */
static void say_goodbye(connection *c)
{
    if (c->shutdown_sent)
        return;
    c->shutdown_sent = true;
    c->phase = PHASE_LINGER;
    c->since = event_loop_now(c->loop);
    input_release(&c->input, &c->loop->blocks);
    if (c->tls != NULL)
        tls_finish(c->tls);
    if (c->input_ended && !output_blocked(c)) {
        connection_close(c);
        return;
    }
    if (uv_shutdown(&c->shutdown, &c->socket.stream, on_shutdown) != 0)
        connection_close(c);
}

/* ---- advancing ---- */

static void read_proxy_header(connection *c)
{
    if (c->input.block == NULL || input_len(&c->input) == 0)
        return;
    proxy_header header;
    ost_text seen = {input_data(&c->input), input_len(&c->input)};
    proxy_state state = proxy_header_read(seen, &header);
    if (state == PROXY_MORE)
        return;
    if (state == PROXY_REFUSED || (header.has_address && !connection_meet(c, &header.address))) {
        c->aborting = true;
        return;
    }
    c->input.start += header.size;
    c->client.secure = header.secure;
    if (!connection_begin(c))
        c->aborting = true;
}

static void begin_http(connection *c, const connection_protocol *protocol)
{
    c->phase = PHASE_HTTP;
    if (!protocol->begin(c))
        c->aborting = true;
    else
        c->protocol = protocol;
}

/* What an HTTP/2 client says first (RFC 9113 §3.4). */
static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/* By the client's first bytes. */
static void detect(connection *c)
{
    if (c->input.block == NULL || input_len(&c->input) == 0)
        return;
    size_t seen = input_len(&c->input), whole = sizeof preface - 1;
    size_t compared = seen < whole ? seen : whole;
    if (memcmp(input_data(&c->input), preface, compared) != 0)
        begin_http(c, c->loop->server->http1);
    else if (compared == whole)
        begin_http(c, c->loop->server->http2);
}

/* Which HTTP it is: agreed on in TLS, otherwise told by the client's first bytes. */
static void choose_protocol(connection *c)
{
    tls_protocol agreed = c->phase == PHASE_SECURE ? tls_agreed(c->tls) : TLS_UNDECIDED;
    if (agreed == TLS_HTTP2)
        begin_http(c, c->loop->server->http2);
    else if (agreed == TLS_HTTP1)
        begin_http(c, c->loop->server->http1);
    else if (c->phase == PHASE_DETECT)
        detect(c);
}

static void run_phase(connection *c)
{
    if (c->phase == PHASE_PROXY)
        read_proxy_header(c);
    /* What has been consumed makes room for more to be decrypted. */
    for (bool moved = true; moved && !c->client.closing;) {
        moved = c->tls != NULL && c->phase != PHASE_LINGER && tls_pump(c);
        size_t before = input_len(&c->input);
        if (!c->aborting)
            choose_protocol(c);
        if (c->aborting)
            return;
        if (c->phase == PHASE_HTTP)
            c->protocol->advance(c);
        moved = moved || (c->tls != NULL && input_len(&c->input) != before);
    }
}

void connection_advance(connection *c)
{
    if (c->client.closing || c->busy)
        return;
    c->busy = true;
    run_phase(c);
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
    if (c->phase == PHASE_LINGER)
        return true;
    if (c->tls != NULL)
        return !tls_has_backlog(c->tls);
    return c->input.block == NULL || input_room(&c->input) > 0;
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

/* Nothing is being handled, so that the end of the input is the end of the connection. */
static bool ends_with_input(const connection *c)
{
    return c->phase != PHASE_HTTP || c->protocol->ends_with_input(c);
}

/* The event is over: what has been gathered is sent, and the connection's state follows. */
static void settle(connection *c)
{
    if (c->client.closing)
        return;
    if (!c->aborting)
        output_flush(c);
    c->loop->staged = c->loop->cipher_staged = 0;
    if (c->tls != NULL)
        tls_keep(c->tls);
    if (c->aborting) {
        connection_close(c);
        return;
    }
    if (!output_blocked(c) && (c->last_words || (c->input_ended && ends_with_input(c))))
        say_goodbye(c);
    if (!c->client.closing)
        update_reading(c);
}

/* ---- reading ---- */

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_bytes)
{
    connection *c = handle->data;
    if (c->phase == PHASE_LINGER) {
        *ret_bytes = uv_buf_init(c->loop->staging, STAGING_SIZE);
    } else if (c->tls != NULL) {
        *ret_bytes = uv_buf_init(c->loop->cipher_input, STAGING_SIZE);
    } else {
        bool ready = input_ready(&c->input, &c->loop->blocks);
        *ret_bytes = ready ? uv_buf_init(c->input.block->data + c->input.end,
                                         (unsigned)input_room(&c->input))
                           : uv_buf_init(NULL, 0);
    }
}

static void on_input_end(connection *c)
{
    c->input_ended = true;
    if (c->phase == PHASE_LINGER)
        connection_close(c);
    else
        connection_advance(c);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *bytes)
{
    connection *c = stream->data;
    if (n == 0 || c->client.closing)
        return;
    if (n == UV_EOF) {
        on_input_end(c);
        return;
    }
    if (n < 0) {
        connection_close(c);
        return;
    }
    if (c->phase == PHASE_LINGER) {
        c->lingered += (size_t)n;
        if (c->lingered > LINGER_MAX)
            connection_close(c);
        return;
    }
    if (c->tls != NULL)
        tls_receive(c->tls, (ost_text){bytes->base, (size_t)n});
    else
        c->input.end += (size_t)n;
    connection_advance(c);
}
