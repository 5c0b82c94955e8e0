/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a realm, and of its client in master; see realm_admin.h. */
#include "base/error_sentence.h"
#include "base/text.h"
#include "provider/admin/admin_rename.h"
#include "provider/admin/client_part.h"
#include "provider/admin/realm_admin.h"
#include "provider/file/master_clients.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_realm.h"
#include "store/store_try.h"
#include "store/user/user_link.h"

static ost_result delete_with(const realm_admin *a, const realm_admin *master,
                              const realm_client *client)
{
    ost_text text;
    const ost_json *document;
    const store_renaming renaming = {.kind = STORE_LINK_CLIENT_ROLE,
                                     .owner = text_of(client->client_id)};
    ost_result result = client_part_without(master->realm->document, client, a->arena, &document);
    if (result == OST_OK)
        result = document_rename(document, &renaming, a->arena, &document);
    if (result != OST_OK)
        return result;
    text = ost_json_source(document);
    const store_realm row = {.id = master->row.id,
                             .name = master->row.name,
                             .document = text,
                             .version = master->row.version + 1};
    return store_realm_delete_beside(a->store, a->row.name, &row, &renaming);
}

static ost_result delete_once(const realm_admin *a, ost_error *error)
{
    realm_admin master = {0};
    const realm_client *client = NULL;
    ost_result result =
        realm_admin_open(a->store, OST_TEXT(MASTER_REALM), a->arena, &master, error);
    if (result == OST_OK)
        client = master_client_find(master.realm, a->row.name);
    if (result == OST_OK && client != NULL)
        result = delete_with(a, &master, client);
    else if (result == OST_OK || result == OST_E_NOT_FOUND)
        result = store_realm_delete(a->store, a->row.name);
    realm_admin_close(&master);
    return result;
}

ost_result realm_admin_delete(realm_admin *a, ost_error *error)
{
    ost_error ignored = {0};
    ost_result result;
    unsigned tried = 0;
    if (text_is(a->row.name, MASTER_REALM))
        return ost_error_set(error, OST_E_ARGUMENT, "The realm master cannot be deleted");
    do
        result = delete_once(a, &ignored);
    while (store_try_again(result, &tried));
    return error_set_sentence(error, result);
}
