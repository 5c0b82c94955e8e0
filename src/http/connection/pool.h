/* The bounded pool of threads for work that may block: http_defer. */
#ifndef POOL_H
#define POOL_H

#include "http/http.h"

typedef struct pool pool;

OST_MUST_CHECK ost_result pool_new(unsigned threads, size_t queue, pool **ret_pool,
                                   ost_error *ret_error);

/* Queues the exchange's `work`; afterwards it is handed back to its loop. False: the queue is full.
 * Any thread. */
OST_MUST_CHECK bool pool_submit(pool *p, http_exchange *exchange);

/* Finishes what is queued, ends the threads, frees. */
void pool_free(pool *p);

#endif
