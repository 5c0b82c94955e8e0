/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/1.1: from the bytes of a connection to exchanges and back. RFC 9112 §6 (body), §9
 * (connection management), RFC 9110 §10.1.1 (100-continue). */
#include "http/http1/http1.h"

#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "http/connection/body_clock.h"
#include "http/connection/connection.h"
#include "http/connection/output.h"
#include "http/connection/server_state.h"
#include "http/http1/chunked.h"
#include "http/http1/http1_response.h"
#include "http/http1/request_head.h"
#include "http/message/client_certificate.h"
#include "http/message/forwarded.h"
#include "http/message/request_target.h"

#define BODY_ROOM_MIN 1024 /* less behind a head, and the request moves to a larger block */

typedef enum http1_phase {
    HTTP1_HEAD, /* a request head is due, or on its way */
    HTTP1_BODY,
    HTTP1_HANDLING, /* the exchange runs or waits */
} http1_phase;

typedef struct http1 {
    http1_phase phase;
    http_exchange *exchange; /* NULL while nothing has come */
    request_head head;
    chunked_reader chunked;
    size_t max_body;
    body_clock body;
    bool body_in_place; /* the body stays in the input, behind the head */
    size_t consumed;    /* input that belongs to the current request */
} http1;

static void http1_send(http_exchange *exchange, const http_response *response);
static void http1_ended(http_exchange *exchange);

static const exchange_protocol protocol = {http1_send, http1_ended};

static http1 *http1_of(const connection *c)
{
    return c->session;
}

/* Nothing of a request is there. */
static bool is_idle(const connection *c)
{
    return http1_of(c)->exchange == NULL;
}

/* ---- answers ---- */

static bool may_continue(const connection *c)
{
    const http1 *h = http1_of(c);
    return h->head.keep_alive && !c->loop->stopping && !c->last_words &&
           c->served < c->loop->server->service.limits.requests_per_connection;
}

static void http1_send(http_exchange *exchange, const http_response *response)
{
    connection *c = connection_of(exchange);
    http_response final = *response;
    c->served++;
    final.close = exchange->close || !may_continue(c);
    exchange->close = final.close;
    http1_response_write(exchange, &final);
}

/* The request and its response are over: the bytes behind it are the next request. */
static void http1_ended(http_exchange *exchange)
{
    connection *c = connection_of(exchange);
    http1 *h = http1_of(c);
    bool close = exchange->close;
    h->exchange = NULL;
    h->phase = HTTP1_HEAD;
    c->since = event_loop_now(c->loop);
    if (c->client.closing) {
        exchange_give(exchange); /* c may be gone now */
        return;
    }
    if (close)
        connection_finish(c);
    else if (c->input.block != NULL)
        c->input.start += h->consumed;
    exchange_give(exchange);
}

static void refuse_request(connection *c, int status, const char *reason)
{
    exchange_refuse(http1_of(c)->exchange, status, reason);
}

/* ---- head ---- */

static bool begin_request(connection *c)
{
    http1 *h = http1_of(c);
    const http_limits *limits = &c->loop->server->service.limits;
    h->exchange = exchange_take(&c->loop->exchanges, &c->client, &protocol);
    if (h->exchange == NULL) {
        connection_close(c);
        return false;
    }
    if (c->served > 0)
        c->since = event_loop_now(c->loop);
    request_head_init(&h->head, h->exchange->fields, limits->field_count, limits->request_line,
                      limits->head);
    return true;
}

/* More room for a request that does not fit where it is; it is then read again from its beginning,
 * twice at most. False: the connection is closed. */
static bool make_room(connection *c, size_t capacity)
{
    http1 *h = http1_of(c);
    if (!input_grow(&c->input, &c->loop->blocks, capacity)) {
        connection_close(c);
        return false;
    }
    request_head_init(&h->head, h->exchange->fields, h->head.field_capacity, h->head.max_line,
                      h->head.max_size);
    return true;
}

static size_t large_block(const connection *c)
{
    return c->loop->server->service.limits.head + INPUT_SMALL;
}

/* From the head to the request a handler sees. Returns why not. */
static const char *make_request(connection *c)
{
    http_exchange *x = http1_of(c)->exchange;
    const request_head *head = &http1_of(c)->head;
    request_target target;
    char *data = input_data(&c->input);
    const char *reason = request_target_read(data + (head->target.data - data), head->target.len,
                                             head->method, &target);
    if (reason != NULL)
        return reason;
    ost_text host = head->host.data != NULL ? head->host : OST_TEXT("");
    if (target.authority.data != NULL && host.len > 0 && !text_equal(target.authority, host))
        return "the request target and Host differ";
    x->request = (http_request){
        .method = head->method,
        .method_name = head->method_name,
        .path = target.path,
        .query = target.query,
        .authority = target.authority.data != NULL ? target.authority : host,
        .fields = head->fields,
        .field_count = head->field_count,
        .body = OST_TEXT(""),
        .peer = c->client.peer,
        .secure = c->client.secure,
        .version = head->version,
    };
    client_certificate_strip(x);
    return c->client.trusted ? forwarded_apply(x) : NULL;
}

static void begin_body(connection *c)
{
    http1 *h = http1_of(c);
    const request_head *head = &h->head;
    size_t behind = c->input.block->capacity - c->input.start - head->size;
    h->phase = HTTP1_BODY;
    body_clock_start(&h->body, event_loop_now(c->loop));
    h->body_in_place = !head->chunked && head->content_length <= behind;
    h->consumed = head->size;
    chunked_init(&h->chunked, h->max_body);
    h->exchange->body.ceiling = h->max_body;
    bool waiting = input_len(&c->input) == head->size;
    if (head->expects_continue && waiting)
        output_write(c, OST_TEXT("HTTP/1.1 100 Continue\r\n\r\n"));
}

/* The head is there. True: go on. */
static bool take_head(connection *c)
{
    http1 *h = http1_of(c);
    const request_head *head = &h->head;
    bool has_body = head->chunked || head->content_length > 0;
    if (has_body && c->input.block->capacity - c->input.start - head->size < BODY_ROOM_MIN)
        return make_room(c, c->input.start > 0 ? c->input.block->capacity : large_block(c));
    if (head->method == HTTP_OTHER && text_is(head->method_name, "CONNECT")) {
        refuse_request(c, 501, "method not implemented");
        return false;
    }
    const char *reason = make_request(c);
    if (reason != NULL) {
        refuse_request(c, 400, reason);
        return false;
    }
    h->max_body = exchange_route(h->exchange);
    if (head->content_length > h->max_body || (head->chunked && h->max_body == 0)) {
        refuse_request(c, 413, "body too large");
        return false;
    }
    begin_body(c);
    return true;
}

static bool read_head(connection *c)
{
    http1 *h = http1_of(c);
    if (input_len(&c->input) == 0) {
        if (h->exchange == NULL)
            input_release(&c->input, &c->loop->blocks);
        return false;
    }
    if (h->exchange == NULL && !begin_request(c))
        return false;
    switch (request_head_read(&h->head, input_data(&c->input), input_len(&c->input))) {
    case REQUEST_HEAD_DONE:
        return take_head(c);
    case REQUEST_HEAD_REFUSED:
        refuse_request(c, h->head.status, h->head.reason);
        return false;
    default:
        if (input_room(&c->input) > 0)
            return false;
        return make_room(c, c->input.start > 0 ? c->input.block->capacity : large_block(c));
    }
}

/* ---- body ---- */

static void handle(connection *c, ost_text body)
{
    http1 *h = http1_of(c);
    h->phase = HTTP1_HANDLING;
    h->exchange->request.body = body;
    exchange_run(h->exchange);
}

static void note_received(connection *c, size_t bytes)
{
    body_clock_add(&http1_of(c)->body, bytes, event_loop_now(c->loop),
                   &c->loop->server->service.limits);
}

/* Takes `used` bytes from behind the head, where the bytes of a body pass through. */
static void drop_behind_head(connection *c, size_t used)
{
    input *in = &c->input;
    char *behind = input_data(in) + http1_of(c)->head.size;
    size_t left = input_len(in) - http1_of(c)->head.size - used;
    memmove(behind, behind + used, left);
    in->end -= used;
    note_received(c, used);
}

static bool read_chunked(connection *c)
{
    http1 *h = http1_of(c);
    size_t used = 0;
    ost_text behind = {input_data(&c->input) + h->head.size, input_len(&c->input) - h->head.size};
    chunked_state state = chunked_read(&h->chunked, behind, &h->exchange->body, &used);
    drop_behind_head(c, used);
    if (h->exchange->body.failed != OST_OK) {
        refuse_request(c, 503, "out of memory");
        return false;
    }
    if (state == CHUNKED_REFUSED)
        refuse_request(c, h->chunked.status, h->chunked.reason);
    else if (state == CHUNKED_DONE)
        handle(c, buffer_text(&h->exchange->body));
    return state == CHUNKED_DONE;
}

static bool read_length(connection *c)
{
    http1 *h = http1_of(c);
    ost_text behind = {input_data(&c->input) + h->head.size, input_len(&c->input) - h->head.size};
    size_t length = (size_t)h->head.content_length;
    if (h->body_in_place) {
        note_received(c, behind.len - h->body.received);
        if (behind.len < length)
            return false;
        h->consumed = h->head.size + length;
        handle(c, (ost_text){behind.data, length});
        return true;
    }
    size_t missing = length - h->body.received;
    ost_text taken = text_slice(behind, 0, missing);
    buffer_append(&h->exchange->body, taken);
    drop_behind_head(c, taken.len);
    if (h->exchange->body.failed != OST_OK) {
        refuse_request(c, 503, "out of memory");
        return false;
    }
    if (taken.len < missing)
        return false;
    handle(c, buffer_text(&h->exchange->body));
    return true;
}

/* One step; false when there is nothing more to do for now. */
static bool step(connection *c)
{
    if (c->client.closing || c->aborting || c->phase != PHASE_HTTP || c->last_words ||
        output_blocked(c) || c->input.block == NULL)
        return false;
    switch (http1_of(c)->phase) {
    case HTTP1_HEAD:
        return read_head(c);
    case HTTP1_BODY:
        return http1_of(c)->head.chunked ? read_chunked(c) : read_length(c);
    default:
        return false;
    }
}

static void advance(connection *c)
{
    while (step(c))
        ;
}

/* ---- life ---- */

static bool begin_connection(connection *c)
{
    c->session = memory_alloc(sizeof(http1));
    return c->session != NULL;
}

static bool ends_with_input(const connection *c)
{
    return is_idle(c) || http1_of(c)->phase != HTTP1_HANDLING;
}

static void stop_connection(connection *c)
{
    if (is_idle(c) && !output_blocked(c))
        connection_close(c);
}

/* When the current state has lasted too long; UINT64_MAX: never. */
static uint64_t deadline(const connection *c)
{
    const http_limits *limits = &c->loop->server->service.limits;
    const http1 *h = http1_of(c);
    if (h->phase == HTTP1_HANDLING)
        return UINT64_MAX;
    if (h->phase == HTTP1_BODY)
        return body_clock_due(&h->body, limits);
    bool begun = h->exchange != NULL || c->served == 0;
    return c->since + (begun ? limits->head_timeout : limits->idle_timeout) * 1000u;
}

/* The request took too long: 408, or nothing when it had not begun. */
static bool check_time(connection *c, uint64_t now)
{
    const http1 *h = http1_of(c);
    if (output_blocked(c) || now < deadline(c))
        return false;
    if (h->exchange != NULL)
        refuse_request(c, 408,
                       h->phase == HTTP1_HEAD ? "request head too slow" : "request body too slow");
    else
        connection_close(c);
    return true;
}

static uint64_t idle_since(const connection *c)
{
    return is_idle(c) ? c->since : UINT64_MAX;
}

static uint64_t owes_since(const connection *c)
{
    const http1 *h = http1_of(c);
    if (h->phase == HTTP1_HANDLING)
        return UINT64_MAX;
    return h->phase == HTTP1_BODY ? h->body.since : c->since;
}

/* A request that has not been read whole is dropped. */
static void end_connection(connection *c)
{
    http1 *h = http1_of(c);
    if (h->exchange == NULL || h->phase == HTTP1_HANDLING)
        return;
    http_exchange *exchange = h->exchange;
    h->exchange = NULL;
    exchange_give(exchange);
}

static void free_session(connection *c)
{
    memory_free(c->session);
}

const connection_protocol http1_protocol = {begin_connection, advance,        ends_with_input,
                                            stop_connection,  check_time,     idle_since,
                                            owes_since,       end_connection, free_session};
