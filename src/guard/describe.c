/* SPDX-License-Identifier: Apache-2.0 */
/* How a guard and its issuers are, as JSON: for readiness. */
#include "base/context.h"
#include "base/text.h"
#include "guard/guard_state.h"

typedef struct issuer_state {
    bool ready;
    bool stale; /* the last fetch failed: the last known good keys serve */
    size_t keys;
    int64_t age; /* seconds; -1: no keys */
    keyset_left_out left_out;
    unsigned failures;
    int64_t failing; /* seconds; -1: it does not fail */
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
}

static void introspector_describe(introspector *in, ost_json_writer *writer)
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

static void status_describe(status_lists *all, int64_t now, ost_json_writer *writer)
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
