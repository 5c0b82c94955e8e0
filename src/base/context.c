/* SPDX-License-Identifier: Apache-2.0 */
/* Time and randomness; see context.h. */
#include "base/context.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

int64_t ost_now(const ost_context *context)
{
    if (context != NULL && context->now != NULL)
        return context->now(context->user);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec;
}

int64_t context_now_ms(const ost_context *context)
{
    struct timespec now;
    if (context != NULL && context->now != NULL)
        return context->now(context->user) * 1000;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

ost_result context_random(const ost_context *context, unsigned char *ret, size_t n)
{
    if (context != NULL && context->random != NULL)
        return context->random(context->user, ret, n) ? OST_OK : OST_E_SYSTEM;
    while (n > 0) {
        ssize_t got = getrandom(ret, n, 0);
        if (got < 0 && errno != EINTR)
            return OST_E_SYSTEM;
        if (got > 0) {
            ret += got;
            n -= (size_t)got;
        }
    }
    return OST_OK;
}

int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
