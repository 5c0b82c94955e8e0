/* SPDX-License-Identifier: Apache-2.0 */
/* Answers refused requests; see refuse.h. */
#include "app/refuse.h"

#include <stdio.h>

#include "app/notice.h"
#include "base/text.h"

/* What every refusal carries, whatever its body. */
static void set_fields(ost_request *request)
{
    const ost_verdict *verdict = &request->verdict;
    http_exchange *exchange = request->exchange;
    char seconds[16];
    if (verdict->challenge.len > 0)
        request_set(exchange, "WWW-Authenticate", verdict->challenge);
    if (verdict->retry_after > 0) {
        int len = snprintf(seconds, sizeof seconds, "%u", verdict->retry_after);
        request_set(exchange, "Retry-After", (ost_text){seconds, (size_t)len});
    }
    request_set(exchange, "Cache-Control", OST_TEXT("no-store"));
    http_set_reason(exchange, "%s: %.*s", ost_result_name(verdict->reason),
                    (int)verdict->explanation.len, verdict->explanation.data);
}

void refuse_by_verdict(ost_request *request)
{
    set_fields(request);
    request_refuse(request->exchange, request->verdict.status, request->verdict.message);
}

void refuse_with_page(ost_request *request, const char *title, const char *hint)
{
    const notice shown = {
        .status = request->verdict.status,
        .title = title,
        .text = hint,
        .detail = ost_arena_copy(http_arena(request->exchange), request->verdict.message),
        .link = request->browser.has_session ? request->server->paths.logout : NULL,
        .link_text = "Sign out",
        .post = true,
    };
    set_fields(request);
    notice_send(request->exchange, request->server, &shown);
}
