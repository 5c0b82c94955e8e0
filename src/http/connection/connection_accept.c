/* How a connection begins: accepted, counted, and given its first protocol. */
#include <string.h>

#include "base/context.h"
#include "http/connection/connection.h"
#include "http/connection/peers.h"
#include "http/connection/server.h"
#include "http/connection/tls.h"

static bool is_trusted(const connection *c)
{
    const http_server *server = c->loop->server;
    for (size_t i = 0; i < server->trusted_count; i++)
        if (address_in_block(&c->peer_address, &server->trusted[i]))
            return true;
    return false;
}

bool connection_meet(connection *c, const ip_address *peer)
{
    c->local = false;
    c->peer_address = *peer;
    c->peer = (ost_text){c->peer_text, address_write(peer, c->peer_text)};
    c->trusted = is_trusted(c);
    if (address_is_loopback(peer))
        return true;
    c->counted_peer = peers_enter(c->loop->server->peers, peer);
    return c->counted_peer;
}

/* The one at the other end of the socket, be it client or proxy. */
static bool meet_socket(connection *c)
{
    const http_server *server = c->loop->server;
    if (c->local) {
        c->peer = OST_TEXT("unix");
        c->trusted = server->trust_local;
        return true;
    }
    struct sockaddr_storage name;
    int len = sizeof name;
    ip_address peer;
    if (uv_tcp_getpeername(&c->socket.tcp, (struct sockaddr *)&name, &len) != 0 ||
        !address_of_socket((struct sockaddr *)&name, &peer))
        return false;
    if (!server->proxy_protocol)
        return connection_meet(c, &peer);
    /* A proxy brings many clients: they are counted, it is not. If proxies are named, no one else
     * may speak for others. */
    c->peer_address = peer;
    c->peer = (ost_text){c->peer_text, address_write(&peer, c->peer_text)};
    return server->trusted_count == 0 || is_trusted(c);
}

/* False: there are enough connections. */
static bool count(connection *c)
{
    http_server *server = c->loop->server;
    size_t before = atomic_fetch_add(&server->open_connections, 1);
    c->counted = true;
    counter_add(&c->loop->counters.connections, 1);
    counter_add(&c->loop->counters.open_connections, 1);
    return before < server->limits.connections;
}

bool connection_begin(connection *c)
{
    http_server *server = c->loop->server;
    if (server->tls == NULL) {
        c->phase = PHASE_DETECT;
        return true;
    }
    c->tls = tls_stream_new(server->tls, c);
    if (c->tls == NULL)
        return false;
    c->phase = PHASE_SECURE;
    c->secure = true;
    if (c->input.block != NULL) { /* what came behind a PROXY header */
        tls_receive(c->tls, (ost_text){input_data(&c->input), input_len(&c->input)});
        tls_keep(c->tls);
        input_release(&c->input, c->loop);
    }
    return true;
}

/* A connection whose socket is ready to be accepted into; NULL: out of memory. */
static connection *connection_new(event_loop *loop, const uv_stream_t *listener)
{
    connection *c = memory_alloc(sizeof *c);
    if (c == NULL)
        return NULL;
    c->loop = loop;
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
    if (uv_accept(listener, &c->socket.stream) != 0 || !count(c) || !meet_socket(c) ||
        (!loop->server->proxy_protocol && !connection_begin(c))) {
        connection_close(c);
        return;
    }
    event_loop_need_tick(loop);
    connection_advance(c);
}
