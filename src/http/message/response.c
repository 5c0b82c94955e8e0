/* SPDX-License-Identifier: Apache-2.0 */
/* Responses: what a handler sets (RFC 9110 §5, §15). No value that could end a line early gets any
 * further: response splitting ends in http_add_field. */
#include "http/message/response.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "http/message/field_syntax.h"

/* ---- fields ---- */

/* Fields the engine itself decides on. */
static bool is_reserved(ost_text name)
{
    static const char *const reserved[] = {"connection", "content-length",    "content-type",
                                           "date",       "keep-alive",        "proxy-connection",
                                           "trailer",    "transfer-encoding", "upgrade"};
    for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
        if (text_equal_ignoring_case(name, text_of(reserved[i])))
            return true;
    return false;
}

bool response_field_valid(ost_text name, ost_text value)
{
    return is_token(name) && is_field_value(value) && !is_reserved(name);
}

static ost_result fail(http_exchange *exchange, ost_result result)
{
    exchange->broken = true;
    return result;
}

ost_result http_add_field(http_exchange *exchange, const char *name, ost_text value)
{
    if (!response_field_valid(text_of(name), value))
        return fail(exchange, OST_E_ARGUMENT);
    response_field *field = ost_arena_alloc(exchange->arena, sizeof *field);
    char *name_copy = ost_arena_copy(exchange->arena, text_of(name));
    char *value_copy = ost_arena_copy(exchange->arena, value);
    if (field == NULL || name_copy == NULL || value_copy == NULL)
        return fail(exchange, OST_E_MEMORY);
    field->name = text_of(name_copy);
    field->value = (ost_text){value_copy, value.len};
    if (exchange->first_field == NULL)
        exchange->first_field = field;
    else
        exchange->last_field->next = field;
    exchange->last_field = field;
    return OST_OK;
}

ost_result http_set_field(http_exchange *exchange, const char *name, ost_text value)
{
    response_field **slot = &exchange->first_field;
    exchange->last_field = NULL;
    while (*slot != NULL) {
        if (text_equal_ignoring_case((*slot)->name, text_of(name))) {
            *slot = (*slot)->next;
            continue;
        }
        exchange->last_field = *slot;
        slot = &(*slot)->next;
    }
    return http_add_field(exchange, name, value);
}

bool response_has_field(const http_exchange *exchange, ost_text name)
{
    for (const response_field *at = exchange->first_field; at != NULL; at = at->next)
        if (text_equal_ignoring_case(at->name, name))
            return true;
    return false;
}

/* ---- sending ---- */

static void count_status(http_exchange *x, int status)
{
    counter_add(&x->home->counters.responses[status / 100], 1);
}

void http_respond(http_exchange *exchange, int status, const char *type, ost_text body)
{
    if (exchange->answered)
        return;
    http_response response = {.status = status, .type = text_of(type), .body = body};
    if (status < 200 || status > 599 || exchange->broken || !is_field_value(response.type) ||
        body.len > RESPONSE_BODY_MAX) {
        /* A mistake of the caller, or out of memory: none of its fields can be relied on. */
        exchange->first_field = exchange->last_field = NULL;
        if (exchange->reason.len == 0)
            exchange->reason = OST_TEXT("the handler's response was not valid");
        response.status = 500;
        response.type = OST_TEXT("application/json");
        response.body = OST_TEXT("{\"detail\":\"Internal Server Error\"}");
    }
    if (response.status == 204 || response.status == 304)
        response.body = response.type = OST_TEXT("");
    response.body_omitted = exchange->request.method == HTTP_HEAD && exchange->readable;
    exchange->answered = true;
    exchange->status = response.status;
    exchange->body_bytes = response.body_omitted ? 0 : response.body.len;
    count_status(exchange, response.status);
    if (!exchange->client->closing)
        exchange->protocol->send(exchange, &response);
}

void http_respond_json(http_exchange *exchange, int status, ost_json_writer *writer)
{
    ost_text text = OST_TEXT("");
    if (writer == NULL || ost_json_writer_finish(writer, &text) != OST_OK)
        exchange->broken = true;
    http_respond(exchange, status, "application/json", text);
}

void http_redirect(http_exchange *exchange, int status, ost_text location)
{
    if (http_set_field(exchange, "Location", location) != OST_OK)
        exchange->broken = true;
    http_respond(exchange, status, NULL, OST_TEXT(""));
}
