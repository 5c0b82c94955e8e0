/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of guards in memory that processes share; see <ostiary/guard.h>. One writes to a
 * place, any may read it meanwhile: each number by itself is whole. */
#include <sodium.h>
#include <string.h>

#include "base/text.h"
#include "guard/guard_numbers.h"
#include "guard/metrics_of.h"

typedef enum counts_state {
    COUNTS_NONE,  /* as new memory is */
    COUNTS_LIVE,  /* of a guard that is there */
    COUNTS_ENDED, /* counters of guards that were: the rest is nothing */
} counts_state;

typedef struct counts {
    atomic_uint_least64_t shape; /* which issuers they are of, and in which form */
    atomic_uint_least64_t state;
    atomic_int_least64_t numbers[]; /* of the guard, then of each issuer */
} counts;

#define COUNTS_SIZE_MAX                                                                            \
    (sizeof(counts) + (GUARD_NUMBERS + (size_t)GUARD_ISSUERS * ISSUER_NUMBERS) * sizeof(int64_t))
#define PLACES_MAX 65536

static size_t numbers_of(size_t issuers)
{
    return GUARD_NUMBERS + issuers * ISSUER_NUMBERS;
}

size_t ost_guard_counts_size(const ost_guard *guard)
{
    return guard != NULL ? sizeof(counts) + numbers_of(guard->issuer_count) * sizeof(int64_t) : 0;
}

/* Told apart are configurations, not attackers: the key need not be one. */
static uint64_t shape_of(const ost_guard *guard)
{
    static const unsigned char key[crypto_shorthash_KEYBYTES];
    uint64_t parts[5] = {GUARD_NUMBERS, ISSUER_NUMBERS, guard->issuer_count};
    for (size_t k = 0; k < guard->issuer_count; k++) {
        const issuer *i = guard->issuers[k];
        ost_text name = text_of(i->source.name);
        uint64_t hash;
        parts[3] = (uint64_t)(i->introspector != NULL) << 1 | (i->status_lists != NULL);
        crypto_shorthash((unsigned char *)&parts[4], text_bytes(name), name.len, key);
        crypto_shorthash((unsigned char *)&hash, (const unsigned char *)parts, sizeof parts, key);
        parts[0] = hash;
    }
    return parts[0];
}

/* The numbers one by one, as they lie in the memory. */
static int64_t *number_at(guard_numbers *numbers, size_t k)
{
    if (k < GUARD_NUMBERS)
        return &numbers->of_guard[k];
    k -= GUARD_NUMBERS;
    return &numbers->of_issuer[k / ISSUER_NUMBERS][k % ISSUER_NUMBERS];
}

static number_rule rule_at(size_t k)
{
    return k < GUARD_NUMBERS
               ? guard_number_rule(k)
               : issuer_number_rule((issuer_number)((k - GUARD_NUMBERS) % ISSUER_NUMBERS));
}

void ost_guard_counts_put(const ost_guard *guard, void *place)
{
    counts *to = place;
    guard_numbers numbers;
    if (guard == NULL || place == NULL)
        return;
    guard_numbers_read(guard, &numbers);
    uint64_t shape = shape_of(guard);
    if (atomic_exchange(&to->shape, shape) != shape)
        atomic_store(&to->state, COUNTS_NONE);
    for (size_t k = 0; k < numbers_of(guard->issuer_count); k++)
        atomic_store(&to->numbers[k], *number_at(&numbers, k));
    atomic_store(&to->state, COUNTS_LIVE);
}

void ost_guard_counts_end(void *place)
{
    counts *ended = place;
    if (ended != NULL && atomic_load(&ended->state) != COUNTS_NONE)
        atomic_store(&ended->state, COUNTS_ENDED);
}

bool ost_guard_counts_keep(void *into, const void *from, size_t size)
{
    counts *kept = into;
    const counts *ended = from;
    if (into == NULL || from == NULL || size < sizeof *kept || size > COUNTS_SIZE_MAX)
        return false;
    if (atomic_load(&ended->state) == COUNTS_NONE)
        return true;
    uint64_t shape = atomic_load(&ended->shape);
    if (atomic_load(&kept->state) != COUNTS_NONE && atomic_load(&kept->shape) != shape)
        return false;
    for (size_t k = 0; k < (size - sizeof *kept) / sizeof(int64_t); k++) {
        if (rule_at(k) == NUMBER_COUNTS)
            atomic_fetch_add(&kept->numbers[k], atomic_load(&ended->numbers[k]));
    }
    atomic_store(&kept->shape, shape);
    atomic_store(&kept->state, COUNTS_ENDED);
    return true;
}

static void number_take(int64_t *sum, int64_t number, number_rule rule)
{
    bool takes = (rule == NUMBER_MOST && number > *sum) || (rule == NUMBER_LEAST && number < *sum);
    if (rule == NUMBER_COUNTS || rule == NUMBER_ADDS)
        *sum += number;
    else if (takes)
        *sum = number;
}

/* Nothing is added up so far; of what is not, this guard's is where it begins. */
static void sums_begin(const ost_guard *guard, guard_numbers *ret)
{
    guard_numbers_read(guard, ret);
    for (size_t k = 0; k < numbers_of(guard->issuer_count); k++) {
        if (rule_at(k) == NUMBER_COUNTS || rule_at(k) == NUMBER_ADDS)
            *number_at(ret, k) = 0;
    }
}

ost_result ost_guard_metrics_of(const ost_guard *guard, const void *const *places, size_t count,
                                ost_arena *arena, ost_text *ret_text)
{
    guard_numbers sums;
    if (guard == NULL || ret_text == NULL || (places == NULL && count > 0))
        return OST_E_ARGUMENT;
    if (count > PLACES_MAX)
        return OST_E_CEILING;
    sums_begin(guard, &sums);
    for (size_t m = 0; m < count; m++) {
        const counts *from = places[m];
        uint64_t state = from != NULL ? atomic_load(&from->state) : COUNTS_NONE;
        if (state == COUNTS_NONE || atomic_load(&from->shape) != shape_of(guard))
            continue;
        for (size_t k = 0; k < numbers_of(guard->issuer_count); k++) {
            number_rule rule = rule_at(k);
            if (state == COUNTS_LIVE || rule == NUMBER_COUNTS)
                number_take(number_at(&sums, k), atomic_load(&from->numbers[k]), rule);
        }
    }
    return metrics_of(guard, &sums, arena, ret_text);
}
