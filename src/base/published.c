/* SPDX-License-Identifier: Apache-2.0 */
/* Publishing without locks for readers; see published.h. All operations are sequentially
 * consistent: a reader counts itself before it loads the pointer, the writer stores the pointer
 * before it looks at the counters, so one of them sees the other. */
#include "base/published.h"

#include <sched.h>
#include <time.h>

#include "base/thread_number.h"

#define PATIENCE 64 /* looks before sleeping between them */

void *published_enter(published *p, published_place *ret_place)
{
    published_place place = {thread_number() % PUBLISHED_STRIPES, atomic_load(&p->side) & 1};
    atomic_fetch_add(&p->stripes[place.stripe].readers[place.side], 1);
    *ret_place = place;
    return atomic_load(&p->current);
}

void published_leave(published *p, published_place place)
{
    atomic_fetch_sub(&p->stripes[place.stripe].readers[place.side], 1);
}

static long readers_on(published *p, unsigned side)
{
    long readers = 0;
    for (unsigned i = 0; i < PUBLISHED_STRIPES; i++)
        readers += atomic_load(&p->stripes[i].readers[side]);
    return readers;
}

/* Readers are quick, but one may have been taken off its core in between. */
static void wait_for(published *p, unsigned side)
{
    const struct timespec pause = {.tv_nsec = 50000};
    for (int turn = 0; readers_on(p, side) != 0; turn++) {
        if (turn < PATIENCE)
            sched_yield();
        else
            nanosleep(&pause, NULL);
    }
}

/* A reader of the old pointer stands on either side. Each side in turn is closed to newcomers and
 * waited for; a latecomer who still stands in a closed one has loaded the new pointer. */
void *published_replace(published *p, void *next)
{
    void *before = atomic_exchange(&p->current, next);
    for (int round = 0; round < 2; round++)
        wait_for(p, atomic_fetch_add(&p->side, 1) & 1);
    return before;
}
