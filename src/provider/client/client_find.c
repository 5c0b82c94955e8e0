/* SPDX-License-Identifier: Apache-2.0 */
/* Finding clients; see client_find.h. */
#include "provider/client/client_find.h"

#include "base/text.h"
#include "provider/client/client_document.h"
#include "provider/client/client_keys.h"
#include "provider/client/document_await.h"

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

static void tell_problem(call *c, ost_result result)
{
    c->client_problem = result == OST_E_BUSY ? "its document was asked for too often"
                                             : "its document cannot be fetched";
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
    const char *blocks = c->realm->document_addresses;
    const document_wish wish = {.cache = c->provider->documents,
                                .url = client_id,
                                .blocks = blocks != NULL ? blocks : "",
                                .what = "client metadata",
                                .failed = tell_problem};
    document_await(c, &wish, next);
}
