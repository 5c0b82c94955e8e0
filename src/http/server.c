/* The server: its configuration, decided and copied; its loops, started and stopped as one. */
#include "server.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "buffer.h"
#include "context.h"
#include "response.h"
#include "text.h"
#include "tls.h"

#define CONFIG_CEILING ((size_t)8 << 20)
#define LOOPS_MAX 256

/* ---- configuration ---- */

static size_t or_default(size_t given, size_t otherwise)
{
    return given > 0 ? given : otherwise;
}

static unsigned cores(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > LOOPS_MAX ? LOOPS_MAX : (unsigned)n;
}

static http_limits decide_limits(const http_limits *given)
{
    unsigned threads = cores() < 2 ? 2 : cores();
    return (http_limits){
        .request_line = or_default(given->request_line, 8192),
        .head = or_default(given->head, 32768),
        .field_count = or_default(given->field_count, 100),
        .body = or_default(given->body, (size_t)1 << 20),
        .head_timeout = given->head_timeout > 0 ? given->head_timeout : 10,
        .idle_timeout = given->idle_timeout > 0 ? given->idle_timeout : 75,
        .body_rate = given->body_rate > 0 ? given->body_rate : 256,
        .connections = or_default(given->connections, 10000),
        .connections_per_peer = or_default(given->connections_per_peer, 1000),
        .requests_per_connection = or_default(given->requests_per_connection, 100000),
        .streams = given->streams > 0 ? given->streams : 100,
        .idle_frames = given->idle_frames > 0 ? given->idle_frames : 100,
        .stop_timeout = given->stop_timeout > 0 ? given->stop_timeout : 10,
        .exchange_arena = or_default(given->exchange_arena, (size_t)4 << 20),
        .pool_threads = given->pool_threads > 0 ? given->pool_threads : threads,
        .pool_queue = or_default(given->pool_queue, 64),
    };
}

static ost_result copy_headers(http_server *server, const http_config *config, ost_error *ret_error)
{
    buffer_auto buffer lines;
    buffer_init(&lines, CONFIG_CEILING);
    server->headers =
        ost_arena_alloc(server->arena, (config->header_count + 1) * sizeof(http_field));
    if (server->headers == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < config->header_count; i++) {
        const http_field *given = &config->headers[i];
        if (!response_field_valid(given->name, given->value))
            return ost_error_set(ret_error, OST_E_CONFIG, "response header %zu cannot be sent", i);
        char *name = ost_arena_copy(server->arena, given->name);
        char *value = ost_arena_copy(server->arena, given->value);
        if (name == NULL || value == NULL)
            return OST_E_MEMORY;
        server->headers[i] = (http_field){{name, given->name.len}, {value, given->value.len}};
        buffer_append(&lines, given->name);
        buffer_append_string(&lines, ": ");
        buffer_append(&lines, given->value);
        buffer_append_string(&lines, "\r\n");
    }
    server->header_count = config->header_count;
    char *copy = ost_arena_copy(server->arena, buffer_text(&lines));
    if (copy == NULL || lines.failed != OST_OK)
        return OST_E_MEMORY;
    server->header_lines = (ost_text){copy, lines.len};
    return OST_OK;
}

static ost_result copy_trusted(http_server *server, const http_config *config, ost_error *ret_error)
{
    server->trusted =
        ost_arena_alloc(server->arena, (config->trusted_proxy_count + 1) * sizeof(address_block));
    if (server->trusted == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < config->trusted_proxy_count; i++) {
        ost_text given = text_of(config->trusted_proxies[i]);
        if (text_is(given, "unix"))
            server->trust_local = true;
        else if (address_block_read(given, &server->trusted[server->trusted_count]))
            server->trusted_count++;
        else
            return ost_error_set(ret_error, OST_E_CONFIG,
                                 "trusted proxy \"%s\" is no address or CIDR block",
                                 config->trusted_proxies[i]);
    }
    return OST_OK;
}

/* Paths are copied, since certificates are read again on reload. */
static ost_result make_tls(http_server *server, const http_config *config, ost_error *ret_error)
{
    if (config->tls_certificate == NULL && config->tls_key == NULL &&
        config->more_certificate_count == 0)
        return OST_OK;
    if (config->tls_certificate == NULL || config->tls_key == NULL)
        return ost_error_set(ret_error, OST_E_CONFIG, "TLS needs a certificate and its key");
    size_t count = config->more_certificate_count + 1;
    http_certificate *pairs = ost_arena_alloc(server->arena, count * sizeof *pairs);
    if (pairs == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < count; i++) {
        http_certificate given = {config->tls_certificate, config->tls_key};
        if (i > 0)
            given = config->more_certificates[i - 1];
        if (given.certificate == NULL || given.key == NULL)
            return ost_error_set(ret_error, OST_E_CONFIG, "TLS needs a key for each certificate");
        pairs[i].certificate = ost_arena_copy(server->arena, text_of(given.certificate));
        pairs[i].key = ost_arena_copy(server->arena, text_of(given.key));
        if (pairs[i].certificate == NULL || pairs[i].key == NULL)
            return OST_E_MEMORY;
    }
    return tls_context_new(pairs, count, &server->tls, ret_error);
}

static ost_result make_loops(http_server *server, unsigned count)
{
    server->loops = memory_alloc(count * sizeof *server->loops);
    if (server->loops == NULL)
        return OST_E_MEMORY;
    for (unsigned i = 0; i < count; i++) {
        server->loop_count++;
        ost_result result = event_loop_init(&server->loops[i], server);
        if (result != OST_OK)
            return result;
    }
    return OST_OK;
}

static ost_result build(http_server *server, const http_config *config, ost_error *ret_error)
{
    server->arena = ost_arena_new(CONFIG_CEILING);
    server->peers = peers_new(server->limits.connections_per_peer);
    if (server->arena == NULL || server->peers == NULL)
        return OST_E_MEMORY;
    ost_result result = router_new(config->routes, config->route_count, server->limits.body,
                                   server->arena, &server->router, ret_error);
    if (result == OST_OK)
        result = copy_headers(server, config, ret_error);
    if (result == OST_OK)
        result = copy_trusted(server, config, ret_error);
    if (result == OST_OK)
        result = make_tls(server, config, ret_error);
    if (result == OST_OK)
        result = make_loops(server, config->loops == 0          ? cores()
                                    : config->loops > LOOPS_MAX ? LOOPS_MAX
                                                                : config->loops);
    return result;
}

ost_result http_server_new(const http_config *config, http_server **ret_server,
                           ost_error *ret_error)
{
    if (ret_error != NULL)
        *ret_error = (ost_error){0};
    http_server *server = memory_alloc(sizeof *server);
    if (server == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    server->limits = decide_limits(&config->limits);
    server->fallback = config->fallback;
    server->fallback_user = config->fallback_user;
    server->log = config->log;
    server->log_user = config->log_user;
    server->proxy_protocol = config->proxy_protocol;
    ost_result result = build(server, config, ret_error);
    if (result != OST_OK) {
        http_server_free(server);
        if (ret_error != NULL && ret_error->code == OST_OK)
            ost_error_set(ret_error, result, "the server could not be made");
        return result;
    }
    *ret_server = server;
    return OST_OK;
}

/* ---- life ---- */

ost_result http_server_start(http_server *server, ost_error *ret_error)
{
    int expected = SERVER_NEW;
    if (!atomic_compare_exchange_strong(&server->state, &expected, SERVER_RUNNING))
        return ost_error_set(ret_error, OST_E_STATE, "the server has been started already");
    ost_result result =
        pool_new(server->limits.pool_threads, server->limits.pool_queue, &server->pool, ret_error);
    for (unsigned i = 0; i < server->loop_count && result == OST_OK; i++)
        result = event_loop_start(&server->loops[i], ret_error);
    if (result != OST_OK) {
        http_server_stop(server);
        http_server_join(server);
    }
    return result;
}

void http_server_stop(http_server *server)
{
    int expected = SERVER_RUNNING;
    if (!atomic_compare_exchange_strong(&server->state, &expected, SERVER_STOPPING))
        return;
    for (unsigned i = 0; i < server->loop_count; i++)
        event_loop_wake(&server->loops[i]);
}

void http_server_join(http_server *server)
{
    for (unsigned i = 0; i < server->loop_count; i++)
        event_loop_join(&server->loops[i]);
    pool_free(server->pool);
    server->pool = NULL;
    atomic_store(&server->state, SERVER_ENDED);
}

void http_server_free(http_server *server)
{
    if (server == NULL)
        return;
    if (server->loops != NULL) {
        http_server_stop(server);
        http_server_join(server);
    }
    for (unsigned i = 0; i < server->loop_count; i++)
        event_loop_free(&server->loops[i]);
    if (server->socket_path != NULL)
        unlink(server->socket_path);
    memory_free(server->loops);
    tls_context_free(server->tls);
    peers_free(server->peers);
    ost_arena_free(server->arena);
    memory_free(server);
}

ost_result http_server_reload(http_server *server, ost_error *ret_error)
{
    return server->tls == NULL ? OST_OK : tls_context_reload(server->tls, ret_error);
}

/* On SIGHUP. The library prints nothing: what went wrong is for the program's log. */
static void reload(http_server *server)
{
    ost_error error = {0};
    if (http_server_reload(server, &error) == OST_OK || server->log == NULL)
        return;
    http_log_entry entry = {.reason = text_of(error.detail)};
    server->log(&entry, server->log_user);
}

ost_result http_server_run(http_server *server, ost_error *ret_error)
{
    sigset_t awaited, before;
    sigemptyset(&awaited);
    sigaddset(&awaited, SIGINT);
    sigaddset(&awaited, SIGTERM);
    sigaddset(&awaited, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &awaited, &before);
    ost_result result = http_server_start(server, ret_error);
    for (int signal = 0; result == OST_OK && sigwait(&awaited, &signal) == 0;) {
        if (signal != SIGHUP)
            break;
        reload(server);
    }
    http_server_stop(server);
    http_server_join(server);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}

/* ---- counters ---- */

static uint64_t count_of(const _Atomic uint64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

void http_server_counters(const http_server *server, http_counters *ret)
{
    http_counters sum = {0};
    for (unsigned i = 0; i < server->loop_count; i++) {
        const loop_counters *c = &server->loops[i].counters;
        sum.connections += count_of(&c->connections);
        sum.open_connections += count_of(&c->open_connections);
        sum.requests += count_of(&c->requests);
        sum.refused_requests += count_of(&c->refused_requests);
        sum.responses_2xx += count_of(&c->responses[2]);
        sum.responses_3xx += count_of(&c->responses[3]);
        sum.responses_4xx += count_of(&c->responses[4]);
        sum.responses_5xx += count_of(&c->responses[5]);
    }
    *ret = sum;
}
