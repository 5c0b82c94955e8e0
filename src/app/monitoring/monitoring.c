/* SPDX-License-Identifier: Apache-2.0 */
/* Answers to load balancers and monitoring; see monitoring.h. */
#include "app/monitoring/monitoring.h"

#include <inttypes.h>

#include "app/request.h"
#include "base/buffer.h"
#include "base/text.h"

#define METRICS_MAX ((size_t)1 << 20)

static void send_live(http_exchange *exchange, void *user)
{
    (void)user;
    request_set(exchange, "Cache-Control", OST_TEXT("no-store"));
    http_respond(exchange, 200, "application/json", OST_TEXT("{\"status\":\"UP\"}"));
}

static void write_login(ost_json_writer *writer, const ost_login *login)
{
    char why[256];
    ost_json_member_boolean(writer, "login", ost_login_is_ready(login));
    ost_login_trouble(login, why);
    if (why[0] != '\0')
        ost_json_member_string(writer, "login_error", why);
}

/* Ready when the guard can judge. A provider that is away keeps browsers from logging in, but not
 * those who have a token: that is told, and no reason to send requests elsewhere. */
static void send_ready(http_exchange *exchange, void *user)
{
    const app_server *server = user;
    bool ready = server->guard == NULL || ost_guard_is_ready(server->guard);
    ost_json_writer *writer = ost_json_writer_new(http_arena(exchange), 0);
    if (writer == NULL) {
        request_refuse(exchange, 503, OST_TEXT("Out of memory"));
        return;
    }
    ost_json_open_object(writer);
    ost_json_member_string(writer, "status", ready ? "UP" : "DOWN");
    if (server->guard != NULL) {
        ost_json_put_name(writer, OST_TEXT("guard"));
        ost_guard_describe(server->guard, writer);
    }
    if (server->logs_in)
        write_login(writer, server->login);
    ost_json_close_object(writer);
    request_set(exchange, "Cache-Control", OST_TEXT("no-store"));
    http_respond_json(exchange, ready ? 200 : 503, writer);
}

static void append_counter(buffer *to, const char *name, const char *help, const char *type,
                           uint64_t value)
{
    buffer_append_format(to,
                         "# HELP ostiary_http_%s %s\n# TYPE ostiary_http_%s %s\n"
                         "ostiary_http_%s %" PRIu64 "\n",
                         name, help, name, type, name, value);
}

static void append_http(buffer *to, const http_server *http)
{
    http_counters counters;
    http_server_counters(http, &counters);
    const uint64_t responses[] = {counters.responses_2xx, counters.responses_3xx,
                                  counters.responses_4xx, counters.responses_5xx};
    append_counter(to, "connections_total", "Connections accepted.", "counter",
                   counters.connections);
    append_counter(to, "connections_open", "Connections open now.", "gauge",
                   counters.open_connections);
    append_counter(to, "requests_total", "Requests read.", "counter", counters.requests);
    append_counter(to, "requests_refused_total", "Requests that could not be read.", "counter",
                   counters.refused_requests);
    append_counter(to, "connections_refused_total", "Connections refused: there were too many.",
                   "counter", counters.refused_connections);
    append_counter(to, "connections_ended_total", "Idle connections that made room for others.",
                   "counter", counters.ended_connections);
    append_counter(to, "responses_ended_total", "HTTP/2 responses that were taken too slowly.",
                   "counter", counters.ended_responses);
    buffer_append_string(to, "# HELP ostiary_http_responses_total Responses by class of status.\n"
                             "# TYPE ostiary_http_responses_total counter\n");
    for (int i = 0; i < 4; i++)
        buffer_append_format(to, "ostiary_http_responses_total{class=\"%dxx\"} %" PRIu64 "\n",
                             i + 2, responses[i]);
}

static void send_metrics(http_exchange *exchange, void *user)
{
    const app_server *server = user;
    ost_text guard = {0};
    buffer_auto buffer text;
    buffer_init(&text, METRICS_MAX);
    if (server->guard == NULL ||
        ost_guard_metrics(server->guard, http_arena(exchange), &guard) == OST_OK)
        buffer_append(&text, guard);
    append_http(&text, server->http);
    if (server->log != NULL)
        append_counter(&text, "log_lines_lost_total", "Log lines that could not be written.",
                       "counter", log_sink_lost(server->log));
    if (text.failed != OST_OK) {
        request_refuse(exchange, 503, OST_TEXT("Out of memory"));
        return;
    }
    request_set(exchange, "Cache-Control", OST_TEXT("no-store"));
    http_respond(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", buffer_text(&text));
}

const monitoring_address monitoring_addresses[] = {
    {"/health", send_ready},
    {"/health/live", send_live},
    {"/health/ready", send_ready},
    {"/metrics", send_metrics},
    {0},
};
