/* A running program: its routes, its guard, its browsers' login, its HTTP server. Everything in it
 * stays as it is while requests run. */
#ifndef APP_SERVER_H
#define APP_SERVER_H

#include <ostiary/app.h>

#include "app/settings.h"
#include "http/http.h"
#include "http/log/log_sink.h"
#include "login/login.h"

typedef struct app_server app_server;

/* What one route's requests need to know. */
typedef struct app_route {
    app_server *server;
    const ost_route *route;
} app_route;

struct app_server {
    const ost_app *app;
    const app_settings *settings;
    ost_arena *arena;     /* what lives as long as the server */
    ost_guard *guard;     /* NULL: every route is open */
    login_service *login; /* NULL: there is no issuer; without a client only endpoints are known */
    bool logs_in;         /* browsers can log in */
    app_route *routes;
    size_t route_count;
    http_server *http;
    log_sink *log;                            /* NULL: off */
    ost_text swagger_script, swagger_style;   /* what docs_assets holds; empty: the CDN's */
    const char *metadata_url, *metadata_path; /* RFC 9728; NULL: not served */
};

/* Puts it together, listens and returns; nothing is served before app_server_run. OST_E_CONFIG: the
 * routes or the settings are wrong. `app` and `settings` must outlive it. */
OST_MUST_CHECK ost_result app_server_new(const ost_app *app, const app_settings *settings,
                                         app_server **ret_server, unsigned *ret_port,
                                         ost_error *ret_error);

/* Serves until SIGINT or SIGTERM; `serving` as in http_server_run. */
OST_MUST_CHECK ost_result app_server_run(app_server *server, void (*serving)(void *user),
                                         void *user, ost_error *ret_error);
void app_server_free(app_server *server);

#endif
