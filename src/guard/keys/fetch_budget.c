/* SPDX-License-Identifier: Apache-2.0 */
/* The budget for fetches; see fetch_budget.h. The hash of a kid is keyed, so that nobody can make
 * the kid of a real key pass for one that is known to be unknown. */
#include "guard/keys/fetch_budget.h"

#include <string.h>

#include "base/context.h"

ost_result fetch_budget_init(fetch_budget *budget, const ost_context *context)
{
    *budget = (fetch_budget){0};
    return context_random(context, budget->key, sizeof budget->key);
}

bool fetch_budget_spend(fetch_budget *budget, int64_t now)
{
    int64_t oldest = budget->attempts[0];
    if (oldest != 0 && now - oldest < FETCH_WINDOW)
        return false;
    for (size_t i = 1; i < FETCH_ATTEMPTS; i++)
        budget->attempts[i - 1] = budget->attempts[i];
    budget->attempts[FETCH_ATTEMPTS - 1] = now;
    return true;
}

/* In this window, this time among them. */
static unsigned count_kid(fetch_budget *budget, uint64_t kid_hash, int64_t now)
{
    unsigned least = UINT8_MAX;
    if (now - budget->counted_since >= FETCH_WINDOW) {
        memset(budget->times, 0, sizeof budget->times);
        budget->counted_since = now;
    }
    for (size_t row = 0; row < RESERVE_ROWS; row++) {
        unsigned char *times = &budget->times[row][(kid_hash >> 16 * row) % RESERVE_COUNTERS];
        if (*times < UINT8_MAX)
            (*times)++;
        least = *times < least ? *times : least;
    }
    return least;
}

bool fetch_budget_reserve(fetch_budget *budget, uint64_t kid_hash, int64_t now, int64_t *ret_wait)
{
    if (count_kid(budget, kid_hash, now) < RESERVE_TIMES)
        return false;
    int64_t last = budget->attempts[FETCH_ATTEMPTS - 1];
    last = budget->reserve > last ? budget->reserve : last;
    *ret_wait = now - last < RESERVE_PAUSE ? last + RESERVE_PAUSE - now : 0;
    if (*ret_wait > 0)
        return true;
    budget->reserve = now;
    memset(budget->times, 0, sizeof budget->times);
    budget->counted_since = now;
    return true;
}

uint64_t fetch_budget_hash(const fetch_budget *budget, ost_text kid)
{
    uint64_t hash;
    crypto_shorthash((unsigned char *)&hash, (const unsigned char *)kid.data, kid.len, budget->key);
    return hash;
}

void fetch_budget_remember(fetch_budget *budget, uint64_t kid_hash, int64_t now)
{
    if (fetch_budget_knows(budget, kid_hash, now))
        return;
    budget->unknown[budget->next].hash = kid_hash;
    budget->unknown[budget->next].until = now + FETCH_WINDOW;
    budget->next = (budget->next + 1) % UNKNOWN_KIDS;
}

bool fetch_budget_knows(const fetch_budget *budget, uint64_t kid_hash, int64_t now)
{
    for (size_t i = 0; i < UNKNOWN_KIDS; i++) {
        if (budget->unknown[i].hash == kid_hash && budget->unknown[i].until > now)
            return true;
    }
    return false;
}
