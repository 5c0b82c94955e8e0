/* SPDX-License-Identifier: Apache-2.0 */
/* How long the body of a request may go on: the slowest pace of http_limits. What comes faster
 * earns time, but no more than a silent connection has: otherwise a megabyte that was sent at once
 * would be held for an hour. */
#ifndef BODY_CLOCK_H
#define BODY_CLOCK_H

#include "http/http.h"

typedef struct body_clock {
    uint64_t since; /* milliseconds of the loop's time, as all here */
    uint64_t forfeited;
    size_t received;
} body_clock;

void body_clock_start(body_clock *clock, uint64_t now);
void body_clock_add(body_clock *clock, size_t bytes, uint64_t now, const http_limits *limits);
/* When more must have come. */
uint64_t body_clock_due(const body_clock *clock, const http_limits *limits);

#endif
