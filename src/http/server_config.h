/* SPDX-License-Identifier: Apache-2.0 */
/* How a server comes to its configuration. */
#ifndef SERVER_CONFIG_H
#define SERVER_CONFIG_H

#include "http/http.h"

/* Decides and copies what `config` says; whatever it has made, http_server_free takes. */
OST_MUST_CHECK ost_result server_configure(http_server *server, const http_config *config,
                                           ost_error *error);

#endif
