/* SPDX-License-Identifier: Apache-2.0 */
/* The timers of one HTTP client: a short list that its thread looks through. */
#ifndef NET_TIMERS_H
#define NET_TIMERS_H

#include <pthread.h>

#include <ostiary/types.h>

typedef struct net_timer net_timer;
typedef struct net_timers {
    pthread_mutex_t lock;
    net_timer *first; /* unordered: there are few */
    bool closed;
    void (*wake)(void *user); /* ends the sleep of the thread that runs them */
    void *user;
} net_timers;

void timers_init(net_timers *timers, void (*wake)(void *user), void *user);

/* A new one that is not set; timers_free frees it. OST_E_MEMORY, OST_E_STATE: they are closed. */
OST_MUST_CHECK ost_result timers_add(net_timers *timers, void (*call)(void *user), void *user,
                                     net_timer **ret_timer);

/* As net_timer_set. */
void timers_set(net_timer *timer, unsigned delay_ms);

/* Calls what is due at `now` (monotonic_ms), on the calling thread; returns the milliseconds until
 * the next one is, at most `longest`. */
int64_t timers_run(net_timers *timers, int64_t now, int64_t longest);

/* No timer can be set from here on. */
void timers_close(net_timers *timers);

void timers_free(net_timers *timers);

#endif
