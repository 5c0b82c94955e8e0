/* SPDX-License-Identifier: Apache-2.0 */
/* Wakes who tells clients of logouts, as soon as there is something to tell. */
#ifndef LOGOUT_BELL_H
#define LOGOUT_BELL_H

#include <pthread.h>
#include <stdbool.h>

typedef struct logout_bell {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool rung;
} logout_bell;

void logout_bell_init(logout_bell *bell);
void logout_bell_free(logout_bell *bell);

/* Any thread, without waiting. */
void logout_bell_ring(logout_bell *bell);

/* Waits until it rings, or has rung since the last time, at most `milliseconds`; true: it has. */
bool logout_bell_wait(logout_bell *bell, unsigned milliseconds);

#endif
