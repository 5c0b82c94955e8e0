/* What the guard tells its operators: Prometheus text and the state of every issuer. */
#include "buffer.h"
#include "context.h"
#include "guard_state.h"
#include "text.h"

#define MAX_METRICS ((size_t)64 << 10)

typedef struct issuer_state {
    bool ready;
    size_t keys;
    int64_t age; /* seconds; -1: no keys */
} issuer_state;

static issuer_state state_of(issuer *i)
{
    published_place place;
    issuer_state state = {.age = -1};
    int64_t now = monotonic_ms();
    const key_snapshot *snapshot = published_enter(&i->keys, &place);
    if (snapshot != NULL) {
        state.ready = issuer_keys_usable(i, snapshot, now);
        state.keys = ost_keyset_count(snapshot->keys);
        state.age = i->symmetric ? 0 : (now - snapshot->obtained) / 1000;
    }
    published_leave(&i->keys, place);
    return state;
}

static unsigned long long read_counter(atomic_ullong *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

/* A label value may hold anything but what would end it. */
static void append_label(buffer *b, const char *value)
{
    for (; *value != '\0'; value++) {
        if (*value == '"' || *value == '\\')
            buffer_append_byte(b, '\\');
        buffer_append_byte(b, (unsigned char)*value < 0x20 ? '?' : *value);
    }
}

static void append_verdicts(buffer *b, ost_guard *guard)
{
    buffer_append_string(b, "# HELP ostiary_guard_verdicts_total Checked requests by verdict.\n"
                            "# TYPE ostiary_guard_verdicts_total counter\n");
    buffer_append_format(b, "ostiary_guard_verdicts_total{verdict=\"allowed\",reason=\"\"} %llu\n",
                         read_counter(&guard->counters.allowed));
    buffer_append_format(b, "ostiary_guard_verdicts_total{verdict=\"waited\",reason=\"\"} %llu\n",
                         read_counter(&guard->counters.waited));
    buffer_append_format(
        b, "ostiary_guard_verdicts_total{verdict=\"refused\",reason=\"no_token\"} %llu\n",
        read_counter(&guard->counters.no_token));
#define REASON(name, number, category, sentence)                                                   \
    if (read_counter(&guard->counters.refused[guard_reason_index(name)]) > 0)                      \
        buffer_append_format(                                                                      \
            b, "ostiary_guard_verdicts_total{verdict=\"refused\",reason=\"" #name "\"} %llu\n",    \
            read_counter(&guard->counters.refused[guard_reason_index(name)]));
    OST_RESULTS(REASON)
#undef REASON
    buffer_append_string(b, "# HELP ostiary_guard_signature_cache_total Remembered signatures.\n"
                            "# TYPE ostiary_guard_signature_cache_total counter\n");
    buffer_append_format(b, "ostiary_guard_signature_cache_total{outcome=\"hit\"} %llu\n",
                         read_counter(&guard->counters.cache_hits));
    buffer_append_format(b, "ostiary_guard_signature_cache_total{outcome=\"miss\"} %llu\n",
                         read_counter(&guard->counters.cache_misses));
}

static void append_gauge(buffer *b, const char *name, const issuer *i, long long value)
{
    buffer_append_format(b, "%s{issuer=\"", name);
    append_label(b, i->name);
    buffer_append_format(b, "\"} %lld\n", value);
}

static void append_issuers(buffer *b, ost_guard *guard)
{
    buffer_append_string(b, "# HELP ostiary_issuer_ready Whether the issuer's keys may be used.\n"
                            "# TYPE ostiary_issuer_ready gauge\n");
    for (size_t k = 0; k < guard->issuer_count; k++)
        append_gauge(b, "ostiary_issuer_ready", guard->issuers[k],
                     state_of(guard->issuers[k]).ready);
    buffer_append_string(b, "# HELP ostiary_issuer_keys_age_seconds Since the keys were obtained.\n"
                            "# TYPE ostiary_issuer_keys_age_seconds gauge\n");
    for (size_t k = 0; k < guard->issuer_count; k++)
        append_gauge(b, "ostiary_issuer_keys_age_seconds", guard->issuers[k],
                     (long long)state_of(guard->issuers[k]).age);
    buffer_append_string(b, "# HELP ostiary_issuer_fetches_total Attempts to obtain keys.\n"
                            "# TYPE ostiary_issuer_fetches_total counter\n");
}

/* The same counter with two labels does not fit append_gauge. */
static void append_fetches(buffer *b, ost_guard *guard)
{
    for (size_t k = 0; k < guard->issuer_count; k++) {
        issuer *i = guard->issuers[k];
        for (int good = 0; good < 2; good++) {
            buffer_append_format(b, "ostiary_issuer_fetches_total{outcome=\"%s\",issuer=\"",
                                 good ? "good" : "bad");
            append_label(b, i->name);
            buffer_append_format(b, "\"} %llu\n",
                                 read_counter(good ? &i->fetches_good : &i->fetches_bad));
        }
    }
}

ost_result ost_guard_metrics(const ost_guard *guard, ost_arena *arena, ost_text *ret_text)
{
    buffer_auto buffer b;
    ost_guard *g =
        (ost_guard *)(uintptr_t)guard; /* counters and locks are not the guard's meaning */
    buffer_init(&b, MAX_METRICS);
    append_verdicts(&b, g);
    append_issuers(&b, g);
    append_fetches(&b, g);
    if (b.failed != OST_OK)
        return b.failed;
    char *copy = ost_arena_copy(arena, buffer_text(&b));
    if (copy == NULL)
        return OST_E_MEMORY;
    *ret_text = (ost_text){copy, b.len};
    return OST_OK;
}

void ost_guard_describe(const ost_guard *guard, ost_json_writer *writer)
{
    ost_json_open_object(writer);
    ost_json_member_boolean(writer, "ready", ost_guard_is_ready(guard));
    ost_json_put_name(writer, OST_TEXT("issuers"));
    ost_json_open_array(writer);
    for (size_t k = 0; k < guard->issuer_count; k++) {
        issuer *i = guard->issuers[k];
        issuer_state state = state_of(i);
        char error[sizeof i->last_error];
        pthread_mutex_lock(&i->lock);
        text_to_string(text_of(i->last_error), error, sizeof error);
        pthread_mutex_unlock(&i->lock);
        ost_json_open_object(writer);
        ost_json_member_string(writer, "issuer", i->name);
        ost_json_member_boolean(writer, "ready", state.ready);
        ost_json_member_integer(writer, "keys", (int64_t)state.keys);
        if (state.age >= 0)
            ost_json_member_integer(writer, "age", state.age);
        if (error[0] != '\0')
            ost_json_member_string(writer, "last_error", error);
        ost_json_close_object(writer);
    }
    ost_json_close_array(writer);
    ost_json_close_object(writer);
}
