/* What a server is made of: its configuration, decided, and its loops. Read-only once started, but
 * for what is atomic. */
#ifndef SERVER_H
#define SERVER_H

#include "http/connection/event_loop.h"
#include "http/connection/peers.h"
#include "http/connection/pool.h"
#include "http/http.h"
#include "http/message/address.h"
#include "http/message/router.h"

struct tls_context;

typedef enum server_state {
    SERVER_NEW,
    SERVER_RUNNING,
    SERVER_STOPPING,
    SERVER_ENDED
} server_state;

struct http_server {
    ost_arena *arena; /* holds the copied configuration */
    http_limits limits;
    router *router;
    http_handler fallback;
    void *fallback_user;
    void (*log)(const http_log_entry *entry, void *user);
    void *log_user;
    http_field *headers;
    size_t header_count;
    ost_text header_lines; /* the same, as they go over the wire in HTTP/1.1 */
    address_block *trusted;
    size_t trusted_count;
    bool trust_local; /* Unix sockets */
    bool proxy_protocol;
    const char *client_certificate_field; /* in lower case; NULL: none */
    struct tls_context *tls;              /* NULL: plain */

    event_loop *loops;
    unsigned loop_count;
    peers *peers;
    pool *pool;
    _Atomic int state;
    _Atomic size_t open_connections;
    const char *socket_path; /* to be removed at the end; see listener.c */
};

/* Decides and copies what `config` says; whatever it has made, http_server_free takes. */
OST_MUST_CHECK ost_result server_configure(http_server *server, const http_config *config,
                                           ost_error *ret_error);

#endif
