/* SPDX-License-Identifier: Apache-2.0 */
/* Changes that have to be seen at once; see provider_state.h. */
#include <time.h>

#include "provider/call/provider_state.h"
#include "store/store.h"

#define PATIENCE 1000 /* milliseconds */
#define PAUSE 2000000 /* nanoseconds between two looks */

void provider_publish(provider *p)
{
    const struct timespec pause = {.tv_nsec = PAUSE};
    int64_t wanted = store_generation(p->store);
    pthread_mutex_lock(&p->keeper_lock);
    p->woken = true;
    pthread_cond_signal(&p->keeper_wake);
    pthread_mutex_unlock(&p->keeper_lock);
    for (int waited = 0; waited < PATIENCE && atomic_load(&p->generation) < wanted; waited += 2)
        nanosleep(&pause, NULL);
}
