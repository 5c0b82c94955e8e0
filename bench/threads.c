/* SPDX-License-Identifier: Apache-2.0 */
/* One operation in two threads at once against one thread; see compare.h. */
#include <pthread.h>

#include "block.h"

typedef struct crew {
    bench_operation operation;
    void *user;
    pthread_barrier_t start, end;
    size_t count; /* operations a thread; 0: go home */
    size_t turns[BENCH_THREADS];
    double took[BENCH_THREADS];
} crew;

typedef struct worker {
    crew *of;
    size_t number;
    pthread_t thread;
} worker;

static _Thread_local size_t own_number;

size_t bench_thread(void)
{
    return own_number;
}

static void take_part(crew *all, size_t number)
{
    all->took[number] = block_run(all->operation, all->user, all->count, &all->turns[number]);
}

static void *work(void *user)
{
    const worker *own = user;
    own_number = own->number;
    while (pthread_barrier_wait(&own->of->start), own->of->count > 0) {
        take_part(own->of, own->number);
        pthread_barrier_wait(&own->of->end);
    }
    return NULL;
}

/* Seconds an operation, of all threads together: what each does in a second adds up. */
static double run_together(void *user, size_t count)
{
    crew *all = user;
    double rate = 0;
    all->count = count;
    pthread_barrier_wait(&all->start);
    take_part(all, 0);
    pthread_barrier_wait(&all->end);
    for (size_t i = 0; i < BENCH_THREADS; i++) {
        if (all->took[i] < 0)
            return -1;
        rate += 1 / all->took[i];
    }
    return 1 / rate;
}

static double run_alone(void *user, size_t count)
{
    crew *all = user;
    return block_run(all->operation, all->user, count, &all->turns[0]);
}

bool bench_threads(const char *name, bench_operation operation, void *user, double seconds,
                   bool json)
{
    crew all = {.operation = operation, .user = user};
    worker workers[BENCH_THREADS];
    size_t started = 1; /* this thread is the first */
    pthread_barrier_init(&all.start, NULL, BENCH_THREADS);
    pthread_barrier_init(&all.end, NULL, BENCH_THREADS);
    for (; started < BENCH_THREADS; started++) {
        workers[started] = (worker){.of = &all, .number = started};
        if (pthread_create(&workers[started].thread, NULL, work, &workers[started]) != 0)
            return false; /* the program ends, with threads that wait */
    }
    bool good = block_compare(name, run_together, run_alone, &all, seconds, json);
    all.count = 0;
    pthread_barrier_wait(&all.start);
    for (size_t i = 1; i < BENCH_THREADS; i++)
        pthread_join(workers[i].thread, NULL);
    pthread_barrier_destroy(&all.start);
    pthread_barrier_destroy(&all.end);
    return good;
}
