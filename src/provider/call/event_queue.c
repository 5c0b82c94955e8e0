/* SPDX-License-Identifier: Apache-2.0 */
/* Events that wait to be stored; see event_queue.h. */
#include "provider/call/event_queue.h"

#include <string.h>

#include "base/array.h"
#include "base/context.h"

void event_queue_init(event_queue *q)
{
    *q = (event_queue){0};
    pthread_mutex_init(&q->lock, NULL);
    pthread_mutex_init(&q->storing, NULL);
}

static void free_events(store_event *events, size_t count)
{
    for (size_t i = 0; i < count; i++)
        memory_free((void *)(uintptr_t)events[i].realm.data); /* where all texts are */
    memory_free(events);
}

void event_queue_free(event_queue *q)
{
    free_events(q->events, q->count);
    pthread_mutex_destroy(&q->lock);
    pthread_mutex_destroy(&q->storing);
    *q = (event_queue){0};
}

/* The event with its texts in memory of its own, which the realm's name begins. */
static bool copy(const store_event *event, store_event *ret_event)
{
    store_event made = *event;
    ost_text *const texts[] = {&made.realm,   &made.type,     &made.client, &made.user,
                               &made.address, &made.resource, &made.path,   &made.document};
    size_t size = 1;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        size += texts[i]->len;
    char *at = memory_alloc(size);
    if (at == NULL)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (texts[i]->len > 0)
            memcpy(at, texts[i]->data, texts[i]->len);
        texts[i]->data = at;
        at += texts[i]->len;
    }
    *ret_event = made;
    return true;
}

void event_queue_add(event_queue *q, const store_event *event)
{
    pthread_mutex_lock(&q->lock);
    if (q->events == NULL)
        q->events = memory_alloc(EVENTS_WAITING * sizeof *q->events);
    if (q->events == NULL || q->count == EVENTS_WAITING || !copy(event, &q->events[q->count]))
        q->dropped++;
    else
        q->count++;
    pthread_mutex_unlock(&q->lock);
}

void event_queue_flush(event_queue *q, store *s)
{
    pthread_mutex_lock(&q->storing);
    pthread_mutex_lock(&q->lock);
    store_event *events = q->events;
    size_t count = q->count;
    q->events = NULL;
    q->count = 0;
    pthread_mutex_unlock(&q->lock);
    if (count > 0 && store_event_add(s, events, count) != OST_OK) {
        pthread_mutex_lock(&q->lock);
        q->dropped += count;
        pthread_mutex_unlock(&q->lock);
    }
    free_events(events, count);
    pthread_mutex_unlock(&q->storing);
}
