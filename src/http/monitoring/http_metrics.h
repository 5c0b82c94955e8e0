/* SPDX-License-Identifier: Apache-2.0 */
/* What every server tells Prometheus, in its text format (version 0.0.4): connections, requests,
 * how long they took, and the process itself, by the names that Prometheus's own libraries have. */
#ifndef HTTP_METRICS_H
#define HTTP_METRICS_H

#include "base/buffer.h"
#include "http/http.h"
#include "http/log/log_sink.h"

/* `log` may be NULL. Failure sticks in the buffer. */
void http_metrics_append(const http_server *server, log_sink *log, buffer *to);

#endif
