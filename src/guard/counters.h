/* SPDX-License-Identifier: Apache-2.0 */
/* What the guard counts. Every thread counts on cache lines of its own. */
#ifndef COUNTERS_H
#define COUNTERS_H

#include <stdatomic.h>

#include <ostiary/types.h>

#include "guard/check/check_step.h"

#define COUNTER_STRIPES 16
#define COUNTER_REASONS 64 /* at least as many as there are results */

typedef enum counter {
    COUNT_ALLOWED,
    COUNT_WAITED,
    COUNT_NO_TOKEN,
    COUNT_CACHE_HIT,
    COUNT_CACHE_MISS,
    COUNT_LOGOUT,                                 /* logout tokens that were taken, */
    COUNT_LOGOUT_REFUSED,                         /* and those that were not */
    COUNT_PROOF_OVER_SHARE,                       /* not remembered: this key's share is used up, */
    COUNT_PROOF_NO_ROOM,                          /* or that of all */
    COUNT_REFUSED,                                /* and so on, in the order of OST_RESULTS */
    COUNT_STEP = COUNT_REFUSED + COUNTER_REASONS, /* and so on, of refusals, by check_step */
    COUNTERS = COUNT_STEP + CHECK_STEPS,
} counter;

/* All zero is ready for use. */
typedef struct counters {
    char apart[64]; /* from what stands before them */
    struct {
        atomic_ullong at[COUNTERS];
        char apart[64];
    } stripes[COUNTER_STRIPES];
} counters;

/* The counter of refusals for `reason`. */
counter counter_of(ost_result reason);
/* And for the step that failed. */
counter counter_of_step(check_step step);

void counters_add(counters *all, counter which);
unsigned long long counters_sum(const counters *all, counter which);

#endif
