/* SPDX-License-Identifier: Apache-2.0 */
/* Questions under way; see flights.h. */
#include "guard/cache/flights.h"

#include <string.h>

#include "base/context.h"
#include "base/text.h"

void flights_init(flights *all, size_t max, unsigned first, unsigned step)
{
    *all = (flights){.max = max, .next_ticket = first, .step = step};
}

static void flight_free(flight *f)
{
    wipe(f->text, f->len);
    memory_free(f);
}

void flights_free(flights *all)
{
    for (flight *at = all->first, *next; at != NULL; at = next) {
        next = at->next;
        flight_free(at);
    }
    all->first = NULL;
}

flight *flights_find(const flights *all, const unsigned char digest[FLIGHT_DIGEST])
{
    flight *at = all->first;
    while (at != NULL && memcmp(at->digest, digest, FLIGHT_DIGEST) != 0)
        at = at->next;
    return at;
}

flight *flights_add(flights *all, const unsigned char digest[FLIGHT_DIGEST], ost_text text,
                    void *owner)
{
    if (all->count >= all->max)
        return NULL;
    flight *made = memory_alloc(sizeof *made + text.len + 1);
    if (made == NULL)
        return NULL;
    memcpy(made->digest, digest, FLIGHT_DIGEST);
    if (text.len > 0)
        memcpy(made->text, text.data, text.len);
    made->len = text.len;
    made->owner = owner;
    made->ticket = all->next_ticket;
    all->next_ticket += all->step;
    made->next = all->first;
    all->first = made;
    all->count++;
    return made;
}

flight *flights_start_next(flights *all)
{
    flight *oldest = NULL;
    for (flight *at = all->first; at != NULL; at = at->next) {
        if (!at->started)
            oldest = at;
    }
    if (oldest != NULL) {
        oldest->started = true;
        all->started++;
    }
    return oldest;
}

ost_result flights_wait(flights *all, uint64_t ticket, void (*ready)(void *user), void *user)
{
    flight *at = all->first;
    while (at != NULL && at->ticket != ticket)
        at = at->next;
    if (at == NULL || all->waiting >= FLIGHT_WAITERS)
        return OST_E_BUSY;
    flight_waiter *waiter = memory_alloc(sizeof *waiter);
    if (waiter == NULL)
        return OST_E_MEMORY;
    *waiter = (flight_waiter){at->waiters, ready, user};
    at->waiters = waiter;
    all->waiting++;
    return OST_OK;
}

void flights_remove(flights *all, flight *over)
{
    for (flight **at = &all->first; *at != NULL; at = &(*at)->next) {
        if (*at == over) {
            *at = over->next;
            break;
        }
    }
    all->count--;
    all->started -= over->started;
    for (const flight_waiter *at = over->waiters; at != NULL; at = at->next)
        all->waiting--;
}

void flight_waiters_call(flight_waiter *waiters)
{
    for (flight_waiter *next; waiters != NULL; waiters = next) {
        next = waiters->next;
        waiters->ready(waiters->user);
        memory_free(waiters);
    }
}

void flight_land(flight *over)
{
    flight_waiters_call(over->waiters);
    flight_free(over);
}

flight_waiter *flights_dismiss(flights *all)
{
    flight_waiter *everyone = NULL;
    for (flight *at = all->first; at != NULL; at = at->next) {
        while (at->waiters != NULL) {
            flight_waiter *waiter = at->waiters;
            at->waiters = waiter->next;
            waiter->next = everyone;
            everyone = waiter;
        }
    }
    all->waiting = 0;
    return everyone;
}
