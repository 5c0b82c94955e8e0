/* Guards one request and runs its handler; see serve.h. A bearer token in the Authorization field
 * is checked on the spot. Without one, a browser's session cookie stands in for it: refreshed when
 * it runs out, and begun anew, by a login, when a person navigates. */
#include "serve.h"

#include "refuse.h"
#include "request.h"
#include "session.h"
#include "text.h"

static void decide(ost_request *request);

/* Every Authorization field, in order: two of them are the guard's to refuse. */
static bool take_authorization(ost_request *request)
{
    const http_request *http = request->http;
    size_t count = http_request_field_count(http, "authorization"), at = 0;
    if (count == 0)
        return true;
    ost_text *values = ost_arena_alloc(http_arena(request->exchange), count * sizeof *values);
    if (values == NULL)
        return false;
    for (size_t i = 0; i < http->field_count && at < count; i++) {
        if (text_is(http->fields[i].name, "authorization"))
            values[at++] = http->fields[i].value;
    }
    request->credentials.authorization = values;
    request->credentials.authorization_count = at;
    return true;
}

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
    (void)exchange;
    decide(user);
}

static void wake(void *user)
{
    ost_request *request = user;
    http_resume(request->exchange, keys_ended, request);
}

static void wait_for_keys(ost_request *request)
{
    request->may_wait = false;
    http_suspend(request->exchange);
    if (ost_guard_wait(request->server->guard, &request->verdict, wake, request) != OST_OK)
        wake(request);
}

/* ---- the verdict ---- */

/* A cookie comes along by itself, also with requests that another site makes: what changes
 * something must come from a page of our own. */
static bool is_forged(const ost_request *request)
{
    http_method method = request->http->method;
    bool safe = method == HTTP_GET || method == HTTP_HEAD || method == HTTP_OPTIONS;
    return request->credentials.bearer.data != NULL && !safe &&
           !browser_is_same_origin(request->http, request->browser.base);
}

static void decide(ost_request *request)
{
    ost_guard_check(request->server->guard, request->route->guard, &request->credentials,
                    request->may_wait, http_arena(request->exchange), &request->verdict);
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
        wait_for_keys(request);
        break;
    case OST_REFUSE:
        if (request->server->logs_in && request->credentials.authorization_count == 0)
            session_refused(request, decide);
        else
            refuse_by_verdict(request);
        break;
    }
}

void serve(http_exchange *exchange, void *user)
{
    const app_route *entry = user;
    ost_request *request = request_new(exchange, entry->server, entry->route);
    if (request == NULL)
        return;
    if (entry->route->guard->open) {
        run_handler(request);
        return;
    }
    if (!take_authorization(request)) {
        request_refuse(exchange, 503, OST_TEXT("Out of memory"));
        return;
    }
    if (entry->server->logs_in && request->credentials.authorization_count == 0)
        session_take(request, decide);
    else
        decide(request);
}
