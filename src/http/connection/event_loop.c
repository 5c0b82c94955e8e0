/* SPDX-License-Identifier: Apache-2.0 */
/* The time of a loop, and when it ticks. */
#include "http/connection/event_loop.h"

#include <stdio.h>

#include "base/text.h"

void event_loop_need_tick(event_loop *loop)
{
    if (!uv_is_active((uv_handle_t *)&loop->tick))
        uv_timer_start(&loop->tick, loop->on_tick, TICK_MS, TICK_MS);
}

#define TELL_EVERY_MS 10000

static void tell(event_loop *loop, uint64_t *told_at, ost_text peer, const char *reason)
{
    const http_service *service = loop->exchanges.service;
    uint64_t now = event_loop_now(loop);
    if (service->log == NULL || (*told_at > 0 && now < *told_at + TELL_EVERY_MS))
        return;
    *told_at = now;
    http_log_entry entry = {.peer = peer, .reason = text_of(reason)};
    service->log(&entry, service->log_user);
}

void event_loop_tell(event_loop *loop, ost_text peer, const char *reason)
{
    tell(loop, &loop->told_at, peer, reason);
}

void event_loop_tell_tls(event_loop *loop, ost_text peer, const char *reason)
{
    tell(loop, &loop->told_tls_at, peer, reason);
}

uint64_t event_loop_now(const event_loop *loop)
{
    return uv_now(&loop->uv);
}

ost_text event_loop_date(event_loop *loop)
{
    time_t now = time(NULL);
    if (now != loop->date_second) {
        static const char days[] = "SunMonTueWedThuFriSat";
        static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
        struct tm t;
        gmtime_r(&now, &t);
        int len = snprintf(loop->date, sizeof loop->date, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
                           days + 3 * t.tm_wday, t.tm_mday, months + 3 * t.tm_mon, t.tm_year + 1900,
                           t.tm_hour, t.tm_min, t.tm_sec);
        loop->date_len = len > 0 && (size_t)len < sizeof loop->date ? (size_t)len : 0;
        loop->date_second = now;
    }
    return (ost_text){loop->date, loop->date_len};
}
