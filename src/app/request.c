/* SPDX-License-Identifier: Apache-2.0 */
/* What handlers ask of a request and how they answer; see <ostiary/app.h>. */
#include "app/request.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/ascii.h"
#include "base/text.h"

#define WAITS 3 /* a new key may be fetched, the issuer asked, a status list fetched */
#define MESSAGE_MAX 65536

ost_request *request_new(http_exchange *exchange, app_server *server, const ost_route *route)
{
    ost_request *request = ost_arena_alloc(http_arena(exchange), sizeof *request);
    if (request == NULL) {
        request_refuse(exchange, 503, OST_TEXT("Out of memory"));
        return NULL;
    }
    request->exchange = exchange;
    request->http = http_request_of(exchange);
    request->server = server;
    request->route = route;
    request->waits_left = WAITS;
    return request;
}

void request_set(http_exchange *exchange, const char *name, ost_text value)
{
    if (http_set_field(exchange, name, value) != OST_OK)
        http_set_reason(exchange, "the field %s could not be set", name);
}

/* ---- what came ---- */

ost_arena *ost_request_arena(ost_request *request)
{
    return http_arena(request->exchange);
}

const ost_identity *ost_request_identity(const ost_request *request)
{
    return request->verdict.identity;
}

ost_text ost_request_subject(const ost_request *request)
{
    if (request->verdict.identity == NULL)
        return OST_TEXT("");
    return ost_identity_subject(request->verdict.identity);
}

ost_text ost_request_method(const ost_request *request)
{
    return request->http->method_name;
}

ost_text ost_request_path(const ost_request *request)
{
    return request->http->path;
}

ost_text ost_request_parameter(const ost_request *request, const char *name)
{
    return http_parameter(request->exchange, name);
}

ost_text ost_request_query(ost_request *request, const char *name)
{
    if (!request->query_read) {
        request->query_read = true;
        if (http_form_read(request->http->query, http_arena(request->exchange), &request->query) !=
            OST_OK)
            request->query = (http_form){0};
    }
    return http_form_get(&request->query, name);
}

ost_text ost_request_field(const ost_request *request, const char *name)
{
    char lower[128];
    size_t len = 0;
    for (; len < sizeof lower - 1 && name[len] != '\0'; len++)
        lower[len] = ascii_lower(name[len]);
    lower[len] = '\0';
    return name[len] == '\0' ? http_request_field(request->http, lower) : (ost_text){0};
}

ost_text ost_request_body(const ost_request *request)
{
    return request->http->body;
}

/* application/json, and the +json types (RFC 6839 §3.1). */
static bool is_json(ost_text type)
{
    ost_text plain = text_trim(text_slice(type, 0, text_find(type, ';', 0)));
    const ost_text suffix = OST_TEXT("+json");
    if (text_equal_ignoring_case(plain, OST_TEXT("application/json")))
        return true;
    return plain.len > suffix.len &&
           text_equal_ignoring_case(text_slice(plain, plain.len - suffix.len, suffix.len), suffix);
}

bool ost_request_json(ost_request *request, const ost_json **ret_value)
{
    ost_error error = {0};
    if (!is_json(http_request_field(request->http, "content-type"))) {
        ost_reply_detail(request, 415, "The body must be application/json");
        return false;
    }
    ost_result result =
        ost_json_read(request->http->body, NULL, http_arena(request->exchange), ret_value, &error);
    if (result == OST_OK)
        return true;
    if (result == OST_E_MEMORY)
        ost_reply_detail(request, 503, "Out of memory");
    else
        ost_reply_detail(request, 400, "The body is not JSON: %s", error.detail);
    return false;
}

/* ---- what goes ---- */

void request_refuse(http_exchange *exchange, int status, ost_text message)
{
    ost_json_writer *writer = ost_json_writer_new(http_arena(exchange), 0);
    if (writer == NULL) {
        http_respond(exchange, status, "application/json", OST_TEXT("{\"detail\":\"\"}"));
        return;
    }
    ost_json_open_object(writer);
    ost_json_member_text(writer, "detail", message);
    ost_json_close_object(writer);
    http_respond_json(exchange, status, writer);
}

void ost_reply_json(ost_request *request, int status, ost_json_writer *writer)
{
    http_respond_json(request->exchange, status, writer);
}

/* {"NAME": text}, formatted. */
OST_PRINTF(4, 0)
static void reply_formatted(ost_request *request, int status, const char *name, const char *format,
                            va_list arguments)
{
    ost_arena *arena = http_arena(request->exchange);
    va_list again;
    va_copy(again, arguments);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it does not follow va_list parameters */
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = len >= 0 && len <= MESSAGE_MAX ? ost_arena_alloc(arena, (size_t)len + 1) : NULL;
    ost_json_writer *writer = text != NULL ? ost_json_writer_new(arena, 0) : NULL;
    if (writer != NULL) {
        vsnprintf(text, (size_t)len + 1, format, arguments);
        ost_json_open_object(writer);
        ost_json_member_text(writer, name, (ost_text){text, (size_t)len});
        ost_json_close_object(writer);
        http_respond_json(request->exchange, status, writer);
    } else {
        request_refuse(request->exchange, 500, OST_TEXT("Internal Server Error"));
    }
}

void ost_reply_message(ost_request *request, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    reply_formatted(request, 200, "message", format, arguments);
    va_end(arguments);
}

void ost_reply_detail(ost_request *request, int status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    reply_formatted(request, status, "detail", format, arguments);
    va_end(arguments);
}

void ost_reply(ost_request *request, int status, const char *type, ost_text body)
{
    http_respond(request->exchange, status, type, body);
}

ost_result ost_reply_field(ost_request *request, const char *name, ost_text value)
{
    return http_set_field(request->exchange, name, value);
}
