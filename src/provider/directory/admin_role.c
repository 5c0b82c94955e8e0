/* SPDX-License-Identifier: Apache-2.0 */
/* Roles as they are named; see admin_role.h. */
#include "provider/directory/admin_role.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/realm/user_row.h"

#define REALM "/realms/{realm}"

bool admin_path_is(const admin_call *a, const char *part)
{
    ost_text path = text_of(a->route->path);
    return text_starts(text_slice(path, sizeof REALM - 1, path.len), part);
}

bool admin_is_brief(const admin_call *a)
{
    return admin_flag(a, "briefRepresentation", true);
}

bool role_part_named(const realm *r, const realm_client *client, ost_text name, json_finder *finder,
                     role_part *ret_role)
{
    const ost_json *role = json_finder_find(finder, role_part_list(r, client), "name", name);
    if (role == NULL)
        return false;
    *ret_role = (role_part){client, part_text(role, "name"), role};
    return true;
}

bool role_part_anywhere(const realm *r, ost_text id, role_part *ret_role)
{
    if (id.len == 0)
        return false;
    if (role_part_find(r, NULL, id, NULL, ret_role))
        return true;
    for (size_t i = 0; i < r->client_count; i++) {
        if (role_part_find(r, r->clients[i], id, NULL, ret_role))
            return true;
    }
    return false;
}

static ost_text id_of(const role_part *role)
{
    return part_text(role->document, "id");
}

static int by_id(const void *one, const void *other)
{
    return text_compare(id_of(one), id_of(other));
}

static void index_add(role_index *index, const realm *r, const realm_client *client)
{
    for (const ost_json *at = ost_json_first(role_part_list(r, client)); at != NULL;
         at = ost_json_next(at))
        index->roles[index->count++] = (role_part){client, part_text(at, "name"), at};
}

ost_result role_index_make(const realm *r, ost_arena *arena, role_index *ret)
{
    size_t room = ost_json_count(role_part_list(r, NULL));
    for (size_t i = 0; i < r->client_count; i++)
        room += ost_json_count(role_part_list(r, r->clients[i]));
    role_index index = {.roles = ost_arena_alloc(arena, (room + 1) * sizeof *index.roles)};
    if (index.roles == NULL)
        return OST_E_MEMORY;
    index_add(&index, r, NULL);
    for (size_t i = 0; i < r->client_count; i++)
        index_add(&index, r, r->clients[i]);
    qsort(index.roles, index.count, sizeof *index.roles, by_id);
    *ret = index;
    return OST_OK;
}

bool role_index_find(const role_index *index, ost_text id, role_part *ret_role)
{
    size_t from = 0, upto = index->count;
    while (from < upto) {
        size_t middle = from + (upto - from) / 2;
        if (text_compare(id_of(&index->roles[middle]), id) < 0)
            from = middle + 1;
        else
            upto = middle;
    }
    if (id.len == 0 || from == index->count || !text_equal(id_of(&index->roles[from]), id))
        return false;
    *ret_role = index->roles[from];
    return true;
}

store_renaming role_part_renaming(const role_part *role, ost_text to)
{
    bool client = role->client != NULL;
    return (store_renaming){
        .kind = client ? STORE_LINK_CLIENT_ROLE : STORE_LINK_REALM_ROLE,
        .owner = client ? text_of(role->client->client_id) : (ost_text){0},
        .from = role->name,
        .to = to,
    };
}

bool admin_role_owner(admin_call *a, const realm_client **ret_client)
{
    *ret_client = NULL;
    if (!admin_path_is(a, "/clients/"))
        return true;
    *ret_client = realm_find_client_by_uuid(a->realm.realm, a->values[1]);
    if (*ret_client == NULL)
        admin_refuse(a, 404, "error", "Could not find client");
    return *ret_client != NULL;
}

static bool may(const admin_call *a, const role_part *role, bool manage)
{
    if (role->client != NULL)
        return admin_may(a, RIGHT_MANAGE_CLIENTS | (manage ? 0 : RIGHT_VIEW_CLIENTS));
    return admin_may(a, RIGHT_MANAGE_REALM | (manage ? 0 : RIGHT_VIEW_REALM));
}

bool admin_role_find(admin_call *a, bool manage, role_part *ret_role)
{
    const realm *r = a->realm.realm;
    const realm_client *client;
    bool by_id = admin_path_is(a, "/roles-by-id/");
    if (!admin_role_owner(a, &client))
        return false;
    bool found =
        by_id ? role_part_anywhere(r, a->values[1], ret_role)
              : role_part_named(r, client, a->values[client != NULL ? 2 : 1], NULL, ret_role);
    if (!found)
        admin_refuse(a, 404, "error",
                     by_id ? "Could not find role with id" : "Could not find role");
    else if (!may(a, ret_role, manage))
        admin_forbid(a);
    return a->status == 0;
}

void admin_put_named_roles(admin_call *a, const realm_client *client, const ost_json *names,
                           bool brief, ost_json_writer *w)
{
    const realm *r = a->realm.realm;
    json_finder finder = {.arena = a->arena};
    role_part role;
    ost_text name;
    for (const ost_json *at = ost_json_first(names); at != NULL; at = ost_json_next(at)) {
        if (ost_json_text(at, &name) && role_part_named(r, client, name, &finder, &role))
            role_part_put(text_of(r->id), &role, brief, w);
    }
}

static int by_name(const void *one, const void *other)
{
    return text_compare(((const role_part *)one)->name, ((const role_part *)other)->name);
}

/* Whether the role's name has the search in it, in whatever case. */
static bool contains(admin_call *a, ost_text name, ost_text wanted)
{
    return text_contains(user_row_fold(name, a->arena), wanted);
}

void admin_put_role_page(admin_call *a, role_part *roles, size_t count, int64_t first, int64_t max,
                         bool brief, ost_json_writer *w)
{
    ost_text search = user_row_fold(admin_parameter(a, "search"), a->arena);
    qsort(roles, count, sizeof *roles, by_name);
    for (size_t i = 0; i < count && max > 0; i++) {
        if (!contains(a, roles[i].name, search) || first-- > 0)
            continue;
        role_part_put(text_of(a->realm.realm->id), &roles[i], brief, w);
        max--;
    }
}

ost_result admin_put_role_list(admin_call *a, const realm_client *client, const ost_json *list,
                               const ost_json **ret_document)
{
    const ost_json *document = a->realm.realm->document;
    const ost_json *roles = ost_json_get(document, "roles"), *of_clients;
    ost_result result;
    if (client == NULL) {
        result = document_put(roles, OST_TEXT("realm"), list, a->arena, &roles);
    } else {
        result = document_put(ost_json_get(roles, "client"), text_of(client->client_id), list,
                              a->arena, &of_clients);
        if (result == OST_OK)
            result = document_put(roles, OST_TEXT("client"), of_clients, a->arena, &roles);
    }
    const json_share_member member = {OST_TEXT("roles"), roles};
    return result == OST_OK ? document_put_members(document, &member, 1, a->arena, ret_document)
                            : result;
}
