/* SPDX-License-Identifier: Apache-2.0 */
/* The response of an exchange on its HTTP/2 stream: RFC 9113 §8.3.2. The body is copied and goes
 * out as the client's windows allow, while the exchange has long ended. */
#include "http/http2/http2_response.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "http/connection/server_state.h"
#include "http/message/response.h"

#define RESPONSE_FIELDS_MAX 64

typedef struct field_list {
    nghttp2_nv fields[RESPONSE_FIELDS_MAX];
    size_t count;
    bool full;
} field_list;

static void add_field(field_list *list, ost_text name, ost_text value)
{
    if (list->count == RESPONSE_FIELDS_MAX) {
        list->full = true;
        return;
    }
    /* libnghttp2 copies both, and lower-cases the name. */
    list->fields[list->count++] = (nghttp2_nv){
        .name = (uint8_t *)(uintptr_t)name.data,
        .value = (uint8_t *)(uintptr_t)value.data,
        .namelen = name.len,
        .valuelen = value.len,
    };
}

static void gather_fields(const http_exchange *x, const http_response *response, ost_text status,
                          ost_text length, field_list *list)
{
    const http_service *service = x->home->service;
    add_field(list, OST_TEXT(":status"), status);
    add_field(list, OST_TEXT("date"), event_loop_date(connection_of(x)->loop));
    if (response->type.len > 0)
        add_field(list, OST_TEXT("content-type"), response->type);
    if (response->status != 204 && response->status != 304)
        add_field(list, OST_TEXT("content-length"), length);
    for (size_t i = 0; i < service->header_count; i++)
        if (!response_has_field(x, service->headers[i].name))
            add_field(list, service->headers[i].name, service->headers[i].value);
    for (const response_field *at = x->first_field; at != NULL; at = at->next)
        add_field(list, at->name, at->value);
}

/* A client that takes a response slower than the slowest body may come is not waited for: each byte
 * earns its time, and no more than a silent client has. */
static void earn(http2_stream *stream, size_t bytes)
{
    const event_loop *loop = stream->session->c->loop;
    const http_limits *limits = &loop->server->service.limits;
    uint64_t latest = event_loop_now(loop) + limits->idle_timeout * 1000u;
    stream->out_due += (uint64_t)bytes * 1000u / limits->body_rate;
    if (stream->out_due > latest)
        stream->out_due = latest;
}

void http2_response_drop(http2_stream *stream)
{
    http2 *h = stream->session;
    h->out_bytes -= stream->out.len;
    h->c->loop->released += stream->out.len;
    atomic_fetch_sub(&h->c->loop->server->waiting_bytes, stream->out.len);
    buffer_free(&stream->out);
}

/* The longest without progress of one connection, if longer than `*since`. */
static void find_slowest(const connection *c, http2_stream **slowest, uint64_t *since)
{
    const http2 *h = c->session;
    for (http2_stream *at = h->streams; at != NULL; at = at->next) {
        if (at->responded && at->out.len > 0 && at->out_since < *since) {
            *slowest = at;
            *since = at->out_since;
        }
    }
}

/* Room for `len` bytes among all that wait for clients: what has been without progress for the
 * longest time is given up, of this loop's. False: there is nothing. */
static bool make_room(const connection *c, size_t len)
{
    http_server *server = c->loop->server;
    for (;;) {
        size_t waiting = atomic_load(&server->waiting_bytes);
        if (waiting == 0 || waiting + len <= server->service.limits.waiting_responses)
            return true;
        http2_stream *slowest = NULL;
        uint64_t since = UINT64_MAX;
        for (connection *at = c->loop->connections; at != NULL; at = at->next) {
            if (at->protocol == c->protocol && !at->client.closing)
                find_slowest(at, &slowest, &since);
        }
        if (slowest == NULL)
            return false;
        http2_response_drop(slowest);
        slowest->out_ended = true;
        slowest->out_due = 0; /* reset at the next tick */
        counter_add(&c->loop->counters.ended_responses, 1);
        event_loop_tell(c->loop, slowest->session->c->client.peer,
                        "too many responses wait for their clients: the slowest was ended");
    }
}

static ssize_t read_out(nghttp2_session *session, int32_t id, uint8_t *ret, size_t size,
                        uint32_t *flags, nghttp2_data_source *source, void *user)
{
    http2_stream *stream = source->ptr;
    if (stream->out_ended)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    size_t left = stream->out.len - stream->out_sent;
    size_t n = left < size ? left : size;
    memcpy(ret, stream->out.data + stream->out_sent, n);
    stream->out_sent += n;
    stream->out_since = event_loop_now(stream->session->c->loop);
    earn(stream, n);
    if (n == left)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)n;
}

void http2_send(http_exchange *exchange, const http_response *response)
{
    http2_stream *stream = exchange->stream;
    if (stream == NULL)
        return; /* the client has lost interest */
    http2 *h = stream->session;
    char status[8], length[24];
    int status_len = snprintf(status, sizeof status, "%d", response->status);
    int length_len = snprintf(length, sizeof length, "%zu", response->body.len);
    field_list list = {.count = 0};
    gather_fields(exchange, response, (ost_text){status, (size_t)status_len},
                  (ost_text){length, (size_t)length_len}, &list);
    bool body = !response->body_omitted && response->body.len > 0;
    bool room = !body || make_room(h->c, response->body.len);
    if (body && room)
        buffer_append(&stream->out, response->body);
    h->out_bytes += stream->out.len;
    atomic_fetch_add(&h->c->loop->server->waiting_bytes, stream->out.len);
    stream->responded = true;
    stream->out_since = event_loop_now(h->c->loop);
    stream->out_due = stream->out_since + h->c->loop->server->service.limits.idle_timeout * 1000u;
    nghttp2_data_provider provider = {.source.ptr = stream, .read_callback = read_out};
    if (!room) {
        counter_add(&h->c->loop->counters.ended_responses, 1);
        nghttp2_submit_rst_stream(h->session, NGHTTP2_FLAG_NONE, stream->id,
                                  NGHTTP2_ENHANCE_YOUR_CALM);
    } else if (list.full || stream->out.failed != OST_OK ||
               nghttp2_submit_response(h->session, stream->id, list.fields, list.count,
                                       body ? &provider : NULL) != 0) {
        nghttp2_submit_rst_stream(h->session, NGHTTP2_FLAG_NONE, stream->id,
                                  NGHTTP2_INTERNAL_ERROR);
    }
}

/* The response has been copied: the exchange can go, the stream goes on. */
void http2_ended(http_exchange *exchange)
{
    http2_stream *stream = exchange->stream;
    http2 *h = connection_of(exchange)->session; /* NULL: the connection is closing */
    if (h != NULL)
        h->body_bytes -= exchange->body.len;
    if (stream != NULL)
        stream->exchange = NULL;
    exchange_give(exchange);
}
