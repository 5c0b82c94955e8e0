/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for documents; see document_await.h. */
#include "provider/client/document_await.h"

#include "base/text.h"

typedef struct awaited {
    document_waiter waiter;
    document_wish wish;
    call *call;
    void (*next)(call *call);
} awaited;

static void go_on(http_exchange *exchange, void *user)
{
    awaited *a = user;
    if (a->waiter.result != OST_OK) {
        http_set_reason(exchange, "%s: %s", a->wish.what, a->waiter.detail);
        if (a->wish.failed != NULL)
            a->wish.failed(a->call, a->waiter.result);
    }
    a->next(a->call);
}

static void told(document_waiter *waiter)
{
    awaited *a = waiter->user;
    http_resume(a->call->exchange, go_on, a);
}

void document_await(call *c, const document_wish *wish, void (*next)(call *c))
{
    awaited *a = wish->blocks != NULL ? ost_arena_alloc(c->arena, sizeof *a) : NULL;
    if (a == NULL) {
        next(c);
        return;
    }
    *a = (awaited){.waiter = {.told = told, .user = a}, .wish = *wish, .call = c, .next = next};
    http_suspend(c->exchange);
    document_cache_fetch(wish->cache, text_of(c->realm->name), wish->url, text_of(wish->blocks),
                         &a->waiter);
}

/* In development an application and what it publishes are on this machine. */
const char *document_addresses(call *c)
{
    const char *blocks = c->realm->document_addresses != NULL ? c->realm->document_addresses : "";
    return c->provider->development ? call_format(c, "%s 127.0.0.0/8 ::1", blocks) : blocks;
}
