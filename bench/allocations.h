/* SPDX-License-Identifier: Apache-2.0 */
/* Counts what is allocated by us and within OpenSSL. */
#ifndef ALLOCATIONS_H
#define ALLOCATIONS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct allocations {
    uint64_t own, openssl; /* by this thread, since it began */
} allocations;

/* Before the first use of OpenSSL. */
bool allocations_watch(void);

allocations allocations_so_far(void);

#endif
