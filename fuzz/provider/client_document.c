/* SPDX-License-Identifier: Apache-2.0 */
/* A client ID that is an address, and behind a line break the document that lies there: what is
 * accepted names itself, is a public client, asks its users, uses PKCE, and sends nobody to what
 * browsers run. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "net/net_url.h"
#include "one_realm.h"
#include "provider/client/client_document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool held)
{
    if (!held)
        abort();
}

static void check_id(ost_text id)
{
    ost_text host = client_document_host(id);
    require(text_starts(id, "https://") && host.len > 0 && id.len > 9 + host.len);
    require(text_find(id, '#', 0) == id.len && text_find(host, '@', 0) == host.len);
    /* The document is fetched from the host that pages name, or not at all. */
    if (net_url_check(id, false) == OST_OK)
        require(text_equal(text_slice(id, 8, host.len), host));
}

static void check_client(const realm_client *client, ost_text id)
{
    require(text_is(id, client->client_id) && client->id == NULL && client->secret == NULL);
    require(client->enabled && client->public_client && client->by_document);
    require(client->consent_required && client->on_consent_screen && client->pkce_required);
    require(!client->implicit_flow && !client->direct_access_grants && !client->service_account);
    require(client->redirect_uris[0] != NULL);
    for (size_t i = 0; client->redirect_uris[i] != NULL; i++) {
        ost_text uri = text_of(client->redirect_uris[i]);
        require(text_find(uri, '*', 0) == uri.len && text_find(uri, '#', 0) == uri.len);
        require(!text_equal_ignoring_case(text_slice(uri, 0, 11), OST_TEXT("javascript:")));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    call *c = one_realm_call();
    ost_text both = {(const char *)data, size};
    size_t end = text_find(both, '\n', 0);
    ost_text id = text_slice(both, 0, end), document = text_slice(both, end + 1, size);
    realm_client *client = NULL;
    if (!client_document_is_id(id))
        return 0;
    check_id(id);
    if (client_document_read(c, id, document, &client))
        check_client(client, id);
    else
        require(c->client_problem != NULL);
    require(c->error.status == 0);
    return 0;
}
