/* SPDX-License-Identifier: Apache-2.0 */
/* Puts a gate together from its options and rules, and runs it; see gate.h. */
#include "gate/gate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/app_server.h"
#include "base/array.h"
#include "base/buffer.h"
#include "base/text.h"
#include "gate/gate_check.h"
#include "gate/gate_pages.h"
#include "gate/gate_state.h"
#include "trace/trace_settings.h"

#define PROGRAM "ostiary"
#define RULES_BYTES_MAX ((size_t)1 << 20)

/* ---- options ---- */

static ost_result load_rules(const char *path, buffer *text, ost_error *error)
{
    char bytes[16384];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return ost_error_set(error, OST_E_SYSTEM, "--rules: cannot open %s: %s", path,
                             strerror(errno));
    ssize_t len;
    while ((len = read(fd, bytes, sizeof bytes)) > 0)
        buffer_append(text, (ost_text){bytes, (size_t)len});
    int failed = len < 0 ? errno : 0;
    close(fd);
    if (failed != 0)
        return ost_error_set(error, OST_E_SYSTEM, "--rules: cannot read %s: %s", path,
                             strerror(failed));
    if (text->failed == OST_E_CEILING)
        return ost_error_set(error, OST_E_CONFIG, "--rules: %s has more than %zu bytes", path,
                             RULES_BYTES_MAX);
    return text->failed;
}

static ost_result read_rules(const char *path, ost_arena *arena, const gate_rules **ret_rules,
                             ost_error *error)
{
    buffer_auto buffer text = {0};
    ost_error why = {0};
    buffer_init(&text, RULES_BYTES_MAX);
    ost_result result = load_rules(path, &text, error);
    if (result != OST_OK)
        return result;
    result = gate_rules_read(buffer_text(&text), arena, ret_rules, &why);
    return result == OST_OK ? OST_OK : ost_error_set(error, result, "%s: %s", path, why.detail);
}

static ost_result read_own(const option_values *values, ost_arena *arena, gate_state *gate,
                           ost_error *error)
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
    return result == OST_OK ? read_rules(rules, arena, &gate->rules, error) : result;
}

/* Nobody but a proxy has something to ask. */
static ost_result check_settings(const app_settings *settings, const gate_state *gate,
                                 ost_error *error)
{
    if (settings->proxy_count == 0)
        return ost_error_set(error, OST_E_CONFIG,
                             "--trusted-proxy is missing: the address that the proxy asks from, or "
                             "unix");
    if (settings->issuer_count == 0)
        return ost_error_set(error, OST_E_CONFIG,
                             "--issuer is missing: it says whose tokens are accepted");
    if (gate->rules->logs_in && settings->client_id == NULL)
        return ost_error_set(error, OST_E_CONFIG,
                             "--client-id is missing: a rule says \"login\", and browsers sign in "
                             "with a client");
    return OST_OK;
}

/* ---- the server ---- */

static ost_text origin_of(const void *origins, ost_text authority)
{
    const gate_rules *rules = origins;
    const gate_site *site = gate_rules_site(rules, authority);
    return site != NULL ? site->origin : (ost_text){0};
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
        .fallback_user = gate,
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
    ost_result result = read_own(values, arena, &made, error);
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
        settings.origin_of = origin_of;
        settings.origins = made.rules;
        result = serve_gate(&made, &settings, ready, error);
    }
    tracer_free(traces);
    return result;
}
