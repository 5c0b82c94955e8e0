/* How often strangers may cause a question to the issuer, and when it is left in peace because it
 * fails. Tokens that mean nothing cost nothing to make: each question spends from an allowance that
 * refills slowly, and gets it back when the token turns out to be good. Times are monotonic
 * milliseconds. Not thread-safe. */
#ifndef ASK_BUDGET_H
#define ASK_BUDGET_H

#include <ostiary/types.h>

#define ASK_BURST 256 /* questions that may be open or have ended in a "no" at once */

typedef struct ask_budget {
    int64_t thousandths; /* of questions that may be spent */
    int64_t refilled;    /* when */
    unsigned rate;       /* questions a second come back */
    unsigned failures;   /* of the issuer, in a row */
    int64_t paused_until;
} ask_budget;

void ask_budget_init(ask_budget *budget, unsigned rate, int64_t now);

/* True when one may be asked; it is spent then. */
bool ask_budget_spend(ask_budget *budget, int64_t now);
/* It ended well, or without an answer. */
void ask_budget_refund(ask_budget *budget);

/* The issuer answered, or failed: then it is left in peace for 1, 2, 4 … 60 seconds. `random`
 * spreads many nodes. */
void ask_budget_answered(ask_budget *budget);
void ask_budget_failed(ask_budget *budget, int64_t now, unsigned char random);

/* Seconds, rounded up, for which nothing is to be asked; 0: ask. */
unsigned ask_budget_pause(const ask_budget *budget, int64_t now);

#endif
