/* SPDX-License-Identifier: Apache-2.0 */
/* Callback and logout; see login_pages.h. */
#include "app/login_pages.h"

#include "app/notice.h"
#include "app/request.h"
#include "app/session.h"
#include "base/text.h"
#include "page/page.h"

/* ---- what can go wrong at the end of a login ---- */

/* `refusal` is the provider's error code when the result is its refusal in the callback;
 * `explanation` is the operator's, and shown in development only. */
static void show_failure(http_exchange *exchange, const app_server *server, ost_result result,
                         const char *refusal, const char *explanation)
{
    bool explain = server->settings->insecure_explain && explanation[0] != '\0';
    const ost_login_notice said = ost_login_explain(result, refusal);
    const notice shown = {
        .status = said.status,
        .title = said.title,
        .text = said.text,
        .detail = explain ? explanation : NULL,
        .link = "/",
        .link_text = "Back to the start",
    };
    notice_send(exchange, server, &shown);
}

/* ---- the start ---- */

static void show_home(http_exchange *exchange, const app_server *server, bool signed_in)
{
    page p = {.template = PAGE_NOTICE, .status = 200, .leads_away = true, .tells_origin = true};
    page_put(&p, PAGE_TITLE, notice_site(server));
    page_put(&p, PAGE_SITE, notice_site(server));
    page_put(&p, PAGE_HEADING,
             signed_in ? OST_TEXT("You are signed in") : OST_TEXT("You are not signed in"));
    page_put(&p, PAGE_MESSAGE, text_of(server->app->description));
    if (!server->settings->no_docs) {
        page_put_url(&p, PAGE_LINK, OST_TEXT("/docs"));
        page_put(&p, PAGE_LINK_TEXT, OST_TEXT("What this API offers"));
    }
    if (signed_in) {
        page_put_url(&p, PAGE_ACTION, text_of(server->paths.logout));
        page_put(&p, PAGE_BUTTON, OST_TEXT("Sign out"));
    }
    page_send(exchange, &p);
}

void login_pages_home(http_exchange *exchange, void *user)
{
    app_server *server = user;
    ost_request *request = request_new(exchange, server, NULL);
    if (request == NULL)
        return;
    if (server->logs_in && browser_navigates(request->http)) {
        session_open(request);
        show_home(exchange, server, request->browser.has_session);
    } else if (!server->settings->no_docs) {
        http_redirect(exchange, 302, OST_TEXT("/docs"));
    } else {
        request_refuse(exchange, 404, OST_TEXT("Not Found"));
    }
}

/* ---- the callback ---- */

typedef struct arrival {
    ost_request *request;
    ost_login_call *call;
    ost_result failed; /* the call could not be made, for this: */
    ost_error error;
} arrival;

/* The back button, after a login that has ended: the provider sends the browser here again, for
 * nothing. A user who is signed in stays so; nothing of the callback is used. */
static void go_on(http_exchange *exchange)
{
    http_set_reason(exchange, "no such login was begun here; the session that is there goes on");
    request_set(exchange, "Cache-Control", OST_TEXT("no-store"));
    http_redirect(exchange, 302, OST_TEXT("/"));
}

static void arrive(http_exchange *exchange, void *user)
{
    arrival *over = user;
    ost_request *request = over->request;
    ost_login_step step = {0};
    ost_result result = over->failed;
    if (over->call != NULL)
        result = ost_login_call_end(over->call, http_arena(exchange), &step,
                                    &request->browser.session, &over->error);
    /* The refusal that came with the callback has a code and nothing else in its detail. */
    const char *said = over->call == NULL && result == OST_E_REMOTE ? over->error.detail : NULL;
    if (over->call == NULL && result == OST_E_STATE && request->browser.has_session) {
        go_on(exchange);
        return;
    }
    if (browser_set_cookies(exchange, &request->browser.place, &step) != OST_OK)
        result = OST_E_MEMORY;
    if (result != OST_OK) {
        http_set_reason(exchange, "login failed: %s: %s", ost_result_name(result),
                        over->error.detail);
        show_failure(exchange, request->server, result, said, over->error.detail);
        return;
    }
    request_set(exchange, "Cache-Control", OST_TEXT("no-store"));
    http_redirect(exchange, 302, step.location);
}

static void arrived(ost_login_call *call, void *user)
{
    arrival *over = user;
    over->call = call;
    http_resume(over->request->exchange, arrive, over);
}

void login_pages_callback(http_exchange *exchange, void *user)
{
    app_server *server = user;
    ost_request *request = request_new(exchange, server, NULL);
    if (request == NULL)
        return;
    session_open(request);
    arrival *begun = ost_arena_alloc(http_arena(exchange), sizeof *begun);
    if (begun == NULL) {
        request_refuse(exchange, 503, OST_TEXT("Out of memory"));
        return;
    }
    begun->request = request;
    http_suspend(exchange);
    begun->failed = login_finish(server->login, &request->browser.place, request->http->query,
                                 &request->browser.jar, arrived, begun, &begun->error);
    if (begun->failed != OST_OK)
        http_resume(exchange, arrive, begun);
}

/* ---- logout ---- */

static void ask(http_exchange *exchange, const app_server *server)
{
    const notice shown = {
        .status = 200,
        .title = "Sign out?",
        .text = "Another page has asked to sign you out of this API.",
        .link = server->paths.logout,
        .link_text = "Sign out",
        .post = true,
    };
    notice_send(exchange, server, &shown);
}

/* The address bar, a bookmark, or a page of our own. */
static bool is_meant(const ost_request *request)
{
    if (request->http->method == HTTP_GET &&
        text_is(http_request_field(request->http, "sec-fetch-site"), "none"))
        return true;
    return browser_is_same_origin(request->http, request->browser.place.base);
}

static void end_session(ost_request *request)
{
    browser_side *side = &request->browser;
    http_exchange *exchange = request->exchange;
    ost_login_step step = {0};
    ost_result result =
        login_end(request->server->login, &side->place, side->has_session ? &side->session : NULL,
                  &side->jar, http_arena(exchange), &step);
    if (result == OST_OK)
        result = browser_set_cookies(exchange, &side->place, &step);
    if (result != OST_OK) {
        show_failure(exchange, request->server, result, NULL, "");
        return;
    }
    request_set(exchange, "Cache-Control", OST_TEXT("no-store"));
    http_redirect(exchange, 303, step.location);
}

void login_pages_logout(http_exchange *exchange, void *user)
{
    app_server *server = user;
    ost_request *request = request_new(exchange, server, NULL);
    if (request == NULL)
        return;
    session_open(request);
    if (request->browser.place.base.len == 0) {
        show_failure(exchange, server, OST_E_STATE, NULL, "");
    } else if (is_meant(request)) {
        end_session(request);
    } else if (request->http->method == HTTP_POST) {
        http_set_reason(exchange, "a logout from another site's page");
        request_refuse(exchange, 403, OST_TEXT("Cross-site request refused"));
    } else if (request->browser.has_session) {
        ask(exchange, server);
    } else {
        http_redirect(exchange, 302, OST_TEXT("/"));
    }
}
