/* SPDX-License-Identifier: Apache-2.0 */
/* A running program, for the files that answer its requests: its routes, its guard, its browsers'
 * login, its HTTP server. Everything in it stays as it is while requests run. */
#ifndef APP_STATE_H
#define APP_STATE_H

#include <ostiary/app.h>

#include "app/config/settings.h"
#include "base/buffer.h"
#include "http/http.h"
#include "http/log/log_sink.h"
#include <ostiary/login.h>
#include <ostiary/logout.h>

typedef struct app_server app_server;

/* What one route's requests need to know. */
typedef struct app_route {
    app_server *server;
    const ost_route *route;
} app_route;

/* Where browsers and the provider find what the framework has for them. */
typedef struct app_paths {
    const char *callback, *logout, *logout_tokens;
} app_paths;

/* What a program of this house adds that has no guard of the framework's: the gate, whose answers
 * are not pages of an API. There is no start page then. */
typedef struct app_extension {
    app_paths paths;
    const http_route *routes; /* with handlers that guard themselves */
    size_t route_count;
    http_handler fallback;                   /* of what no route fits */
    void (*reload)(void *user);              /* SIGHUP: one thread at a time */
    void (*metrics)(void *user, buffer *to); /* what it tells Prometheus; any thread */
    /* Whose logout tokens are taken for this exchange, beside those of the server; without
     * clients: out of memory. NULL: the server's alone. */
    ost_logout_rules (*logouts)(void *user, http_exchange *exchange);
    void *user; /* of all these */
} app_extension;

struct app_server {
    const ost_app *app;
    const app_settings *settings;
    app_paths paths;
    ost_arena *arena; /* what lives as long as the server */
    ost_guard *guard; /* NULL: every route is open */
    ost_login *login; /* NULL: there is no issuer; without a client only endpoints are known */
    bool logs_in;     /* browsers can sign in */
    ost_logout_rules logouts; /* whose logout tokens are taken; without a guard none are */
    app_route *routes;
    size_t route_count;
    const app_extension *extension; /* NULL: there is none */
    http_server *http;
    log_sink *log;
    ost_text swagger_script, swagger_style;   /* what docs_assets holds; empty: the CDN's */
    const char *metadata_url, *metadata_path; /* RFC 9728; NULL: not served */
};

#endif
