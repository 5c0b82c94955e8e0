/* SPDX-License-Identifier: Apache-2.0 */
/* Where traces go and which of them, by the environment variables of the OpenTelemetry
 * specification. */
#ifndef TRACE_SETTINGS_H
#define TRACE_SETTINGS_H

#include "base/options.h"
#include "trace/tracer.h"

#define TRACE_OPTIONS                                                                              \
    {"otlp-endpoint", "URL", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT",  \
     "OpenTelemetry collector that traces are sent to, by OTLP over HTTP (none)"},                 \
        {"otlp-headers", OPTION_SECRET, "OTEL_EXPORTER_OTLP_TRACES_HEADERS",                       \
         "OTEL_EXPORTER_OTLP_HEADERS",                                                             \
         "fields for it, as name=value,name=value; better by the variable"},                       \
        {"otlp-certificate", "FILE", "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE",                      \
         "OTEL_EXPORTER_OTLP_CERTIFICATE", "PEM authorities to trust it by (the system's)"},       \
        {"otlp-protocol", "NAME", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",                            \
         "OTEL_EXPORTER_OTLP_PROTOCOL", "there is one (http/protobuf)"},                           \
        {"service-name", "NAME", "OTEL_SERVICE_NAME", NULL,                                        \
         "what traces call this program (the program's name)"},                                    \
        {"trace-sampler", "NAME", "OTEL_TRACES_SAMPLER", NULL,                                     \
         "always_on, always_off, traceidratio, or one of these for requests that come without a "  \
         "decision (parentbased_always_on)"},                                                      \
    {                                                                                              \
        "trace-sampler-arg", "RATIO", "OTEL_TRACES_SAMPLER_ARG", NULL,                             \
            "the share of traces of traceidratio (1)"                                              \
    }

/* A tracer as they say; *ret_tracer is NULL when they name no collector, or OTEL_SDK_DISABLED is
 * true, or OTEL_TRACES_EXPORTER none. `program`: what traces call it by default. OST_E_CONFIG with
 * a sentence. */
OST_MUST_CHECK ost_result trace_settings_read(const option_values *values, const char *program,
                                              ost_arena *arena, tracer **ret_tracer,
                                              ost_error *error);

#endif
