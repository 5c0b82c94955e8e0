/* SPDX-License-Identifier: Apache-2.0 */
/* What the guard tells its operators: Prometheus text and the state of every issuer. */
#include "base/array.h"
#include "base/buffer.h"
#include "base/context.h"
#include "base/text.h"
#include "guard/guard_state.h"
#include "guard/introspector_metrics.h"
#include "guard/metrics_text.h"
#include "guard/revocation_metrics.h"
#include "guard/status_metrics.h"
#include "jose/verify/rsa_wide.h"

#define MAX_METRICS ((size_t)1 << 20)

/* ---- the state of an issuer ---- */

typedef struct issuer_state {
    bool ready;
    bool stale; /* the last fetch failed: the last known good keys serve */
    size_t keys;
    int64_t age; /* seconds; -1: no keys */
    keyset_left_out left_out;
    unsigned failures;
    int64_t failing; /* seconds; -1: it does not fail */
    unsigned long long fetches_good, fetches_bad, held_back;
    char last_error[256];
} issuer_state;

static void read_state(issuer *i, issuer_state *state)
{
    published_place place;
    int64_t now = monotonic_ms();
    *state = (issuer_state){.age = -1, .failing = -1};
    const key_snapshot *snapshot = published_enter(&i->source.keys, &place);
    if (snapshot != NULL) {
        state->keys = ost_keyset_count(snapshot->keys);
        state->left_out = snapshot->left_out;
        state->age = i->source.symmetric ? 0 : (now - snapshot->obtained) / 1000;
    }
    published_leave(&i->source.keys, place);
    pthread_mutex_lock(&i->source.lock);
    state->failures = i->source.failures;
    if (i->source.failures > 0)
        state->failing = (now - i->source.failing) / 1000;
    text_to_string(text_of(i->source.last_error), state->last_error, sizeof state->last_error);
    pthread_mutex_unlock(&i->source.lock);
    state->ready = issuer_is_ready(i);
    state->stale = state->keys > 0 && state->failures > 0;
    state->fetches_good = atomic_load_explicit(&i->source.fetches_good, memory_order_relaxed);
    state->held_back = atomic_load_explicit(&i->source.held_back, memory_order_relaxed);
    state->fetches_bad = atomic_load_explicit(&i->source.fetches_bad, memory_order_relaxed);
}

static void describe_issuer(issuer *i, ost_json_writer *writer)
{
    issuer_state state;
    read_state(i, &state);
    ost_json_open_object(writer);
    ost_json_member_string(writer, "issuer", i->source.name);
    ost_json_member_boolean(writer, "ready", state.ready);
    ost_json_member_integer(writer, "keys", (int64_t)state.keys);
    if (state.left_out.count > 0) {
        ost_json_member_integer(writer, "keys_left_out", (int64_t)state.left_out.count);
        ost_json_member_string(writer, "left_out", state.left_out.first);
    }
    if (state.age >= 0)
        ost_json_member_integer(writer, "age", state.age);
    ost_json_member_boolean(writer, "stale", state.stale);
    ost_json_member_integer(writer, "failures", state.failures);
    if (state.failing >= 0)
        ost_json_member_integer(writer, "failing", state.failing);
    if (state.last_error[0] != '\0' && text_is_utf8(text_of(state.last_error)))
        ost_json_member_string(writer, "last_error", state.last_error);
    introspector_describe(i->introspector, writer);
    status_describe(i->status_lists, ost_now(i->source.context), writer);
    ost_json_close_object(writer);
}

/* What most tokens fail at says what has to be looked into. */
static void describe_refusals(const ost_guard *guard, ost_json_writer *writer)
{
    ost_json_put_name(writer, OST_TEXT("refused"));
    ost_json_open_object(writer);
    for (check_step step = STEP_SIZE; step < CHECK_STEPS; step++) {
        unsigned long long count = counters_sum(&guard->counters, counter_of_step(step));
        if (count > 0)
            ost_json_member_integer(writer, check_step_name(step), (int64_t)count);
    }
    ost_json_close_object(writer);
}

void ost_guard_describe(const ost_guard *guard, ost_json_writer *writer)
{
    ost_json_open_object(writer);
    ost_json_member_boolean(writer, "ready", ost_guard_is_ready(guard));
    ost_json_put_name(writer, OST_TEXT("issuers"));
    ost_json_open_array(writer);
    for (size_t k = 0; guard != NULL && k < guard->issuer_count; k++)
        describe_issuer(guard->issuers[k], writer);
    ost_json_close_array(writer);
    if (guard != NULL)
        describe_refusals(guard, writer);
    ost_json_close_object(writer);
}

/* ---- Prometheus ---- */

static void append_verdict(buffer *b, const ost_guard *guard, const char *verdict,
                           const char *reason, counter which)
{
    buffer_append_format(b, "ostiary_guard_verdicts_total{verdict=\"%s\",reason=\"%s\"} %llu\n",
                         verdict, reason, counters_sum(&guard->counters, which));
}

static void append_refusal(buffer *b, const ost_guard *guard, ost_result reason)
{
    if (counters_sum(&guard->counters, counter_of(reason)) > 0)
        append_verdict(b, guard, "refused", ost_result_name(reason), counter_of(reason));
}

static void append_verdicts(buffer *b, const ost_guard *guard)
{
    metrics_head(b, "ostiary_guard_verdicts_total", "counter", "Checked requests by verdict.");
    append_verdict(b, guard, "allowed", "", COUNT_ALLOWED);
    append_verdict(b, guard, "waited", "", COUNT_WAITED);
    append_verdict(b, guard, "refused", "no_token", COUNT_NO_TOKEN);
#define REASON(name, number, category, sentence) append_refusal(b, guard, name);
    OST_RESULTS(REASON)
#undef REASON
}

static void append_cache(buffer *b, const ost_guard *guard)
{
    metrics_head(b, "ostiary_guard_signature_cache_total", "counter",
                 "Tokens by whether their signature was remembered.");
    buffer_append_format(b, "ostiary_guard_signature_cache_total{outcome=\"hit\"} %llu\n",
                         counters_sum(&guard->counters, COUNT_CACHE_HIT));
    buffer_append_format(b, "ostiary_guard_signature_cache_total{outcome=\"miss\"} %llu\n",
                         counters_sum(&guard->counters, COUNT_CACHE_MISS));
    metrics_head(b, "ostiary_guard_logout_tokens_total", "counter", "Logout tokens by outcome.");
    buffer_append_format(b, "ostiary_guard_logout_tokens_total{outcome=\"taken\"} %llu\n",
                         counters_sum(&guard->counters, COUNT_LOGOUT));
    buffer_append_format(b, "ostiary_guard_logout_tokens_total{outcome=\"refused\"} %llu\n",
                         counters_sum(&guard->counters, COUNT_LOGOUT_REFUSED));
    metrics_head(b, "ostiary_guard_signature_cache_bytes", "gauge",
                 "Memory of remembered signatures.");
    buffer_append_format(b, "ostiary_guard_signature_cache_bytes %zu\n",
                         guard->cache != NULL ? token_cache_bytes(guard->cache) : 0);
}

static void append_processor(buffer *b)
{
    metrics_head(
        b, "ostiary_rsa_faults_total", "counter",
        "RSA results by AVX-512 that were not proven; above 0 the processor is at fault, and "
        "does without.");
    buffer_append_format(b, "ostiary_rsa_faults_total %llu\n",
                         (unsigned long long)rsa_wide_faults());
}

/* Each metric with all of its issuers, as the format wants it. */
static void append_issuers(buffer *b, const ost_guard *guard)
{
    static const struct {
        const char *name, *type, *help;
    } metrics[] = {
        {"ostiary_issuer_ready", "gauge", "Whether the issuer's keys may be used."},
        {"ostiary_issuer_keys", "gauge", "Keys of the issuer in use."},
        {"ostiary_issuer_keys_left_out", "gauge", "Entries of its key set that are not keys here."},
        {"ostiary_issuer_keys_age_seconds", "gauge", "Time since the keys were obtained."},
        {"ostiary_issuer_fetch_failures", "gauge", "Failed fetches since the last good one."},
        {"ostiary_issuer_failing_seconds", "gauge",
         "Time since the first of these failures; 0: all is well."},
        {"ostiary_issuer_kids_held_back_total", "counter",
         "Tokens with unknown kids for which no fetch might begin."},
        {"ostiary_issuer_fetches_total", "counter", "Attempts to obtain keys."},
    };
    issuer_state state;
    for (size_t m = 0; m < ARRAY_LEN(metrics); m++) {
        const char *name = metrics[m].name;
        metrics_head(b, name, metrics[m].type, metrics[m].help);
        for (size_t k = 0; k < guard->issuer_count; k++) {
            issuer *i = guard->issuers[k];
            read_state(i, &state);
            const long long values[] = {state.ready,
                                        (long long)state.keys,
                                        (long long)state.left_out.count,
                                        (long long)state.age,
                                        state.failures,
                                        state.failing > 0 ? (long long)state.failing : 0,
                                        (long long)state.held_back};
            if (m < ARRAY_LEN(values)) {
                metrics_sample(b, name, "", i->source.name, values[m]);
            } else {
                metrics_sample(b, name, "outcome=\"good\",", i->source.name,
                               (long long)state.fetches_good);
                metrics_sample(b, name, "outcome=\"bad\",", i->source.name,
                               (long long)state.fetches_bad);
            }
        }
    }
}

ost_result ost_guard_metrics(const ost_guard *guard, ost_arena *arena, ost_text *ret_text)
{
    buffer_auto buffer b = {0};
    buffer_init(&b, MAX_METRICS);
    if (guard == NULL || ret_text == NULL)
        return OST_E_ARGUMENT;
    append_verdicts(&b, guard);
    append_cache(&b, guard);
    append_processor(&b);
    revocation_metrics(&b, guard);
    append_issuers(&b, guard);
    introspector_metrics(&b, guard);
    status_metrics(&b, guard);
    if (b.failed != OST_OK)
        return b.failed;
    char *copy = ost_arena_copy(arena, buffer_text(&b));
    if (copy == NULL)
        return OST_E_MEMORY;
    *ret_text = (ost_text){copy, b.len};
    return OST_OK;
}
