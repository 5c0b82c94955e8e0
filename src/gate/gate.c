/* SPDX-License-Identifier: Apache-2.0 */
/* Puts a gate together from its options and rules, and runs it; see gate.h. */
#include "gate/gate.h"

#include <stdio.h>

#include "app/app_server.h"
#include "base/array.h"
#include "base/text.h"
#include "gate/gate_check.h"
#include "gate/gate_client.h"
#include "gate/gate_pages.h"
#include "gate/gate_state.h"
#include "trace/trace_settings.h"

#define PROGRAM "ostiary"

/* ---- options ---- */

static ost_result read_own(const option_values *values, gate_state *gate, ost_error *error)
{
    const char *rules = options_get(values, "rules"), *name = options_get(values, "gateway");
    if (rules == NULL)
        return ost_error_set(error, OST_E_CONFIG,
                             "--rules is missing: a file that says who may ask for what");
    if (name == NULL)
        return ost_error_set(error, OST_E_CONFIG,
                             "--gateway is missing: which proxy asks decides what is believed");
    gate->dialect = gate_dialect_find(text_of(name));
    if (gate->dialect == NULL)
        return ost_error_set(error, OST_E_CONFIG,
                             "--gateway is nginx, caddy, traefik, envoy or haproxy");
    ost_result result =
        options_switch(values, "passes-cookies", false, &gate->passes_cookies, error);
    if (result != OST_OK)
        return result;
    return gate_rule_file_open(&gate->rules, rules, error);
}

/* Nobody but a proxy has something to ask. */
static ost_result check_settings(const app_settings *settings, gate_state *gate, ost_error *error)
{
    if (settings->proxy_count == 0)
        return ost_error_set(error, OST_E_CONFIG,
                             "--trusted-proxy is missing: the address that the proxy asks from, or "
                             "unix");
    if (settings->issuer_count == 0)
        return ost_error_set(error, OST_E_CONFIG,
                             "--issuer is missing: it says whose tokens are accepted");
    return gate_rule_file_take_client(&gate->rules, settings->client_id != NULL, error);
}

/* ---- the server ---- */

/* A session of one site does not count at another, unless they share a domain for cookies. */
static login_place place_of(void *places, http_exchange *exchange)
{
    const gate_rules *rules = gate_rule_file_hold(places, exchange);
    const gate_site *site =
        rules != NULL ? gate_rules_site(rules, http_request_of(exchange)->authority) : NULL;
    if (site == NULL)
        return (login_place){0};
    return (login_place){
        .base = site->origin,
        .domain = site->cookie_domain,
        .scope = site->scope,
        .resource = site->resource,
        .client = site->client != NULL ? &site->client->as : NULL,
    };
}

/* On SIGHUP. */
static void reload(void *user)
{
    gate_state *gate = user;
    const gate_rules *rules;
    ost_error error = {0};
    if (gate_rule_file_reload(&gate->rules, &rules, &error) == OST_OK)
        log_sink_say(gate->server->log, "gate: the rules were read anew: %zu site%s",
                     rules->site_count, rules->site_count == 1 ? "" : "s");
    else
        log_sink_say(gate->server->log, "gate: the rules stay as they were: %s", error.detail);
}

/* Providers send logout tokens to the clients of the sites, too. */
static ost_logout_rules logouts_of(void *user, http_exchange *exchange)
{
    gate_state *gate = user;
    const gate_rules *rules = gate_rule_file_hold(&gate->rules, exchange);
    if (rules == NULL)
        return (ost_logout_rules){0};
    return gate_client_logouts(rules, &gate->server->logouts, http_arena(exchange));
}

static void append_metrics(void *user, buffer *to)
{
    const gate_state *gate = user;
    gate_rule_file_append_metrics(&gate->rules, to);
}

static const ost_route own_routes[] = {
    {"GET", GATE_USER, gate_pages_user, OST_AUTHENTICATED, "Who is signed in", 0},
    {0},
};

static const ost_app own_app = {
    .title = "Ostiary",
    .version = OSTIARY_VERSION,
    .description = "The gate in front of an application",
    .routes = own_routes,
};

typedef struct start_words {
    const app_settings *settings;
    unsigned port;
    void (*ready)(void);
} start_words;

static void say_start(void *user)
{
    const start_words *words = user;
    const app_settings *settings = words->settings;
    ost_text address = text_of(settings->address);
    bool v6 = text_find(address, ':', 0) < address.len;
    words->ready();
    if (text_starts(address, "unix:") || text_is(address, "passed"))
        fprintf(stderr, PROGRAM ": gate: listening on %s\n", settings->address);
    else
        fprintf(stderr, PROGRAM ": gate: listening on %s://%s%s%s:%u\n",
                settings->tls_certificate != NULL ? "https" : "http", v6 ? "[" : "",
                settings->address, v6 ? "]" : "", words->port);
    if (settings->passing_secret)
        fprintf(stderr, PROGRAM ": gate: browsers' sessions end with this process; --data or "
                                "--cookie-secret-file keeps them\n");
}

static ost_result serve_gate(gate_state *gate, const app_settings *settings, void (*ready)(void),
                             ost_error *error)
{
    const http_route routes[] = {
        {.method = HTTP_GET, .path = GATE_CHECK_PATH, .handler = gate_check, .user = gate},
        {.method = HTTP_GET, .path = GATE_LOGIN, .handler = gate_pages_login, .user = gate},
    };
    const app_extension extension = {
        .paths = {GATE_CALLBACK, GATE_LOGOUT, GATE_LOGOUT_TOKENS},
        .routes = routes,
        .route_count = settings->client_id != NULL ? ARRAY_LEN(routes) : 1,
        .fallback = gate_check_fallback,
        .reload = reload,
        .metrics = append_metrics,
        .logouts = logouts_of,
        .user = gate,
    };
    start_words words = {.settings = settings, .ready = ready};
    ost_result result =
        app_server_new(&own_app, settings, &extension, &gate->server, &words.port, error);
    if (result == OST_OK)
        result = app_server_run(gate->server, say_start, &words, error);
    app_server_free(gate->server);
    return result;
}

ost_result gate_run(option_values *values, ost_arena *arena, void (*ready)(void), ost_error *error)
{
    gate_state made = {0};
    app_settings settings;
    tracer *traces = NULL;
    ost_result result = read_own(values, &made, error);
    if (result == OST_OK)
        result = settings_read(values, arena, &settings, error);
    if (result == OST_OK)
        result = check_settings(&settings, &made, error);
    if (result == OST_OK)
        result = trace_settings_read(values, PROGRAM, arena, &traces, error);
    if (result == OST_OK) {
        settings.program = PROGRAM;
        settings.tracer = traces;
        settings.no_docs = true;
        settings.place_of = place_of;
        settings.places = &made.rules;
        result = serve_gate(&made, &settings, ready, error);
    }
    tracer_free(traces);
    gate_rule_file_close(&made.rules);
    return result;
}
