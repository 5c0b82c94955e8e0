/* SPDX-License-Identifier: Apache-2.0 */
/* The server: made, started and stopped as one. */

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/array.h"
#include "base/context.h"
#include "base/text.h"
#include "base/thread.h"
#include "http/connection/loop_thread.h"
#include "http/connection/server_state.h"
#include "http/connection/tls.h"
#include "http/message/client_authorities.h"
#include "http/server_config.h"

#define FEWEST_DESCRIPTORS 64
#define OTHER_DESCRIPTORS 128 /* what is not a client's connection */

/* A program that starts and then loses clients without a word would be worse than one that says so:
 * the limit is raised as far as it goes when the server runs. */
static ost_result check_descriptors(ost_error *error)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_max >= FEWEST_DESCRIPTORS)
        return OST_OK;
    return ost_error_set(error, OST_E_SYSTEM,
                         "%llu descriptors are too few: at least %d are needed (ulimit -n, or "
                         "LimitNOFILE= of the service)",
                         (unsigned long long)limit.rlim_max, FEWEST_DESCRIPTORS);
}

ost_result http_server_new(const http_config *config, http_server **ret_server, ost_error *error)
{
    if (error != NULL)
        *error = (ost_error){0};
    http_server *server = memory_alloc(sizeof *server);
    if (server == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = check_descriptors(error);
    if (result == OST_OK)
        result = server_configure(server, config, error);
    if (result != OST_OK) {
        http_server_free(server);
        if (error != NULL && error->code == OST_OK)
            ost_error_set(error, result, "the server could not be made");
        return result;
    }
    *ret_server = server;
    return OST_OK;
}

/* ---- life ---- */

/* A connection for which there is no descriptor would be lost without a word. */
static void fit_descriptors(http_limits *limits)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return;
    size_t all = limit.rlim_cur;
    size_t room = all > 2 * OTHER_DESCRIPTORS ? all - OTHER_DESCRIPTORS : all / 2;
    if (room < limits->connections)
        limits->connections = room;
}

ost_result http_server_start(http_server *server, ost_error *error)
{
    int expected = SERVER_NEW;
    if (!atomic_compare_exchange_strong(&server->state, &expected, SERVER_RUNNING))
        return ost_error_set(error, OST_E_STATE, "the server has been started already");
    http_limits *limits = &server->service.limits;
    fit_descriptors(limits);
    ost_result result =
        http_pool_new(limits->pool_threads, limits->pool_queue, &server->service.pool, error);
    for (unsigned i = 0; i < server->loop_count && result == OST_OK; i++)
        result = loop_start(&server->loops[i], error);
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
        loop_wake(&server->loops[i]);
}

void http_server_join(http_server *server)
{
    for (unsigned i = 0; i < server->loop_count; i++)
        loop_join(&server->loops[i]);
    http_pool_free(server->service.pool);
    server->service.pool = NULL;
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
        loop_free(&server->loops[i]);
    if (server->socket_path != NULL)
        unlink(server->socket_path);
    memory_free(server->loops);
    tls_context_free(server->tls);
    client_authorities_free(server->service.authorities);
    peers_free(server->peers);
    ost_arena_free(server->arena);
    memory_free(server);
}

ost_result http_server_reload(http_server *server, ost_error *error)
{
    ost_result result = OST_OK;
    if (server->service.authorities != NULL)
        result = client_authorities_reload(server->service.authorities, error);
    return result != OST_OK || server->tls == NULL ? result
                                                   : tls_context_reload(server->tls, error);
}

/* On SIGHUP. The library prints nothing: what went wrong is for the program's log. */
static void reload(http_server *server)
{
    ost_error error = {0};
    if (http_server_reload(server, &error) != OST_OK && server->service.log != NULL) {
        http_log_entry entry = {.reason = text_of(error.detail)};
        server->service.log(&entry, server->service.log_user);
    }
    if (server->reload != NULL)
        server->reload(server->reload_user);
}

/* A connection is a descriptor, and 1,024 of them, the usual soft limit, are soon used up. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* The reader of what the program prints may go away, and log rotation and timers of others send
 * signals that nobody here waits for: none of that is a reason to end. */
static void ignore_strays(void)
{
    static const int strays[] = {SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2};
    for (size_t i = 0; i < ARRAY_LEN(strays); i++)
        signal_ignore(strays[i]);
}

ost_result http_server_run(http_server *server, void (*serving)(void *user), void *user,
                           ost_error *error)
{
    sigset_t awaited, before;
    sigemptyset(&awaited);
    sigaddset(&awaited, SIGINT);
    sigaddset(&awaited, SIGTERM);
    sigaddset(&awaited, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &awaited, &before);
    ignore_strays();
    raise_descriptor_limit();
    ost_result result = http_server_start(server, error);
    if (result == OST_OK && serving != NULL)
        serving(user);
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
        const loop_counters *connections = &server->loops[i].counters;
        const exchange_counters *c = &server->loops[i].exchanges.counters;
        sum.connections += count_of(&connections->connections);
        sum.open_connections += count_of(&connections->open_connections);
        sum.refused_connections += count_of(&connections->refused);
        sum.ended_connections += count_of(&connections->ended);
        sum.ended_responses += count_of(&connections->ended_responses);
        sum.requests += count_of(&c->requests);
        sum.refused_requests += count_of(&c->refused_requests);
        sum.responses_2xx += count_of(&c->responses[2]);
        sum.responses_3xx += count_of(&c->responses[3]);
        sum.responses_4xx += count_of(&c->responses[4]);
        sum.responses_5xx += count_of(&c->responses[5]);
        for (size_t bound = 0; bound < HTTP_DURATIONS; bound++)
            sum.durations[bound] += count_of(&c->durations[bound]);
        sum.duration_us += count_of(&c->duration_us);
    }
    if (server->tls != NULL)
        sum.certificate_expiry = tls_context_expiry(server->tls);
    *ret = sum;
}
