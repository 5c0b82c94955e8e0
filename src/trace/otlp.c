/* SPDX-License-Identifier: Apache-2.0 */
/* Writes OTLP; see otlp.h. Numbers of fields are those of opentelemetry/proto/trace/v1/trace.proto
 * and its siblings, which never change. */
#include "trace/otlp.h"

#include <stdio.h>
#include <string.h>

#include "base/percent.h"
#include "base/text.h"

#define MESSAGE_MAX ((size_t)2 << 20)

/* ---- protobuf ---- */

enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

static void put_varint(buffer *b, uint64_t value)
{
    while (value >= 0x80) {
        buffer_append_byte(b, (char)(value | 0x80));
        value >>= 7;
    }
    buffer_append_byte(b, (char)value);
}

static void put_key(buffer *b, unsigned field, unsigned wire)
{
    put_varint(b, field << 3 | wire);
}

static void put_number(buffer *b, unsigned field, uint64_t value)
{
    put_key(b, field, WIRE_VARINT);
    put_varint(b, value);
}

static void put_fixed64(buffer *b, unsigned field, uint64_t value)
{
    put_key(b, field, WIRE_FIXED64);
    for (unsigned i = 0; i < 8; i++)
        buffer_append_byte(b, (char)(value >> (8 * i)));
}

static void put_fixed32(buffer *b, unsigned field, uint32_t value)
{
    put_key(b, field, WIRE_FIXED32);
    for (unsigned i = 0; i < 4; i++)
        buffer_append_byte(b, (char)(value >> (8 * i)));
}

static void put_bytes(buffer *b, unsigned field, ost_text bytes)
{
    put_key(b, field, WIRE_BYTES);
    put_varint(b, bytes.len);
    buffer_append(b, bytes);
}

static void put_message(buffer *b, unsigned field, const buffer *message)
{
    if (message->failed != OST_OK && b->failed == OST_OK)
        b->failed = message->failed;
    put_bytes(b, field, buffer_text(message));
}

/* ---- attributes: KeyValue {key = 1, value = 2}, AnyValue {string = 1, int = 3} ---- */

static void put_text_attribute(buffer *b, unsigned field, ost_text name, ost_text value)
{
    buffer_auto buffer pair = {0}, any = {0};
    buffer_init(&pair, MESSAGE_MAX);
    buffer_init(&any, MESSAGE_MAX);
    if (value.len == 0)
        return;
    put_bytes(&any, 1, value);
    put_bytes(&pair, 1, name);
    put_message(&pair, 2, &any);
    put_message(b, field, &pair);
}

static void put_text(buffer *b, unsigned field, const char *name, const char *value)
{
    put_text_attribute(b, field, text_of(name), text_of(value));
}

static void put_integer(buffer *b, unsigned field, const char *name, long value)
{
    buffer_auto buffer pair = {0}, any = {0};
    buffer_init(&pair, MESSAGE_MAX);
    buffer_init(&any, MESSAGE_MAX);
    put_number(&any, 3, (uint64_t)value);
    put_bytes(&pair, 1, text_of(name));
    put_message(&pair, 2, &any);
    put_message(b, field, &pair);
}

/* ---- Span ---- */

enum {
    SPAN_TRACE_ID = 1,
    SPAN_ID = 2,
    SPAN_PARENT_ID = 4,
    SPAN_NAME = 5,
    SPAN_KIND = 6,
    SPAN_START = 7,
    SPAN_END = 8,
    SPAN_ATTRIBUTES = 9,
    SPAN_STATUS = 15,
    SPAN_FLAGS = 16,
};
enum { KIND_SERVER = 2, KIND_CLIENT = 3, STATUS_CODE = 3, STATUS_ERROR = 2 };

/* "GET /items/{id}"; of a fetch, whose path is not told, the method alone. */
static void put_name(buffer *b, const span *s)
{
    char name[sizeof s->method + sizeof s->route];
    const char *method = strcmp(s->method, "_OTHER") == 0 ? "HTTP" : s->method;
    snprintf(name, sizeof name, "%s%s%s", method, s->route[0] != '\0' ? " " : "", s->route);
    put_bytes(b, SPAN_NAME, text_of(name));
}

static void put_attributes(buffer *b, const span *s)
{
    put_text(b, SPAN_ATTRIBUTES, "http.request.method", s->method);
    put_text(b, SPAN_ATTRIBUTES, "http.route", s->route);
    put_text(b, SPAN_ATTRIBUTES, "url.scheme", s->scheme);
    put_text(b, SPAN_ATTRIBUTES, "server.address", s->host);
    if (s->port != 0)
        put_integer(b, SPAN_ATTRIBUTES, "server.port", (long)s->port);
    if (s->status != 0)
        put_integer(b, SPAN_ATTRIBUTES, "http.response.status_code", s->status);
}

/* What a server was asked wrongly is no error of its own; what a client was answered is one. */
static void put_status(buffer *b, const span *s)
{
    char number[24];
    buffer_auto buffer status = {0};
    buffer_init(&status, MESSAGE_MAX);
    bool failed = s->error != NULL || s->status >= (s->client ? 400 : 500);
    if (!failed)
        return;
    snprintf(number, sizeof number, "%ld", s->status);
    put_text(b, SPAN_ATTRIBUTES, "error.type", s->error != NULL ? s->error : number);
    put_number(&status, STATUS_CODE, STATUS_ERROR);
    put_message(b, SPAN_STATUS, &status);
}

static void put_span(buffer *b, unsigned field, const span *s)
{
    const trace_span *at = &s->span;
    buffer_auto buffer one = {0};
    buffer_init(&one, MESSAGE_MAX);
    put_bytes(&one, SPAN_TRACE_ID, text_of_bytes(at->context.trace_id, TRACE_ID_BYTES));
    put_bytes(&one, SPAN_ID, text_of_bytes(at->context.span_id, SPAN_ID_BYTES));
    if (at->has_parent)
        put_bytes(&one, SPAN_PARENT_ID, text_of_bytes(at->parent_id, SPAN_ID_BYTES));
    put_name(&one, s);
    put_number(&one, SPAN_KIND, s->client ? KIND_CLIENT : KIND_SERVER);
    put_fixed64(&one, SPAN_START, (uint64_t)s->started_ns);
    put_fixed64(&one, SPAN_END, (uint64_t)s->ended_ns);
    put_attributes(&one, s);
    put_status(&one, s);
    put_fixed32(&one, SPAN_FLAGS, (at->context.sampled ? 1u : 0u) | (at->context.random ? 2u : 0u));
    put_message(b, field, &one);
}

/* ---- ExportTraceServiceRequest ---- */

static void put_given(buffer *b, ost_text pair)
{
    char decoded[256];
    size_t equals = text_find(pair, '=', 0), len = 0;
    ost_text value = text_trim(text_slice(pair, equals + 1, pair.len));
    for (size_t i = 0; i < value.len && len < sizeof decoded; i++) {
        int byte = percent_byte(text_slice(value, i, value.len));
        decoded[len++] = byte < 0 ? value.data[i] : (char)byte;
        i += byte < 0 ? 0 : 2;
    }
    ost_text name = text_trim(text_slice(pair, 0, equals)), whole = {decoded, len};
    if (name.len > 0 && !text_is(name, "service.name") && text_is_utf8(name) && text_is_utf8(whole))
        put_text_attribute(b, 1, name, whole);
}

static void put_resource(buffer *b, const char *service, const char *more)
{
    buffer_auto buffer resource = {0};
    buffer_init(&resource, MESSAGE_MAX);
    put_text(&resource, 1, "service.name", service);
    put_text(&resource, 1, "telemetry.sdk.name", "ostiary");
    put_text(&resource, 1, "telemetry.sdk.language", "c");
    put_text(&resource, 1, "telemetry.sdk.version", OSTIARY_VERSION);
    ost_text rest = text_of(more), pair;
    while (text_next(&rest, ',', &pair))
        put_given(&resource, pair);
    put_message(b, 1, &resource);
}

void otlp_write(const char *service, const char *resource, const span *spans, size_t count,
                buffer *to)
{
    buffer_auto buffer resource_spans = {0}, scope_spans = {0}, scope = {0};
    buffer_init(&resource_spans, MESSAGE_MAX);
    buffer_init(&scope_spans, MESSAGE_MAX);
    buffer_init(&scope, MESSAGE_MAX);
    put_bytes(&scope, 1, OST_TEXT("ostiary"));
    put_bytes(&scope, 2, OST_TEXT(OSTIARY_VERSION));
    put_message(&scope_spans, 1, &scope);
    for (size_t i = 0; i < count; i++)
        put_span(&scope_spans, 2, &spans[i]);
    put_resource(&resource_spans, service, resource);
    put_message(&resource_spans, 2, &scope_spans);
    put_message(to, 1, &resource_spans);
}
