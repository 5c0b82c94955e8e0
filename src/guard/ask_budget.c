/* The budget for questions; see ask_budget.h. */
#include "ask_budget.h"

#define MAX_PAUSE 60000 /* milliseconds */
#define FULL ((int64_t)ASK_BURST * 1000)

void ask_budget_init(ask_budget *budget, unsigned rate, int64_t now)
{
    *budget = (ask_budget){.thousandths = FULL, .refilled = now, .rate = rate};
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
    budget->paused_until = 0;
}

/* What fails at once, because it was asked at once, counts once. */
void ask_budget_failed(ask_budget *budget, int64_t now, unsigned char random)
{
    if (budget->paused_until > now)
        return;
    int64_t pause = budget->failures < 6 ? 1000LL << budget->failures : MAX_PAUSE;
    budget->failures++;
    budget->paused_until = now + pause + pause * (random - 128) / 1280;
}

unsigned ask_budget_pause(const ask_budget *budget, int64_t now)
{
    int64_t left = budget->paused_until - now;
    return left > 0 ? (unsigned)((left + 999) / 1000) : 0;
}
