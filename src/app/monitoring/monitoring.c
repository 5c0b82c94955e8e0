/* SPDX-License-Identifier: Apache-2.0 */
/* Answers to load balancers and monitoring; see monitoring.h. */
#include "app/monitoring/monitoring.h"

#include "app/request.h"
#include "base/buffer.h"
#include "base/text.h"
#include "http/monitoring/http_metrics.h"
#include "trace/tracer.h"

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

/* Ready when the guard can judge. A provider that is away keeps browsers from signing in, but not
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

static void send_metrics(http_exchange *exchange, void *user)
{
    const app_server *server = user;
    ost_text guard = {0};
    buffer_auto buffer text = {0};
    buffer_init(&text, METRICS_MAX);
    if (server->guard == NULL ||
        ost_guard_metrics(server->guard, http_arena(exchange), &guard) == OST_OK)
        buffer_append(&text, guard);
    http_metrics_append(server->http, server->log, &text);
    tracer_metrics_append(server->settings->tracer, &text);
    if (server->extension != NULL)
        server->extension->metrics(server->extension->user, &text);
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
