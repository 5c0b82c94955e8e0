/* What a connection may take its time for, and how long: limits of http_limits. */
#include "http/connection/connection.h"
#include "http/connection/output.h"
#include "http/connection/server.h"
#include "http/http2/http2.h"

void connection_stop(connection *c)
{
    if (c->closing || c->phase == PHASE_LINGER)
        return;
    if (c->phase == PHASE_HTTP2)
        http2_stop(c->http2);
    else if (c->phase != PHASE_HTTP1 || (http1_is_idle(c) && !output_blocked(c)))
        connection_close(c);
    connection_advance(c);
}

/* When the current state has lasted too long; UINT64_MAX: never. HTTP/2 looks at its streams. */
static uint64_t deadline(const connection *c)
{
    const http_limits *limits = &c->loop->server->limits;
    const http1 *h = &c->http1;
    uint64_t grace = limits->head_timeout * 1000u;
    if (c->phase == PHASE_LINGER)
        return c->since + LINGER_MS;
    if (c->phase != PHASE_HTTP1)
        return c->since + grace;
    if (h->phase == HTTP1_HANDLING)
        return UINT64_MAX;
    if (h->phase == HTTP1_BODY)
        return body_clock_due(&h->body, limits);
    bool begun = h->exchange != NULL || h->served == 0;
    return c->since + (begun ? grace : limits->idle_timeout * 1000u);
}

/* A client that does not take its response. */
static bool write_is_stuck(connection *c, uint64_t now)
{
    size_t unsent = uv_stream_get_write_queue_size(&c->socket.stream) + c->pending.len;
    if (unsent == 0 || unsent != c->unsent) {
        c->unsent = unsent;
        c->unsent_since = now;
        return false;
    }
    return now - c->unsent_since > c->loop->server->limits.idle_timeout * 1000u;
}

void connection_check_time(connection *c, uint64_t now)
{
    if (c->closing)
        return;
    if (write_is_stuck(c, now)) {
        connection_close(c);
        return;
    }
    if (c->phase == PHASE_HTTP2)
        http2_check_time(c->http2, now);
    else if (output_blocked(c) || now < deadline(c))
        return;
    else if (c->phase == PHASE_HTTP1)
        http1_time_out(c);
    else
        connection_close(c);
    connection_advance(c);
}
