/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest server over the engine: one route, one loop, no log. Its peer in the bench is
 * nginx with `return 200`. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "http/http.h"

static void hello(http_exchange *exchange, void *user)
{
    http_respond(exchange, 200, "application/json",
                 OST_TEXT("{\"message\":\"Hello, this is a public resource!\"}"));
}

int main(int argc, char **argv)
{
    const http_route route = {.method = HTTP_GET, .path = "/", .handler = hello};
    const http_config config = {.routes = &route, .route_count = 1, .loops = 1};
    unsigned port = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;
    ost_error error = {0};
    http_server *server = NULL;
    if (http_server_new(&config, &server, &error) != OST_OK ||
        http_server_listen(server, "127.0.0.1", port, &port, &error) != OST_OK) {
        fprintf(stderr, "%s\n", error.detail);
        http_server_free(server);
        return 1;
    }
    printf("listening on %u\n", port);
    fflush(stdout);
    ost_result result = http_server_run(server, NULL, NULL, &error);
    http_server_free(server);
    return result == OST_OK ? 0 : 1;
}
