/* SPDX-License-Identifier: Apache-2.0 */
/* Stripes: try-locks spread over the threads; see stripes.h. */
#include "jose/stripes.h"

#include "base/thread_number.h"

stripe *stripes_take(stripes *all)
{
    size_t own = thread_number(); /* each begins at another one */
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
