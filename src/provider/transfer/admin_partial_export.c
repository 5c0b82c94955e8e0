/* SPDX-License-Identifier: Apache-2.0 */
/* Partial export in the admin REST API: a realm file without users, keys and secrets. */
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/realm_part.h"
#include "provider/file/user_merge.h"
#include "provider/key/key_component.h"
#include "provider/member/masked.h"
#include "provider/realm/document_limit.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

#define KEYCLOAK_VERSION "24.0.5" /* whose layout the built-in parts have */

typedef struct partial_export {
    admin_call *admin;
    ost_json_writer *writer;
    bool clients, roles; /* with roles: groups too */
} partial_export;

/* Keys are made by whoever imports the file. */
static void put_components(ost_json_writer *w, const ost_json *components)
{
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(components); at != NULL; at = ost_json_next(at)) {
        if (text_is(ost_json_name(at), KEY_PROVIDER))
            continue;
        ost_json_put_name(w, ost_json_name(at));
        masked_put(w, at, masked_is_secret, true);
    }
    ost_json_close_object(w);
}

static bool is_left_out(const partial_export *e, ost_text name)
{
    static const char *const never[] = {"users",       "federatedUsers",  "privateKey",
                                        "defaultRole", "codeSecret",      "certificate",
                                        "publicKey",   "keycloakVersion", NULL};
    static const char *const of_clients[] = {"clients", "clientScopeMappings", "applications",
                                             "oauthClients", NULL};
    static const char *const of_roles[] = {"roles", "groups", "defaultGroups", "defaultRoles",
                                           NULL};
    return text_is_one_of(name, never) || (!e->clients && text_is_one_of(name, of_clients)) ||
           (!e->roles && text_is_one_of(name, of_roles));
}

/* ---- accounts of clients ---- */

static void put_account(const partial_export *e, const ost_json *user)
{
    static const char *const of_roles[] = {"realmRoles", "clientRoles", "groups", NULL};
    ost_json_open_object(e->writer);
    for (const ost_json *at = ost_json_first(user); at != NULL; at = ost_json_next(at)) {
        ost_text name = ost_json_name(at);
        if (text_is(name, "credentials") || (!e->roles && text_is_one_of(name, of_roles)))
            continue;
        ost_json_put_name(e->writer, name);
        ost_json_put_value(e->writer, at);
    }
    ost_json_close_object(e->writer);
}

static ost_result put_accounts(const partial_export *e)
{
    admin_call *a = e->admin;
    const realm *r = a->realm.realm;
    const ost_json *whole;
    store_user user;
    ost_result result = OST_OK;
    ost_json_put_name(e->writer, OST_TEXT("users"));
    ost_json_open_array(e->writer);
    for (size_t i = 0; i < r->client_count && result == OST_OK; i++) {
        if (!r->clients[i]->service_account)
            continue;
        result =
            store_user_find(a->realm.store, a->realm.row.name,
                            text_of(r->clients[i]->service_account_user), false, a->arena, &user);
        if (result == OST_OK)
            result = user_whole(&user, a->arena, &whole);
        if (result == OST_OK)
            put_account(e, whole);
        result = result == OST_E_NOT_FOUND ? OST_OK : result;
    }
    ost_json_close_array(e->writer);
    return result;
}

ost_result admin_partial_export(admin_call *a)
{
    partial_export e = {
        .admin = a,
        .writer = ost_json_writer_new(a->arena, DOCUMENT_MAX),
        .clients = admin_flag(a, "exportClients", false),
        .roles = admin_flag(a, "exportGroupsAndRoles", false),
    };
    ost_result result;
    if (e.writer == NULL)
        return OST_E_MEMORY;
    if ((e.clients && !admin_may(a, VIEW_CLIENTS)) ||
        (e.roles && !admin_may(a, VIEW_USERS | RIGHT_QUERY_GROUPS)))
        return admin_forbid(a);
    ost_json_open_object(e.writer);
    for (const ost_json *at = ost_json_first(a->realm.realm->document); at != NULL;
         at = ost_json_next(at)) {
        if (is_left_out(&e, ost_json_name(at)))
            continue;
        ost_json_put_name(e.writer, ost_json_name(at));
        if (text_is(ost_json_name(at), "components"))
            put_components(e.writer, at);
        else
            masked_put(e.writer, at, masked_is_secret, true);
    }
    result = realm_part_put_unset(e.writer, a->realm.realm->document, a->arena);
    realm_part_put_default_role(e.writer, a->realm.realm->document, a->arena);
    if (e.clients && result == OST_OK)
        result = put_accounts(&e);
    ost_json_member_string(e.writer, "keycloakVersion", KEYCLOAK_VERSION);
    ost_json_close_object(e.writer);
    return result == OST_OK ? admin_answer(a, e.writer) : result;
}
