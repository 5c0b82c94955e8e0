/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps spans for a moment and sends them to a collector (OTLP 1.x over HTTP, in protobuf). Nobody
 * waits for it: what the queue has no room for is dropped and counted. A span has a request's
 * method, its route, the status; no path, no query, no field, no name of a person. */
#ifndef TRACER_H
#define TRACER_H

#include "base/buffer.h"
#include "base/trace/trace_context.h"
#include "http/http.h"

typedef struct tracer tracer;

#define TRACER_QUEUE 2048 /* spans that wait */
#define TRACER_BATCH 512  /* spans of one request to the collector */
#define TRACER_DELAY 1000 /* milliseconds from one to the next */
#define TRACER_ATTEMPTS 5 /* to deliver one */
#define TRACER_FLUSH 2000 /* milliseconds for what is left at the end */

typedef struct tracer_config {
    const char *url;            /* of the collector, whole */
    const char *ca_file;        /* NULL: the system's */
    const char *const *headers; /* "Name: value", NULL-terminated */
    const char *service;        /* service.name */
    const char *resource;       /* "name=value,…", percent-encoded values; NULL: no more */
    trace_sampler sampler;
} tracer_config;

/* Everything is copied. From now on fetches of this process that are part of a trace are told to
 * it, so there is one at a time. OST_E_CONFIG: the URL is none, or plain http beyond this machine
 * with fields that may be secret. */
OST_MUST_CHECK ost_result tracer_new(const tracer_config *config, tracer **ret_tracer,
                                     ost_error *error);

/* Sends what is left, for a bounded time. After the servers and clients whose spans it takes. NULL
 * is fine. */
void tracer_free(tracer *tracer);

/* For http_config. */
const trace_sampler *tracer_sampler(const tracer *tracer);
void tracer_take_request(const http_log_entry *entry, void *tracer);

/* How many spans were sent, and how many were lost, as Prometheus text. NULL: nothing. */
void tracer_metrics_append(tracer *tracer, buffer *to);

#endif
