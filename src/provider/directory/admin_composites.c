/* SPDX-License-Identifier: Apache-2.0 */
/* What roles contain, and who has them, in the admin REST API. */
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/directory/admin_grant.h"
#include "provider/directory/admin_group.h"
#include "provider/directory/admin_role.h"
#include "provider/directory/admin_user.h"
#include "provider/member/member.h"
#include "provider/realm/document_limit.h"
#include "store/search/user_search.h"
#include "store/user/user_link.h"
#include "store/user/user_record.h"

#define FEW_PARTS 8 /* are looked up one by one */

/* ---- contents ---- */

static const ost_json *names_of(const role_part *role, const realm_client *client)
{
    const ost_json *parts = ost_json_get(role->document, "composites");
    return client == NULL ? ost_json_get(parts, "realm")
                          : ost_json_get(ost_json_get(parts, "client"), client->client_id);
}

/* The last parameter of the path as a client; NULL: there is none, and the call is refused. */
static const realm_client *part_client(admin_call *a)
{
    size_t last = 0;
    while (last + 1 < ADMIN_PARAMETERS_MAX && a->values[last + 1].data != NULL)
        last++;
    const realm_client *client = realm_find_client_by_uuid(a->realm.realm, a->values[last]);
    if (client == NULL)
        admin_refuse(a, 404, "error", "Could not find client");
    return client;
}

/* Answers with the contents of the realm, of one client, or of all. */
static ost_result answer_contents(admin_call *a, bool of_realm, const realm_client *client)
{
    const realm *r = a->realm.realm;
    role_part role;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    if (!admin_role_find(a, false, &role))
        return OST_OK;
    ost_json_open_array(w);
    if (of_realm)
        admin_put_named_roles(a, NULL, names_of(&role, NULL), true, w);
    for (size_t i = 0; i < r->client_count; i++) {
        if (client == r->clients[i] ||
            (client == NULL && !text_ends(text_of(a->route->path), "/realm")))
            admin_put_named_roles(a, r->clients[i], names_of(&role, r->clients[i]), true, w);
    }
    ost_json_close_array(w);
    return admin_answer(a, w);
}

/* Those of one owner behind the ones there are. False: out of memory. */
static bool append_parts(admin_call *a, const role_part *whole, const realm_client *client,
                         role_part **roles, size_t *count)
{
    ost_text name;
    json_finder finder = {.arena = a->arena};
    const ost_json *names = names_of(whole, client);
    role_part *all = ost_arena_alloc(a->arena, (*count + ost_json_count(names) + 1) * sizeof *all);
    for (size_t i = 0; all != NULL && i < *count; i++)
        all[i] = (*roles)[i];
    for (const ost_json *at = ost_json_first(names); at != NULL && all != NULL;
         at = ost_json_next(at)) {
        if (ost_json_text(at, &name) &&
            role_part_named(a->realm.realm, client, name, &finder, &all[*count]))
            ++*count;
    }
    *roles = all;
    return all != NULL;
}

/* By the role's id, Keycloak searches and cuts pages. */
ost_result admin_search_composites(admin_call *a)
{
    role_part whole, *roles = NULL;
    size_t count = 0;
    int64_t first, max;
    const realm *r = a->realm.realm;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    if (!admin_role_find(a, false, &whole) || !admin_number(a, "first", 0, &first) ||
        !admin_number(a, "max", INT32_MAX, &max))
        return OST_OK;
    bool good = append_parts(a, &whole, NULL, &roles, &count);
    for (size_t i = 0; i < r->client_count && good; i++) {
        if (ost_json_count(names_of(&whole, r->clients[i])) > 0)
            good = append_parts(a, &whole, r->clients[i], &roles, &count);
    }
    if (!good)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    admin_put_role_page(a, roles, count, first, max, true, w);
    ost_json_close_array(w);
    return admin_answer(a, w);
}

ost_result admin_list_composites(admin_call *a)
{
    return answer_contents(a, true, NULL);
}

ost_result admin_list_client_composites(admin_call *a)
{
    const realm_client *client = part_client(a);
    return client != NULL ? answer_contents(a, false, client) : OST_OK;
}

/* What a body names, role by role. */
typedef struct named_parts {
    role_part *list;
    bool *taken; /* it has been written, with the others of its owner */
    ost_text *names;
    size_t count;
} named_parts;

/* The names of the client or (NULL) of the realm, with those that are named or without them. */
static ost_result change_names(admin_call *a, const role_part *role, const realm_client *client,
                               named_parts *parts, bool add, const ost_json **ret_names)
{
    size_t count = 0;
    for (size_t i = 0; i < parts->count; i++) {
        if (parts->list[i].client != client)
            continue;
        parts->taken[i] = true;
        parts->names[count++] = parts->list[i].name;
    }
    return (add ? document_add_texts : document_remove_texts)(names_of(role, client), parts->names,
                                                              count, a->arena, ret_names);
}

/* The role with more, or less, in it. */
static ost_result change_role(admin_call *a, const role_part *role, named_parts *parts, bool add,
                              const ost_json **ret_role)
{
    const ost_json *none = NULL, *all = ost_json_get(role->document, "composites");
    const ost_json *of_clients = ost_json_get(all, "client");
    json_share_member *members = ost_arena_alloc(a->arena, (parts->count + 1) * sizeof *members);
    json_share_member owners[2];
    size_t count = 0, owner_count = 0;
    ost_result result =
        members != NULL ? ost_json_read(OST_TEXT("{}"), NULL, a->arena, &none, NULL) : OST_E_MEMORY;
    for (size_t i = 0; i < parts->count && result == OST_OK; i++) {
        const realm_client *client = parts->list[i].client;
        json_share_member *one;
        if (parts->taken[i])
            continue;
        one = client == NULL ? &owners[owner_count++] : &members[count++];
        one->name = client == NULL ? OST_TEXT("realm") : text_of(client->client_id);
        result = change_names(a, role, client, parts, add, &one->value);
    }
    if (result == OST_OK && count > 0) {
        result = document_put_members(of_clients != NULL ? of_clients : none, members, count,
                                      a->arena, &of_clients);
        owners[owner_count++] = (json_share_member){OST_TEXT("client"), of_clients};
    }
    if (result == OST_OK)
        result =
            document_put_members(all != NULL ? all : none, owners, owner_count, a->arena, &all);
    return result == OST_OK
               ? document_put(role->document, OST_TEXT("composites"), all, a->arena, ret_role)
               : result;
}

/* The roles that the body names by their ids; refuses the call where there is none, or one is not
 * the administrator's to give. */
static ost_result read_parts(admin_call *a, bool add, named_parts *ret)
{
    const realm *r = a->realm.realm;
    size_t room = ost_json_count(a->body) + 1;
    named_parts parts = {.list = ost_arena_alloc(a->arena, room * sizeof *parts.list),
                         .taken = ost_arena_alloc(a->arena, room * sizeof *parts.taken),
                         .names = ost_arena_alloc(a->arena, room * sizeof *parts.names)};
    role_index index = {0};
    ost_result result = OST_OK;
    if (parts.list == NULL || parts.taken == NULL || parts.names == NULL)
        return OST_E_MEMORY;
    if (room > FEW_PARTS)
        result = role_index_make(r, a->arena, &index);
    for (const ost_json *at = ost_json_first(a->body); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        role_part *part = &parts.list[parts.count++];
        ost_text id = part_text(at, "id");
        bool may = true;
        if (!(index.roles != NULL ? role_index_find(&index, id, part)
                                  : role_part_anywhere(r, id, part)))
            return admin_refuse(a, 404, "error", "Could not find composite role");
        result = add ? admin_may_grant(a, part, &may) : OST_OK;
        if (result == OST_OK && !may)
            return admin_forbid(a);
    }
    *ret = parts;
    return result;
}

static ost_result change_contents(admin_call *a, bool add)
{
    role_part role;
    named_parts parts = {0};
    const ost_json *list, *document;
    if (!admin_role_find(a, true, &role) || !admin_bodies_of(a, &member_role))
        return OST_OK;
    ost_result result = read_parts(a, add, &parts);
    if (result != OST_OK || a->status != 0)
        return result;
    const ost_json *changed = role.document;
    if (parts.count > 0)
        result = change_role(a, &role, &parts, add, &changed);
    if (result == OST_OK)
        result = document_replace(role_part_list(a->realm.realm, role.client), role.document,
                                  changed, a->arena, &list);
    if (result == OST_OK)
        result = admin_put_role_list(a, role.client, list, &document);
    if (result == OST_OK)
        result = admin_store(a, document);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}

ost_result admin_add_composites(admin_call *a)
{
    return change_contents(a, true);
}

ost_result admin_remove_composites(admin_call *a)
{
    return change_contents(a, false);
}

/* ---- holders ---- */

ost_result admin_list_role_users(admin_call *a)
{
    role_part role;
    store_user *users;
    size_t count;
    int64_t first, max;
    if (!admin_role_find(a, false, &role) || !admin_user_page(a, &first, &max))
        return OST_OK;
    const store_renaming what = role_part_renaming(&role, (ost_text){0});
    ost_result result = store_user_linked(a->realm.store, a->realm.row.name, &what, first, max,
                                          a->arena, &users, &count);
    return result == OST_OK ? admin_user_answer(a, users, count, false, false) : result;
}

static bool has_role(const admin_group *group, const role_part *role)
{
    const ost_json *names =
        role->client == NULL
            ? ost_json_get(group->document, "realmRoles")
            : ost_json_get(ost_json_get(group->document, "clientRoles"), role->client->client_id);
    for (const ost_json *at = ost_json_first(names); at != NULL; at = ost_json_next(at)) {
        if (ost_json_equals(at, role->name))
            return true;
    }
    return false;
}

ost_result admin_list_role_groups(admin_call *a)
{
    role_part role;
    admin_groups groups;
    int64_t first, max;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    if (!admin_role_find(a, false, &role) || !admin_number(a, "first", 0, &first) ||
        !admin_number(a, "max", INT32_MAX, &max))
        return OST_OK;
    ost_result result = admin_groups_load(a, &groups);
    ost_json_open_array(w);
    for (size_t i = 0; result == OST_OK && i < groups.count; i++) {
        if (has_role(&groups.list[i], &role) && first-- <= 0 && max-- > 0)
            admin_group_put(a, w, &groups.list[i], admin_is_brief(a) ? GROUP_BRIEF : GROUP_WHOLE);
    }
    ost_json_close_array(w);
    return result == OST_OK ? admin_answer(a, w) : result;
}
