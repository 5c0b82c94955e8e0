/* SPDX-License-Identifier: Apache-2.0 */
/* A response in HTTP/1.1 form: RFC 9112 §4. */
#include "http/http1/http1_response.h"

#include <stdio.h>

#include "base/array.h"
#include "base/text.h"
#include "http/connection/output.h"
#include "http/message/response.h"

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
    const http_service *service = exchange->home->service;
    bool overridden = false;
    for (size_t i = 0; i < service->header_count && exchange->first_field != NULL; i++)
        overridden = overridden || response_has_field(exchange, service->headers[i].name);
    if (!overridden) {
        output_write(c, service->header_lines);
        return;
    }
    for (size_t i = 0; i < service->header_count; i++)
        if (!response_has_field(exchange, service->headers[i].name))
            write_field(c, service->headers[i].name, service->headers[i].value);
}

void http1_response_write(http_exchange *exchange, const http_response *response)
{
    connection *c = connection_of(exchange);
    write_status_line(c, response->status);
    output_write(c, event_loop_date(c->loop));
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
