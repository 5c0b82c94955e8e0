/* SPDX-License-Identifier: Apache-2.0 */
/* A program's server: put together, run, freed. */
#ifndef APP_SERVER_H
#define APP_SERVER_H

#include "app/app_state.h"

/* What a program of this house adds that has no guard of the framework's: the gate, whose answers
 * are not pages of an API. There is no start page then. */
typedef struct app_extension {
    app_paths paths;
    const http_route *routes; /* with handlers that guard themselves */
    size_t route_count;
    http_handler fallback; /* of what no route fits */
    void *fallback_user;
} app_extension;

/* Puts it together, listens and returns; nothing is served before app_server_run. OST_E_CONFIG: the
 * routes or the settings are wrong. `app`, `settings` and `extension` must outlive it; the last may
 * be NULL. */
OST_MUST_CHECK ost_result app_server_new(const ost_app *app, const app_settings *settings,
                                         const app_extension *extension, app_server **ret_server,
                                         unsigned *ret_port, ost_error *error);

/* Serves until SIGINT or SIGTERM; `serving` as in http_server_run. */
OST_MUST_CHECK ost_result app_server_run(app_server *server, void (*serving)(void *user),
                                         void *user, ost_error *error);
void app_server_free(app_server *server);

#endif
