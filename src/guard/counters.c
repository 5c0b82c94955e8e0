/* SPDX-License-Identifier: Apache-2.0 */
/* Counters; see counters.h. */
#include "guard/counters.h"

#include "base/array.h"
#include "base/thread_number.h"

counter counter_of(ost_result reason)
{
    static const ost_result order[] = {
#define CODE(name, number, category, sentence) name,
        OST_RESULTS(CODE)
#undef CODE
    };
    _Static_assert(ARRAY_LEN(order) <= COUNTER_REASONS, "room for every reason");
    for (unsigned i = 0; i < ARRAY_LEN(order); i++) {
        if (order[i] == reason)
            return (counter)(COUNT_REFUSED + i);
    }
    return COUNT_REFUSED;
}

counter counter_of_step(check_step step)
{
    return (counter)(COUNT_STEP + (unsigned)step);
}

void counters_add(counters *all, counter which)
{
    atomic_ullong *at = &all->stripes[thread_number() % COUNTER_STRIPES].at[which];
    atomic_fetch_add_explicit(at, 1, memory_order_relaxed);
}

unsigned long long counters_sum(const counters *all, counter which)
{
    unsigned long long sum = 0;
    for (unsigned i = 0; i < COUNTER_STRIPES; i++)
        sum += atomic_load_explicit(&all->stripes[i].at[which], memory_order_relaxed);
    return sum;
}
