/* SPDX-License-Identifier: Apache-2.0 */
/* Sectors of clients; see client_sector.h. */
#include "provider/client/client_sector.h"

#include "base/json/json_list.h"
#include "base/text.h"
#include "provider/client/client_keys.h"
#include "provider/client/document_cache.h"

const document_kind client_sector_kind = {.accept = "Accept: application/json",
                                          .bytes_max = (size_t)64 << 10};

typedef struct awaited_sector {
    document_waiter waiter;
    call *call;
    void (*next)(call *call);
} awaited_sector;

static void go_on(http_exchange *exchange, void *user)
{
    awaited_sector *a = user;
    if (a->waiter.result != OST_OK)
        http_set_reason(exchange, "sector of a client: %s", a->waiter.detail);
    a->next(a->call);
}

static void told(document_waiter *waiter)
{
    awaited_sector *a = waiter->user;
    http_resume(a->call->exchange, go_on, a);
}

static bool look(call *c, ost_text uri, ost_text *ret_body)
{
    return document_cache_get(c->provider->sectors, text_of(c->realm->name), uri, c->now, c->arena,
                              ret_body) == OST_OK;
}

void client_sector_await(call *c, ost_text uri, void (*next)(call *c))
{
    ost_text body;
    awaited_sector *a = NULL;
    if (c->error.status == 0 && uri.len > 0 && !look(c, uri, &body))
        a = ost_arena_alloc(c->arena, sizeof *a);
    const char *blocks = a != NULL ? client_keys_addresses(c) : NULL;
    if (blocks == NULL) {
        next(c);
        return;
    }
    *a = (awaited_sector){.waiter = {.told = told, .user = a}, .call = c, .next = next};
    http_suspend(c->exchange);
    document_cache_fetch(c->provider->sectors, text_of(c->realm->name), uri, text_of(blocks),
                         &a->waiter);
}

bool client_sector_lists(call *c, ost_text uri, const ost_text *redirect_uris, size_t count)
{
    const ost_json *list;
    ost_text body;
    if (!look(c, uri, &body) || ost_json_read(body, NULL, c->arena, &list, NULL) != OST_OK ||
        !ost_json_is(list, OST_JSON_ARRAY))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!json_list_has(list, redirect_uris[i]))
            return false;
    }
    return true;
}
