/* SPDX-License-Identifier: Apache-2.0 */
/* Guards one request and runs its handler; see serve.h. A token in the Authorization field
 * is checked on the spot. Without one, a browser's session cookie stands in for it: refreshed when
 * it runs out, and begun again, by a login, when a person navigates. */
#include "app/serve.h"

#include "app/cors.h"
#include "app/credentials.h"
#include "app/refuse.h"
#include "app/request.h"
#include "app/session.h"

static void decide(ost_request *request);

static void run_handler(ost_request *request)
{
    if (request->verdict.identity != NULL) {
        http_set_subject(request->exchange, ost_identity_subject(request->verdict.identity));
        request_set(request->exchange, "Cache-Control", OST_TEXT("no-store"));
    }
    request->route->handler(request);
}

/* ---- waiting for keys ---- */

static void keys_ended(http_exchange *exchange, void *user)
{
    ost_request *request = user;
    (void)exchange;
    request->decide(request);
}

static void wake(void *user)
{
    ost_request *request = user;
    http_resume(request->exchange, keys_ended, request);
}

void serve_wait(ost_request *request, void (*decide_again)(ost_request *request))
{
    request->decide = decide_again;
    request->waits_left--;
    http_suspend(request->exchange);
    if (ost_guard_wait(request->server->guard, &request->verdict, wake, request) != OST_OK)
        wake(request); /* it has ended meanwhile, or too many wait */
}

/* ---- the verdict ---- */

/* A cookie comes along by itself, also with requests that another site makes: what changes
 * something must come from a page of our own. */
static bool is_forged(const ost_request *request)
{
    http_method method = request->http->method;
    bool safe = method == HTTP_GET || method == HTTP_HEAD || method == HTTP_OPTIONS;
    return request->credentials.bearer.data != NULL && !safe &&
           !browser_is_same_origin(request->http, request->browser.place.base);
}

static void decide(ost_request *request)
{
    ost_guard_check(request->server->guard, request->route->guard, &request->credentials,
                    request->waits_left > 0, http_arena(request->exchange), &request->verdict);
    if (request->verdict.dpop_nonce.data != NULL)
        request_set(request->exchange, "DPoP-Nonce", request->verdict.dpop_nonce);
    switch (request->verdict.decision) {
    case OST_ALLOW:
        if (is_forged(request)) {
            http_set_reason(request->exchange, "a session cookie from another site's page");
            request_refuse(request->exchange, 403, OST_TEXT("Cross-site request refused"));
        } else {
            run_handler(request);
        }
        break;
    case OST_WAIT:
        serve_wait(request, decide);
        break;
    case OST_REFUSE:
        if (request->server->logs_in && request->credentials.authorization_count == 0)
            session_refused(request, decide);
        else
            refuse_by_verdict(request);
        break;
    }
}

/* False: the request has been answered. */
static bool take(ost_request *request)
{
    ost_result result = credentials_take(request);
    if (result == OST_E_FORMAT) {
        http_set_reason(request->exchange, "the proxy's word of the certificate is unreadable");
        request_refuse(request->exchange, 400, OST_TEXT("The client's certificate is unreadable"));
    } else if (result != OST_OK) {
        request_refuse(request->exchange, 503, OST_TEXT("Out of memory"));
    }
    return result == OST_OK;
}

void serve(http_exchange *exchange, void *user)
{
    const app_route *entry = user;
    serve_route(exchange, entry->server, entry->route);
}

void serve_route(http_exchange *exchange, app_server *server, const ost_route *route)
{
    ost_request *request = request_new(exchange, server, route);
    if (request == NULL)
        return;
    cors_allow(exchange, server);
    if (route->guard->open) {
        run_handler(request);
        return;
    }
    if (!take(request))
        return;
    if (server->logs_in && request->credentials.authorization_count == 0)
        session_take(request, decide);
    else
        decide(request);
}
