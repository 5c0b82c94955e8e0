/* SPDX-License-Identifier: Apache-2.0 */
/* Spans as an ExportTraceServiceRequest of OTLP 1.x in protobuf, with the names of the semantic
 * conventions for HTTP 1.x. */
#ifndef OTLP_H
#define OTLP_H

#include "base/buffer.h"
#include "trace/span.h"

/* `resource`: further attributes, "name=value,…" with percent-encoded values; may be NULL. Failure
 * sticks in the buffer. */
void otlp_write(const char *service, const char *resource, const span *spans, size_t count,
                buffer *to);

#endif
