/* Timers; see net_timers.h. What net_after makes is for one use, what net_timer_new makes stays and
 * can be set without memory. */
#include "net_timers.h"

#include "context.h"

struct net_timer {
    net_timer *next;     /* of all */
    net_timer *next_due; /* of those being called */
    net_client *client;  /* NULL: of net_after */
    bool set;
    int64_t due; /* monotonic_ms */
    void (*call)(void *user);
    void (*call_once)(bool cancelled, void *user);
    void *user;
};

void timers_init(net_timers *timers)
{
    pthread_mutex_init(&timers->lock, NULL);
}

static ost_result add(net_timers *timers, net_timer *timer)
{
    pthread_mutex_lock(&timers->lock);
    ost_result result = timers->closed ? OST_E_STATE : OST_OK;
    if (result == OST_OK) {
        timer->next = timers->first;
        timers->first = timer;
    }
    pthread_mutex_unlock(&timers->lock);
    if (result != OST_OK)
        memory_free(timer);
    return result;
}

ost_result net_after(net_client *client, unsigned delay_ms,
                     void (*call)(bool cancelled, void *user), void *user)
{
    net_timer *timer = memory_alloc(sizeof *timer);
    if (timer == NULL)
        return OST_E_MEMORY;
    timer->call_once = call;
    timer->user = user;
    timer->due = monotonic_ms() + delay_ms;
    timer->set = true;
    ost_result result = add(net_client_timers(client), timer);
    if (result == OST_OK)
        net_client_wake(client);
    return result;
}

ost_result net_timer_new(net_client *client, void (*call)(void *user), void *user,
                         net_timer **ret_timer)
{
    net_timer *timer = memory_alloc(sizeof *timer);
    if (timer == NULL)
        return OST_E_MEMORY;
    timer->client = client;
    timer->call = call;
    timer->user = user;
    ost_result result = add(net_client_timers(client), timer);
    if (result == OST_OK)
        *ret_timer = timer;
    return result;
}

void net_timer_set(net_timer *timer, unsigned delay_ms)
{
    net_timers *timers = net_client_timers(timer->client);
    pthread_mutex_lock(&timers->lock);
    timer->due = monotonic_ms() + delay_ms;
    timer->set = !timers->closed;
    pthread_mutex_unlock(&timers->lock);
    net_client_wake(timer->client);
}

/* Takes the due ones off their settings, and those for one use off the list. */
static net_timer *take_due(net_timers *timers, int64_t now, int64_t *sleep)
{
    net_timer *due = NULL, **last = &due;
    pthread_mutex_lock(&timers->lock);
    for (net_timer **at = &timers->first; *at != NULL;) {
        net_timer *timer = *at;
        bool is_due = timer->set && timer->due <= now;
        if (timer->set && !is_due && timer->due - now < *sleep)
            *sleep = timer->due - now;
        if (is_due) {
            timer->set = false;
            timer->next_due = NULL;
            *last = timer;
            last = &timer->next_due;
        }
        if (is_due && timer->client == NULL)
            *at = timer->next;
        else
            at = &timer->next;
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
    for (net_timer *timer = due, *next; timer != NULL; timer = next) {
        next = timer->next_due;
        if (timer->client != NULL) {
            timer->call(timer->user);
        } else {
            timer->call_once(false, timer->user);
            memory_free(timer);
        }
    }
    return sleep;
}

void timers_close(net_timers *timers)
{
    pthread_mutex_lock(&timers->lock);
    timers->closed = true;
    pthread_mutex_unlock(&timers->lock);
}

void timers_cancel(net_timers *timers)
{
    for (net_timer *timer = timers->first; timer != NULL; timer = timer->next) {
        if (timer->client == NULL)
            timer->call_once(true, timer->user);
    }
}

void timers_free(net_timers *timers)
{
    for (net_timer *timer = timers->first, *next; timer != NULL; timer = next) {
        next = timer->next;
        memory_free(timer);
    }
    pthread_mutex_destroy(&timers->lock);
}
