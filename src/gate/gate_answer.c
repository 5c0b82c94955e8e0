/* SPDX-License-Identifier: Apache-2.0 */
/* Answers proxies; see gate_answer.h. */
#include "gate/gate_answer.h"

#include "base/buffer.h"
#include "base/percent.h"
#include "base/shown.h"
#include "base/text.h"
#include "gate/gate_fields.h"
#include "http/message/exchange.h"

#define LOGIN_FIELD "X-Auth-Request-Login"
#define COOKIES_MAX 20
#define COOKIE_BYTES_MAX ((size_t)64 << 10)

gate_asked *gate_asked_new(http_exchange *exchange, gate_state *gate)
{
    const gate_rules *rules = gate_rule_file_hold(&gate->rules, exchange);
    ost_request *plain = request_new(exchange, gate->server, NULL);
    gate_asked *asked = plain != NULL ? ost_arena_alloc(http_arena(exchange), sizeof *asked) : NULL;
    if (asked == NULL || rules == NULL) {
        if (plain != NULL)
            http_respond(exchange, 503, NULL, (ost_text){0});
        return NULL;
    }
    asked->request = *plain;
    asked->gate = gate;
    asked->rules = rules;
    return asked;
}

/* ---- fields of every answer ---- */

/* Where a proxy copies a field that is not there, some leave the client's in its place. */
static void set_nobody(gate_asked *asked)
{
    const gate_rules *rules = asked->rules;
    for (size_t i = 0; i < rules->field_count; i++)
        request_set(asked->request.exchange, rules->fields[i].name, OST_TEXT(""));
    request_set(asked->request.exchange, "Authorization", OST_TEXT(""));
}

/* nginx passes one field of a name on: each cookie has a number of its own besides. */
static void number_cookies(gate_asked *asked)
{
    http_exchange *exchange = asked->request.exchange;
    ost_text cookies[COOKIES_MAX];
    size_t count = 0;
    if (!asked->gate->passes_cookies)
        return;
    for (const response_field *at = exchange->first_field; at != NULL && count < COOKIES_MAX;
         at = at->next) {
        if (text_equal_ignoring_case(at->name, OST_TEXT("set-cookie")))
            cookies[count++] = at->value;
    }
    for (size_t i = 0; i < count; i++) {
        const char *name =
            ost_arena_format(http_arena(exchange), "X-Auth-Request-Cookie-%zu", i + 1);
        if (name != NULL)
            request_set(exchange, name, cookies[i]);
    }
}

static void send_answer(gate_asked *asked, int status)
{
    request_set(asked->request.exchange, "Cache-Control", OST_TEXT("no-store"));
    number_cookies(asked);
    http_respond(asked->request.exchange, status, NULL, (ost_text){0});
}

/* ---- let in ---- */

/* A session's own cookies, of whatever number, and those of logins under way. */
static bool is_own_cookie(ost_text pair)
{
    return text_starts(pair, "ostiary") || text_starts(pair, "__Host-ostiary") ||
           text_starts(pair, "__Secure-ostiary");
}

/* The client's cookies but for the gate's: with a session's, one application could ask at another
 * site for whoever has been at its own. */
static ost_result set_cookies(gate_asked *asked)
{
    const http_request *http = asked->request.http;
    buffer_auto buffer left = {0};
    buffer_init(&left, COOKIE_BYTES_MAX);
    for (size_t i = 0; i < http->field_count; i++) {
        if (!text_is(http->fields[i].name, "cookie"))
            continue;
        for (ost_text rest = http->fields[i].value, pair; text_next(&rest, ';', &pair);) {
            pair = text_trim(pair);
            if (pair.len == 0 || is_own_cookie(pair))
                continue;
            if (left.len > 0)
                buffer_append_string(&left, "; ");
            buffer_append(&left, pair);
        }
    }
    if (left.failed == OST_OK)
        request_set(asked->request.exchange, "Cookie",
                    left.len > 0 ? buffer_text(&left) : OST_TEXT(""));
    return left.failed == OST_OK ? OST_OK : OST_E_MEMORY;
}

static ost_result set_token(gate_asked *asked)
{
    http_exchange *exchange = asked->request.exchange;
    const ost_credentials *given = &asked->request.credentials;
    if (!asked->rule->token)
        return OST_OK;
    if (given->bearer.data == NULL) {
        if (given->authorization_count == 1)
            request_set(exchange, "Authorization", given->authorization[0]);
        return OST_OK;
    }
    const char *field =
        ost_arena_format(http_arena(exchange), "Bearer %.*s", OST_FORMAT(given->bearer));
    if (field == NULL)
        return OST_E_MEMORY;
    request_set(exchange, "Authorization", text_of(field));
    return OST_OK;
}

void gate_answer_allow(gate_asked *asked)
{
    const gate_rules *rules = asked->rules;
    const ost_identity *identity = asked->request.verdict.identity;
    http_exchange *exchange = asked->request.exchange;
    ost_error error = {0};
    set_nobody(asked);
    if (identity != NULL)
        http_set_subject(exchange, ost_identity_subject(identity));
    ost_result result = set_cookies(asked);
    if (result == OST_OK && identity != NULL)
        result = set_token(asked);
    for (size_t i = 0; i < rules->field_count && result == OST_OK; i++) {
        ost_text value;
        result =
            gate_fields_value(&rules->fields[i], identity, http_arena(exchange), &value, &error);
        if (result == OST_OK)
            request_set(exchange, rules->fields[i].name, value);
    }
    if (result == OST_E_MEMORY) {
        gate_answer_refuse(asked, 503, "out of memory");
    } else if (result != OST_OK) {
        gate_answer_refuse(asked, 403, error.detail);
    } else {
        send_answer(asked, 200);
    }
}

/* ---- kept out ---- */

void gate_answer_refuse(gate_asked *asked, int status, const char *why)
{
    set_nobody(asked);
    http_set_reason(asked->request.exchange, "%s", why);
    send_answer(asked, status);
}

/* Proxies know three answers. A request that a server would call malformed is one that has not
 * proven who it is from. */
static int status_of(const ost_verdict *verdict)
{
    switch (verdict->status) {
    case 400:
    case 401:
        return 401;
    case 403:
        return 403;
    default:
        return 503;
    }
}

void gate_answer_verdict(gate_asked *asked)
{
    const ost_verdict *verdict = &asked->request.verdict;
    http_exchange *exchange = asked->request.exchange;
    const char *seconds = ost_arena_format(http_arena(exchange), "%u",
                                           verdict->retry_after > 0 ? verdict->retry_after : 5);
    int status = status_of(verdict);
    set_nobody(asked);
    if (status != 503)
        request_set(exchange, "WWW-Authenticate", verdict->challenge);
    else if (seconds != NULL)
        request_set(exchange, "Retry-After", text_of(seconds));
    http_set_reason(exchange, "%s: %.*s", ost_result_name(verdict->reason),
                    SHOWN(verdict->explanation, 400));
    send_answer(asked, status);
}

void gate_answer_login(gate_asked *asked)
{
    http_exchange *exchange = asked->request.exchange;
    ost_text back = percent_encode(http_arena(exchange), asked->question.target);
    const char *address = ost_arena_format(http_arena(exchange), "%.*s" GATE_LOGIN "?rd=%.*s",
                                           OST_FORMAT(asked->site->origin), OST_FORMAT(back));
    if (back.data == NULL || address == NULL) {
        gate_answer_refuse(asked, 503, "out of memory");
        return;
    }
    set_nobody(asked);
    http_set_reason(exchange, "sent to sign in");
    request_set(exchange, asked->gate->dialect->redirects ? "Location" : LOGIN_FIELD,
                text_of(address));
    if (!asked->gate->dialect->redirects)
        request_set(exchange, "WWW-Authenticate", asked->request.verdict.challenge);
    send_answer(asked, asked->gate->dialect->redirects ? 302 : 401);
}
