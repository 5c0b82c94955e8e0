/* SPDX-License-Identifier: Apache-2.0 */
/* Questions under way; see questions.h. */
#include "guard/cache/questions.h"

#include <string.h>

#include "base/context.h"
#include "base/text.h"

void questions_init(questions *all, size_t max, unsigned first, unsigned step)
{
    *all = (questions){.max = max, .next_ticket = first, .step = step};
}

static void question_free(question *q)
{
    wipe(q->text, q->len);
    memory_free(q);
}

void questions_free(questions *all)
{
    for (question *at = all->first, *next; at != NULL; at = next) {
        next = at->next;
        question_free(at);
    }
    all->first = NULL;
}

question *questions_find(const questions *all, const unsigned char digest[QUESTION_DIGEST])
{
    question *at = all->first;
    while (at != NULL && memcmp(at->digest, digest, QUESTION_DIGEST) != 0)
        at = at->next;
    return at;
}

question *questions_add(questions *all, const unsigned char digest[QUESTION_DIGEST], ost_text text,
                        void *owner)
{
    if (all->count >= all->max)
        return NULL;
    question *made = memory_alloc(sizeof *made + text.len + 1);
    if (made == NULL)
        return NULL;
    memcpy(made->digest, digest, QUESTION_DIGEST);
    if (text.len > 0)
        memcpy(made->text, text.data, text.len);
    made->len = text.len;
    made->owner = owner;
    made->trace = trace_current_carry();
    made->ticket = all->next_ticket;
    all->next_ticket += all->step;
    made->next = all->first;
    all->first = made;
    all->count++;
    return made;
}

question *questions_start_next(questions *all)
{
    question *oldest = NULL;
    for (question *at = all->first; at != NULL; at = at->next) {
        if (!at->started)
            oldest = at;
    }
    if (oldest != NULL) {
        oldest->started = true;
        all->started++;
    }
    return oldest;
}

ost_result questions_wait(questions *all, uint64_t ticket, void (*ready)(void *user), void *user)
{
    question *at = all->first;
    while (at != NULL && at->ticket != ticket)
        at = at->next;
    if (at == NULL || all->waiting >= QUESTION_WAITERS)
        return OST_E_BUSY;
    question_waiter *waiter = memory_alloc(sizeof *waiter);
    if (waiter == NULL)
        return OST_E_MEMORY;
    *waiter = (question_waiter){at->waiters, ready, user};
    at->waiters = waiter;
    all->waiting++;
    return OST_OK;
}

void questions_remove(questions *all, question *over)
{
    for (question **at = &all->first; *at != NULL; at = &(*at)->next) {
        if (*at == over) {
            *at = over->next;
            break;
        }
    }
    all->count--;
    all->started -= over->started;
    for (const question_waiter *at = over->waiters; at != NULL; at = at->next)
        all->waiting--;
}

void question_waiters_call(question_waiter *waiters)
{
    for (question_waiter *next; waiters != NULL; waiters = next) {
        next = waiters->next;
        waiters->ready(waiters->user);
        memory_free(waiters);
    }
}

void question_finish(question *over)
{
    question_waiters_call(over->waiters);
    question_free(over);
}

question_waiter *questions_dismiss(questions *all)
{
    question_waiter *everyone = NULL;
    for (question *at = all->first; at != NULL; at = at->next) {
        while (at->waiters != NULL) {
            question_waiter *waiter = at->waiters;
            at->waiters = waiter->next;
            waiter->next = everyone;
            everyone = waiter;
        }
    }
    all->waiting = 0;
    return everyone;
}
