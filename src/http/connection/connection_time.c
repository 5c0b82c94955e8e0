/* SPDX-License-Identifier: Apache-2.0 */
/* What a connection may take its time for, and how long: limits of http_limits. */
#include "http/connection/connection_time.h"

#include "http/connection/connection.h"
#include "http/connection/output.h"
#include "http/connection/server_state.h"

void connection_stop(connection *c)
{
    if (c->client.closing || c->phase == PHASE_LINGER)
        return;
    if (c->phase == PHASE_HTTP)
        c->protocol->stop(c);
    else
        connection_close(c);
    connection_advance(c);
}

/* When a phase without HTTP has lasted too long. */
static uint64_t deadline(const connection *c)
{
    uint64_t grace = c->loop->server->service.limits.head_timeout * 1000u;
    return c->since + (c->phase == PHASE_LINGER ? LINGER_MS : grace);
}

/* A client that does not take its response, or slower than the slowest body may come: what it takes
 * earns time, and no more than a silent client has. */
static bool write_is_stuck(connection *c, uint64_t now)
{
    const http_limits *limits = &c->loop->server->service.limits;
    size_t unsent = uv_stream_get_write_queue_size(&c->socket.stream) + c->pending.len;
    uint64_t latest = now + limits->idle_timeout * 1000u;
    if (unsent == 0 || unsent > c->unsent)
        c->unsent_due = unsent == 0 || c->unsent == 0 ? latest : c->unsent_due;
    else
        c->unsent_due += (uint64_t)(c->unsent - unsent) * 1000u / limits->body_rate;
    if (c->unsent_due > latest)
        c->unsent_due = latest;
    c->unsent = unsent;
    return now > c->unsent_due;
}

void connection_check_time(connection *c, uint64_t now)
{
    if (c->client.closing)
        return;
    if (write_is_stuck(c, now))
        connection_close(c);
    else if (c->phase == PHASE_HTTP && c->protocol->check_time(c, now))
        connection_advance(c);
    else if (c->phase != PHASE_HTTP && !output_blocked(c) && now >= deadline(c))
        connection_close(c);
}
