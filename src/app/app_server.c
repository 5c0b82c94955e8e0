/* SPDX-License-Identifier: Apache-2.0 */
/* Puts a program's server together from its routes and settings; see app_server.h. */
#include "app/app_server.h"

#include <string.h>
#include <unistd.h>

#include "app/app_guard.h"
#include "app/docs_page.h"
#include "app/login_pages.h"
#include "app/logout_route.h"
#include "app/monitoring/monitoring.h"
#include "app/monitoring/watch.h"
#include "app/not_found.h"
#include "app/resource_metadata.h"
#include "app/route_list.h"
#include "app/serve.h"
#include "base/array.h"
#include "base/context.h"
#include "base/text.h"
#include "http/log/access_log.h"
#include "trace/tracer.h"

#define ARENA_MAX ((size_t)32 << 20)
#define MAX_LOGOUT_TOKEN ((size_t)32 << 10) /* with its form */
#define OWN_ROUTES 24                       /* of the framework, at most */

/* ---- guard and login ---- */

static ost_result make_login(app_server *server, ost_error *error)
{
    const app_settings *s = server->settings;
    const ost_login_config config = {
        .issuer = s->issuers[0],
        .discovery_url = s->discovery_url_count > 0 ? s->discovery_urls[0] : NULL,
        .client_id = s->client_id,
        .client_secret = s->client_secret,
        .scope = s->scope,
        .resource = s->login_resource,
        .redirect_path = server->paths.callback,
        .secret = s->cookie_secret,
        .older_secret = s->older_secret,
        .insecure_http = s->insecure_http,
        .ca_file = s->ca_file,
        .proxy = s->proxy,
        .no_proxy = s->no_proxy,
        .guard = server->guard,
    };
    /* Endpoints for the docs page are looked for where a discovery document is to be expected. */
    bool for_docs = !s->no_docs && (s->jwks_url == NULL || s->docs_client_id != NULL);
    if (s->issuer_count == 0 || (s->client_id == NULL && !for_docs))
        return OST_OK;
    server->logs_in = s->client_id != NULL;
    return ost_login_new(&config, &server->login, error);
}

/* ---- routes ---- */

typedef struct route_table {
    http_route *routes;
    size_t count;
} route_table;

static void add_route(route_table *table, http_method method, const char *path,
                      http_handler handler, void *user, size_t max_body)
{
    table->routes[table->count++] = (http_route){
        .method = method, .path = path, .handler = handler, .user = user, .max_body = max_body};
}

/* A page of the framework gives way to a route of the program at the same address. */
static void add_own(route_table *table, app_server *server, const char *path, http_handler handler)
{
    if (!route_list_has(server->app->routes, "GET", path))
        add_route(table, HTTP_GET, path, handler, server, 0);
}

static void add_pages(route_table *table, app_server *server, const app_extension *extension)
{
    if (!server->settings->no_docs) {
        for (const docs_page_address *at = docs_page_addresses; at->path != NULL; at++)
            add_own(table, server, at->path, at->handler);
    }
    /* Where a logout ends, for one. */
    if (extension == NULL)
        add_own(table, server, "/", login_pages_home);
    if (!server->settings->no_monitoring) {
        for (const monitoring_address *at = monitoring_addresses; at->path != NULL; at++)
            add_own(table, server, at->path, at->handler);
    }
}

/* Not to be replaced: the provider sends browsers there, and signing out must work. */
static ost_result add_login(route_table *table, app_server *server, ost_error *error)
{
    const char *const taken[] = {server->paths.callback, server->paths.logout};
    if (!server->logs_in)
        return OST_OK;
    for (size_t i = 0; i < 2; i++) {
        if (route_list_has(server->app->routes, "GET", taken[i]) ||
            route_list_has(server->app->routes, "POST", taken[i]))
            return ost_error_set(error, OST_E_CONFIG,
                                 "the program's route %s is needed for browsers to sign in",
                                 taken[i]);
    }
    add_route(table, HTTP_GET, taken[0], login_pages_callback, server, 0);
    add_route(table, HTTP_GET, taken[1], login_pages_logout, server, 0);
    add_route(table, HTTP_POST, taken[1], login_pages_logout, server, 0);
    return OST_OK;
}

/* A program that has a route of its own there knows what it does. */
static ost_result add_logout(route_table *table, app_server *server, ost_error *error)
{
    const char *path = server->paths.logout_tokens;
    if (server->guard == NULL || route_list_has(server->app->routes, "POST", path))
        return OST_OK;
    add_route(table, HTTP_POST, path, logout_route_receive, server, MAX_LOGOUT_TOKEN);
    return logout_route_rules(server, error);
}

static ost_result make_routes(app_server *server, const app_extension *extension,
                              route_table *table, ost_error *error)
{
    size_t count = 0, more = extension != NULL ? extension->route_count : 0;
    ost_result result = route_list_check(server->app->routes, &count, error);
    if (result != OST_OK)
        return result;
    table->routes =
        ost_arena_alloc(server->arena, (count + more + OWN_ROUTES) * sizeof *table->routes);
    server->routes = ost_arena_alloc(server->arena, count * sizeof *server->routes);
    if (table->routes == NULL || server->routes == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    for (size_t i = 0; i < count; i++) {
        const ost_route *route = &server->app->routes[i];
        server->routes[i] = (app_route){server, route};
        add_route(table, route_list_method(route->method), route->path, serve, &server->routes[i],
                  route->max_body);
    }
    for (size_t i = 0; i < more; i++)
        table->routes[table->count++] = extension->routes[i];
    server->route_count = count;
    return OST_OK;
}

/* Where RFC 9728 wants it, whatever the program has there. */
static ost_result add_metadata(route_table *table, app_server *server, ost_error *error)
{
    if (server->metadata_url == NULL)
        return OST_OK;
    if (route_list_has(server->app->routes, "GET", server->metadata_path))
        return ost_error_set(error, OST_E_CONFIG, "the program's route %s is needed for --resource",
                             server->metadata_path);
    add_route(table, HTTP_GET, server->metadata_path, resource_metadata_send, server, 0);
    return OST_OK;
}

static ost_result place_metadata(app_server *server, ost_error *error)
{
    if (server->settings->resource == NULL)
        return OST_OK;
    return resource_metadata_place(server->settings->resource, server->arena, &server->metadata_url,
                                   &server->metadata_path, error);
}

/* ---- the server ---- */

/* What every response says unless it says otherwise: it is of the type it claims, and no page. */
static const http_field fields[] = {
    {OST_TEXT("x-content-type-options"), OST_TEXT("nosniff")},
    {OST_TEXT("content-security-policy"), OST_TEXT("default-src 'none'; frame-ancestors 'none'")},
    {OST_TEXT("referrer-policy"), OST_TEXT("no-referrer")},
    {OST_TEXT("strict-transport-security"), OST_TEXT("max-age=31536000")},
};

/* The last is for a public name over https: on this machine it would bind other programs too. */
static size_t field_count(const app_settings *settings)
{
    const size_t all = ARRAY_LEN(fields);
    const ost_text base = text_of(settings->base_url);
    bool public =
        text_starts(base, "https://") && !settings_host_is_local(text_slice(base, 8, base.len));
    return public ? all : all - 1;
}

static ost_result make_http(app_server *server, const app_extension *extension,
                            const route_table *table, ost_error *error)
{
    const app_settings *s = server->settings;
    http_config config = {
        .routes = table->routes,
        .route_count = table->count,
        .fallback = extension != NULL ? extension->fallback : not_found,
        .fallback_user = extension != NULL ? extension->user : server,
        .loops = s->loops,
        .log = s->log == SETTINGS_LOG_TEXT   ? access_log_text
               : s->log == SETTINGS_LOG_JSON ? access_log_json
                                             : NULL,
        .trusted_proxies = s->proxies,
        .trusted_proxy_count = s->proxy_count,
        .tls_certificate = s->tls_certificate,
        .tls_key = s->tls_key,
        .client_certificates = s->client_certificates,
        .client_certificate_field = s->client_certificate_field,
        .headers = fields,
        .header_count = field_count(s),
    };
    ost_result result =
        log_sink_new(STDERR_FILENO, s->program != NULL ? s->program : "app", &server->log);
    if (result != OST_OK)
        return ost_error_set(error, result, "the log cannot be started");
    if (extension != NULL) {
        config.reload = extension->reload;
        config.reload_user = extension->user;
    }
    config.log_user = server->log;
    config.sampler = tracer_sampler(s->tracer);
    config.traced = tracer_take_request;
    config.traced_user = s->tracer;
    return http_server_new(&config, &server->http, error);
}

static ost_result assemble(app_server *server, const app_extension *extension, unsigned *ret_port,
                           ost_error *error)
{
    route_table table = {0};
    server->arena = ost_arena_new(ARENA_MAX);
    if (server->arena == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = make_routes(server, extension, &table, error);
    if (result == OST_OK)
        result = docs_page_load(server, error);
    if (result == OST_OK)
        result = place_metadata(server, error);
    if (result == OST_OK)
        result = app_guard_new(server, error);
    if (result == OST_OK)
        result = make_login(server, error);
    if (result == OST_OK)
        result = add_login(&table, server, error);
    if (result == OST_OK)
        result = add_metadata(&table, server, error);
    if (result == OST_OK)
        result = add_logout(&table, server, error);
    if (result != OST_OK)
        return result;
    add_pages(&table, server, extension);
    result = make_http(server, extension, &table, error);
    if (result == OST_OK)
        result = http_server_listen(server->http, server->settings->address, server->settings->port,
                                    ret_port, error);
    return result;
}

ost_result app_server_new(const ost_app *app, const app_settings *settings,
                          const app_extension *extension, app_server **ret_server,
                          unsigned *ret_port, ost_error *error)
{
    const app_paths own = {LOGIN_PAGES_CALLBACK, LOGIN_PAGES_LOGOUT, LOGOUT_ROUTE_PATH};
    app_server *server = memory_alloc(sizeof *server);
    if (server == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    server->app = app;
    server->settings = settings;
    server->extension = extension;
    server->paths = extension != NULL ? extension->paths : own;
    ost_result result = assemble(server, extension, ret_port, error);
    if (result != OST_OK) {
        app_server_free(server);
        return result;
    }
    *ret_server = server;
    return OST_OK;
}

ost_result app_server_run(app_server *server, void (*serving)(void *user), void *user,
                          ost_error *error)
{
    watch *looking = NULL;
    ost_result result = server->guard != NULL ? watch_new(server, &looking) : OST_OK;
    if (result != OST_OK)
        return ost_error_set(error, result,
                             "the thread that looks after issuers cannot be started");
    result = http_server_run(server->http, serving, user, error);
    watch_free(looking);
    return result;
}

/* Requests that wait are woken by the guard and by the login, and go on when the HTTP server's
 * loops are freed: so these two are stopped before that, and freed after it. */
void app_server_free(app_server *server)
{
    if (server == NULL)
        return;
    if (server->guard != NULL)
        ost_guard_stop(server->guard);
    if (server->login != NULL)
        ost_login_stop(server->login);
    http_server_free(server->http);
    ost_login_free(server->login);
    ost_guard_free(server->guard);
    log_sink_free(server->log);
    ost_arena_free(server->arena);
    memory_free(server);
}
