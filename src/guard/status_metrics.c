/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics of status lists; see status_metrics.h. */
#include "guard/status_metrics.h"

#include "base/array.h"
#include "base/text.h"
#include "guard/metrics_text.h"

static const struct {
    const char *name, *type, *help;
} parts[] = {
    {"ostiary_issuer_status_lists", "gauge", "Status lists that are held."},
    {"ostiary_issuer_status_lists_bytes", "gauge", "Memory of status lists."},
    {"ostiary_issuer_status_list_age_seconds", "gauge", "Time since the oldest one was obtained."},
    {"ostiary_issuer_status_list_failing_seconds", "gauge",
     "Time since fetches of status lists began to fail; 0: all is well."},
    {"ostiary_issuer_status_list_fetches_total", "counter", "Attempts to obtain status lists."},
};

#define PARTS (ARRAY_LEN(parts))

static void append(buffer *b, size_t which, const char *of, const status_lists_state *s)
{
    const long long values[] = {(long long)s->lists, (long long)s->bytes, (long long)s->oldest,
                                s->failing > 0 ? (long long)s->failing : 0};
    if (which == PARTS - 1) {
        metrics_sample(b, parts[which].name, "outcome=\"good\",", of, (long long)s->good);
        metrics_sample(b, parts[which].name, "outcome=\"bad\",", of, (long long)s->bad);
    } else {
        metrics_sample(b, parts[which].name, "", of, values[which]);
    }
}

void status_metrics(buffer *b, const ost_guard *guard)
{
    for (size_t which = 0; which < PARTS; which++) {
        bool any = false;
        for (size_t k = 0; k < guard->issuer_count; k++) {
            status_lists_state state;
            const issuer *i = guard->issuers[k];
            if (i->status_lists == NULL)
                continue;
            if (!any)
                metrics_head(b, parts[which].name, parts[which].type, parts[which].help);
            any = true;
            status_lists_read_state(i->status_lists, ost_now(guard->context), &state);
            append(b, which, i->source.name, &state);
        }
    }
}

void status_describe(status_lists *all, int64_t now, ost_json_writer *writer)
{
    status_lists_state state;
    if (all == NULL)
        return;
    status_lists_read_state(all, now, &state);
    ost_json_put_name(writer, OST_TEXT("status_lists"));
    ost_json_open_object(writer);
    ost_json_member_integer(writer, "lists", (int64_t)state.lists);
    if (state.failing >= 0)
        ost_json_member_integer(writer, "failing", state.failing);
    if (state.last_error[0] != '\0' && text_is_utf8(text_of(state.last_error)))
        ost_json_member_string(writer, "last_error", state.last_error);
    ost_json_close_object(writer);
}
