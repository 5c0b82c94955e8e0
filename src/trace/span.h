/* SPDX-License-Identifier: Apache-2.0 */
/* A span that has ended, as it waits to be sent: no pointers, so that it can be copied. */
#ifndef SPAN_H
#define SPAN_H

#include "base/trace/trace_context.h"

typedef struct span {
    trace_span span;
    bool client; /* a fetch; else a request that was served */
    int64_t started_ns, ended_ns;
    long status;       /* of HTTP; 0: there was none */
    char method[16];   /* "_OTHER": not one of those known */
    char route[128];   /* of a served request; empty: none fitted */
    char scheme[6];    /* likewise */
    char host[128];    /* of a fetch */
    unsigned port;     /* likewise */
    const char *error; /* a name of ost_result, which is static; NULL: none */
} span;

#endif
