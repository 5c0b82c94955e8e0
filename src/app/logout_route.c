/* SPDX-License-Identifier: Apache-2.0 */
/* Receives logout tokens; see logout_route.h. */
#include "app/logout_route.h"

#include "app/request.h"
#include "base/shown.h"
#include "base/text.h"

#define WAITS 1 /* for a new key */

typedef struct notice_call {
    http_exchange *exchange;
    app_server *server;
    ost_text token;
    ost_verdict verdict;
    ost_logout_rules rules;
    unsigned waits_left;
} notice_call;

static void receive(notice_call *call);

/* §2.8: the answer must not be cached; what is wrong is said as OAuth does. */
static void answer(http_exchange *exchange, int status, ost_text message)
{
    ost_json_writer *writer = ost_json_writer_new(http_arena(exchange), 0);
    request_set(exchange, "Cache-Control", OST_TEXT("no-store"));
    if (writer == NULL) {
        http_respond(exchange, 503, NULL, (ost_text){0});
        return;
    }
    ost_json_open_object(writer);
    ost_json_member_string(writer, "error",
                           status == 400 ? "invalid_request" : "temporarily_unavailable");
    ost_json_member_text(writer, "error_description", message);
    ost_json_close_object(writer);
    http_respond_json(exchange, status, writer);
}

static void refuse(notice_call *call)
{
    const ost_verdict *verdict = &call->verdict;
    const char *seconds = ost_arena_format(http_arena(call->exchange), "%u", verdict->retry_after);
    http_set_reason(call->exchange, "logout token: %.*s", SHOWN(verdict->explanation, 400));
    if (verdict->status == 503 && seconds != NULL)
        request_set(call->exchange, "Retry-After", text_of(seconds));
    answer(call->exchange, verdict->status, verdict->message);
}

/* ---- waiting for keys ---- */

static void keys_ended(http_exchange *exchange, void *user)
{
    (void)exchange;
    receive(user);
}

static void wake(void *user)
{
    notice_call *call = user;
    http_resume(call->exchange, keys_ended, call);
}

static void wait_for_keys(notice_call *call)
{
    call->waits_left--;
    http_suspend(call->exchange);
    if (ost_guard_wait(call->server->guard, &call->verdict, wake, call) != OST_OK)
        wake(call); /* it has ended meanwhile, or too many wait */
}

/* ---- one token ---- */

static void receive(notice_call *call)
{
    ost_guard_logout(call->server->guard, call->token, &call->rules, call->waits_left > 0,
                     http_arena(call->exchange), &call->verdict);
    switch (call->verdict.decision) {
    case OST_ALLOW:
        request_set(call->exchange, "Cache-Control", OST_TEXT("no-store"));
        http_respond(call->exchange, 200, NULL, (ost_text){0});
        break;
    case OST_WAIT:
        wait_for_keys(call);
        break;
    case OST_REFUSE:
        refuse(call);
        break;
    }
}

static ost_logout_rules rules_of(const notice_call *call)
{
    const app_extension *extension = call->server->extension;
    if (extension == NULL || extension->logouts == NULL)
        return call->server->logouts;
    return extension->logouts(extension->user, call->exchange);
}

void logout_route_receive(http_exchange *exchange, void *user)
{
    const http_request *http = http_request_of(exchange);
    http_form form;
    notice_call *call = ost_arena_alloc(http_arena(exchange), sizeof *call);
    if (call == NULL) {
        answer(exchange, 503, OST_TEXT("Out of memory"));
        return;
    }
    *call = (notice_call){.exchange = exchange, .server = user, .waits_left = WAITS};
    if (!http_request_is_form(http) ||
        http_form_read(http->body, http_arena(exchange), &form) != OST_OK ||
        http_form_count(&form, "logout_token") != 1) {
        answer(exchange, 400, OST_TEXT("one logout_token is needed, as a form"));
        return;
    }
    call->token = http_form_get(&form, "logout_token");
    call->rules = rules_of(call);
    if (call->rules.client_count == 0) {
        answer(exchange, 503, OST_TEXT("Out of memory"));
        return;
    }
    receive(call);
}

ost_result logout_route_rules(app_server *server, ost_error *error)
{
    const app_settings *s = server->settings;
    size_t count = 0;
    const char **clients = ost_arena_alloc(
        server->arena, (1 + s->audience_count + s->logout_client_count) * sizeof *clients);
    if (clients == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    if (s->client_id != NULL)
        clients[count++] = s->client_id;
    for (size_t i = 0; i < s->audience_count; i++)
        clients[count++] = s->audiences[i];
    for (size_t i = 0; i < s->logout_client_count; i++)
        clients[count++] = s->logout_clients[i];
    server->logouts = (ost_logout_rules){clients, count};
    return OST_OK;
}
