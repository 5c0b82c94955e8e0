/* Responses: what a handler sets (RFC 9110 §5, §15), and their form in HTTP/1.1 (RFC 9112 §4). No
 * value that could end a line early ever gets this far: response splitting ends in http_add_field.
 */
#include "http/message/response.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "http/connection/connection.h"
#include "http/connection/output.h"
#include "http/connection/server.h"
#include "http/http1/request_head.h"

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
    counter_add(&x->loop->counters.responses[status / 100], 1);
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
        response.body = response.type = (ost_text){"", 0};
    response.body_omitted = exchange->request.method == HTTP_HEAD && exchange->readable;
    exchange->answered = true;
    exchange->status = response.status;
    exchange->body_bytes = response.body_omitted ? 0 : response.body.len;
    count_status(exchange, response.status);
    if (!exchange->connection->closing)
        exchange->protocol->send(exchange, &response);
}

void http_respond_json(http_exchange *exchange, int status, ost_json_writer *writer)
{
    ost_text text = {"", 0};
    if (writer == NULL || ost_json_writer_finish(writer, &text) != OST_OK)
        exchange->broken = true;
    http_respond(exchange, status, "application/json", text);
}

void http_redirect(http_exchange *exchange, int status, ost_text location)
{
    if (http_set_field(exchange, "Location", location) != OST_OK)
        exchange->broken = true;
    http_respond(exchange, status, NULL, (ost_text){"", 0});
}

/* ---- HTTP/1.1 ---- */

static const struct {
    int status;
    const char *line;
} status_lines[] = {
#define STATUS(number, phrase)                                                                     \
    {                                                                                              \
        number, "HTTP/1.1 " #number " " phrase "\r\nDate: "                                        \
    }
    STATUS(200, "OK"),
    STATUS(201, "Created"),
    STATUS(202, "Accepted"),
    STATUS(204, "No Content"),
    STATUS(301, "Moved Permanently"),
    STATUS(302, "Found"),
    STATUS(303, "See Other"),
    STATUS(304, "Not Modified"),
    STATUS(307, "Temporary Redirect"),
    STATUS(308, "Permanent Redirect"),
    STATUS(400, "Bad Request"),
    STATUS(401, "Unauthorized"),
    STATUS(403, "Forbidden"),
    STATUS(404, "Not Found"),
    STATUS(405, "Method Not Allowed"),
    STATUS(408, "Request Timeout"),
    STATUS(409, "Conflict"),
    STATUS(410, "Gone"),
    STATUS(412, "Precondition Failed"),
    STATUS(413, "Content Too Large"),
    STATUS(414, "URI Too Long"),
    STATUS(415, "Unsupported Media Type"),
    STATUS(417, "Expectation Failed"),
    STATUS(421, "Misdirected Request"),
    STATUS(422, "Unprocessable Content"),
    STATUS(429, "Too Many Requests"),
    STATUS(431, "Request Header Fields Too Large"),
    STATUS(500, "Internal Server Error"),
    STATUS(501, "Not Implemented"),
    STATUS(502, "Bad Gateway"),
    STATUS(503, "Service Unavailable"),
    STATUS(504, "Gateway Timeout"),
    STATUS(505, "HTTP Version Not Supported"),
#undef STATUS
};

static void write_status_line(connection *c, int status)
{
    for (size_t i = 0; i < ARRAY_LEN(status_lines); i++)
        if (status_lines[i].status == status) {
            output_write(c, text_of(status_lines[i].line));
            return;
        }
    char line[40];
    int len = snprintf(line, sizeof line, "HTTP/1.1 %03d \r\nDate: ", status);
    output_write(c, (ost_text){line, (size_t)len});
}

static void write_length(connection *c, size_t length)
{
    char line[48] = "\r\nContent-Length: ", digits[24];
    size_t n = 0, len = sizeof "\r\nContent-Length: " - 1;
    do {
        digits[n++] = (char)('0' + length % 10);
        length /= 10;
    } while (length > 0);
    while (n > 0)
        line[len++] = digits[--n];
    output_write(c, (ost_text){line, len});
}

static void write_field(connection *c, ost_text name, ost_text value)
{
    output_write(c, name);
    output_write(c, OST_TEXT(": "));
    output_write(c, value);
    output_write(c, OST_TEXT("\r\n"));
}

/* The server's own fields, but those the handler has set. */
static void write_default_fields(connection *c, const http_exchange *exchange)
{
    const http_server *server = exchange->loop->server;
    bool overridden = false;
    for (size_t i = 0; i < server->header_count && exchange->first_field != NULL; i++)
        overridden = overridden || response_has_field(exchange, server->headers[i].name);
    if (!overridden) {
        output_write(c, server->header_lines);
        return;
    }
    for (size_t i = 0; i < server->header_count; i++)
        if (!response_has_field(exchange, server->headers[i].name))
            write_field(c, server->headers[i].name, server->headers[i].value);
}

void response_write(http_exchange *exchange, const http_response *response)
{
    connection *c = exchange->connection;
    write_status_line(c, response->status);
    output_write(c, event_loop_date(exchange->loop));
    if (response->type.len > 0) {
        output_write(c, OST_TEXT("\r\nContent-Type: "));
        output_write(c, response->type);
    }
    if (response->status != 204 && response->status != 304)
        write_length(c, response->body.len);
    output_write(c, OST_TEXT("\r\n"));
    if (response->close)
        output_write(c, OST_TEXT("Connection: close\r\n"));
    else if (exchange->request.version == 10)
        output_write(c, OST_TEXT("Connection: keep-alive\r\n"));
    write_default_fields(c, exchange);
    for (const response_field *at = exchange->first_field; at != NULL; at = at->next)
        write_field(c, at->name, at->value);
    output_write(c, OST_TEXT("\r\n"));
    if (!response->body_omitted)
        output_write(c, response->body);
}
