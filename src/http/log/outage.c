/* SPDX-License-Identifier: Apache-2.0 */
/* Begin and end of outages; see outage.h. */
#include "http/log/outage.h"

#define BURST 6         /* lines */
#define REFILL_MS 10000 /* until one more */

static bool may_say(outage *o, int64_t now_ms)
{
    while (o->used > 0 && now_ms - o->refilled_ms >= REFILL_MS) {
        o->used--;
        o->refilled_ms += REFILL_MS;
    }
    if (o->used == BURST)
        return false;
    if (o->used++ == 0)
        o->refilled_ms = now_ms;
    return true;
}

void outage_update(outage *o, log_sink *log, const char *what, const char *fault, int64_t now_ms)
{
    bool fails = fault != NULL;
    if (fails && o->since_ms == 0)
        o->since_ms = now_ms;
    if (fails != o->told && may_say(o, now_ms)) {
        if (fails)
            log_sink_say(log, "%s fails: %s", what, fault);
        else
            log_sink_say(log, "%s works again, after %lld s", what,
                         (long long)((now_ms - o->since_ms + 999) / 1000));
        o->told = fails;
    }
    if (!fails && !o->told)
        o->since_ms = 0;
}
