/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that take exchanges from one bounded queue, run their work, and hand them back. The queue
 * is linked through the exchanges themselves: nothing is allocated per job. */
#include <pthread.h>

#include "base/context.h"
#include "base/text.h"
#include "base/thread.h"
#include "http/message/exchange.h"

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t more;
    http_exchange *first, *last;
    size_t waiting, max_waiting;
    bool ending;
    unsigned thread_count;
    pthread_t threads[];
};

/* Waits for a job; NULL when the pool ends and nothing is left. */
static http_exchange *take_job(http_pool *p)
{
    pthread_mutex_lock(&p->lock);
    while (p->first == NULL && !p->ending)
        pthread_cond_wait(&p->more, &p->lock);
    http_exchange *job = p->first;
    if (job != NULL) {
        p->first = job->next;
        p->waiting--;
    }
    pthread_mutex_unlock(&p->lock);
    return job;
}

static void *pool_thread(void *data)
{
    http_pool *p = data;
    for (http_exchange *job; (job = take_job(p)) != NULL;) {
        job->work(job, job->waiting_user);
        job->home->calls->take_back(job->home, job);
    }
    return NULL;
}

ost_result http_pool_new(unsigned threads, size_t queue, http_pool **ret_pool, ost_error *error)
{
    http_pool *made = memory_alloc(sizeof *made + threads * sizeof(pthread_t));
    if (made == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    made->max_waiting = queue;
    pthread_mutex_init(&made->lock, NULL);
    pthread_cond_init(&made->more, NULL);
    while (made->thread_count < threads &&
           thread_start(&made->threads[made->thread_count], "ostiary-pool", pool_thread, made))
        made->thread_count++;
    if (made->thread_count < threads) {
        http_pool_free(made);
        return ost_error_set(error, OST_E_SYSTEM, "no more threads can be started");
    }
    *ret_pool = made;
    return OST_OK;
}

/* Queues the exchange's `work`; afterwards it is handed back to its loop. False: the queue is full.
 */
static bool submit(http_pool *p, http_exchange *exchange)
{
    pthread_mutex_lock(&p->lock);
    bool room = p->waiting < p->max_waiting && !p->ending;
    if (room) {
        exchange->next = NULL;
        if (p->first == NULL)
            p->first = exchange;
        else
            p->last->next = exchange;
        p->last = exchange;
        p->waiting++;
        pthread_cond_signal(&p->more);
    }
    pthread_mutex_unlock(&p->lock);
    return room;
}

void http_pool_free(http_pool *p)
{
    if (p == NULL)
        return;
    pthread_mutex_lock(&p->lock);
    p->ending = true;
    pthread_cond_broadcast(&p->more);
    pthread_mutex_unlock(&p->lock);
    for (unsigned i = 0; i < p->thread_count; i++)
        pthread_join(p->threads[i], NULL);
    pthread_cond_destroy(&p->more);
    pthread_mutex_destroy(&p->lock);
    memory_free(p);
}

/* ---- what handlers call ---- */

bool http_defer_to(http_pool *workers, http_exchange *exchange,
                   void (*work)(http_exchange *exchange, void *user), http_handler done, void *user)
{
    exchange->work = work;
    exchange->done = done;
    exchange->waiting_user = user;
    exchange->state = EXCHANGE_WAITING;
    if (submit(workers, exchange))
        return true;
    exchange->state = EXCHANGE_RUNNING;
    return false;
}

void http_defer(http_exchange *exchange, void (*work)(http_exchange *exchange, void *user),
                http_handler done, void *user)
{
    http_pool *workers = exchange->home->service->pool; /* NULL once the server has ended */
    if (workers != NULL && http_defer_to(workers, exchange, work, done, user))
        return;
    http_set_reason(exchange, "the pool's queue is full");
    if (http_set_field(exchange, "Retry-After", OST_TEXT("1")) != OST_OK)
        exchange->broken = true;
    http_respond(exchange, 503, "application/json",
                 OST_TEXT("{\"detail\":\"Service Unavailable\"}"));
}
