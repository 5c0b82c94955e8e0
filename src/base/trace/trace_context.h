/* SPDX-License-Identifier: Apache-2.0 */
/* Which trace a piece of work belongs to, and its number within it, as W3C Trace Context (Level 2)
 * passes them on in the field "traceparent". */
#ifndef TRACE_CONTEXT_H
#define TRACE_CONTEXT_H

#include <ostiary/types.h>

#define TRACE_ID_BYTES 16
#define SPAN_ID_BYTES 8
#define TRACEPARENT_LEN 55

typedef struct trace_context {
    unsigned char trace_id[TRACE_ID_BYTES];
    unsigned char span_id[SPAN_ID_BYTES];
    bool sampled; /* somebody records it */
    bool random;  /* the trace id's last seven bytes are random */
} trace_context;

/* One span: its own number and whose part it is. */
typedef struct trace_span {
    trace_context context;
    unsigned char parent_id[SPAN_ID_BYTES];
    bool has_parent;
} trace_span;

/* Reads a traceparent (§2.2): of version 00 as it is defined, of a later one what 00 has. False: it
 * is none, and is to be treated as if it were not there. */
OST_MUST_CHECK bool trace_context_read(ost_text field, trace_context *ret_context);

/* As the field's value, NUL-terminated. */
void trace_context_write(const trace_context *context, char ret[TRACEPARENT_LEN + 1]);

/* The trace's id alone, in hexadecimal. */
void trace_context_write_id(const trace_context *context, char ret[2 * TRACE_ID_BYTES + 1]);

/* Which traces are recorded: the samplers of the OpenTelemetry specification. */
typedef struct trace_sampler {
    bool by_parent;     /* as who asked has decided; without one, as below */
    uint64_t threshold; /* of 2^56: how many of the traces */
} trace_sampler;
#define TRACE_SAMPLE_ALL ((uint64_t)1 << 56)

/* "parentbased_traceidratio" and the others; `argument` is the ratio, NULL: 1. NULL as `name`:
 * parentbased_always_on. OST_E_CONFIG with a sentence. */
OST_MUST_CHECK ost_result trace_sampler_read(const char *name, const char *argument,
                                             trace_sampler *ret_sampler, ost_error *error);

/* Begins a span: of the parent's trace, or of a new one (NULL). OST_E_SYSTEM: no random numbers. */
OST_MUST_CHECK ost_result trace_span_begin(const trace_sampler *sampler,
                                           const trace_context *parent, trace_span *ret_span);

/* Begins a span within this one, which decides whether it is recorded. */
OST_MUST_CHECK ost_result trace_span_within(const trace_context *parent, trace_span *ret_span);

/* What this thread works for: what it fetches meanwhile is part of that. NULL: of nothing. The
 * context is borrowed until another one is set. */
void trace_current_set(const trace_context *context);
const trace_context *trace_current(void);

/* The same for work that another thread goes on with later: taken along there, and taken up. */
typedef struct trace_carried {
    trace_context context;
    bool is_set;
} trace_carried;
trace_carried trace_current_carry(void);
void trace_current_resume(const trace_carried *carried); /* borrowed, as above */

#endif
