/* SPDX-License-Identifier: Apache-2.0 */
/* A program's server: put together, run, freed. */
#ifndef APP_SERVER_H
#define APP_SERVER_H

#include "app/app_state.h"

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
