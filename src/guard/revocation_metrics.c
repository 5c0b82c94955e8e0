/* Metrics of revocations; see revocation_metrics.h. */
#include "revocation_metrics.h"

#include "metrics_text.h"

void revocation_metrics(buffer *b, const ost_guard *guard)
{
    revocations_state state;
    revocations_read_state(guard->revocations, ost_now(guard->context), &state);
    metrics_head(b, "ostiary_guard_revocations_total", "counter", "Revocations that were pushed.");
    buffer_append_format(b, "ostiary_guard_revocations_total %llu\n", state.added);
    metrics_head(b, "ostiary_guard_revocations", "gauge", "Revocations that are remembered.");
    buffer_append_format(b, "ostiary_guard_revocations %zu\n", state.entries);
    metrics_head(b, "ostiary_guard_revocations_dropped_total", "counter",
                 "Revocations that made way for others before their time.");
    buffer_append_format(b, "ostiary_guard_revocations_dropped_total %llu\n", state.dropped);
    metrics_head(b, "ostiary_guard_revocations_refuse_old", "gauge",
                 "Whether older tokens are refused in place of revocations that made way.");
    buffer_append_format(b, "ostiary_guard_revocations_refuse_old %d\n", state.refuses_old);
}
