/* SPDX-License-Identifier: Apache-2.0 */
/* The life of an exchange: route, handler, waiting, answer, log line, end. */
#include "http/message/exchange.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "base/array.h"
#include "base/context.h"
#include "base/text.h"

#define SPARE_EXCHANGES_MAX 64
#define SPARE_MEMORY_MAX 65536 /* of each kind, in a spare exchange */

static void exchange_free(http_exchange *x)
{
    ost_arena_free(x->arena);
    buffer_free(&x->body);
    memory_free(x->fields);
    memory_free(x);
}

static http_exchange *exchange_new(exchange_home *home)
{
    const http_limits *limits = &home->service->limits;
    http_exchange *x = memory_alloc(sizeof *x);
    if (x == NULL)
        return NULL;
    x->fields = memory_alloc(limits->field_count * sizeof *x->fields);
    x->arena = ost_arena_new(limits->exchange_arena);
    if (x->fields == NULL || x->arena == NULL) {
        exchange_free(x);
        return NULL;
    }
    buffer_init(&x->body, 0); /* the ceiling comes with the route */
    x->home = home;
    return x;
}

http_exchange *exchange_take(exchange_home *home, exchange_client *client,
                             const exchange_protocol *protocol)
{
    http_exchange *x = home->spare;
    if (x != NULL) {
        home->spare = x->next;
        home->spare_count--;
        x->next = NULL;
    } else {
        x = exchange_new(home);
        if (x == NULL)
            return NULL;
    }
    x->client = client;
    x->protocol = protocol;
    client->exchange_count++;
    return x;
}

/* Everything of this request goes; what an exchange keeps for the next is named here. */
void exchange_give(http_exchange *x)
{
    if (x == NULL)
        return;
    exchange_home *home = x->home;
    exchange_client *client = x->client;
    for (const exchange_loan *loan = x->loans; loan != NULL; loan = loan->next)
        loan->release(loan->held);
    ost_arena_reset(x->arena);
    arena_trim(x->arena, SPARE_MEMORY_MAX);
    if (x->body.capacity > SPARE_MEMORY_MAX)
        buffer_free(&x->body);
    else if (x->body.capacity > 0)
        buffer_clear(&x->body);
    *x = (http_exchange){.home = home, .arena = x->arena, .fields = x->fields, .body = x->body};
    if (home->spare_count < SPARE_EXCHANGES_MAX) {
        x->next = home->spare;
        home->spare = x;
        home->spare_count++;
    } else {
        exchange_free(x);
    }
    client->exchange_count--;
    client->calls->released(client);
}

void exchange_home_clear(exchange_home *home)
{
    for (http_exchange *x = home->spare, *next; x != NULL; x = next) {
        next = x->next;
        exchange_free(x);
    }
    home->spare = NULL;
    home->spare_count = 0;
}

/* ---- running ---- */

static void write_id(http_exchange *x)
{
    static const char digits[] = "0123456789abcdef";
    uint64_t id = x->home->request_ids++;
    /* A bijection (splitmix64): ids never repeat, and do not tell how many requests there were. */
    id = (id ^ id >> 30) * 0xbf58476d1ce4e5b9u;
    id = (id ^ id >> 27) * 0x94d049bb133111ebu;
    id ^= id >> 31;
    for (size_t i = 0; i < REQUEST_ID_LEN; i++)
        x->id[i] = digits[id >> (60 - 4 * i) & 15];
    x->request.request_id = (ost_text){x->id, REQUEST_ID_LEN};
}

/* One field, or none: of two, neither is believed. Without a sampler the parent's trace is told in
 * the log and nowhere else. */
static void join_trace(http_exchange *x)
{
    const http_service *service = x->home->service;
    trace_context parent;
    if (service->sampler == NULL && service->log == NULL)
        return;
    bool has_parent = http_request_field_count(&x->request, "traceparent") == 1 &&
                      trace_context_read(http_request_field(&x->request, "traceparent"), &parent);
    if (service->sampler != NULL) {
        x->has_span =
            trace_span_begin(service->sampler, has_parent ? &parent : NULL, &x->span) == OST_OK;
    } else if (has_parent) {
        x->span = (trace_span){.context = parent};
        x->has_span = true;
    }
}

/* What handlers fetch meanwhile is part of the request's trace. */
static void enter_trace(const http_exchange *x)
{
    if (x->home->service->sampler != NULL && x->has_span)
        trace_current_set(&x->span.context);
}

static void leave_trace(void)
{
    trace_current_set(NULL);
}

size_t exchange_route(http_exchange *x)
{
    const http_service *service = x->home->service;
    x->readable = true;
    x->started = uv_hrtime();
    write_id(x);
    join_trace(x);
    counter_add(&x->home->counters.requests, 1);
    router_find(service->router, x->request.method, x->request.path, &x->match);
    return x->match.route != NULL ? x->match.route->max_body : service->limits.body;
}

/* No route: 404, 405 with Allow, or 204 with Allow for OPTIONS. */
static void run_fallback(http_exchange *x)
{
    const http_service *service = x->home->service;
    bool asterisk = text_is(x->request.path, "*");
    x->fallback_status = x->match.methods == 0 && !asterisk ? 404 : 405;
    if (x->request.method == HTTP_OPTIONS && x->fallback_status == 405)
        x->fallback_status = 204;
    if (x->match.methods != 0) {
        char allow[64];
        if (http_set_field(x, "Allow", router_allow(x->match.methods, allow)) != OST_OK)
            x->broken = true;
    }
    if (service->fallback != NULL && !asterisk) {
        service->fallback(x, service->fallback_user);
        return;
    }
    if (x->fallback_status == 204)
        http_respond(x, 204, NULL, (ost_text){NULL, 0});
    else
        http_respond(x, x->fallback_status, "application/json",
                     x->fallback_status == 404 ? OST_TEXT("{\"detail\":\"Not Found\"}")
                                               : OST_TEXT("{\"detail\":\"Method Not Allowed\"}"));
}

const uint64_t http_duration_bounds_us[HTTP_DURATIONS - 1] = {
    500, 1000, 5000, 25000, 100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000,
};

static void count_duration(http_exchange *x, uint64_t us)
{
    exchange_counters *counters = &x->home->counters;
    size_t i = 0;
    while (i < ARRAY_LEN(http_duration_bounds_us) && us > http_duration_bounds_us[i])
        i++;
    counter_add(&counters->durations[i], 1);
    counter_add(&counters->duration_us, us);
}

/* How long it took is known now. */
static void write_log(http_exchange *x)
{
    const http_service *service = x->home->service;
    uint64_t us = x->readable ? (uv_hrtime() - x->started) / 1000 : 0;
    if (x->readable)
        count_duration(x, us);
    bool is_traced = service->sampler != NULL && x->has_span && x->span.context.sampled;
    if (service->log == NULL && !is_traced)
        return;
    http_log_entry entry = {
        .request = x->readable ? &x->request : NULL,
        .status = x->status,
        .body_bytes = x->body_bytes,
        .duration_us = (int64_t)us,
        .peer = x->readable ? x->request.peer : x->client->peer,
        .subject = x->subject,
        .reason = x->reason,
        .details = x->details,
        .detail_count = x->detail_count,
        .span = x->has_span ? &x->span : NULL,
        .route = x->match.route != NULL ? x->match.route->path : NULL,
    };
    if (service->log != NULL)
        service->log(&entry, service->log_user);
    if (is_traced)
        service->traced(&entry, service->traced_user);
}

/* After a handler has returned. */
static void conclude(http_exchange *x)
{
    if (x->state == EXCHANGE_WAITING) {
        x->home->waiting++;
        return;
    }
    if (!x->answered) {
        http_set_reason(x, "the handler did not answer");
        http_respond(x, 500, "application/json",
                     OST_TEXT("{\"detail\":\"Internal Server Error\"}"));
    }
    write_log(x);
    x->protocol->ended(x);
}

void exchange_run(http_exchange *x)
{
    x->state = EXCHANGE_RUNNING;
    enter_trace(x);
    if (x->match.route != NULL)
        x->match.route->handler(x, x->match.route->user);
    else
        run_fallback(x);
    leave_trace();
    conclude(x);
}

void exchange_continue(http_exchange *x)
{
    x->home->waiting--;
    x->state = EXCHANGE_RUNNING;
    enter_trace(x);
    x->done(x, x->waiting_user);
    leave_trace();
    conclude(x);
}

void exchange_refuse(http_exchange *x, int status, const char *reason)
{
    char body[160];
    int len = snprintf(body, sizeof body, "{\"detail\":\"%s\"}", reason);
    counter_add(&x->home->counters.refused_requests, 1);
    x->state = EXCHANGE_RUNNING;
    x->close = true;
    x->reason = text_of(reason);
    http_respond(x, status, "application/json", (ost_text){body, (size_t)len});
    write_log(x);
    x->protocol->ended(x);
}

/* ---- what a handler sees ---- */

const http_request *http_request_of(const http_exchange *exchange)
{
    return &exchange->request;
}

ost_arena *http_arena(http_exchange *exchange)
{
    return exchange->arena;
}

int http_fallback_status(const http_exchange *exchange)
{
    return exchange->fallback_status;
}

ost_text http_fallback_methods(http_exchange *exchange)
{
    char allow[64];
    if (exchange->match.methods == 0)
        return (ost_text){0};
    return text_of(ost_arena_copy(exchange->arena, router_allow(exchange->match.methods, allow)));
}

ost_text http_path_methods(http_exchange *exchange, ost_text path)
{
    char allow[64];
    route_match match;
    router_find(exchange->home->service->router, HTTP_OPTIONS, path, &match);
    if (match.methods == 0)
        return (ost_text){0};
    return text_of(ost_arena_copy(exchange->arena, router_allow(match.methods, allow)));
}

ost_text http_parameter(const http_exchange *exchange, const char *name)
{
    const route *found = exchange->match.route;
    for (size_t i = 0; found != NULL && i < found->parameter_count; i++)
        if (strcmp(found->parameters[i], name) == 0)
            return exchange->match.values[i];
    return (ost_text){NULL, 0};
}

ost_result http_hold(http_exchange *exchange, void (*release)(void *held), void *held)
{
    exchange_loan *loan = ost_arena_alloc(exchange->arena, sizeof *loan);
    if (loan == NULL)
        return OST_E_MEMORY;
    *loan = (exchange_loan){.release = release, .held = held, .next = exchange->loans};
    exchange->loans = loan;
    return OST_OK;
}

void *http_held(const http_exchange *exchange, void (*release)(void *held))
{
    const exchange_loan *loan = exchange->loans;
    while (loan != NULL && loan->release != release)
        loan = loan->next;
    return loan != NULL ? loan->held : NULL;
}

void http_set_subject(http_exchange *exchange, ost_text subject)
{
    char *copy = ost_arena_copy(exchange->arena, subject);
    if (copy != NULL)
        exchange->subject = (ost_text){copy, subject.len};
}

void http_add_detail(http_exchange *exchange, const char *name, ost_text value)
{
    char *copy = value.len > 0 ? ost_arena_copy(exchange->arena, value) : NULL;
    if (copy != NULL && exchange->detail_count < HTTP_DETAILS)
        exchange->details[exchange->detail_count++] = (http_detail){name, {copy, value.len}};
}

void http_set_reason(http_exchange *exchange, const char *format, ...)
{
    char reason[256];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    char *copy = len < 0 ? NULL : ost_arena_copy(exchange->arena, text_of(reason));
    if (copy != NULL)
        exchange->reason = text_of(copy);
}

/* ---- waiting ---- */

void http_suspend(http_exchange *exchange)
{
    exchange->state = EXCHANGE_WAITING;
}

void http_resume(http_exchange *exchange, http_handler done, void *user)
{
    exchange->done = done;
    exchange->waiting_user = user;
    exchange->home->calls->take_back(exchange->home, exchange);
}

void http_gather(http_exchange *exchange, http_handler done, void *user)
{
    exchange->state = EXCHANGE_WAITING;
    exchange->done = done;
    exchange->waiting_user = user;
    exchange->home->calls->gather(exchange->home, exchange);
}
