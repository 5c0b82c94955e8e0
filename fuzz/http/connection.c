/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as all that a client sends, through the whole engine: HTTP/1.1, or HTTP/2 where they
 * begin with its preface. Runs in one thread; see tests/unit/http/in_process.h. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "in_process.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void echo(http_exchange *x, void *user)
{
    const http_request *request = http_request_of(x);
    if (!text_is_utf8(request->path) || request->authority.data == NULL)
        abort();
    http_respond(x, 200, "application/octet-stream", request->body);
}

static void done(http_exchange *x, void *user)
{
    http_respond(x, 200, "text/plain", http_request_of(x)->path);
}

static void suspended(http_exchange *x, void *user)
{
    http_suspend(x);
    http_resume(x, done, NULL);
}

static const http_route routes[] = {
    {.method = HTTP_GET, .path = "/", .handler = echo},
    {.method = HTTP_POST, .path = "/", .handler = echo},
    {.method = HTTP_GET, .path = "/s", .handler = suspended},
    {.method = HTTP_GET, .path = "/{a}/{rest...}", .handler = echo},
};

static const char *const trusted[] = {"unix", "10.0.0.0/8"};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static in_process p;
    if (p.server == NULL) {
        const http_config config = {
            .routes = routes,
            .route_count = ARRAY_LEN(routes),
            .limits = {.request_line = 300, .head = 2000, .field_count = 20, .body = 3000},
            .trusted_proxies = trusted,
            .trusted_proxy_count = 2,
        };
        if (in_process_start(&config, &p) != OST_OK)
            abort();
    }
    char answer[65536];
    size_t len = in_process_talk(&p, (ost_text){(const char *)data, size}, answer, sizeof answer);
    bool status_line = len >= 9 && memcmp(answer, "HTTP/1.1 ", 9) == 0;
    bool settings = len >= 9 && answer[3] == 4; /* the first HTTP/2 frame */
    if (len > 0 && !status_line && !settings)
        abort();
    return 0;
}
