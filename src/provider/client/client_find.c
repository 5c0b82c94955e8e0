/* SPDX-License-Identifier: Apache-2.0 */
/* Finding clients; see client_find.h. */
#include "provider/client/client_find.h"

#include "base/text.h"
#include "provider/client/client_document.h"
#include "provider/client/client_keys.h"
#include "provider/client/document_cache.h"

static bool is_by_document(const call *c, ost_text client_id)
{
    return c->realm->client_documents && c->provider->documents != NULL &&
           realm_find_client(c->realm, client_id) == NULL && client_document_is_id(client_id);
}

const realm_client *client_find(call *c, ost_text client_id)
{
    realm_client *client = NULL;
    ost_text body, realm_name = text_of(c->realm->name);
    if (!is_by_document(c, client_id))
        return realm_find_client(c->realm, client_id);
    ost_result result =
        document_cache_get(c->provider->documents, realm_name, client_id, c->now, c->arena, &body);
    if (result != OST_OK && result != OST_E_EXPIRED)
        return NULL;
    if (client_document_read(c, client_id, body, &client))
        return client;
    document_cache_drop(c->provider->documents, realm_name, client_id);
    return NULL;
}

/* ---- waiting ---- */

/* What the draft recommends, §4. */
const document_kind client_metadata_kind = {.accept = "Accept: application/json",
                                            .bytes_max = (size_t)5 << 10};

typedef struct awaited {
    document_waiter waiter;
    call *call;
    void (*next)(call *call);
} awaited;

/* What a stranger's server does is the operator's to know: who asks would learn what our network
 * reaches. */
static void go_on(http_exchange *exchange, void *user)
{
    awaited *a = user;
    if (a->waiter.result != OST_OK) {
        http_set_reason(exchange, "client metadata: %s", a->waiter.detail);
        a->call->client_problem = a->waiter.result == OST_E_BUSY
                                      ? "its document was asked for too often"
                                      : "its document cannot be fetched";
    }
    a->next(a->call);
}

static void told(document_waiter *waiter)
{
    awaited *a = waiter->user;
    http_resume(a->call->exchange, go_on, a);
}

void client_await(call *c, ost_text client_id, void (*next)(call *c))
{
    ost_text body;
    if (!is_by_document(c, client_id)) {
        client_keys_await(c, realm_find_client(c->realm, client_id), next);
        return;
    }
    if (document_cache_get(c->provider->documents, text_of(c->realm->name), client_id, c->now,
                           c->arena, &body) == OST_OK) {
        next(c);
        return;
    }
    awaited *a = ost_arena_alloc(c->arena, sizeof *a);
    if (a == NULL) {
        next(c);
        return;
    }
    *a = (awaited){.waiter = {.told = told, .user = a}, .call = c, .next = next};
    http_suspend(c->exchange);
    document_cache_fetch(c->provider->documents, text_of(c->realm->name), client_id,
                         text_of(c->realm->document_addresses), &a->waiter);
}
