/* SPDX-License-Identifier: Apache-2.0 */
/* Reads proxies' questions; see gate_dialect.h. */
#include "gate/gate_dialect.h"

#include <string.h>

#include "app/browser.h"
#include "base/array.h"
#include "base/text.h"
#include "http/message/exchange.h"
#include "http/message/field_syntax.h"

static const gate_dialect dialects[] = {
    {"nginx", "x-original-method", "x-original-uri", false},
    {"haproxy", "x-original-method", "x-original-uri", true},
    {"caddy", "x-forwarded-method", "x-forwarded-uri", true},
    {"traefik", "x-forwarded-method", "x-forwarded-uri", true},
    {"envoy", NULL, NULL, true},
};

const gate_dialect *gate_dialect_find(ost_text name)
{
    for (size_t i = 0; i < ARRAY_LEN(dialects); i++) {
        if (text_is(name, dialects[i].name))
            return &dialects[i];
    }
    return NULL;
}

/* Capitals, as all registered methods have them: an application that knows "get" too would be asked
 * by another rule. */
static bool is_method(ost_text method)
{
    for (size_t i = 0; i < method.len; i++) {
        if (method.data[i] >= 'a' && method.data[i] <= 'z')
            return false;
    }
    return is_token(method);
}

static const char *read_fields(const gate_dialect *dialect, const http_request *request,
                               gate_question *question)
{
    if (http_request_field_count(request, dialect->method) != 1 ||
        http_request_field_count(request, dialect->target) != 1)
        return "the proxy does not tell method and target once each";
    if (http_request_field_count(request, "x-forwarded-host") != 1)
        return "the proxy does not tell the host once";
    question->method = http_request_field(request, dialect->method);
    question->target = http_request_field(request, dialect->target);
    return NULL;
}

/* The proxy sends the request itself, and its Host; nobody else's word of that counts. */
static const char *read_request(http_exchange *exchange, gate_question *question)
{
    static const char *const others[] = {"x-forwarded-host", "forwarded"};
    const http_request *request = http_request_of(exchange);
    const size_t prefix = strlen(GATE_CHECK_PATH);
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        if (http_request_field_count(request, others[i]) > 0)
            return "a host beside that of the request";
    }
    ost_text target = browser_target(request, http_arena(exchange));
    if (!text_starts(request->path, GATE_CHECK_PATH "/") || target.len < prefix)
        return "the question's path has no " GATE_CHECK_PATH " before it";
    question->method = request->method_name;
    question->path = text_slice(request->path, prefix, request->path.len);
    question->target = text_slice(target, prefix, target.len);
    question->decoded = true;
    return NULL;
}

const char *gate_dialect_read(const gate_dialect *dialect, http_exchange *exchange,
                              gate_question *ret_question)
{
    gate_question question = {0};
    if (!exchange->client->trusted)
        return "the question is not from a trusted proxy";
    const char *reason = dialect->target != NULL
                             ? read_fields(dialect, http_request_of(exchange), &question)
                             : read_request(exchange, &question);
    if (reason == NULL && !is_method(question.method))
        reason = "the method is not in capital letters";
    if (reason == NULL)
        *ret_question = question;
    return reason;
}
