/* SPDX-License-Identifier: Apache-2.0 */
/* What a guard counts; see guard_numbers.h. */
#include "guard/guard_numbers.h"

#include "base/array.h"
#include "base/context.h"
#include "jose/verify/rsa_wide.h"

number_rule guard_number_rule(size_t which)
{
    return which == NUMBER_CACHE_BYTES ? NUMBER_ADDS : NUMBER_COUNTS;
}

number_rule issuer_number_rule(issuer_number which)
{
    static const number_rule rules[ISSUER_NUMBERS] = {
        [ISSUER_READY] = NUMBER_LEAST,
        [ISSUER_KEYS] = NUMBER_LEAST,
        [ISSUER_KEYS_LEFT_OUT] = NUMBER_MOST,
        [ISSUER_KEYS_AGE] = NUMBER_MOST,
        [ISSUER_FAILURES] = NUMBER_MOST,
        [ISSUER_FAILING] = NUMBER_MOST,
        [REVOCATIONS_HELD] = NUMBER_MOST,
        [REVOCATIONS_REFUSE_OLD] = NUMBER_MOST,
        [ASKED_UNDER_WAY] = NUMBER_ADDS,
        [ASKED_FAILURES] = NUMBER_MOST,
        [ASKED_FAILING] = NUMBER_MOST,
        [ASKED_BYTES] = NUMBER_ADDS,
        [LISTS_HELD] = NUMBER_MOST,
        [LISTS_BYTES] = NUMBER_ADDS,
        [LISTS_AGE] = NUMBER_MOST,
        [LISTS_FAILING] = NUMBER_MOST,
    };
    return rules[which];
}

/* Times that a failure has lasted; -1: nothing fails. */
static int64_t lasting(int64_t seconds)
{
    return seconds > 0 ? seconds : 0;
}

static void keys_read(issuer *i, int64_t *ret)
{
    published_place place;
    int64_t now = monotonic_ms();
    ret[ISSUER_KEYS_AGE] = -1;
    const key_snapshot *snapshot = published_enter(&i->source.keys, &place);
    if (snapshot != NULL) {
        ret[ISSUER_KEYS] = (int64_t)ost_keyset_count(snapshot->keys);
        ret[ISSUER_KEYS_LEFT_OUT] = (int64_t)snapshot->left_out.count;
        ret[ISSUER_KEYS_AGE] = i->source.symmetric ? 0 : (now - snapshot->obtained) / 1000;
    }
    published_leave(&i->source.keys, place);
    pthread_mutex_lock(&i->source.lock);
    ret[ISSUER_FAILURES] = i->source.failures;
    if (i->source.failures > 0)
        ret[ISSUER_FAILING] = lasting((now - i->source.failing) / 1000);
    pthread_mutex_unlock(&i->source.lock);
    ret[ISSUER_READY] = issuer_is_ready(i);
    ret[ISSUER_HELD_BACK] = (int64_t)atomic_load(&i->source.held_back);
    ret[ISSUER_FETCHES_GOOD] = (int64_t)atomic_load(&i->source.fetches_good);
    ret[ISSUER_FETCHES_BAD] = (int64_t)atomic_load(&i->source.fetches_bad);
}

static void revocations_count(const issuer *i, int64_t now, int64_t *ret)
{
    revocations_state state;
    revocations_read_state(i->revocations, now, &state);
    ret[REVOCATIONS_ADDED] = (int64_t)state.added;
    ret[REVOCATIONS_HELD] = (int64_t)state.entries;
    ret[REVOCATIONS_DROPPED] = (int64_t)state.dropped;
    ret[REVOCATIONS_REFUSE_OLD] = state.refuses_old;
}

static void questions_count(introspector *in, int64_t *ret)
{
    introspector_state state;
    if (in == NULL)
        return;
    introspector_read_state(in, &state);
    ret[ASKED_ACTIVE] = (int64_t)state.active;
    ret[ASKED_INACTIVE] = (int64_t)state.inactive;
    ret[ASKED_FAILED] = (int64_t)state.failed;
    ret[ASKED_HITS] = (int64_t)state.hits;
    ret[ASKED_MISSES] = (int64_t)state.misses;
    ret[ASKED_HELD_BACK] = (int64_t)state.held_back;
    ret[ASKED_UNDER_WAY] = (int64_t)state.under_way;
    ret[ASKED_FAILURES] = state.failures;
    ret[ASKED_FAILING] = lasting(state.failing);
    ret[ASKED_BYTES] = (int64_t)state.bytes;
}

static void lists_count(status_lists *lists, int64_t now, int64_t *ret)
{
    status_lists_state state;
    if (lists == NULL)
        return;
    status_lists_read_state(lists, now, &state);
    ret[LISTS_HELD] = (int64_t)state.lists;
    ret[LISTS_BYTES] = (int64_t)state.bytes;
    ret[LISTS_AGE] = state.oldest;
    ret[LISTS_FAILING] = lasting(state.failing);
    ret[LISTS_FETCHES_GOOD] = (int64_t)state.good;
    ret[LISTS_FETCHES_BAD] = (int64_t)state.bad;
}

void guard_numbers_read(const ost_guard *guard, guard_numbers *ret)
{
    int64_t now = ost_now(guard->context);
    *ret = (guard_numbers){0};
    for (counter which = 0; which < COUNTERS; which++)
        ret->of_guard[which] = (int64_t)counters_sum(&guard->counters, which);
    ret->of_guard[NUMBER_CACHE_BYTES] =
        guard->cache != NULL ? (int64_t)token_cache_bytes(guard->cache) : 0;
    ret->of_guard[NUMBER_RSA_FAULTS] = (int64_t)rsa_wide_faults();
    for (size_t k = 0; k < guard->issuer_count; k++) {
        issuer *i = guard->issuers[k];
        keys_read(i, ret->of_issuer[k]);
        revocations_count(i, now, ret->of_issuer[k]);
        questions_count(i->introspector, ret->of_issuer[k]);
        lists_count(i->status_lists, now, ret->of_issuer[k]);
    }
}
