/* SPDX-License-Identifier: Apache-2.0 */
/* What a server is told, decided and copied: limits, response headers, trusted proxies,
 * certificates, loops. */
#include "http/server_config.h"

#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/context.h"
#include "base/or_default.h"
#include "base/text.h"
#include "http/connection/loop_thread.h"
#include "http/connection/server_state.h"
#include "http/connection/tls.h"
#include "http/http1/http1.h"
#include "http/http2/http2.h"
#include "http/message/client_authorities.h"
#include "http/message/field_syntax.h"
#include "http/message/response.h"

#define CONFIG_CEILING ((size_t)8 << 20)
#define LOOPS_MAX 256

static unsigned cores(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > LOOPS_MAX ? LOOPS_MAX : (unsigned)n;
}

static http_limits decide_limits(const http_limits *given)
{
    unsigned threads = cores() < 2 ? 2 : cores();
    return (http_limits){
        .request_line = OR_DEFAULT(given->request_line, 8192),
        .head = OR_DEFAULT(given->head, 32768),
        .field_count = OR_DEFAULT(given->field_count, 100),
        .body = OR_DEFAULT(given->body, (size_t)1 << 20),
        .head_timeout = OR_DEFAULT(given->head_timeout, 10),
        .idle_timeout = OR_DEFAULT(given->idle_timeout, 75),
        .body_rate = OR_DEFAULT(given->body_rate, 256),
        .connections = OR_DEFAULT(given->connections, 10000),
        .connections_per_peer = OR_DEFAULT(given->connections_per_peer, 1000),
        .requests_per_connection = OR_DEFAULT(given->requests_per_connection, 100000),
        .streams = OR_DEFAULT(given->streams, 100),
        .idle_frames = OR_DEFAULT(given->idle_frames, 100),
        .stop_timeout = OR_DEFAULT(given->stop_timeout, 10),
        .exchange_arena = OR_DEFAULT(given->exchange_arena, (size_t)4 << 20),
        .pool_threads = OR_DEFAULT(given->pool_threads, threads),
        .pool_queue = OR_DEFAULT(given->pool_queue, 64),
        .waiting_responses = OR_DEFAULT(given->waiting_responses, (size_t)64 << 20),
    };
}

static ost_result copy_headers(http_server *server, const http_config *config, ost_error *error)
{
    buffer_auto buffer lines = {0};
    buffer_init(&lines, CONFIG_CEILING);
    server->service.headers =
        ost_arena_alloc(server->arena, (config->header_count + 1) * sizeof(http_field));
    if (server->service.headers == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < config->header_count; i++) {
        const http_field *given = &config->headers[i];
        if (!response_field_valid(given->name, given->value))
            return ost_error_set(error, OST_E_CONFIG, "response header %zu cannot be sent", i);
        char *name = ost_arena_copy(server->arena, given->name);
        char *value = ost_arena_copy(server->arena, given->value);
        if (name == NULL || value == NULL)
            return OST_E_MEMORY;
        server->service.headers[i] =
            (http_field){{name, given->name.len}, {value, given->value.len}};
        buffer_append(&lines, given->name);
        buffer_append_string(&lines, ": ");
        buffer_append(&lines, given->value);
        buffer_append_string(&lines, "\r\n");
    }
    server->service.header_count = config->header_count;
    char *copy = ost_arena_copy(server->arena, buffer_text(&lines));
    if (copy == NULL || lines.failed != OST_OK)
        return OST_E_MEMORY;
    server->service.header_lines = (ost_text){copy, lines.len};
    return OST_OK;
}

static ost_result copy_trusted(http_server *server, const http_config *config, ost_error *error)
{
    server->service.trusted =
        ost_arena_alloc(server->arena, (config->trusted_proxy_count + 1) * sizeof(address_block));
    if (server->service.trusted == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < config->trusted_proxy_count; i++) {
        ost_text given = text_of(config->trusted_proxies[i]);
        if (text_is(given, "unix"))
            server->trust_local = true;
        else if (address_block_read(given, &server->service.trusted[server->service.trusted_count]))
            server->service.trusted_count++;
        else
            return ost_error_set(error, OST_E_CONFIG,
                                 "trusted proxy \"%s\" is not an address or CIDR block",
                                 config->trusted_proxies[i]);
    }
    return OST_OK;
}

/* Paths are copied, since certificates are read again on reload. */
static ost_result make_tls(http_server *server, const http_config *config, ost_error *error)
{
    if (config->tls_certificate == NULL && config->tls_key == NULL &&
        config->more_certificate_count == 0)
        return OST_OK;
    if (config->tls_certificate == NULL || config->tls_key == NULL)
        return ost_error_set(error, OST_E_CONFIG, "TLS needs a certificate and its key");
    size_t count = config->more_certificate_count + 1;
    http_certificate *pairs = ost_arena_alloc(server->arena, count * sizeof *pairs);
    if (pairs == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < count; i++) {
        http_certificate given = {config->tls_certificate, config->tls_key};
        if (i > 0)
            given = config->more_certificates[i - 1];
        if (given.certificate == NULL || given.key == NULL)
            return ost_error_set(error, OST_E_CONFIG, "TLS needs a key for each certificate");
        pairs[i].certificate = ost_arena_copy(server->arena, text_of(given.certificate));
        pairs[i].key = ost_arena_copy(server->arena, text_of(given.key));
        if (pairs[i].certificate == NULL || pairs[i].key == NULL)
            return OST_E_MEMORY;
    }
    tls_offer offer;
    ost_result result =
        tls_offer_read(config->tls_protocols, config->tls_cipher_suites, &offer, error);
    if (result != OST_OK)
        return result;
    const tls_clients clients = {.asked = config->client_certificates ||
                                          config->client_certificates_required,
                                 .required = config->client_certificates_required,
                                 .authorities = server->service.authorities};
    return tls_context_new(pairs, count, &offer, clients, &server->tls, error);
}

/* The path is copied, since the file is read again on reload. */
static ost_result read_authorities(http_server *server, const http_config *config, ost_error *error)
{
    if (config->client_certificates_required && config->client_authorities == NULL)
        return ost_error_set(error, OST_E_CONFIG,
                             "certificates can be required of clients where their authorities are "
                             "known");
    if (config->client_authorities == NULL)
        return OST_OK;
    const char *path = ost_arena_copy(server->arena, text_of(config->client_authorities));
    return path != NULL ? client_authorities_new(path, &server->service.authorities, error)
                        : OST_E_MEMORY;
}

/* Field names are compared in lower case (RFC 9110 §5.1). */
static ost_result copy_certificate_field(http_server *server, const http_config *config,
                                         ost_error *error)
{
    ost_text given = text_of(config->client_certificate_field);
    if (given.data == NULL)
        return OST_OK;
    if (!is_token(given) || text_find(given, '_', 0) < given.len)
        return ost_error_set(error, OST_E_CONFIG, "\"%.100s\" is not a name of a header field",
                             given.data);
    char *name = ost_arena_copy(server->arena, given);
    if (name == NULL)
        return OST_E_MEMORY;
    text_make_lower(name, given.len);
    server->service.client_certificate_field = name;
    server->service.client_certificate_base64 = config->client_certificate_base64;
    return OST_OK;
}

static ost_result make_loops(http_server *server, unsigned count)
{
    server->loops = memory_alloc(count * sizeof *server->loops);
    if (server->loops == NULL)
        return OST_E_MEMORY;
    for (unsigned i = 0; i < count; i++) {
        server->loop_count++;
        ost_result result = loop_init(&server->loops[i], server);
        if (result != OST_OK)
            return result;
    }
    return OST_OK;
}

ost_result server_configure(http_server *server, const http_config *config, ost_error *error)
{
    server->service.limits = decide_limits(&config->limits);
    server->service.fallback = config->fallback;
    server->service.fallback_user = config->fallback_user;
    server->service.log = config->log;
    server->service.log_user = config->log_user;
    server->service.sampler = config->traced != NULL ? config->sampler : NULL;
    server->service.traced = config->traced;
    server->service.traced_user = config->traced_user;
    server->service.together = config->together;
    server->reload = config->reload;
    server->reload_user = config->reload_user;
    server->proxy_protocol = config->proxy_protocol;
    server->http1 = &http1_protocol;
    server->http2 = &http2_protocol;
    server->arena = ost_arena_new(CONFIG_CEILING);
    server->peers = peers_new(server->service.limits.connections_per_peer);
    if (server->arena == NULL || server->peers == NULL)
        return OST_E_MEMORY;
    ost_result result =
        router_new(config->routes, config->route_count, config->loose_slashes,
                   server->service.limits.body, server->arena, &server->service.router, error);
    if (result == OST_OK)
        result = copy_headers(server, config, error);
    if (result == OST_OK)
        result = copy_trusted(server, config, error);
    if (result == OST_OK)
        result = copy_certificate_field(server, config, error);
    if (result == OST_OK)
        result = read_authorities(server, config, error);
    if (result == OST_OK)
        result = make_tls(server, config, error);
    if (result == OST_OK)
        result = make_loops(server, config->loops == 0          ? cores()
                                    : config->loops > LOOPS_MAX ? LOOPS_MAX
                                                                : config->loops);
    return result;
}
