/* SPDX-License-Identifier: Apache-2.0 */
/* The account and the end of a client; see client_life.h. */
#include "provider/client_admin/client_life.h"

#include "base/text.h"
#include "provider/admin/admin_rename.h"
#include "provider/admin/client_part.h"
#include "provider/file/master_clients.h"
#include "provider/realm/user_row.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_realm.h"
#include "store/user/store_user.h"
#include "store/user/user_link.h"
#include "store/user/user_record.h"

ost_result client_account_check(realm_admin *a, ost_text client_id)
{
    store_user user;
    const char *name = ost_arena_format(a->arena, SERVICE_ACCOUNT "%.*s", OST_FORMAT(client_id));
    ost_result result =
        name != NULL ? store_user_find(a->store, a->row.name, text_of(name), false, a->arena, &user)
                     : OST_E_MEMORY;
    return result == OST_OK ? OST_E_CONFLICT : result == OST_E_NOT_FOUND ? OST_OK : result;
}

ost_result client_account_make(realm_admin *a, ost_text client_id, const ost_context *context)
{
    store_user row;
    const user_row_home home = {.realm = a->realm, .context = context, .arena = a->arena};
    ost_result result = user_row_service_account(&home, client_id, &row);
    return result == OST_OK ? store_user_create(a->store, &row) : result;
}

ost_result client_account_end(realm_admin *a, ost_text user_name)
{
    store_user account;
    ost_result result =
        store_user_find(a->store, a->row.name, user_name, false, a->arena, &account);
    if (result == OST_OK)
        result = store_user_delete(a->store, a->row.name, account.id);
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

bool client_is_of_realm(const realm_admin *a, const realm_client *client)
{
    store_realm row;
    ost_text named = text_is(a->row.name, MASTER_REALM)
                         ? master_client_realm(text_of(client->client_id))
                         : (ost_text){0};
    return named.len > 0 && master_client_find(a->realm, named) == client &&
           store_realm_get(a->store, named, a->arena, &row) != OST_E_NOT_FOUND;
}

ost_result client_end(realm_admin *a, const realm_client *client, ost_error *error)
{
    const ost_json *document;
    const store_renaming roles = {.kind = STORE_LINK_CLIENT_ROLE,
                                  .owner = text_of(client->client_id)};
    ost_result result = client_part_without(a->realm->document, client, a->arena, &document);
    if (result == OST_OK)
        result = document_rename(document, &roles, a->arena, &document);
    if (result == OST_OK)
        result = realm_admin_rename(a, document, &roles, error);
    return result == OST_OK && client->service_account_user != NULL
               ? client_account_end(a, text_of(client->service_account_user))
               : result;
}
