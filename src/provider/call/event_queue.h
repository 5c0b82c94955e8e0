/* SPDX-License-Identifier: Apache-2.0 */
/* Events that wait to be stored: requests never wait for it, so the housekeeping thread does it
 * once a second. */
#ifndef EVENT_QUEUE_H
#define EVENT_QUEUE_H

#include <pthread.h>

#include "store/store.h"
#include "store/store_event.h"

#define EVENTS_WAITING 4096 /* what comes when there are as many is counted and dropped */

typedef struct event_queue {
    pthread_mutex_t lock;
    pthread_mutex_t storing; /* held while taken events are stored: whoever reads waits for it */
    store_event *events;     /* each with its texts in one piece of memory */
    size_t count;
    uint64_t dropped;
} event_queue;

void event_queue_init(event_queue *queue);
void event_queue_free(event_queue *queue); /* what still waits is lost */

/* Takes a copy. Any thread; does not block. */
void event_queue_add(event_queue *queue, const store_event *event);

/* Stores what waits, and waits for those that another thread is storing. Those that cannot be
 * stored are dropped, and counted. On the pool. */
void event_queue_flush(event_queue *queue, store *store);

#endif
