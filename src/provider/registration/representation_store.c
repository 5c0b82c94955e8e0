/* SPDX-License-Identifier: Apache-2.0 */
/* Storing a client that registers by its representation, with the account that it may ask for; see
 * representation.h. */
#include "base/text.h"
#include "provider/client_admin/client_life.h"
#include "provider/completion/realm_document.h"
#include "provider/realm/user_row.h"
#include "provider/registration/representation.h"

static ost_result refuse(call *c, const char *why)
{
    call_refuse(c, 400, "invalid_client_metadata", why);
    return OST_E_STATE;
}

/* What the document says is checked like any other; of what is wrong the client is told. */
static ost_result store_checked(call *c, realm_admin *admin, const realm_client *client,
                                const ost_json *document)
{
    ost_error error = {0};
    ost_result result = client != NULL ? realm_admin_store_client(admin, client, document, &error)
                                       : realm_admin_add_client(admin, document, &error);
    return result == OST_E_FORMAT || result == OST_E_ARGUMENT
               ? refuse(c, call_format(c, "%s", error.detail))
               : result;
}

/* The account first: who cannot have it cannot have the client. */
static ost_result store_new(call *c, realm_admin *admin, ost_text client_id,
                            const ost_json *document)
{
    bool account = realm_document_has_account(document);
    const char *name = call_format(c, SERVICE_ACCOUNT "%.*s", OST_FORMAT(client_id));
    ost_result result = name != NULL ? client_account_check(admin, client_id) : OST_E_MEMORY;
    if (result == OST_OK && account)
        result = client_account_make(admin, client_id, c->provider->context);
    if (result == OST_E_CONFLICT)
        return refuse(c, "Client Identifier in use");
    if (result != OST_OK)
        return result;
    result = store_checked(c, admin, NULL, document);
    if (result != OST_OK && account)
        (void)!client_account_end(admin, text_of(name));
    return result;
}

/* An account that is there already is the client's own. */
static ost_result store_changed(call *c, realm_admin *admin, const realm_client *client,
                                const ost_json *document)
{
    ost_result result = store_checked(c, admin, client, document);
    if (result != OST_OK || !realm_document_has_account(document))
        return result;
    result = client_account_make(admin, text_of(client->client_id), c->provider->context);
    return result == OST_E_CONFLICT ? OST_OK : result;
}

ost_result representation_store(call *c, realm_admin *admin, const realm_client *client,
                                const ost_json *document)
{
    ost_text client_id = {0};
    ost_result result = realm_document_complete_client(
        document, admin->realm->document, c->provider->context, admin->arena, &document);
    if (result != OST_OK)
        return result;
    (void)!ost_json_text(ost_json_get(document, "clientId"), &client_id);
    return client != NULL ? store_changed(c, admin, client, document)
                          : store_new(c, admin, client_id, document);
}
