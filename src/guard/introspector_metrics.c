/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics of introspection; see introspector_metrics.h. */
#include "guard/introspector_metrics.h"

#include "base/text.h"
#include "guard/metrics_text.h"

typedef enum part {
    PART_ANSWERS,
    PART_CHECKS,
    PART_HELD_BACK,
    PART_UNDER_WAY,
    PART_FAILURES,
    PART_FAILING,
    PART_BYTES,
    PARTS,
} part;

static const struct {
    const char *name, *type, *help;
} parts[PARTS] = {
    [PART_ANSWERS] = {"ostiary_issuer_introspections_total", "counter",
                      "Questions to the issuer about tokens, by outcome."},
    [PART_CHECKS] = {"ostiary_issuer_introspection_cache_total", "counter",
                     "Tokens that the issuer decides about, by whether its answer was remembered."},
    [PART_HELD_BACK] = {"ostiary_issuer_introspections_held_back_total", "counter",
                        "Tokens that the issuer was not asked about: it failed, or was busy."},
    [PART_UNDER_WAY] = {"ostiary_issuer_introspections_under_way", "gauge",
                        "Questions without an answer so far."},
    [PART_FAILURES] = {"ostiary_issuer_introspection_failures", "gauge",
                       "Failed questions since the last good one."},
    [PART_FAILING] = {"ostiary_issuer_introspection_failing_seconds", "gauge",
                      "Time since questions began to go without an answer; 0: all is well."},
    [PART_BYTES] = {"ostiary_issuer_introspection_cache_bytes", "gauge",
                    "Memory of remembered answers."},
};

static void append(buffer *b, part which, const char *of, const introspector_state *s)
{
    const char *name = parts[which].name;
    switch (which) {
    case PART_ANSWERS:
        metrics_sample(b, name, "outcome=\"active\",", of, (long long)s->active);
        metrics_sample(b, name, "outcome=\"inactive\",", of, (long long)s->inactive);
        metrics_sample(b, name, "outcome=\"failed\",", of, (long long)s->failed);
        break;
    case PART_CHECKS:
        metrics_sample(b, name, "outcome=\"hit\",", of, (long long)s->hits);
        metrics_sample(b, name, "outcome=\"miss\",", of, (long long)s->misses);
        break;
    case PART_HELD_BACK:
        metrics_sample(b, name, "", of, (long long)s->held_back);
        break;
    case PART_UNDER_WAY:
        metrics_sample(b, name, "", of, (long long)s->under_way);
        break;
    case PART_FAILURES:
        metrics_sample(b, name, "", of, (long long)s->failures);
        break;
    case PART_FAILING:
        metrics_sample(b, name, "", of, s->failing > 0 ? (long long)s->failing : 0);
        break;
    default:
        metrics_sample(b, name, "", of, (long long)s->bytes);
        break;
    }
}

void introspector_metrics(buffer *b, const ost_guard *guard)
{
    for (part which = 0; which < PARTS; which++) {
        bool any = false;
        for (size_t k = 0; k < guard->issuer_count; k++) {
            introspector_state state;
            const issuer *i = guard->issuers[k];
            if (i->introspector == NULL)
                continue;
            if (!any)
                metrics_head(b, parts[which].name, parts[which].type, parts[which].help);
            any = true;
            introspector_read_state(i->introspector, &state);
            append(b, which, i->source.name, &state);
        }
    }
}

void introspector_describe(introspector *in, ost_json_writer *writer)
{
    introspector_state state;
    if (in == NULL)
        return;
    introspector_read_state(in, &state);
    ost_json_put_name(writer, OST_TEXT("introspection"));
    ost_json_open_object(writer);
    ost_json_member_boolean(writer, "endpoint", state.has_endpoint);
    ost_json_member_integer(writer, "failures", state.failures);
    if (state.failing >= 0)
        ost_json_member_integer(writer, "failing", state.failing);
    if (state.last_error[0] != '\0' && text_is_utf8(text_of(state.last_error)))
        ost_json_member_string(writer, "last_error", state.last_error);
    ost_json_close_object(writer);
}
