/* SPDX-License-Identifier: Apache-2.0 */
/* The budget for questions; see ask_budget.h. */
#include "guard/introspection/ask_budget.h"

#define MAX_PAUSE 60000 /* milliseconds */
#define ENOUGH 2        /* failures in a row, to think that it is the issuer */
#define MANY 16         /* the same of questions that it chokes on */
#define PROBE 1000      /* milliseconds */
#define FULL ((int64_t)ASK_BURST * 1000)

void ask_budget_init(ask_budget *budget, unsigned rate, int64_t now)
{
    *budget =
        (ask_budget){.thousandths = FULL, .refilled = now, .rate = rate, .probed = now - PROBE};
}

bool ask_budget_spend(ask_budget *budget, int64_t now)
{
    int64_t passed = now - budget->refilled;
    if (passed > 0) {
        int64_t most = FULL - budget->thousandths;
        budget->thousandths += passed > most / budget->rate ? most : passed * budget->rate;
        budget->refilled = now;
    }
    if (budget->thousandths < 1000)
        return false;
    budget->thousandths -= 1000;
    return true;
}

void ask_budget_refund(ask_budget *budget)
{
    budget->thousandths += budget->thousandths + 1000 <= FULL ? 1000 : 0;
}

void ask_budget_answered(ask_budget *budget)
{
    budget->failures = 0;
    budget->choked = 0;
    budget->paused_until = 0;
}

/* What fails at once, because it was asked at once, counts once. */
void ask_budget_failed(ask_budget *budget, int64_t now, unsigned char random, bool certain)
{
    if (budget->paused_until > now)
        return;
    budget->failures++;
    if (certain && budget->failures < ENOUGH)
        budget->failures = ENOUGH;
    if (budget->failures < ENOUGH)
        return;
    unsigned more = budget->failures - ENOUGH;
    int64_t pause = more < 6 ? 1000LL << more : MAX_PAUSE;
    budget->paused_until = now + pause + pause * (random - 128) / 1280;
}

void ask_budget_choked(ask_budget *budget, int64_t now, unsigned char random)
{
    if (++budget->choked >= MANY)
        ask_budget_failed(budget, now, random, true);
}

void ask_budget_hold(ask_budget *budget, int64_t now, unsigned seconds)
{
    int64_t until = now + (int64_t)seconds * 1000;
    budget->paused_until = until > budget->paused_until ? until : budget->paused_until;
}

bool ask_budget_doubts(const ask_budget *budget)
{
    return budget->failures >= ENOUGH;
}

bool ask_budget_may_probe(ask_budget *budget, int64_t now)
{
    if (now - budget->probed < PROBE)
        return false;
    budget->probed = now;
    return true;
}

unsigned ask_budget_pause(const ask_budget *budget, int64_t now)
{
    int64_t left = budget->paused_until - now;
    return left > 0 ? (unsigned)((left + 999) / 1000) : 0;
}
