/* SPDX-License-Identifier: Apache-2.0 */
/* The queue of spans and their delivery; see tracer.h. One delivery is under way at a time; what
 * fails is tried again after a while that doubles, and given up at last. */
#include "trace/tracer.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/array.h"
#include "base/context.h"
#include "base/text.h"
#include "net/net.h"
#include "net/net_trace.h"
#include "trace/otlp.h"

#define BODY_MAX ((size_t)2 << 20)
#define RETRY_LONGEST 60 /* seconds that a collector may ask for */

struct tracer {
    ost_arena *arena; /* the configuration */
    tracer_config config;
    net_client *client;
    net_timer *timer;
    pthread_mutex_t lock; /* for what follows */
    pthread_cond_t idle;  /* nothing is under way */
    span queue[TRACER_QUEUE];
    size_t first, count;
    bool sending, ending;
    uint64_t sent, lost;
    /* of the delivery that is under way; the client's thread */
    span batch[TRACER_BATCH];
    size_t batch_count;
    bool in_flight;
    buffer body;
    unsigned attempts;
};

/* ---- taking ---- */

static void take(tracer *t, const span *s)
{
    pthread_mutex_lock(&t->lock);
    if (t->count < TRACER_QUEUE)
        t->queue[(t->first + t->count++) % TRACER_QUEUE] = *s;
    else
        t->lost++;
    pthread_mutex_unlock(&t->lock);
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* A stranger's word is not repeated: there would be no end of different ones. */
static void set_method(span *s, ost_text method)
{
    static const char *const known[] = {"GET",     "HEAD",    "POST",  "PUT",   "DELETE",
                                        "CONNECT", "OPTIONS", "TRACE", "PATCH", NULL};
    (void)text_to_string(text_is_one_of(method, known) ? method : OST_TEXT("_OTHER"), s->method,
                         sizeof s->method);
}

void tracer_take_request(const http_log_entry *entry, void *user)
{
    span s = {.span = *entry->span, .status = entry->status, .ended_ns = now_ns()};
    s.started_ns = s.ended_ns - entry->duration_us * 1000;
    set_method(&s, entry->request != NULL ? entry->request->method_name : (ost_text){0});
    snprintf(s.route, sizeof s.route, "%s", entry->route != NULL ? entry->route : "");
    snprintf(s.scheme, sizeof s.scheme, "%s",
             entry->request != NULL && entry->request->secure ? "https" : "http");
    take(user, &s);
}

static void take_fetch(const net_span *fetch, void *user)
{
    span s = {.span = fetch->span,
              .client = true,
              .started_ns = fetch->started_ns,
              .ended_ns = fetch->ended_ns,
              .status = fetch->status,
              .port = fetch->port,
              .error = fetch->result != OST_OK ? ost_result_name(fetch->result) : NULL};
    set_method(&s, fetch->method);
    (void)!text_to_string(fetch->host, s.host, sizeof s.host);
    take(user, &s);
}

/* ---- sending ---- */

static void send_batch(tracer *t);

/* The delivery has ended, well or not. */
static void conclude(tracer *t, bool good)
{
    pthread_mutex_lock(&t->lock);
    *(good ? &t->sent : &t->lost) += t->batch_count;
    if (!good && t->ending) { /* there is nobody to wait for */
        t->lost += t->count;
        t->count = 0;
    }
    bool more = t->count > 0;
    bool at_once = t->ending || t->count >= TRACER_BATCH;
    t->sending = more && at_once;
    if (!more)
        pthread_cond_broadcast(&t->idle);
    pthread_mutex_unlock(&t->lock);
    t->batch_count = 0;
    if (more && at_once)
        send_batch(t);
    else
        net_timer_set(t->timer, TRACER_DELAY);
}

static bool is_passing(const net_response *response)
{
    long status = response->status;
    return response->result != OST_OK || status == 429 || status == 502 || status == 503 ||
           status == 504;
}

static void delivered(const net_response *response, void *user)
{
    tracer *t = user;
    bool good = response->result == OST_OK && response->status / 100 == 2;
    pthread_mutex_lock(&t->lock);
    bool ending = t->ending;
    pthread_mutex_unlock(&t->lock);
    t->in_flight = false;
    if (good || !is_passing(response) || ++t->attempts >= TRACER_ATTEMPTS || ending) {
        conclude(t, good);
        return;
    }
    unsigned asked = net_retry_after(response, RETRY_LONGEST);
    net_timer_set(t->timer, asked > 0 ? asked * 1000 : 500u << t->attempts);
}

static void post(tracer *t)
{
    const net_request request = {.url = t->config.url,
                                 .headers = t->config.headers,
                                 .body = buffer_text(&t->body),
                                 .ca_file = t->config.ca_file,
                                 .insecure_http = true}; /* as tracer_new has allowed it */
    t->in_flight = net_fetch(t->client, &request, delivered, t, NULL) == OST_OK;
    if (!t->in_flight)
        conclude(t, false);
}

/* What waits, as one message. */
static void send_batch(tracer *t)
{
    pthread_mutex_lock(&t->lock);
    while (t->count > 0 && t->batch_count < TRACER_BATCH) {
        t->batch[t->batch_count++] = t->queue[t->first];
        t->first = (t->first + 1) % TRACER_QUEUE;
        t->count--;
    }
    pthread_mutex_unlock(&t->lock);
    t->attempts = 0;
    buffer_clear(&t->body);
    otlp_write(t->config.service, t->config.resource, t->batch, t->batch_count, &t->body);
    if (t->body.failed != OST_OK)
        conclude(t, false);
    else
        post(t);
}

/* On the client's thread, like all that sends. */
static void look(void *user)
{
    tracer *t = user;
    if (t->in_flight)
        return;
    if (t->batch_count > 0) { /* it failed, and is tried again */
        post(t);
        return;
    }
    pthread_mutex_lock(&t->lock);
    bool work = t->count > 0;
    t->sending = work;
    if (!work)
        pthread_cond_broadcast(&t->idle);
    pthread_mutex_unlock(&t->lock);
    if (work)
        send_batch(t);
    else
        net_timer_set(t->timer, TRACER_DELAY);
}

/* ---- its life ---- */

/* Fields may hold a key: they go over plain http to this machine alone. The URL itself may hold one
 * where it should not, and is not told. */
static ost_result check_url(const tracer_config *config, ost_error *error)
{
    bool far = false, secret = config->headers != NULL && config->headers[0] != NULL;
    ost_result result = net_url_read(text_of(config->url), !secret, &far);
    if (result == OST_OK)
        return OST_OK;
    return ost_error_set(error, OST_E_CONFIG,
                         "--otlp-endpoint is not a URL of https, or of http%s, without a user",
                         secret ? " on this machine (there are --otlp-headers)" : "");
}

static ost_result copy_config(tracer *t, const tracer_config *config)
{
    size_t count = 0;
    while (config->headers != NULL && config->headers[count] != NULL)
        count++;
    const char **headers = ost_arena_alloc(t->arena, (count + 2) * sizeof *headers);
    t->config = *config;
    if (headers == NULL)
        return OST_E_MEMORY;
    headers[0] = "Content-Type: application/x-protobuf";
    bool copied = true;
    for (size_t i = 0; i < count && copied; i++)
        copied = (headers[i + 1] = ost_arena_copy(t->arena, text_of(config->headers[i]))) != NULL;
    t->config.headers = headers;
    const char **texts[] = {&t->config.url, &t->config.ca_file, &t->config.service,
                            &t->config.resource};
    for (size_t i = 0; i < ARRAY_LEN(texts) && copied; i++) {
        if (*texts[i] != NULL)
            copied = (*texts[i] = ost_arena_copy(t->arena, text_of(*texts[i]))) != NULL;
    }
    return copied ? OST_OK : OST_E_MEMORY;
}

ost_result tracer_new(const tracer_config *config, tracer **ret_tracer, ost_error *error)
{
    ost_result result = check_url(config, error);
    if (result != OST_OK)
        return result;
    tracer *t = memory_alloc(sizeof *t);
    if (t == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->idle, NULL);
    buffer_init(&t->body, BODY_MAX);
    t->arena = ost_arena_new((size_t)1 << 20);
    result = copy_config(t, config);
    if (result == OST_OK)
        result = net_client_new(1, &t->client);
    if (result == OST_OK)
        result = net_timer_new(t->client, look, t, &t->timer);
    if (result != OST_OK) {
        tracer_free(t);
        return ost_error_set(error, result, "traces cannot be sent");
    }
    net_trace_listen(take_fetch, t);
    net_timer_set(t->timer, TRACER_DELAY);
    *ret_tracer = t;
    return OST_OK;
}

/* The last ones go at once, and nobody waits for long. */
static void flush(tracer *t)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += TRACER_FLUSH / 1000;
    pthread_mutex_lock(&t->lock);
    t->ending = true;
    net_timer_set(t->timer, 0);
    while ((t->count > 0 || t->sending) && pthread_cond_timedwait(&t->idle, &t->lock, &until) == 0)
        ;
    pthread_mutex_unlock(&t->lock);
}

void tracer_free(tracer *t)
{
    if (t == NULL)
        return;
    net_trace_listen(NULL, NULL);
    if (t->timer != NULL)
        flush(t);
    net_client_free(t->client);
    buffer_free(&t->body);
    ost_arena_free(t->arena);
    pthread_mutex_destroy(&t->lock);
    pthread_cond_destroy(&t->idle);
    memory_free(t);
}

const trace_sampler *tracer_sampler(const tracer *t)
{
    return t != NULL ? &t->config.sampler : NULL;
}

void tracer_metrics_append(tracer *t, buffer *to)
{
    if (t == NULL)
        return;
    pthread_mutex_lock(&t->lock);
    uint64_t sent = t->sent, lost = t->lost;
    pthread_mutex_unlock(&t->lock);
    buffer_append_format(to,
                         "# HELP ostiary_trace_spans_total Spans of traces, by whether the "
                         "collector has them.\n"
                         "# TYPE ostiary_trace_spans_total counter\n"
                         "ostiary_trace_spans_total{outcome=\"sent\"} %" PRIu64 "\n"
                         "ostiary_trace_spans_total{outcome=\"lost\"} %" PRIu64 "\n",
                         sent, lost);
}
