/* SPDX-License-Identifier: Apache-2.0 */
/* Questions under way to an issuer, each at most once, and who waits for their answers. Belongs to
 * the holder of the lock around it; only question_finish is called without. */
#ifndef QUESTIONS_H
#define QUESTIONS_H

#include <ostiary/types.h>

#include "base/trace/trace_context.h"

#define QUESTION_DIGEST 32
#define QUESTION_WAITERS 1000 /* in all */

typedef struct question_waiter {
    struct question_waiter *next;
    void (*ready)(void *user);
    void *user;
} question_waiter;

/* One question. */
typedef struct question {
    struct question *next;
    unsigned char digest[QUESTION_DIGEST]; /* of what is asked about */
    uint64_t ticket;
    bool started; /* it is under way, no more waiting for its turn */
    bool counted; /* for its owner */
    void *owner;
    question_waiter *waiters;
    trace_carried trace; /* of the request that asked first */
    size_t len;
    char text[]; /* what is asked about, NUL-terminated; wiped */
} question;

typedef struct questions {
    question *first; /* the newest */
    size_t count, started, waiting;
    size_t max;           /* questions at a time */
    uint64_t next_ticket; /* the next one is `step` higher */
    unsigned step;
} questions;

/* Tickets are `first`, first + step, …: none is 0. */
void questions_init(questions *all, size_t max, unsigned first, unsigned step);
void questions_free(questions *all); /* nobody waits any more */

question *questions_find(const questions *all, const unsigned char digest[QUESTION_DIGEST]);

/* A new one. NULL: as many as may be are there, or out of memory. */
question *questions_add(questions *all, const unsigned char digest[QUESTION_DIGEST], ost_text text,
                        void *owner);

/* The one that has waited longest for its turn, which begins now. NULL: none waits. */
question *questions_start_next(questions *all);

/* OST_E_BUSY: it is over, or too many wait. OST_E_MEMORY. */
OST_MUST_CHECK ost_result questions_wait(questions *all, uint64_t ticket, void (*ready)(void *user),
                                         void *user);

/* Takes one out of the list, for question_finish. */
void questions_remove(questions *all, question *over);

/* Calls those that waited, and frees it. Without the lock. */
void question_finish(question *over);

/* Takes everyone who waits, for question_waiters_call without the lock. */
question_waiter *questions_dismiss(questions *all);
void question_waiters_call(question_waiter *waiters);

#endif
