/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the server's metrics; see http_metrics.h. */
#include "http/monitoring/http_metrics.h"

#include <inttypes.h>

#include "base/array.h"
#include "http/monitoring/process_metrics.h"

static void append_one(buffer *to, const char *name, const char *type, const char *help,
                       uint64_t value)
{
    buffer_append_format(to,
                         "# HELP ostiary_http_%s %s\n# TYPE ostiary_http_%s %s\n"
                         "ostiary_http_%s %" PRIu64 "\n",
                         name, help, name, type, name, value);
}

static void append_responses(buffer *to, const http_counters *n)
{
    const uint64_t classes[] = {n->responses_2xx, n->responses_3xx, n->responses_4xx,
                                n->responses_5xx};
    buffer_append_string(to, "# HELP ostiary_http_responses_total Responses by class of status.\n"
                             "# TYPE ostiary_http_responses_total counter\n");
    for (unsigned i = 0; i < ARRAY_LEN(classes); i++)
        buffer_append_format(to, "ostiary_http_responses_total{class=\"%uxx\"} %" PRIu64 "\n",
                             i + 2, classes[i]);
}

/* Buckets of a histogram hold what is in those before them. */
static void append_durations(buffer *to, const http_counters *n)
{
    uint64_t sum = 0;
    buffer_append_string(to, "# HELP ostiary_http_request_duration_seconds From a request's head "
                             "to its answer.\n"
                             "# TYPE ostiary_http_request_duration_seconds histogram\n");
    for (unsigned i = 0; i < HTTP_DURATIONS; i++) {
        sum += n->durations[i];
        if (i < HTTP_DURATIONS - 1)
            buffer_append_format(
                to, "ostiary_http_request_duration_seconds_bucket{le=\"%g\"} %" PRIu64 "\n",
                (double)http_duration_bounds_us[i] / 1e6, sum);
    }
    buffer_append_format(to,
                         "ostiary_http_request_duration_seconds_bucket{le=\"+Inf\"} %" PRIu64 "\n"
                         "ostiary_http_request_duration_seconds_sum %.6f\n"
                         "ostiary_http_request_duration_seconds_count %" PRIu64 "\n",
                         sum, (double)n->duration_us / 1e6, sum);
}

void http_metrics_append(const http_server *server, log_sink *log, buffer *to)
{
    http_counters n;
    http_server_counters(server, &n);
    append_one(to, "connections_total", "counter", "Connections accepted.", n.connections);
    append_one(to, "connections_open", "gauge", "Connections open now.", n.open_connections);
    append_one(to, "connections_refused_total", "counter",
               "Connections refused: there were too many.", n.refused_connections);
    append_one(to, "connections_ended_total", "counter",
               "Idle connections that made room for others.", n.ended_connections);
    append_one(to, "requests_total", "counter", "Requests read.", n.requests);
    append_one(to, "requests_refused_total", "counter", "Requests that could not be read.",
               n.refused_requests);
    append_responses(to, &n);
    append_one(to, "responses_ended_total", "counter",
               "HTTP/2 responses that were taken too slowly.", n.ended_responses);
    append_durations(to, &n);
    if (n.certificate_expiry > 0)
        append_one(to, "certificate_expiry_timestamp_seconds", "gauge",
                   "When the first of the TLS certificates in use expires, since 1970.",
                   (uint64_t)n.certificate_expiry);
    if (log != NULL)
        append_one(to, "log_lines_lost_total", "counter", "Log lines that could not be written.",
                   log_sink_lost(log));
    process_metrics_append(to);
}
