/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP/2 session of a connection: RFC 9113 §3.4 (preface), §5 (streams), §6.8 (GOAWAY), §10.5
 * (denial of service). Frames that ask for nothing are paid from an allowance: rapid resets, floods
 * of settings and pings end the connection. */
#include "http/http2/http2.h"

#include <string.h>

#include "base/array.h"
#include "base/context.h"
#include "base/text.h"
#include "http/connection/connection.h"
#include "http/connection/output.h"
#include "http/connection/server_state.h"
#include "http/http2/http2_stream.h"

#define BURST 10                  /* seconds' worth of idle frames in one go */
#define RESPONSES_MAX (16u << 20) /* bytes that wait for a client's windows, behind the largest */

/* ---- floods ---- */

/* One idle frame. False: there have been too many. */
static bool charge(http2 *h)
{
    unsigned rate = h->c->loop->server->service.limits.idle_frames;
    uint64_t now = event_loop_now(h->c->loop);
    h->frame_tokens += (double)(now - h->frames_at) * rate / 1000.0;
    h->frames_at = now;
    if (h->frame_tokens > (double)rate * BURST)
        h->frame_tokens = (double)rate * BURST;
    h->frame_tokens -= 1;
    return h->frame_tokens >= 0;
}

static bool is_idle_frame(const nghttp2_frame_hd *frame)
{
    switch (frame->type) {
    case NGHTTP2_DATA:
        return frame->length == 0 && (frame->flags & NGHTTP2_FLAG_END_STREAM) == 0;
    case NGHTTP2_HEADERS:
    case NGHTTP2_WINDOW_UPDATE: /* needed for large responses; libnghttp2 bounds their sum */
        return false;
    default:
        return true;
    }
}

/* Pays for a frame, or says farewell; a client that still goes on is not read any further. */
static int pay(http2 *h)
{
    if (h->overdrawn)
        return NGHTTP2_ERR_CALLBACK_FAILURE;
    h->overdrawn = !charge(h);
    return h->overdrawn ? nghttp2_session_terminate_session(h->session, NGHTTP2_ENHANCE_YOUR_CALM)
                        : 0;
}

/* ---- what libnghttp2 reports ---- */

static http2_stream *stream_of(nghttp2_session *session, int32_t id)
{
    return nghttp2_session_get_stream_user_data(session, id);
}

static int on_begin_frame(nghttp2_session *session, const nghttp2_frame_hd *frame, void *user)
{
    return is_idle_frame(frame) ? pay(user) : 0;
}

/* One response may be as large as any: a slow client goes on asking meanwhile. */
static bool responses_pile_up(const http2 *h)
{
    size_t largest = 0;
    if (h->out_bytes < RESPONSES_MAX)
        return false;
    for (const http2_stream *stream = h->streams; stream != NULL; stream = stream->next) {
        if (stream->out.len > largest)
            largest = stream->out.len;
    }
    return h->out_bytes - largest >= RESPONSES_MAX;
}

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    http2 *h = user;
    if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST)
        return 0;
    /* Exchanges whose streams have been reset are still at work: they count, too. Who does not take
     * the responses that are there may come back for more (RFC 9113 §8.7). */
    bool room =
        h->c->client.exchange_count < 2 * (size_t)h->c->loop->server->service.limits.streams &&
        !responses_pile_up(h);
    http2_stream *stream = room ? http2_stream_new(h, frame->hd.stream_id) : NULL;
    if (stream == NULL)
        return nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id,
                                         NGHTTP2_REFUSED_STREAM);
    h->c->served++;
    nghttp2_session_set_stream_user_data(session, frame->hd.stream_id, stream);
    return 0;
}

/* Trailers are dropped. A field beyond what a head may have costs as much as an idle frame: by
 * reference a single byte brings back the largest (RFC 7541 §7.3). */
static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
                     void *user)
{
    http2_stream *stream = stream_of(session, frame->hd.stream_id);
    if (stream == NULL || stream->head_complete)
        return 0;
    if (stream->head_size > stream->session->c->loop->server->service.limits.head)
        return pay(user);
    http2_stream_field(stream, (ost_text){(const char *)name, name_len},
                       (ost_text){(const char *)value, value_len});
    return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA)
        return 0;
    http2_stream *stream = stream_of(session, frame->hd.stream_id);
    if (stream == NULL)
        return 0;
    if (frame->hd.type == NGHTTP2_HEADERS && !stream->head_complete)
        http2_stream_head_done(stream);
    if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0)
        http2_stream_end(stream);
    return 0;
}

static void end_early(http2_stream *stream)
{
    nghttp2_submit_rst_stream(stream->session->session, NGHTTP2_FLAG_NONE, stream->id,
                              NGHTTP2_NO_ERROR);
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *data,
                   size_t len, void *user)
{
    http2_stream *stream = stream_of(session, id);
    if (stream == NULL)
        return 0;
    if (stream->responded && (stream->drained += len) > LINGER_MAX)
        end_early(stream);
    else
        http2_stream_body(stream, (ost_text){(const char *)data, len});
    return 0;
}

/* A malformed frame costs as much as an idle one. */
static int on_invalid_frame(nghttp2_session *session, const nghttp2_frame *frame, int error,
                            void *user)
{
    http2 *h = user;
    counter_add(&h->c->loop->exchanges.counters.refused_requests, 1);
    return pay(h);
}

/* An answer given before the whole request has come: the rest is thrown away for a while, so that
 * clients which send first and read later see the answer; then the stream is reset (RFC 9113 §8.1).
 */
static int on_frame_sent(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    bool last = (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA) &&
                (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    http2_stream *stream = last ? stream_of(session, frame->hd.stream_id) : NULL;
    if (stream != NULL)
        stream->sent_at = event_loop_now(stream->session->c->loop);
    return 0;
}

static int on_stream_close(nghttp2_session *session, int32_t id, uint32_t error, void *user)
{
    http2_stream *stream = stream_of(session, id);
    if (stream != NULL)
        http2_stream_free(stream);
    return 0;
}

/* ---- life ---- */

static void *nghttp2_alloc(size_t size, void *user)
{
    return memory_resize(NULL, size);
}

static void nghttp2_release(void *data, void *user)
{
    memory_free(data);
}

static void *nghttp2_zeroed(size_t count, size_t size, void *user)
{
    return size != 0 && count > SIZE_MAX / size ? NULL : memory_alloc(count * size);
}

static void *nghttp2_resize(void *data, size_t size, void *user)
{
    return memory_resize(data, size);
}

static nghttp2_mem memory_functions = {NULL, nghttp2_alloc, nghttp2_release, nghttp2_zeroed,
                                       nghttp2_resize};

static bool make_session(http2 *h)
{
    nghttp2_session_callbacks *callbacks = NULL;
    nghttp2_option *option = NULL;
    bool made = nghttp2_session_callbacks_new(&callbacks) == 0 && nghttp2_option_new(&option) == 0;
    if (made) {
        nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, on_begin_frame);
        nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
        nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
        nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks, on_invalid_frame);
        nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_frame_sent);
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
        nghttp2_option_set_no_closed_streams(option, 1); /* priorities are not followed */
        made =
            nghttp2_session_server_new3(&h->session, callbacks, h, option, &memory_functions) == 0;
    }
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_option_del(option);
    return made;
}

static void free_session(http2 *h)
{
    while (h->streams != NULL)
        http2_stream_free(h->streams);
    nghttp2_session_del(h->session);
    memory_free(h);
}

static bool begin_connection(connection *c)
{
    const http_limits *limits = &c->loop->server->service.limits;
    http2 *h = memory_alloc(sizeof *h);
    if (h == NULL)
        return false;
    h->c = c;
    h->active_at = h->frames_at = event_loop_now(c->loop);
    h->frame_tokens = (double)limits->idle_frames * BURST;
    const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits->streams},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, (uint32_t)limits->head},
    };
    if (!make_session(h) || nghttp2_submit_settings(h->session, NGHTTP2_FLAG_NONE, settings,
                                                    ARRAY_LEN(settings)) != 0) {
        free_session(h);
        return false;
    }
    c->session = h;
    return true;
}

/* Exchanges that are still handled are let go of; their responses are dropped. */
static void end_connection(connection *c)
{
    free_session(c->session);
    c->session = NULL;
}

static void keep_nothing(connection *c) {}

/* ---- advancing ---- */

static void take_input(http2 *h)
{
    input *in = &h->c->input;
    if (in->block == NULL || input_len(in) == 0)
        return;
    ssize_t taken =
        nghttp2_session_mem_recv(h->session, (const uint8_t *)input_data(in), input_len(in));
    if (taken < 0)
        h->failed = true;
    input_release(in, &h->c->loop->blocks);
}

static void write_output(http2 *h)
{
    connection *c = h->c;
    while (!output_blocked(c) && !c->aborting) {
        const uint8_t *data = NULL;
        ssize_t len = nghttp2_session_mem_send(h->session, &data);
        if (len <= 0) {
            h->failed = h->failed || len < 0;
            return;
        }
        output_write(c, (ost_text){(const char *)data, (size_t)len});
    }
}

/* New streams are no longer looked at; those that are there go on. */
static void stop_streams(http2 *h)
{
    if (h->stopping)
        return;
    h->stopping = true;
    int32_t last = nghttp2_session_get_last_proc_stream_id(h->session);
    nghttp2_submit_goaway(h->session, NGHTTP2_FLAG_NONE, last, NGHTTP2_NO_ERROR, NULL, 0);
}

/* Who sends no more opens no window and ends no request: what waits for that alone is over. */
static bool is_deserted(const http2 *h)
{
    if (!h->c->input_ended || nghttp2_session_want_write(h->session) != 0)
        return false;
    for (const http2_stream *at = h->streams; at != NULL; at = at->next) {
        if (!at->responded && (at->exchange == NULL || at->exchange->state != EXCHANGE_READING))
            return false;
    }
    return true;
}

static void advance(connection *c)
{
    http2 *h = c->session;
    if (!output_blocked(c))
        take_input(h);
    if (h->stopping && h->streams == NULL)
        nghttp2_session_terminate_session(h->session, NGHTTP2_NO_ERROR);
    if (c->served >= c->loop->server->service.limits.requests_per_connection)
        stop_streams(h);
    write_output(h);
    bool over =
        nghttp2_session_want_read(h->session) == 0 && nghttp2_session_want_write(h->session) == 0;
    if (h->failed || over || (c->input_ended && h->streams == NULL) || is_deserted(h))
        connection_finish(c);
}

static void stop_connection(connection *c)
{
    stop_streams(c->session);
}

/* A session finishes by itself. */
static bool ends_with_input(const connection *c)
{
    return false;
}

/* ---- time ---- */

static bool request_is_slow(const http2_stream *stream, const http_limits *limits, uint64_t now)
{
    uint64_t grace = limits->head_timeout * 1000u;
    if (!stream->head_complete)
        return now > stream->since + grace;
    return now > body_clock_due(&stream->body, limits);
}

static void check_stream(http2_stream *stream, uint64_t now)
{
    http2 *h = stream->session;
    const http_limits *limits = &h->c->loop->server->service.limits;
    http_exchange *x = stream->exchange;
    if (x != NULL && x->state == EXCHANGE_READING) {
        if (!request_is_slow(stream, limits, now))
            return;
        if (stream->head_complete)
            http2_stream_refuse(stream, 408, "request body too slow");
        else
            h->failed = true; /* in the middle of a header block nothing else can be said */
    } else if (stream->sent_at > 0 && now > stream->sent_at + LINGER_MS) {
        end_early(stream);
    } else if (stream->responded && now > stream->out_due) {
        if (!stream->out_ended)
            counter_add(&h->c->loop->counters.ended_responses, 1);
        nghttp2_submit_rst_stream(h->session, NGHTTP2_FLAG_NONE, stream->id, NGHTTP2_CANCEL);
        stream->out_due = now + limits->idle_timeout * 1000u;
    }
}

static bool check_time(connection *c, uint64_t now)
{
    http2 *h = c->session;
    for (http2_stream *stream = h->streams; stream != NULL; stream = stream->next)
        check_stream(stream, now);
    if (h->streams != NULL)
        h->active_at = now;
    else if (now > h->active_at + h->c->loop->server->service.limits.idle_timeout * 1000u)
        nghttp2_session_terminate_session(h->session, NGHTTP2_NO_ERROR);
    return true;
}

static uint64_t idle_since(const connection *c)
{
    const http2 *h = c->session;
    return h->streams == NULL ? h->active_at : UINT64_MAX;
}

/* Of the stream that has been waited for the longest. */
static uint64_t owes_since(const connection *c)
{
    const http2 *h = c->session;
    uint64_t since = UINT64_MAX;
    for (const http2_stream *s = h->streams; s != NULL; s = s->next) {
        bool handled = s->exchange != NULL && s->remote_closed && !s->responded;
        if (handled)
            return UINT64_MAX;
        if (s->since < since)
            since = s->since;
    }
    return since;
}

const connection_protocol http2_protocol = {begin_connection, advance,        ends_with_input,
                                            stop_connection,  check_time,     idle_since,
                                            owes_since,       end_connection, keep_nothing};
