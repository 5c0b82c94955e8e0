/* SPDX-License-Identifier: Apache-2.0 */
/* Answers what no route fits; see not_found.h. */
#include "app/not_found.h"

#include "app/browser.h"
#include "app/cors.h"
#include "app/request.h"
#include "base/text.h"

/* The path with a slash at its end, or without those that it has; empty when there is none. */
static ost_text other_path(ost_text path, ost_arena *arena)
{
    ost_text bare = path;
    while (text_ends(bare, "/"))
        bare.len--;
    if (bare.len < path.len || path.len == 0)
        return bare;
    return text_of(ost_arena_format(arena, "%.*s/", (int)path.len, path.data));
}

static void answer_options(http_exchange *exchange, const app_server *server, ost_text methods)
{
    cors_allow_preflight(exchange, server, methods);
    http_respond(exchange, 204, NULL, (ost_text){0});
}

/* False: there is no such neighbour. The location is a path: no Host can lead it astray, and none
 * begins with two slashes (the engine refuses those). */
static bool redirect_to_neighbour(http_exchange *exchange, const app_server *server)
{
    const http_request *request = http_request_of(exchange);
    ost_arena *arena = http_arena(exchange);
    ost_text methods = http_path_methods(exchange, other_path(request->path, arena));
    if (methods.len == 0)
        return false;
    /* No browser follows a redirect of its preflight; that of the request itself it does. */
    if (request->method == HTTP_OPTIONS) {
        answer_options(exchange, server, methods);
        return true;
    }
    ost_text target = browser_target(request, arena);
    size_t end = text_find(target, '?', 0);
    ost_text path = other_path(text_slice(target, 0, end), arena);
    const char *location = ost_arena_format(arena, "%.*s%.*s", (int)path.len, path.data,
                                            (int)(target.len - end), target.data + end);
    if (path.len == 0 || location == NULL)
        return false;
    cors_allow(exchange, server);
    http_redirect(exchange, 307, text_of(location));
    return true;
}

void not_found(http_exchange *exchange, void *user)
{
    const app_server *server = user;
    int status = http_fallback_status(exchange);
    if (status == 204) {
        answer_options(exchange, server, http_fallback_methods(exchange));
        return;
    }
    if (status == 404 && redirect_to_neighbour(exchange, server))
        return;
    cors_allow(exchange, server);
    request_refuse(exchange, status,
                   status == 404 ? OST_TEXT("Not Found") : OST_TEXT("Method Not Allowed"));
}
