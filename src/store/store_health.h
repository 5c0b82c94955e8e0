/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the store can be used now, and if not, why: for health checks, metrics and messages. A
 * full disk or a failing one ends nothing: what needs the store is refused while that lasts. */
#ifndef STORE_HEALTH_H
#define STORE_HEALTH_H

#include <ostiary/types.h>

#include "store/store.h"
#include "store/store_fault.h"

typedef struct store store;

typedef struct store_health {
    store_fault fault;
    int64_t since_ms;                /* monotonic: when it began */
    uint64_t failures[STORE_FAULTS]; /* in all, by fault: pieces of work that came to nothing */
} store_health;

/* Waits for nothing: for event loops too. Any thread. */
void store_health_read(const store *store, store_health *ret_health);

/* Looks whether the store works. While it fails, and when nothing has been written for five
 * seconds, by a write that changes nothing. A fault is over when both reading and writing have gone
 * well and no work has failed for a second. Once a second, by one thread; may block on the disk. */
void store_probe(store *store);

#endif
