/* SPDX-License-Identifier: Apache-2.0 */
/* A lock-free store of reusable objects that one thread at a time may use, such as contexts of the
 * cryptographic library. Each thread has a stripe of its own and finds there what it left. */
#ifndef STRIPES_H
#define STRIPES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#define STRIPE_COUNT 32

/* Spaced so that two stripes never share a cache line's worth of written bytes. */
typedef struct stripe {
    atomic_bool busy;
    void *held; /* of the one that has taken the stripe; NULL at first */
    char apart[64 - 2 * sizeof(void *)];
} stripe;

/* All zero is ready for use. */
typedef struct stripes {
    stripe at[STRIPE_COUNT];
} stripes;

/* The calling thread's stripe, or, when another thread of the same number is in it, any free one.
 * NULL when all are busy: then do without. Never waits. */
stripe *stripes_take(stripes *all);
void stripes_give(stripe *taken); /* NULL is fine */

#endif
