/* SPDX-License-Identifier: Apache-2.0 */
/* Fetches as parts of traces: one that begins while its thread works for a trace passes that on,
 * and is told of at its end. */
#ifndef NET_TRACE_H
#define NET_TRACE_H

#include "base/trace/trace_context.h"

typedef struct net_span {
    trace_span span;
    int64_t started_ns, ended_ns; /* since 1970 */
    ost_text method, host;        /* of the URL, nothing else of it: the rest may hold secrets */
    unsigned port;                /* 0: unknown */
    long status;                  /* 0: no answer */
    ost_result result;
} net_span;

/* Who hears of them, in this process; NULL: nobody. `ended` is called on the threads of clients; it
 * must not block. Nothing may be under way when it is taken away. */
void net_trace_listen(void (*ended)(const net_span *span, void *user), void *user);

/* Whether anybody listens, and calls them. */
void net_trace_tell(const net_span *span);

#endif
