/* SPDX-License-Identifier: Apache-2.0 */
/* How a connection begins: accepted, counted, and given its first protocol. */
#include "http/connection/connection_accept.h"

#include "base/context.h"
#include "http/connection/connection.h"
#include "http/connection/connection_begin.h"
#include "http/connection/output.h"
#include "http/connection/server_state.h"

/* False: there are enough connections. */
static bool count(connection *c)
{
    http_server *server = c->loop->server;
    size_t before = atomic_fetch_add(&server->open_connections, 1);
    c->counted = true;
    counter_add(&c->loop->counters.connections, 1);
    counter_add(&c->loop->counters.open_connections, 1);
    return before < server->service.limits.connections;
}

static uint64_t idle_since(const connection *c)
{
    if (c->client.closing || output_blocked(c))
        return UINT64_MAX;
    return c->phase == PHASE_HTTP ? c->protocol->idle_since(c) : c->since;
}

/* What its client owes, or how slowly it takes what it gets. */
static uint64_t owes_since(const connection *c)
{
    if (c->client.closing)
        return UINT64_MAX;
    return c->phase == PHASE_HTTP ? c->protocol->owes_since(c) : c->since;
}

static connection *longest(const connection *newest, uint64_t (*since_of)(const connection *),
                           uint64_t before)
{
    connection *found = NULL;
    for (connection *c = newest->loop->connections; c != NULL; c = c->next) {
        uint64_t its = c == newest ? UINT64_MAX : since_of(c);
        if (its < before) {
            found = c;
            before = its;
        }
    }
    return found;
}

#define PATIENCE_MS 1000 /* with a client, when others want its place */

/* Of what this loop serves, the connection that has been idle for the longest time goes; else the
 * one whose client has been waited for: a few slow clients must not keep all others away. */
static bool make_room(const connection *newest)
{
    uint64_t now = event_loop_now(newest->loop);
    const char *reason = "too many connections: the longest idle one was closed";
    connection *goes = longest(newest, idle_since, UINT64_MAX);
    if (goes == NULL && now > PATIENCE_MS) {
        reason = "too many connections: the one whose client was waited for longest was closed";
        goes = longest(newest, owes_since, now - PATIENCE_MS);
    }
    if (goes == NULL)
        return false;
    counter_add(&newest->loop->counters.ended, 1);
    event_loop_tell(newest->loop, goes->client.peer, reason);
    connection_close(goes);
    return true;
}

/* Counted, or in the place of another. */
static bool enter(connection *c)
{
    if (count(c) || make_room(c))
        return true;
    counter_add(&c->loop->counters.refused, 1);
    event_loop_tell(c->loop, c->client.peer, "too many connections: a new one was refused");
    return false;
}

/* A connection whose socket is ready to be accepted into; NULL: out of memory. */
static connection *connection_new(event_loop *loop, const uv_stream_t *listener)
{
    connection *c = memory_alloc(sizeof *c);
    if (c == NULL)
        return NULL;
    c->loop = loop;
    c->client.calls = &connection_client_calls;
    c->drained = connection_advance;
    c->local = listener->type == UV_NAMED_PIPE;
    int result = c->local ? uv_pipe_init(&loop->uv, &c->socket.pipe, 0)
                          : uv_tcp_init(&loop->uv, &c->socket.tcp);
    if (result != 0) {
        memory_free(c);
        return NULL;
    }
    c->socket.handle.data = c;
    c->next = loop->connections;
    if (c->next != NULL)
        c->next->previous = c;
    loop->connections = c;
    c->since = event_loop_now(loop);
    c->phase = PHASE_PROXY;
    return c;
}

void connection_accept(event_loop *loop, uv_stream_t *listener)
{
    connection *c = connection_new(loop, listener);
    if (c == NULL) {
        loop->accept_again = true; /* libuv holds the connection until it is taken */
        event_loop_need_tick(loop);
        return;
    }
    if (uv_accept(listener, &c->socket.stream) != 0 || !enter(c) || !connection_meet_socket(c) ||
        (!loop->server->proxy_protocol && !connection_begin(c))) {
        connection_close(c);
        return;
    }
    event_loop_need_tick(loop);
    connection_advance(c);
}
