/* SPDX-License-Identifier: Apache-2.0 */
/* Stripes: try-locks spread over the threads; see stripes.h. */
#include "jose/stripes.h"

/* Threads are numbered in the order of their first use; the numbers wrap around the stripes. */
static size_t own_number(void)
{
    static atomic_size_t threads;
    static _Thread_local size_t number; /* from 1; 0: none yet */
    if (number == 0)
        number = atomic_fetch_add_explicit(&threads, 1, memory_order_relaxed) % STRIPE_COUNT + 1;
    return number - 1;
}

stripe *stripes_take(stripes *all)
{
    size_t own = own_number();
    for (size_t i = 0; i < STRIPE_COUNT; i++) {
        stripe *candidate = &all->at[(own + i) % STRIPE_COUNT];
        if (!atomic_exchange_explicit(&candidate->busy, true, memory_order_acquire))
            return candidate;
    }
    return NULL;
}

void stripes_give(stripe *taken)
{
    if (taken != NULL)
        atomic_store_explicit(&taken->busy, false, memory_order_release);
}
