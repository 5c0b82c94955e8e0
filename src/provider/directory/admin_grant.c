/* SPDX-License-Identifier: Apache-2.0 */
/* Giving roles; see admin_grant.h. */
#include "provider/directory/admin_grant.h"

#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/file/master_clients.h"

#define GRANT_MEMORY ((size_t)64 << 20)

/* `client` empty: a role of the realm. Of master, roles of NAME-realm are rights over that realm,
 * or will be when it comes. */
static bool may_grant_name(const admin_call *a, ost_text client, ost_text role)
{
    bool master = text_is(a->realm.row.name, MASTER_REALM);
    ost_text named = master ? master_client_realm(client) : (ost_text){0};
    if (client.len == 0)
        return !master || admin_may(a, admin_right_of_master(role));
    if (named.len > 0)
        return (admin_right_over(&a->asker, named) & admin_right_to_grant(role)) != 0;
    return !text_is(client, "realm-management") || admin_may(a, admin_right_to_grant(role));
}

static bool may_grant_names(const admin_call *a, const realm_roles *roles)
{
    for (size_t i = 0; roles->realm_roles[i] != NULL; i++) {
        if (!may_grant_name(a, (ost_text){0}, text_of(roles->realm_roles[i])))
            return false;
    }
    for (size_t c = 0; c < roles->client_count; c++) {
        for (size_t i = 0; roles->clients[c].roles[i] != NULL; i++) {
            if (!may_grant_name(a, text_of(roles->clients[c].client_id),
                                text_of(roles->clients[c].roles[i])))
                return false;
        }
    }
    return true;
}

bool admin_may_name_role(const admin_call *a, const realm_client *client, ost_text name)
{
    return admin_may(a, RIGHT_ADMIN) ||
           may_grant_name(a, client != NULL ? text_of(client->client_id) : (ost_text){0}, name);
}

ost_result admin_may_grant_document(admin_call *a, const ost_json *document, bool *ret_may)
{
    realm_roles roles;
    ost_arena *arena = ost_arena_new(GRANT_MEMORY);
    ost_result result =
        arena != NULL ? realm_user_roles(a->realm.realm, document, arena, &roles) : OST_E_MEMORY;
    if (result == OST_OK)
        *ret_may = admin_may(a, RIGHT_ADMIN) || may_grant_names(a, &roles);
    ost_arena_free(arena);
    return result;
}

/* What somebody would have whose document names a role or a group. */
static ost_result may_grant(admin_call *a, const char *member, ost_text client, ost_text name,
                            bool *ret_may)
{
    const ost_json *document;
    ost_arena *arena = ost_arena_new(GRANT_MEMORY);
    ost_json_writer *w = arena != NULL ? ost_json_writer_new(arena, 0) : NULL;
    ost_result result = OST_E_MEMORY;
    if (w != NULL) {
        ost_json_open_object(w);
        ost_json_put_name(w, text_of(member));
        if (client.len > 0) {
            ost_json_open_object(w);
            ost_json_put_name(w, client);
        }
        ost_json_open_array(w);
        ost_json_put_text(w, name);
        ost_json_close_array(w);
        if (client.len > 0)
            ost_json_close_object(w);
        ost_json_close_object(w);
        result = json_writer_read(w, NULL, &document, NULL);
    }
    if (result == OST_OK)
        result = admin_may_grant_document(a, document, ret_may);
    ost_arena_free(arena);
    return result;
}

ost_result admin_may_grant(admin_call *a, const role_part *role, bool *ret_may)
{
    ost_text client = role->client != NULL ? text_of(role->client->client_id) : (ost_text){0};
    if (admin_may(a, RIGHT_ADMIN)) {
        *ret_may = true;
        return OST_OK;
    }
    return may_grant(a, client.len > 0 ? "clientRoles" : "realmRoles", client, role->name, ret_may);
}

ost_result admin_may_grant_group(admin_call *a, ost_text path, bool *ret_may)
{
    if (admin_may(a, RIGHT_ADMIN)) {
        *ret_may = true;
        return OST_OK;
    }
    return may_grant(a, "groups", (ost_text){0}, path, ret_may);
}
