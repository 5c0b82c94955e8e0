/* SPDX-License-Identifier: Apache-2.0 */
/* Notices that the store fails, and that it works again; see store_health.h. */
#include "store/store_health.h"

#include "base/context.h"
#include "store/driver.h"

#define QUIET_MS 1000 /* so long nothing may have failed */
#define PROOF_MS 5000 /* for so long a write proves that the next one works too */

void fault_note(store *s, store_fault fault)
{
    int64_t now = monotonic_ms();
    int works = STORE_WORKS;
    atomic_fetch_add(&s->failures[fault], 1);
    atomic_store(&s->failed_at, now);
    if (atomic_compare_exchange_strong(&s->fault, &works, (int)fault))
        atomic_store(&s->failing_since, now);
}

bool fault_wants_proof(store *s)
{
    return atomic_load(&s->fault) != STORE_WORKS ||
           monotonic_ms() - atomic_load(&s->written_at) >= PROOF_MS;
}

void fault_proved(store *s, bool works)
{
    if (works && atomic_load(&s->fault) != STORE_WORKS &&
        monotonic_ms() - atomic_load(&s->failed_at) >= QUIET_MS)
        atomic_store(&s->fault, STORE_WORKS);
}

void store_health_read(const store *s, store_health *ret_health)
{
    ret_health->fault = (store_fault)atomic_load(&s->fault);
    ret_health->since_ms = atomic_load(&s->failing_since);
    for (unsigned i = 0; i < STORE_FAULTS; i++)
        ret_health->failures[i] = atomic_load(&s->failures[i]);
}

void store_probe(store *s)
{
    s->driver->probe(s);
}
