/* SPDX-License-Identifier: Apache-2.0 */
/* Questions under way to an issuer, each at most once, and who waits for their answers. Belongs to
 * whoever holds the lock around it; only flight_land is called without. */
#ifndef FLIGHTS_H
#define FLIGHTS_H

#include <ostiary/types.h>

#define FLIGHT_DIGEST 32
#define FLIGHT_WAITERS 1000 /* in all */

typedef struct flight_waiter {
    struct flight_waiter *next;
    void (*ready)(void *user);
    void *user;
} flight_waiter;

/* One question. */
typedef struct flight {
    struct flight *next;
    unsigned char digest[FLIGHT_DIGEST]; /* of what is asked about */
    uint64_t ticket;
    bool started; /* it is in the air, no more waiting for its turn */
    bool counted; /* for its owner */
    void *owner;
    flight_waiter *waiters;
    size_t len;
    char text[]; /* what is asked about, NUL-terminated; wiped */
} flight;

typedef struct flights {
    flight *first; /* the newest */
    size_t count, started, waiting;
    size_t max;           /* flights at a time */
    uint64_t next_ticket; /* the next one is `step` higher */
    unsigned step;
} flights;

/* Tickets are `first`, first + step, …: none is 0. */
void flights_init(flights *all, size_t max, unsigned first, unsigned step);
void flights_free(flights *all); /* nobody waits any more */

flight *flights_find(const flights *all, const unsigned char digest[FLIGHT_DIGEST]);

/* A new one. NULL: as many as may be are there, or out of memory. */
flight *flights_add(flights *all, const unsigned char digest[FLIGHT_DIGEST], ost_text text,
                    void *owner);

/* The one that has waited longest for its turn, which begins now. NULL: none waits. */
flight *flights_start_next(flights *all);

/* OST_E_BUSY: it is over, or too many wait. OST_E_MEMORY. */
OST_MUST_CHECK ost_result flights_wait(flights *all, uint64_t ticket, void (*ready)(void *user),
                                       void *user);

/* Takes one out of the list, for flight_land. */
void flights_remove(flights *all, flight *over);

/* Calls whoever waited, and frees it. Without the lock. */
void flight_land(flight *over);

/* Takes everyone who waits, for flight_waiters_call without the lock. */
flight_waiter *flights_dismiss(flights *all);
void flight_waiters_call(flight_waiter *waiters);

#endif
