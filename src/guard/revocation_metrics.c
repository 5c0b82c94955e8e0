/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics of revocations; see revocation_metrics.h. */
#include "guard/revocation_metrics.h"

#include "base/array.h"
#include "guard/metrics_text.h"

static const struct {
    const char *name, *type, *help;
} parts[] = {
    {"ostiary_issuer_revocations_total", "counter", "Revocations that were pushed."},
    {"ostiary_issuer_revocations", "gauge", "Revocations that are remembered."},
    {"ostiary_issuer_revocations_dropped_total", "counter",
     "Revocations that made way for others before their time."},
    {"ostiary_issuer_revocations_refuse_old", "gauge",
     "Whether older tokens are refused in place of revocations that made way."},
};

void revocation_metrics(buffer *b, const ost_guard *guard)
{
    for (size_t which = 0; which < ARRAY_LEN(parts); which++) {
        metrics_head(b, parts[which].name, parts[which].type, parts[which].help);
        for (size_t k = 0; k < guard->issuer_count; k++) {
            const issuer *i = guard->issuers[k];
            revocations_state s;
            revocations_read_state(i->revocations, ost_now(guard->context), &s);
            const long long values[] = {(long long)s.added, (long long)s.entries,
                                        (long long)s.dropped, s.refuses_old};
            metrics_sample(b, parts[which].name, "", i->source.name, values[which]);
        }
    }
}
