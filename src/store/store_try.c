/* SPDX-License-Identifier: Apache-2.0 */
/* See store_try.h. */
#include "store/store_try.h"

#include <time.h>

#include "base/context.h"

#define TRIES 40
#define TRIES_AT_ONCE 2
#define PAUSE_MAX 16 /* milliseconds */

static void pause_by_chance(unsigned most)
{
    unsigned char chance = 0;
    (void)!context_random(NULL, &chance, 1); /* 0 does as well */
    const struct timespec pause = {.tv_nsec = chance % (most + 1) * 1000000L};
    nanosleep(&pause, NULL);
}

bool store_try_again(ost_result result, unsigned *tried)
{
    if (result != OST_E_CONFLICT || ++*tried >= TRIES)
        return false;
    if (*tried > TRIES_AT_ONCE)
        pause_by_chance(*tried < PAUSE_MAX ? *tried : PAUSE_MAX);
    return true;
}
