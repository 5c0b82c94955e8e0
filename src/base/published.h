/* SPDX-License-Identifier: Apache-2.0 */
/* A pointer to something immutable that many threads read without locks and one replaces as a
 * whole. Readers stand in one of two counters while they use it; the writer that replaces it waits
 * until both have been empty before the old one is freed. Replacing is rare and may wait; reading
 * never does. */
#ifndef PUBLISHED_H
#define PUBLISHED_H

#include <stdatomic.h>

#include <ostiary/types.h>

#define PUBLISHED_STRIPES 16

typedef struct published {
    _Atomic(void *) current;
    atomic_uint side; /* which counter new readers stand in: its lowest bit */
    char apart[64];   /* what all read from what each writes */
    struct {
        atomic_long readers[2];
        char apart[64 - 2 * sizeof(atomic_long)]; /* no two on one cache line */
    } stripes[PUBLISHED_STRIPES];
} published;

/* Where a reader stands; from published_enter to published_leave. */
typedef struct published_place {
    unsigned stripe, side;
} published_place;

/* What is published now (may be NULL), valid until published_leave. Any thread; do not block in
 * between. */
void *published_enter(published *p, published_place *ret_place);
void published_leave(published *p, published_place place);

/* Publishes `next` and returns the one before, which nobody uses any more. One caller at a time;
 * waits for readers, so never between enter and leave. */
void *published_replace(published *p, void *next);

#endif
