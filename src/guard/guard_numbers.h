/* SPDX-License-Identifier: Apache-2.0 */
/* What a guard counts, as numbers in a row: those of the guard, then those of each of its issuers.
 * Rows of guards with the same issuers can be taken together, also those of other processes. */
#ifndef GUARD_NUMBERS_H
#define GUARD_NUMBERS_H

#include <stdatomic.h>

#include "guard/guard_state.h"

/* Of the guard: its counters, and these. */
typedef enum guard_number {
    NUMBER_CACHE_BYTES = COUNTERS,
    NUMBER_RSA_FAULTS,
    GUARD_NUMBERS,
} guard_number;

typedef enum issuer_number {
    ISSUER_READY,
    ISSUER_KEYS,
    ISSUER_KEYS_LEFT_OUT,
    ISSUER_KEYS_AGE,
    ISSUER_FAILURES,
    ISSUER_FAILING,
    ISSUER_HELD_BACK,
    ISSUER_FETCHES_GOOD,
    ISSUER_FETCHES_BAD,
    REVOCATIONS_ADDED,
    REVOCATIONS_HELD,
    REVOCATIONS_DROPPED,
    REVOCATIONS_REFUSE_OLD,
    ASKED_ACTIVE,
    ASKED_INACTIVE,
    ASKED_FAILED,
    ASKED_HITS,
    ASKED_MISSES,
    ASKED_HELD_BACK,
    ASKED_UNDER_WAY,
    ASKED_FAILURES,
    ASKED_FAILING,
    ASKED_BYTES,
    LISTS_HELD,
    LISTS_BYTES,
    LISTS_AGE,
    LISTS_FAILING,
    LISTS_FETCHES_GOOD,
    LISTS_FETCHES_BAD,
    ISSUER_NUMBERS,
} issuer_number;

typedef struct guard_numbers {
    int64_t of_guard[GUARD_NUMBERS];
    int64_t of_issuer[GUARD_ISSUERS][ISSUER_NUMBERS];
} guard_numbers;

/* How several guards' numbers become one. */
typedef enum number_rule {
    NUMBER_COUNTS, /* a counter: the sum, also of those that have ended */
    NUMBER_ADDS,   /* the sum of those that are there */
    NUMBER_MOST,   /* the worst of them is told, */
    NUMBER_LEAST,  /* which is the least here */
} number_rule;

number_rule guard_number_rule(size_t which);
number_rule issuer_number_rule(issuer_number which);

/* What the guard counts now. */
void guard_numbers_read(const ost_guard *guard, guard_numbers *ret);

#endif
