/* SPDX-License-Identifier: Apache-2.0 */
/* From HTTP/2 fields and data to an exchange: RFC 9113 §8.3. libnghttp2 has checked the form of
 * what comes in; the meaning is checked here, as strictly as in HTTP/1.1. */
#include "http/http2/http2_stream.h"

#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "http/connection/server_state.h"
#include "http/http2/http2_response.h"
#include "http/message/client_certificate.h"
#include "http/message/field_syntax.h"
#include "http/message/forwarded.h"
#include "http/message/request_target.h"
#include "http/message/response.h"

#define FIELD_OVERHEAD 32 /* RFC 9113 §6.5.2 */

/* What is held for the other streams of one connection: so many of the usual largest bodies, or of
 * the largest that the route takes, for browsers send several files at once. */
#define BODIES_MAX 16
#define BODIES_OF_ROUTE 4

static const exchange_protocol protocol = {http2_send, http2_ended};

/* ---- life ---- */

http2_stream *http2_stream_new(http2 *h, int32_t id)
{
    http2_stream *stream = memory_alloc(sizeof *stream);
    if (stream == NULL)
        return NULL;
    stream->exchange = exchange_take(&h->c->loop->exchanges, &h->c->client, &protocol);
    if (stream->exchange == NULL) {
        memory_free(stream);
        return NULL;
    }
    stream->exchange->stream = stream;
    stream->session = h;
    stream->id = id;
    stream->since = event_loop_now(h->c->loop);
    buffer_init(&stream->out, RESPONSE_BODY_MAX);
    stream->next = h->streams;
    if (stream->next != NULL)
        stream->next->previous = stream;
    h->streams = stream;
    return stream;
}

void http2_stream_free(http2_stream *stream)
{
    http2 *h = stream->session;
    if (stream->previous != NULL)
        stream->previous->next = stream->next;
    else
        h->streams = stream->next;
    if (stream->next != NULL)
        stream->next->previous = stream->previous;
    h->active_at = event_loop_now(h->c->loop);
    http_exchange *exchange = stream->exchange;
    if (exchange != NULL && exchange->state == EXCHANGE_READING) {
        h->body_bytes -= exchange->body.len;
        exchange_give(exchange);
    } else if (exchange != NULL) {
        exchange->stream = NULL; /* it goes on, and nobody hears of it */
    }
    http2_response_drop(stream);
    memory_free(stream);
}

/* ---- the head ---- */

static void refuse_head(http2_stream *stream, int status, const char *reason)
{
    if (stream->refusal == 0) {
        stream->refusal = status;
        stream->reason = reason;
    }
}

/* The field of that name is kept apart; a second one is refused. */
static void keep_apart(http2_stream *stream, ost_text *slot, ost_text value)
{
    if (slot->data != NULL)
        refuse_head(stream, 400, "two fields where one is allowed");
    *slot = value;
}

static void pseudo_field(http2_stream *stream, ost_text name, ost_text value)
{
    http_request *request = &stream->exchange->request;
    if (text_is(name, ":method"))
        request->method_name = value;
    else if (text_is(name, ":path"))
        stream->path = value;
    else if (text_is(name, ":authority"))
        stream->authority = value;
}

void http2_stream_field(http2_stream *stream, ost_text name, ost_text value)
{
    http_exchange *x = stream->exchange;
    const http_limits *limits = &x->home->service->limits;
    stream->head_size += name.len + value.len + FIELD_OVERHEAD;
    if (stream->head_size > limits->head) {
        refuse_head(stream, 431, "request head too large");
        return;
    }
    char *name_copy = ost_arena_copy(x->arena, name);
    char *value_copy = ost_arena_copy(x->arena, value);
    if (name_copy == NULL || value_copy == NULL) {
        refuse_head(stream, 503, "out of memory");
        return;
    }
    name.data = name_copy;
    value = text_trim((ost_text){value_copy, value.len});
    if (name.len > 0 && name.data[0] == ':') {
        pseudo_field(stream, name, value);
        return;
    }
    if (x->request.field_count == limits->field_count) {
        refuse_head(stream, 431, "too many fields");
        return;
    }
    if (!is_token(name) || !is_field_value(value))
        refuse_head(stream, 400, "malformed field");
    if (text_is(name, "host"))
        keep_apart(stream, &stream->host, value);
    if (text_is(name, "expect"))
        refuse_head(stream, 417, "expectation not supported");
    x->fields[x->request.field_count++] = (http_field){name, value};
}

/* Views into the arena, which is ours to change. */
static char *writable(ost_text text)
{
    return (char *)(uintptr_t)text.data;
}

static const char *check_authority(http2_stream *stream, http_request *request)
{
    ost_text *both[] = {&stream->authority, &stream->host};
    for (size_t i = 0; i < 2; i++)
        if (both[i]->data != NULL && !authority_normalize(writable(*both[i]), both[i]->len))
            return "malformed authority";
    if (stream->authority.data == NULL && stream->host.data == NULL)
        return "no authority";
    if (stream->authority.data != NULL && stream->host.data != NULL &&
        !text_equal(stream->authority, stream->host))
        return ":authority and Host differ";
    request->authority = stream->authority.data != NULL ? stream->authority : stream->host;
    return NULL;
}

static const char *make_request(http2_stream *stream)
{
    http_exchange *x = stream->exchange;
    http_request *request = &x->request;
    const connection *c = stream->session->c;
    request->method = method_of(request->method_name);
    request->fields = x->fields;
    request->body = request->query = OST_TEXT("");
    request->peer = c->client.peer;
    request->secure = c->client.secure;
    request->version = 20;
    if (!is_token(request->method_name))
        return "malformed method";
    if (stream->path.len == 0 || (stream->path.data[0] != '/' && !text_is(stream->path, "*")))
        return "malformed :path";
    request_target target;
    const char *reason =
        request_target_read(writable(stream->path), stream->path.len, request->method, &target);
    if (reason != NULL)
        return reason;
    request->path = target.path;
    request->query = target.query;
    reason = check_authority(stream, request);
    if (reason != NULL)
        return reason;
    client_certificate_strip(x);
    return c->client.trusted ? forwarded_apply(x) : NULL;
}

void http2_stream_refuse(http2_stream *stream, int status, const char *reason)
{
    stream->reason = reason;
    exchange_refuse(stream->exchange, status, reason);
}

/* What the client says its body measures; 0 when it does not say. libnghttp2 has checked it. */
static uint64_t announced_length(const http_request *request)
{
    uint64_t length = 0;
    ost_text text = http_request_field(request, "content-length");
    return text.data != NULL && text_to_unsigned(text, INT64_MAX, &length) ? length : 0;
}

void http2_stream_head_done(http2_stream *stream)
{
    http_exchange *x = stream->exchange;
    const http_limits *limits = &x->home->service->limits;
    stream->head_complete = true;
    body_clock_start(&stream->body, event_loop_now(stream->session->c->loop));
    if (stream->path.len > limits->request_line)
        refuse_head(stream, 414, "request target too long");
    if (text_is(x->request.method_name, "CONNECT"))
        refuse_head(stream, 501, "method not implemented");
    if (stream->refusal == 0) {
        const char *reason = make_request(stream);
        if (reason != NULL)
            refuse_head(stream, 400, reason);
    }
    if (stream->refusal != 0) {
        http2_stream_refuse(stream, stream->refusal, stream->reason);
        return;
    }
    stream->max_body = exchange_route(x);
    buffer_clear(&x->body);
    x->body.ceiling = stream->max_body;
    if (announced_length(&x->request) > stream->max_body)
        http2_stream_refuse(stream, 413, "body too large");
}

/* ---- the body ---- */

static bool has_room(const http2_stream *stream, size_t more)
{
    const http2 *h = stream->session;
    size_t usual = BODIES_MAX * h->c->loop->server->service.limits.body;
    size_t own = BODIES_OF_ROUTE * stream->max_body, most = usual > own ? usual : own;
    return h->body_bytes - stream->exchange->body.len + more <= most;
}

void http2_stream_body(http2_stream *stream, ost_text piece)
{
    http_exchange *x = stream->exchange;
    if (x == NULL || stream->responded || x->state != EXCHANGE_READING)
        return;
    http2 *h = stream->session;
    if (!has_room(stream, piece.len)) {
        http2_stream_refuse(stream, 503, "too many bodies at once");
        return;
    }
    body_clock_add(&stream->body, piece.len, event_loop_now(stream->session->c->loop),
                   &x->home->service->limits);
    h->body_bytes -= x->body.len;
    buffer_append(&x->body, piece);
    h->body_bytes += x->body.len;
    if (x->body.failed == OST_E_CEILING)
        http2_stream_refuse(stream, 413, "body too large");
    else if (x->body.failed != OST_OK)
        http2_stream_refuse(stream, 503, "out of memory");
}

void http2_stream_end(http2_stream *stream)
{
    http_exchange *x = stream->exchange;
    stream->remote_closed = true;
    if (x == NULL || !stream->head_complete || x->state != EXCHANGE_READING)
        return;
    x->request.body = buffer_text(&x->body);
    exchange_run(x);
}
