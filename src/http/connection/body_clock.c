/* SPDX-License-Identifier: Apache-2.0 */
/* The pace of bodies; see body_clock.h. */
#include "http/connection/body_clock.h"

void body_clock_start(body_clock *clock, uint64_t now)
{
    *clock = (body_clock){.since = now};
}

uint64_t body_clock_due(const body_clock *clock, const http_limits *limits)
{
    uint64_t earned = (uint64_t)clock->received * 1000u / limits->body_rate;
    return clock->since + limits->head_timeout * 1000u + earned - clock->forfeited;
}

void body_clock_add(body_clock *clock, size_t bytes, uint64_t now, const http_limits *limits)
{
    unsigned silence = limits->idle_timeout;
    if (silence < limits->head_timeout)
        silence = limits->head_timeout;
    clock->received += bytes;
    uint64_t due = body_clock_due(clock, limits), latest = now + silence * 1000u;
    if (due > latest)
        clock->forfeited += due - latest;
}
