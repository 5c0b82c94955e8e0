/* SPDX-License-Identifier: Apache-2.0 */
/* Judges what proxies ask about; see gate_check.h. */
#include "gate/gate_check.h"

#include "app/browser.h"
#include "app/credentials.h"
#include "app/login_pages.h"
#include "app/request.h"
#include "app/serve.h"
#include "app/session.h"
#include "base/percent.h"
#include "base/text.h"
#include "gate/gate_answer.h"
#include "gate/gate_client.h"
#include "gate/gate_path.h"
#include "gate/gate_smuggled.h"
#include "gate/gate_state.h"

/* ---- the verdict ---- */

/* A session's cookie comes along by itself: what changes something, or opens a socket, must come
 * from a page of this site. */
static bool is_forged(const gate_asked *asked)
{
    const ost_request *request = &asked->request;
    ost_text method = asked->question.method;
    bool safe = text_is(method, "GET") || text_is(method, "HEAD") || text_is(method, "OPTIONS");
    bool socket = http_request_field(request->http, "upgrade").data != NULL ||
                  http_request_field(request->http, "sec-websocket-key").data != NULL;
    return request->credentials.bearer.data != NULL && (!safe || socket) &&
           !browser_is_same_origin(request->http, request->browser.place.base);
}

/* A person's wish to see a page, by the original request. */
static bool is_navigation(const gate_asked *asked)
{
    const http_request *http = asked->request.http;
    if (!text_is(asked->question.method, "GET") ||
        http_request_field(http, "sec-websocket-key").data != NULL)
        return false;
    return browser_navigates(http);
}

/* A session may stand in for a token. */
static bool takes_session(const gate_asked *asked)
{
    const ost_request *request = &asked->request;
    return asked->rule->login && request->server->logs_in &&
           request->credentials.authorization_count == 0;
}

/* A login that is over by time is renewed at the login page; of all others that have only just
 * ended the next one would bring the same token. */
static bool is_hopeless(const gate_asked *asked)
{
    return asked->request.verdict.reason != OST_E_EXPIRED && session_is_fresh_for(&asked->request);
}

static void question_refuse(gate_asked *asked)
{
    if (!takes_session(asked) || asked->request.verdict.status != 401)
        gate_answer_verdict(asked);
    else if (is_hopeless(asked))
        gate_answer_refuse(asked, 403, "a new login would change nothing");
    else if (is_navigation(asked))
        gate_answer_login(asked);
    else
        gate_answer_verdict(asked);
}

static void question_decide(ost_request *request)
{
    gate_asked *asked = gate_asked_of(request);
    ost_guard_check(request->server->guard, asked->rule->policy, &request->credentials,
                    request->waits_left > 0, http_arena(request->exchange), &request->verdict);
    switch (request->verdict.decision) {
    case OST_ALLOW:
        if (is_forged(asked))
            gate_answer_refuse(asked, 403, "a session cookie from another site's page");
        else
            gate_answer_allow(asked);
        break;
    case OST_WAIT:
        serve_wait(request, question_decide);
        break;
    case OST_REFUSE:
        question_refuse(asked);
        break;
    }
}

/* ---- the rule ---- */

/* The path that the rules are asked about. Where they do not look at it, none has to be readable.
 */
static const char *read_path(const gate_asked *asked, ost_arena *arena, ost_text *ret_path)
{
    const gate_question *question = &asked->question;
    *ret_path = OST_TEXT("/");
    if (question->target.len == 0 || question->target.data[0] != '/')
        return "the target does not begin with a slash";
    if (!asked->site->reads_paths)
        return NULL;
    if (!question->decoded)
        return gate_path_read(question->target, arena, ret_path);
    *ret_path = question->path;
    return gate_path_check(question->path);
}

/* NULL: refused, for *ret_why. */
static const gate_rule *find_rule(gate_asked *asked, const char **ret_why)
{
    ost_request *request = &asked->request;
    ost_arena *arena = http_arena(request->exchange);
    ost_text path;
    asked->site = gate_rules_site(asked->rules, request->http->authority);
    *ret_why = "no site has this host";
    if (asked->site == NULL)
        return NULL;
    *ret_why = gate_smuggled(request->http, asked->site, asked->rules, asked->question.method);
    if (*ret_why == NULL)
        *ret_why = read_path(asked, arena, &path);
    if (*ret_why != NULL)
        return NULL;
    return gate_rules_find(asked->site, asked->question.method, path, arena, ret_why);
}

/* What a token that is bound to its sender has to say of the request is about the original one. */
static bool take_credentials(gate_asked *asked)
{
    ost_request *request = &asked->request;
    if (credentials_take(request) != OST_OK)
        return false;
    request->credentials.method = asked->question.method;
    request->credentials.url = text_of(ost_arena_format(http_arena(request->exchange), "%.*s%.*s",
                                                        OST_FORMAT(asked->site->origin),
                                                        OST_FORMAT(asked->question.target)));
    return request->credentials.url.data != NULL;
}

/* A session is refreshed here only where its new cookies reach the browser: the provider takes the
 * old refresh token no more. */
static void judge(gate_asked *asked)
{
    ost_request *request = &asked->request;
    bool by_session = takes_session(asked);
    if (by_session && asked->gate->passes_cookies) {
        session_take(request, question_decide);
        return;
    }
    if (by_session) {
        session_open(request);
        if (request->browser.has_session)
            request->credentials.bearer = request->browser.session.access_token;
    }
    question_decide(request);
}

void gate_check(http_exchange *exchange, void *user)
{
    const char *why;
    gate_asked *asked = gate_asked_new(exchange, user);
    if (asked == NULL)
        return;
    why = gate_dialect_read(asked->gate->dialect, exchange, &asked->question);
    if (why == NULL)
        asked->rule = find_rule(asked, &why);
    if (asked->rule == NULL)
        gate_answer_refuse(asked, 403, why);
    else if (asked->rule->access == GATE_PUBLIC)
        gate_answer_allow(asked);
    else if (asked->rule->access != GATE_GUARDED)
        gate_answer_refuse(asked, 403, "a rule denies it");
    else if (!take_credentials(asked))
        gate_answer_refuse(asked, 403, "the credentials cannot be read");
    else
        judge(asked);
}

/* The redirect address of a site's own client. */
static bool is_callback(gate_state *gate, http_exchange *exchange)
{
    const http_request *request = http_request_of(exchange);
    const gate_rules *rules = gate_rule_file_hold(&gate->rules, exchange);
    return gate->server->logs_in && request->method == HTTP_GET && rules != NULL &&
           gate_client_of_path(rules, request->authority, request->path) != NULL;
}

/* Who tells the method in a field may ask by another than GET: Traefik does by that of the request,
 * when it is told to (preserveRequestMethod). */
static bool is_question(const gate_state *gate, ost_text path)
{
    return gate->dialect->target == NULL ? text_starts(path, GATE_CHECK_PATH "/")
                                         : text_is(path, GATE_CHECK_PATH);
}

void gate_check_fallback(http_exchange *exchange, void *user)
{
    gate_state *it = user;
    if (is_question(it, http_request_of(exchange)->path))
        gate_check(exchange, user);
    else if (is_callback(it, exchange))
        login_pages_callback(exchange, it->server);
    else
        http_respond(exchange, 404, NULL, (ost_text){0});
}
