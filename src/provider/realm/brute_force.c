/* SPDX-License-Identifier: Apache-2.0 */
/* Failed logins, judged; see brute_force.h. */
#include "provider/realm/brute_force.h"

#include "base/text.h"
#include "provider/realm/network.h"
#include "store/memory/store_failure.h"

#define EVERYWHERE 10    /* times the failures of one network, for a user from all of them */
#define WHOLE_NETWORK 20 /* and for a network with all users */
#define KNOWN_MS ((int64_t)7 * 24 * 3600 * 1000)
#define SECONDS_MAX ((int64_t)10 * 365 * 24 * 3600)
#define NUMBER_MAX ((int64_t)1 << 31)

/* What an attempt counts for, in the order in which it is counted. */
typedef enum part { NETWORK, PAIR, USER, PARTS } part;
_Static_assert(PARTS <= STORE_COUNTERS_MAX, "they are read at once");

static size_t parts_of(const brute_force_attempt *a)
{
    return a->target != TARGET_PASSWORDS || a->user_id.len == 0 ? 1 : PARTS;
}

static store_counter counter_of(const brute_force_attempt *a, part which)
{
    static const store_failure_kind kinds[] = {
        [NETWORK] = FAILURES_OF_NETWORK, [PAIR] = FAILURES_OF_PAIR, [USER] = FAILURES_OF_USER};
    static const store_failure_kind others[] = {[TARGET_CODES] = FAILURES_OF_CODES,
                                                [TARGET_MAILS] = FAILURES_OF_MAILS,
                                                [TARGET_REGISTRATIONS] = FAILURES_OF_REGISTRATIONS};
    return (store_counter){
        .kind = a->target == TARGET_PASSWORDS ? kinds[which] : others[a->target],
        .realm = text_of(a->realm->name),
        .user_id = which != NETWORK ? a->user_id : (ost_text){0},
        .network = which != USER ? network_of(a->address) : (ost_text){0},
    };
}

static int64_t within(int64_t number, int64_t max)
{
    return number < 0 ? 0 : number < max ? number : max;
}

static int64_t milliseconds(int64_t seconds)
{
    return within(seconds, SECONDS_MAX) * 1000;
}

static int64_t factor_of(const brute_force_attempt *a, part which)
{
    if (a->target == TARGET_REGISTRATIONS || a->target == TARGET_MAILS)
        return 1;
    return which == NETWORK ? WHOLE_NETWORK : which == USER && !a->rule->permanent ? EVERYWHERE : 1;
}

static store_failure failure_of(const brute_force_attempt *a, part which)
{
    const realm_brute_force *rule = a->rule;
    int64_t window = milliseconds(rule->window);
    return (store_failure){
        .counter = counter_of(a, which),
        .address = a->address,
        .window = window,
        .limit = within(rule->failures, NUMBER_MAX) * factor_of(a, which),
        .wait = rule->permanent ? window : milliseconds(rule->wait),
        .max_wait = rule->permanent ? window : milliseconds(rule->max_wait),
        .quick = which == PAIR ? within(rule->quick_ms, NUMBER_MAX) : 0,
        .quick_wait = which == PAIR ? milliseconds(rule->quick_wait) : 0,
    };
}

/* In the place of what is not counted: who waits for the answer learns nothing of whether there is
 * such a user. Few, so that no flood of names fills the store. */
static store_failure failure_of_nobody(const brute_force_attempt *a, part which)
{
    static const store_failure_kind kinds[] = {[NETWORK] = FAILURES_OF_NO_NETWORK,
                                               [PAIR] = FAILURES_OF_NO_PAIR,
                                               [USER] = FAILURES_OF_NO_USER};
    size_t len = a->address.len;
    store_failure failure = failure_of(a, which);
    failure.counter.kind = kinds[which];
    failure.counter.user_id = (ost_text){0};
    failure.counter.network = text_slice(a->address, len < 2 ? 0 : len - 2, len);
    return failure;
}

/* The parts below `counted` count, the others are counted of nobody. */
static ost_result failure_add(store *s, const brute_force_attempt *a, size_t counted, int64_t now)
{
    store_failure failures[PARTS];
    size_t count = a->target == TARGET_PASSWORDS ? PARTS : counted;
    for (size_t i = 0; i < count; i++)
        failures[i] = i < counted ? failure_of(a, (part)i) : failure_of_nobody(a, (part)i);
    return count > 0 ? store_failure_add(s, failures, count, now) : OST_OK;
}

/* Whom we know well enough costs no write. */
static ost_result succeed(store *s, const brute_force_attempt *a, const store_failure_state *state)
{
    store_counter pair = counter_of(a, PAIR);
    if (parts_of(a) < PARTS || (!state->failed && state->known_until > state->now + KNOWN_MS / 2))
        return OST_OK;
    return store_failure_forget(s, &pair, state->now, state->now + KNOWN_MS);
}

ost_result brute_force_judge(store *s, const brute_force_attempt *a, brute_force_outcome outcome,
                             bool *ret_blocked)
{
    store_counter counters[PARTS];
    store_failure_state state;
    size_t count = parts_of(a);
    bool blocked = false;
    ost_result result = OST_OK;
    if (a->rule->on) {
        for (size_t i = 0; i < count; i++)
            counters[i] = counter_of(a, (part)i);
        result = store_failure_look(s, counters, count, a->now_ms, &state);
        if (result != OST_OK)
            return result;
        blocked = state.blocked || (state.user_blocked && state.known_until <= state.now);
        if (blocked)
            result = failure_add(s, a, 0, state.now);
        else if (outcome == ATTEMPT_FAILED)
            result = failure_add(s, a, count, state.now);
        else if (outcome == ATTEMPT_SUCCEEDED)
            result = succeed(s, a, &state);
    }
    if (result == OST_OK)
        *ret_blocked = blocked;
    return result;
}

ost_result brute_force_read(store *s, const realm *r, ost_text user_id, int64_t now_ms,
                            ost_arena *arena, brute_force_status *ret_status)
{
    store_failure_sum sum;
    store_failure_state state;
    const store_counter user = {
        .kind = FAILURES_OF_USER, .realm = text_of(r->name), .user_id = user_id};
    ost_result result = store_failure_look(s, &user, 1, now_ms, &state);
    if (result == OST_OK)
        result = store_failure_read(s, user.realm, user_id, arena, &sum);
    if (result == OST_OK)
        *ret_status = (brute_force_status){.failures = sum.failures,
                                           .last_ms = sum.last,
                                           .blocked_until_ms = sum.blocked_until,
                                           .address = sum.address,
                                           .blocked = sum.blocked_until > state.now};
    return result;
}

ost_result brute_force_lift(store *s, const realm *r, ost_text user_id)
{
    return store_failure_lift(s, text_of(r->name), user_id);
}
