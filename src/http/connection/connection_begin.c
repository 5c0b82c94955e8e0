/* SPDX-License-Identifier: Apache-2.0 */
/* Meets the peer, and lays TLS below what follows. */
#include "http/connection/connection_begin.h"

#include "base/text.h"
#include "http/connection/peers.h"
#include "http/connection/server_state.h"
#include "http/connection/tls.h"

static bool is_trusted(const connection *c)
{
    const http_server *server = c->loop->server;
    for (size_t i = 0; i < server->service.trusted_count; i++)
        if (address_in_block(&c->peer_address, &server->service.trusted[i]))
            return true;
    return false;
}

bool connection_meet(connection *c, const ip_address *peer)
{
    c->local = false;
    c->peer_address = *peer;
    c->client.peer = (ost_text){c->peer_text, address_write(peer, c->peer_text)};
    c->client.trusted = is_trusted(c);
    if (address_is_loopback(peer))
        return true;
    c->counted_peer = peers_enter(c->loop->server->peers, peer);
    if (!c->counted_peer) {
        counter_add(&c->loop->counters.refused, 1);
        event_loop_tell(c->loop, c->client.peer,
                        "too many connections of one address: a new one was refused");
    }
    return c->counted_peer;
}

bool connection_meet_socket(connection *c)
{
    const http_server *server = c->loop->server;
    if (c->local) {
        c->client.peer = OST_TEXT("unix");
        c->client.trusted = server->trust_local;
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
    c->client.peer = (ost_text){c->peer_text, address_write(&peer, c->peer_text)};
    return server->service.trusted_count == 0 || is_trusted(c);
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
    c->client.secure = true;
    if (c->input.block != NULL) { /* what came behind a PROXY header */
        tls_receive(c->tls, (ost_text){input_data(&c->input), input_len(&c->input)});
        tls_keep(c->tls);
        input_release(&c->input, &c->loop->blocks);
    }
    return true;
}
