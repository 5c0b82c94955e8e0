/* SPDX-License-Identifier: Apache-2.0 */
/* What a server is made of: its configuration, decided, and its loops. Read-only once started, but
 * for what is atomic. */
#ifndef SERVER_STATE_H
#define SERVER_STATE_H

#include <stdatomic.h>

#include "http/connection/peers.h"
#include "http/message/service.h"

struct connection_protocol;
struct event_loop;
struct tls_context;

typedef enum server_state {
    SERVER_NEW,
    SERVER_RUNNING,
    SERVER_STOPPING,
    SERVER_ENDED
} server_state;

struct http_server {
    ost_arena *arena; /* holds the copied configuration */
    http_service service;
    /* What a connection may speak; the second is chosen by TLS or by the client's preface. */
    const struct connection_protocol *http1, *http2;
    bool trust_local; /* Unix sockets */
    bool proxy_protocol;
    struct tls_context *tls; /* NULL: plain */

    struct event_loop *loops;
    unsigned loop_count;
    peers *peers;
    _Atomic int state;
    _Atomic size_t open_connections;
    _Atomic size_t waiting_bytes; /* of responses that HTTP/2 clients have not taken yet */
    void (*reload)(void *user);   /* on SIGHUP; NULL: nothing of the program's */
    void *reload_user;
    const char *socket_path; /* to be removed at the end; see listener.c */
};

#endif
