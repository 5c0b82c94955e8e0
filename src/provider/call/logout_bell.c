/* SPDX-License-Identifier: Apache-2.0 */
/* A bell; see logout_bell.h. */
#include "provider/call/logout_bell.h"

#include <time.h>

void logout_bell_init(logout_bell *bell)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&bell->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&bell->lock, NULL);
    bell->rung = false;
}

void logout_bell_free(logout_bell *bell)
{
    pthread_cond_destroy(&bell->wake);
    pthread_mutex_destroy(&bell->lock);
}

void logout_bell_ring(logout_bell *bell)
{
    pthread_mutex_lock(&bell->lock);
    bell->rung = true;
    pthread_cond_signal(&bell->wake);
    pthread_mutex_unlock(&bell->lock);
}

bool logout_bell_wait(logout_bell *bell, unsigned milliseconds)
{
    struct timespec until;
    int waited = 0;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += milliseconds / 1000;
    until.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_mutex_lock(&bell->lock);
    while (!bell->rung && waited == 0)
        waited = pthread_cond_timedwait(&bell->wake, &bell->lock, &until);
    bool rung = bell->rung;
    bell->rung = false;
    pthread_mutex_unlock(&bell->lock);
    return rung;
}
