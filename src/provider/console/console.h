/* SPDX-License-Identifier: Apache-2.0 */
/* The page of the admin console below "/admin". What it shows it asks of the admin REST API. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include "http/http.h"

/* "/admin": to the console of the realm "master". */
void console_root_endpoint(http_exchange *exchange, void *provider);

/* GET "/admin/{path...}": the console's page for "{realm}/console/", else the admin API's. A realm
 * that is called "realms" has no console, as that is where the API begins. */
void console_or_api_endpoint(http_exchange *exchange, void *provider);

#endif
