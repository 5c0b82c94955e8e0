/* SPDX-License-Identifier: Apache-2.0 */
/* How often strangers may cause a question to the issuer, and when it is left in peace because it
 * fails. Tokens that mean nothing cost nothing to make: each question spends from an allowance that
 * refills slowly, and gets it back when the token turns out to be good. Times are monotonic
 * milliseconds. Not thread-safe. */
#ifndef ASK_BUDGET_H
#define ASK_BUDGET_H

#include <ostiary/types.h>

#define ASK_HOLD_MAX 60 /* seconds that the issuer can ask for */
#define ASK_BURST 256   /* questions that may be open or have ended in a "no" at once */

typedef struct ask_budget {
    int64_t thousandths; /* of questions that may be spent */
    int64_t refilled;    /* when */
    unsigned rate;       /* questions a second come back */
    unsigned failures;   /* of the issuer, in a row */
    unsigned choked;     /* questions, in a row */
    int64_t paused_until;
    int64_t probed; /* when last */
} ask_budget;

void ask_budget_init(ask_budget *budget, unsigned rate, int64_t now);

/* True when one may be asked; it is spent then. */
bool ask_budget_spend(ask_budget *budget, int64_t now);
/* It ended well, or without an answer. */
void ask_budget_refund(ask_budget *budget);

/* The issuer answered, or failed: after the second time in a row, or when it is `certain` that it
 * was the issuer, it is left in peace for 1, 2, 4 … 60 seconds. `random` spreads many nodes. */
void ask_budget_answered(ask_budget *budget);
void ask_budget_failed(ask_budget *budget, int64_t now, unsigned char random, bool certain);

/* It answered, but not whether the token is good. That may be the token's fault; when it is so of
 * many in a row, it is the issuer's. */
void ask_budget_choked(ask_budget *budget, int64_t now, unsigned char random);

/* It asks to be left in peace for so many seconds. */
void ask_budget_hold(ask_budget *budget, int64_t now, unsigned seconds);

/* One failure may be the question's: it takes another to think that the issuer is gone. */
bool ask_budget_doubts(const ask_budget *budget);

/* Seconds, rounded up, for which nothing is to be asked; 0: ask. */
unsigned ask_budget_pause(const ask_budget *budget, int64_t now);

/* True once a second: that one question may be asked all the same, about a token that was good
 * before, to find out whether the issuer is back. */
bool ask_budget_may_probe(ask_budget *budget, int64_t now);

#endif
