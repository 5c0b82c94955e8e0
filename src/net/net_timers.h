/* The timers of one HTTP client: a short list that its thread looks through. */
#ifndef NET_TIMERS_H
#define NET_TIMERS_H

#include <pthread.h>

#include "net/net.h"

typedef struct net_timers {
    pthread_mutex_t lock;
    net_timer *first; /* unordered: there are few */
    bool closed;
} net_timers;

void timers_init(net_timers *timers);

/* Calls what is due at `now` (monotonic_ms), on the calling thread; returns the milliseconds until
 * the next one is, at most `longest`. */
int64_t timers_run(net_timers *timers, int64_t now, int64_t longest);

/* No timer can be set from here on. */
void timers_close(net_timers *timers);

void timers_free(net_timers *timers);

/* The client's side. */
net_timers *net_client_timers(net_client *client);
void net_client_wake(net_client *client);

#endif
