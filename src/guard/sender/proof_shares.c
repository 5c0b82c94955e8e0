/* SPDX-License-Identifier: Apache-2.0 */
/* Shares in the room for proofs; see proof_shares.h. The limit of a key follows what is free, as
 * that of a queue does in switches that share their memory (Choudhury and Hahne, 1998): so nobody
 * has to know how many keys there are. The counters are a count-min sketch: for each span of
 * seconds in which proofs run out, a key counts at one place of each of four rows, and one counter
 * counts all keys. A word says in its upper half which span it counts, and begins anew for a later
 * one. */
#include "guard/sender/proof_shares.h"

#define SPAN_BITS 4 /* seconds of a span: 16 */
#define COUNT_BITS 32
#define COUNT_MAX UINT32_MAX

/* When all is taken, a counter is at size / width in the mean. */
bool proof_shares_allow(uint64_t own, uint64_t taken, uint64_t size, uint64_t width)
{
    uint64_t free = taken < size ? size - taken : 0;
    return own < PROOF_SHARES_FACTOR * free || own <= size / PROOF_SHARES_LEAST + 2 * size / width;
}

/* The finalizer of MurmurHash3. */
static uint64_t mix(uint64_t value)
{
    value = (value ^ value >> 33) * UINT64_C(0xff51afd7ed558ccd);
    value = (value ^ value >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return value ^ value >> 33;
}

uint64_t proof_shares_mix(uint64_t hash, uint64_t row)
{
    return mix(hash + mix(row + 1));
}

static uint64_t span_of(int64_t second)
{
    return (uint64_t)second >> SPAN_BITS & UINT32_MAX;
}

static atomic_uint_least64_t *total_of(const proof_shares *shares, uint64_t span)
{
    return &shares->counters[span % PROOF_SHARES_SPANS];
}

static uint64_t width_of(const proof_shares *shares)
{
    return (shares->count - PROOF_SHARES_SPANS) / PROOF_SHARES_ROWS;
}

static atomic_uint_least64_t *counter_of(const proof_shares *shares, uint64_t owner, uint64_t span,
                                         size_t row)
{
    size_t width = width_of(shares);
    uint64_t hash = proof_shares_mix(owner, span * PROOF_SHARES_ROWS + row);
    return &shares->counters[PROOF_SHARES_SPANS + row * width + (size_t)(hash % width)];
}

/* A span that is over counts nothing; the numbers of spans go round once in 2,000 years. */
static uint64_t live_count(uint64_t word, uint64_t first)
{
    return word >> COUNT_BITS >= first ? word & COUNT_MAX : 0;
}

static uint64_t least_count(const proof_shares *shares, uint64_t owner, uint64_t span,
                            uint64_t first)
{
    uint64_t least = COUNT_MAX;
    for (size_t row = 0; row < PROOF_SHARES_ROWS; row++) {
        uint64_t count = live_count(atomic_load(counter_of(shares, owner, span, row)), first);
        least = count < least ? count : least;
    }
    return least;
}

bool proof_shares_has_room(const proof_shares *shares, uint64_t owner, uint64_t size, int64_t now)
{
    uint64_t totals[PROOF_SHARES_SPANS], taken = 0, own = 0, first = span_of(now);
    for (uint64_t k = 0; k < PROOF_SHARES_SPANS; k++)
        taken += totals[k] = live_count(atomic_load(total_of(shares, first + k)), first);
    if (proof_shares_allow(taken, taken, size, width_of(shares))) /* whoever has shown them */
        return true;
    for (uint64_t k = 0; k < PROOF_SHARES_SPANS; k++)
        own += totals[k] > 0 ? least_count(shares, owner, first + k, first) : 0;
    return proof_shares_allow(own, taken, size, width_of(shares));
}

static void count_one(atomic_uint_least64_t *counter, uint64_t span, uint64_t first)
{
    uint64_t was = atomic_load(counter), is;
    do {
        uint64_t count = live_count(was, first), latest = was >> COUNT_BITS;
        if (count == COUNT_MAX)
            return;
        is = (count == 0 || latest < span ? span : latest) << COUNT_BITS | (count + 1);
    } while (!atomic_compare_exchange_weak(counter, &was, is));
}

void proof_shares_add(const proof_shares *shares, uint64_t owner, int64_t until, int64_t now)
{
    uint64_t span = span_of(until), first = span_of(now);
    if (span - first >= PROOF_SHARES_SPANS)
        span = first + PROOF_SHARES_SPANS - 1;
    count_one(total_of(shares, span), span, first);
    for (size_t row = 0; row < PROOF_SHARES_ROWS; row++)
        count_one(counter_of(shares, owner, span, row), span, first);
}
