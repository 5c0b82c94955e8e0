/* SPDX-License-Identifier: Apache-2.0 */
/* Administration of a realm in the store; see realm_admin.h. */
#include "provider/admin/realm_admin.h"

#include <stdio.h>
#include <string.h>

#include "base/error_sentence.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/member/review.h"
#include "provider/realm/key_ring.h"
#include "provider/realm/role.h"
#include "provider/realm/user_row.h"
#include "provider/user/password_change.h"
#include "store/realm/realm_missing.h"
#include "store/realm/store_realm.h"
#include "store/user/store_user.h"

static ost_result tell(ost_result result, ost_error *error)
{
    return error_set_sentence(error, result);
}

ost_result realm_admin_open(store *s, ost_text name, ost_arena *arena, realm_admin *ret_admin,
                            ost_error *error)
{
    realm_admin admin = {.store = s, .arena = arena};
    ost_result result = store_realm_get(s, name, arena, &admin.row);
    if (result == OST_E_NOT_FOUND)
        return realm_missing(s, name, arena, error);
    if (result != OST_OK)
        return tell(result, error);
    result = realm_load(admin.row.document, admin.row.version, &admin.realm, error);
    admin.row.document = (ost_text){0};
    if (result == OST_OK)
        *ret_admin = admin;
    return result;
}

void realm_admin_begin(store *s, const store_realm *row, realm *r, ost_arena *arena,
                       realm_admin *ret_admin)
{
    *ret_admin = (realm_admin){.store = s, .arena = arena, .row = *row, .realm = realm_ref(r)};
}

void realm_admin_close(realm_admin *admin)
{
    realm_unref(admin->realm);
    realm_unref(admin->stored);
    admin->realm = admin->stored = NULL;
}

static ost_result store_realm_as(realm_admin *a, const realm *checked,
                                 const store_renaming *renaming, ost_error *error)
{
    const store_realm row = {.id = a->row.id,
                             .name = a->row.name,
                             .document = ost_json_source(checked->document),
                             .version = checked->version};
    if (!text_is(a->row.name, checked->name) || !text_is(a->row.id, checked->id))
        return ost_error_set(error, OST_E_ARGUMENT, "realm and id stay as they are");
    ost_result result = key_ring_follow(a->store, a->realm, checked, a->arena, error);
    if (result != OST_OK)
        return result;
    return tell(renaming != NULL ? store_realm_rename(a->store, &row, renaming)
                                 : store_realm_update(a->store, &row),
                error);
}

/* Takes the snapshot. */
static ost_result store_checked(realm_admin *a, realm *checked, const store_renaming *renaming,
                                ost_error *error)
{
    ost_result result = store_realm_as(a, checked, renaming, error);
    if (result == OST_OK) {
        realm_unref(a->stored);
        a->stored = checked;
    } else {
        realm_unref(checked);
    }
    return result;
}

static ost_result store_document(realm_admin *a, const ost_json *document,
                                 const store_renaming *renaming, ost_error *error)
{
    realm *checked;
    ost_text text;
    ost_result result = review_text(document, &member_realm, a->arena, &text, error);
    if (result == OST_OK)
        result = realm_load(text, a->row.version + 1, &checked, error);
    return result == OST_OK ? store_checked(a, checked, renaming, error) : result;
}

ost_result realm_admin_store(realm_admin *a, const ost_json *document, ost_error *error)
{
    return store_document(a, document, NULL, error);
}

ost_result realm_admin_rename(realm_admin *a, const ost_json *document,
                              const store_renaming *renaming, ost_error *error)
{
    return store_document(a, document, renaming, error);
}

/* NULL: a new one. */
static ost_result store_client(realm_admin *a, const realm_client *client, const ost_json *document,
                               ost_error *error)
{
    realm *checked;
    char path[40];
    size_t index = 0;
    while (index < a->realm->client_count && a->realm->clients[index] != client)
        index++;
    snprintf(path, sizeof path, "clients[%zu]", index);
    ost_result result =
        review_object(document, &member_client, path, false, a->arena, NULL, &document, error);
    if (result == OST_OK)
        result = realm_load_after(a->realm, client, document, a->row.version + 1, &checked, error);
    return result == OST_OK ? store_checked(a, checked, NULL, error) : result;
}

ost_result realm_admin_add_client(realm_admin *a, const ost_json *document, ost_error *error)
{
    return store_client(a, NULL, document, error);
}

ost_result realm_admin_store_client(realm_admin *a, const realm_client *client,
                                    const ost_json *document, ost_error *error)
{
    return store_client(a, client, document, error);
}

/* ---- users ---- */

ost_result realm_admin_user(realm_admin *a, ost_text name, store_user *ret_user,
                            const ost_json **ret_document, ost_error *error)
{
    ost_result result = store_user_find(a->store, a->row.name, name, false, a->arena, ret_user);
    if (result == OST_E_NOT_FOUND)
        result = store_user_get(a->store, a->row.name, name, a->arena, ret_user);
    if (result == OST_E_NOT_FOUND)
        return ost_error_set(error, result, "User not found: %.*s", (int)name.len, name.data);
    if (result == OST_OK)
        result = ost_json_read(ret_user->document, NULL, a->arena, ret_document, NULL);
    return tell(result, error);
}

ost_result realm_admin_store_user(realm_admin *a, const store_user *user, const ost_json *document,
                                  ost_error *error)
{
    store_user row;
    const user_row_home home = {.realm = a->realm, .arena = a->arena};
    ost_result result =
        review_object(document, &member_user, "", false, a->arena, NULL, &document, error);
    if (result == OST_OK)
        result = user_row_read(&home, document, 0, &row, error);
    if (result != OST_OK)
        return result;
    row.id = user->id;
    row.email_shared = a->realm->duplicate_emails;
    result = store_user_update(a->store, &row, user->document);
    if (result == OST_E_CONFLICT)
        return ost_error_set(error, result,
                             "User exists already with same username or email, or was changed "
                             "meanwhile");
    return tell(result, error);
}

ost_result realm_admin_set_password(realm_admin *a, const store_user *user,
                                    const ost_json *document, ost_text password, bool temporary,
                                    ost_error *error)
{
    const password_change change = {.realm = a->realm,
                                    .user = user,
                                    .document = document,
                                    .password = password,
                                    .temporary = temporary};
    return password_change_store(a->store, &change, a->arena, error);
}

ost_result realm_admin_add_role(realm_admin *a, const store_user *user, const ost_json *document,
                                const char *client, ost_text name, ost_error *error)
{
    const ost_json *roles, *of_clients = ost_json_get(document, "clientRoles");
    if (client != NULL && realm_find_client(a->realm, text_of(client)) == NULL)
        return ost_error_set(error, OST_E_NOT_FOUND, "Could not find client: %s", client);
    if (!role_exists(a->realm, text_of(client), name))
        return ost_error_set(error, OST_E_NOT_FOUND, "Could not find role: %.*s", (int)name.len,
                             name.data);
    ost_result result = document_add_text(client != NULL ? ost_json_get(of_clients, client)
                                                         : ost_json_get(document, "realmRoles"),
                                          name, a->arena, &roles);
    if (result == OST_OK && client != NULL)
        result = document_put(of_clients, text_of(client), roles, a->arena, &roles);
    if (result == OST_OK)
        result = document_put(document, text_of(client != NULL ? "clientRoles" : "realmRoles"),
                              roles, a->arena, &document);
    return result == OST_OK ? realm_admin_store_user(a, user, document, error)
                            : tell(result, error);
}
