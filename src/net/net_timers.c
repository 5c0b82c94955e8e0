/* SPDX-License-Identifier: Apache-2.0 */
/* Timers; see net_timers.h. */
#include "net/net_timers.h"

#include "base/context.h"

struct net_timer {
    net_timer *next;     /* of all */
    net_timer *next_due; /* of those being called */
    net_timers *of;
    bool set;
    int64_t due; /* monotonic_ms */
    void (*call)(void *user);
    void *user;
};

void timers_init(net_timers *timers, void (*wake)(void *user), void *user)
{
    pthread_mutex_init(&timers->lock, NULL);
    timers->wake = wake;
    timers->user = user;
}

ost_result timers_add(net_timers *timers, void (*call)(void *user), void *user,
                      net_timer **ret_timer)
{
    net_timer *timer = memory_alloc(sizeof *timer);
    if (timer == NULL)
        return OST_E_MEMORY;
    timer->of = timers;
    timer->call = call;
    timer->user = user;
    pthread_mutex_lock(&timers->lock);
    bool open = !timers->closed;
    if (open) {
        timer->next = timers->first;
        timers->first = timer;
    }
    pthread_mutex_unlock(&timers->lock);
    if (!open) {
        memory_free(timer);
        return OST_E_STATE;
    }
    *ret_timer = timer;
    return OST_OK;
}

void timers_set(net_timer *timer, unsigned delay_ms)
{
    net_timers *timers = timer->of;
    pthread_mutex_lock(&timers->lock);
    timer->due = monotonic_ms() + delay_ms;
    timer->set = !timers->closed;
    pthread_mutex_unlock(&timers->lock);
    timers->wake(timers->user);
}

/* Takes the due ones off their settings. */
static net_timer *take_due(net_timers *timers, int64_t now, int64_t *sleep)
{
    net_timer *due = NULL, **last = &due;
    pthread_mutex_lock(&timers->lock);
    for (net_timer *timer = timers->first; timer != NULL; timer = timer->next) {
        bool is_due = timer->set && timer->due <= now;
        if (timer->set && !is_due && timer->due - now < *sleep)
            *sleep = timer->due - now;
        if (is_due) {
            timer->set = false;
            timer->next_due = NULL;
            *last = timer;
            last = &timer->next_due;
        }
    }
    pthread_mutex_unlock(&timers->lock);
    return due;
}

int64_t timers_run(net_timers *timers, int64_t now, int64_t longest)
{
    int64_t sleep = longest;
    net_timer *due = take_due(timers, now, &sleep);
    if (due != NULL)
        sleep = 0; /* what was called may have set timers */
    for (net_timer *timer = due; timer != NULL; timer = timer->next_due)
        timer->call(timer->user);
    return sleep;
}

void timers_close(net_timers *timers)
{
    pthread_mutex_lock(&timers->lock);
    timers->closed = true;
    pthread_mutex_unlock(&timers->lock);
}

void timers_free(net_timers *timers)
{
    for (net_timer *timer = timers->first, *next; timer != NULL; timer = next) {
        next = timer->next;
        memory_free(timer);
    }
    pthread_mutex_destroy(&timers->lock);
}
