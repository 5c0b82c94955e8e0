/* Threads that take exchanges from one bounded queue, run their work, and hand them back. The queue
 * is linked through the exchanges themselves: nothing is allocated per job. */
#include "http/connection/pool.h"

#include <pthread.h>

#include "base/context.h"
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
static http_exchange *take_job(pool *p)
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
    pool *p = data;
    for (http_exchange *job; (job = take_job(p)) != NULL;) {
        job->work(job, job->waiting_user);
        event_loop_return(job->loop, job);
    }
    return NULL;
}

ost_result pool_new(unsigned threads, size_t queue, pool **ret_pool, ost_error *ret_error)
{
    pool *made = memory_alloc(sizeof *made + threads * sizeof(pthread_t));
    if (made == NULL)
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    made->max_waiting = queue;
    pthread_mutex_init(&made->lock, NULL);
    pthread_cond_init(&made->more, NULL);
    while (made->thread_count < threads &&
           thread_start(&made->threads[made->thread_count], "ostiary-pool", pool_thread, made))
        made->thread_count++;
    if (made->thread_count < threads) {
        pool_free(made);
        return ost_error_set(ret_error, OST_E_SYSTEM, "no more threads can be started");
    }
    *ret_pool = made;
    return OST_OK;
}

bool pool_submit(pool *p, http_exchange *exchange)
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

void pool_free(pool *p)
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
