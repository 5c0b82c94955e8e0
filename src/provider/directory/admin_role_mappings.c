/* SPDX-License-Identifier: Apache-2.0 */
/* The roles of users and groups in the admin REST API: those that they have themselves, could have,
 * and have in effect. */
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
#include "store/user/user_record.h"

/* Whose roles the path is about, and which. */
typedef struct holder {
    const ost_json *document; /* of the user or the group */
    store_user user;
    admin_groups groups;
    const admin_group *group;   /* NULL: a user */
    const realm_client *client; /* NULL: roles of the realm */
    json_finder *finder;
} holder;

static ost_result holder_find(admin_call *a, holder *ret_holder, bool *ret_found)
{
    holder h = {.finder = json_finder_in(a->arena)};
    ost_result result;
    bool found = false;
    if (admin_path_is(a, "/groups/")) {
        result = admin_groups_load(a, &h.groups);
        if (result == OST_OK)
            h.group = admin_groups_of_path(a, &h.groups, 1, "Could not find group by id");
        found = h.group != NULL;
        h.document = found ? h.group->document : NULL;
    } else {
        result = admin_user_find(a, &h.user, &h.document, &found);
    }
    if (found && a->values[2].data != NULL) {
        h.client = realm_find_client_by_uuid(a->realm.realm, a->values[2]);
        found = h.client != NULL;
        if (!found)
            admin_refuse(a, 404, "error", "Client not found");
    }
    *ret_holder = h;
    *ret_found = found;
    return result;
}

/* The names of the holder's own roles of a client or (NULL) of the realm. */
static const ost_json *names_of(const holder *h, const realm_client *client)
{
    return client == NULL
               ? ost_json_get(h->document, "realmRoles")
               : ost_json_get(ost_json_get(h->document, "clientRoles"), client->client_id);
}

static bool has(const holder *h, ost_text name)
{
    return json_finder_has(h->finder, names_of(h, h->client), name);
}

/* ---- reading ---- */

static void put_client_mappings(admin_call *a, const holder *h, ost_json_writer *w)
{
    const realm *r = a->realm.realm;
    bool any = false;
    for (size_t i = 0; i < r->client_count; i++) {
        const ost_json *names = names_of(h, r->clients[i]);
        if (ost_json_count(names) == 0)
            continue;
        if (!any) {
            ost_json_put_name(w, OST_TEXT("clientMappings"));
            ost_json_open_object(w);
        }
        any = true;
        ost_json_put_name(w, text_of(r->clients[i]->client_id));
        ost_json_open_object(w);
        ost_json_member_string(w, "id", r->clients[i]->id);
        ost_json_member_string(w, "client", r->clients[i]->client_id);
        ost_json_put_name(w, OST_TEXT("mappings"));
        ost_json_open_array(w);
        admin_put_named_roles(a, r->clients[i], names, true, w);
        ost_json_close_array(w);
        ost_json_close_object(w);
    }
    if (any)
        ost_json_close_object(w);
}

ost_result admin_read_role_mappings(admin_call *a)
{
    holder h;
    bool found;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    ost_result result = w != NULL ? holder_find(a, &h, &found) : OST_E_MEMORY;
    if (result != OST_OK || !found)
        return result;
    ost_json_open_object(w);
    if (ost_json_count(names_of(&h, NULL)) > 0) {
        ost_json_put_name(w, OST_TEXT("realmMappings"));
        ost_json_open_array(w);
        admin_put_named_roles(a, NULL, names_of(&h, NULL), true, w);
        ost_json_close_array(w);
    }
    put_client_mappings(a, &h, w);
    ost_json_close_object(w);
    return admin_answer(a, w);
}

ost_result admin_list_mapped_roles(admin_call *a)
{
    holder h;
    bool found;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    ost_result result = w != NULL ? holder_find(a, &h, &found) : OST_E_MEMORY;
    if (result != OST_OK || !found)
        return result;
    ost_json_open_array(w);
    admin_put_named_roles(a, h.client, names_of(&h, h.client), true, w);
    ost_json_close_array(w);
    return admin_answer(a, w);
}

/* Those that the administrator may give, and the holder does not have. */
ost_result admin_list_available_roles(admin_call *a)
{
    holder h;
    bool found, may;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    ost_result result = w != NULL ? holder_find(a, &h, &found) : OST_E_MEMORY;
    if (result != OST_OK || !found)
        return result;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(role_part_list(a->realm.realm, h.client));
         at != NULL && result == OST_OK && admin_may(a, RIGHT_MANAGE_USERS);
         at = ost_json_next(at)) {
        role_part role = {h.client, part_text(at, "name"), at};
        if (has(&h, role.name))
            continue;
        result = admin_may_grant(a, &role, &may);
        if (result == OST_OK && may)
            role_part_put(text_of(a->realm.realm->id), &role, true, w);
    }
    ost_json_close_array(w);
    return result == OST_OK ? admin_answer(a, w) : result;
}

/* The roles in effect: of a group, what its members have by it. */
static ost_result effective(admin_call *a, const holder *h, realm_roles *ret_roles)
{
    const ost_json *document = h->document, *paths;
    ost_result result = OST_OK;
    if (h->group != NULL) {
        result = document_add_text(NULL, text_of(h->group->key), a->arena, &paths);
        if (result == OST_OK)
            result = document_put(NULL, OST_TEXT("groups"), paths, a->arena, &document);
    }
    return result == OST_OK ? realm_user_roles(a->realm.realm, document, a->arena, ret_roles)
                            : result;
}

static const char *const *names_in(const realm_roles *roles, const realm_client *client)
{
    static const char *const none[] = {NULL};
    if (client == NULL)
        return roles->realm_roles;
    for (size_t i = 0; i < roles->client_count; i++) {
        if (text_is(text_of(roles->clients[i].client_id), client->client_id))
            return roles->clients[i].roles;
    }
    return none;
}

ost_result admin_list_effective_roles(admin_call *a)
{
    holder h;
    bool found;
    realm_roles roles;
    role_part role;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    ost_result result = w != NULL ? holder_find(a, &h, &found) : OST_E_MEMORY;
    if (result != OST_OK || !found)
        return result;
    result = effective(a, &h, &roles);
    if (result != OST_OK)
        return result;
    ost_json_open_array(w);
    for (const char *const *name = names_in(&roles, h.client); *name != NULL; name++) {
        if (role_part_named(a->realm.realm, h.client, text_of(*name), h.finder, &role))
            role_part_put(text_of(a->realm.realm->id), &role, admin_is_brief(a), w);
    }
    ost_json_close_array(w);
    return admin_answer(a, w);
}

/* ---- changing ---- */

/* A role that the body names by id and name; refuses the call where there is none, or it is not the
 * administrator's to give or take. */
static ost_result read_role(admin_call *a, const holder *h, const ost_json *at, role_part *ret_role)
{
    bool may;
    if (!role_part_named(a->realm.realm, h->client, part_text(at, "name"), h->finder, ret_role) ||
        !ost_json_equals(ost_json_get(at, "id"), part_text(ret_role->document, "id")))
        return admin_refuse(a, 404, "error", "Role not found");
    ost_result result = admin_may_grant(a, ret_role, &may);
    return result == OST_OK && !may ? admin_forbid(a) : result;
}

static ost_result store_names(admin_call *a, const holder *h, const ost_json *names)
{
    ost_error error = {0};
    const ost_json *document, *of_clients = ost_json_get(h->document, "clientRoles");
    ost_result result = OST_OK;
    if (h->client != NULL)
        result = document_put(of_clients, text_of(h->client->client_id), names, a->arena, &names);
    if (result == OST_OK)
        result =
            document_put(h->document, text_of(h->client != NULL ? "clientRoles" : "realmRoles"),
                         names, a->arena, &document);
    if (result == OST_OK && h->group != NULL) {
        const group_edit edit = {.changed = h->group, .document = document};
        result = admin_groups_edit(a, &h->groups, &edit, &document);
        if (result == OST_OK)
            result = admin_store(a, document);
    } else if (result == OST_OK) {
        result = realm_admin_store_user(&a->realm, &h->user, document, &error);
        a->changed = true;
    }
    if (result != OST_OK)
        return admin_refuse_result(a, result, &error);
    return a->status == 0 ? admin_answer_done(a) : OST_OK;
}

/* Names more or less in a list of names. */
typedef ost_result edit_names(const ost_json *names, const ost_text *these, size_t count,
                              ost_arena *arena, const ost_json **ret_names);

static ost_result change_names(admin_call *a, const holder *h, edit_names *edit)
{
    role_part role;
    size_t count = 0;
    if (!admin_bodies_of(a, &member_role))
        return OST_OK;
    const ost_json *names = names_of(h, h->client);
    ost_text *these = ost_arena_alloc(a->arena, (ost_json_count(a->body) + 1) * sizeof *these);
    if (these == NULL)
        return OST_E_MEMORY;
    for (const ost_json *at = ost_json_first(a->body); at != NULL; at = ost_json_next(at)) {
        ost_result result = read_role(a, h, at, &role);
        if (result != OST_OK || a->status != 0)
            return result;
        these[count++] = role.name;
    }
    if (count == 0)
        return admin_answer_done(a);
    ost_result result = edit(names, these, count, a->arena, &names);
    return result == OST_OK ? store_names(a, h, names) : result;
}

ost_result admin_map_roles(admin_call *a)
{
    holder h;
    bool found;
    ost_result result = holder_find(a, &h, &found);
    return result == OST_OK && found ? change_names(a, &h, document_add_texts) : result;
}

/* A request without a body takes all of them. */
static ost_result unmap_all(admin_call *a, const holder *h)
{
    role_part role;
    ost_text name;
    const ost_json *none;
    bool may = true;
    ost_result result = OST_OK;
    for (const ost_json *at = ost_json_first(names_of(h, h->client));
         at != NULL && may && result == OST_OK; at = ost_json_next(at)) {
        if (ost_json_text(at, &name) &&
            role_part_named(a->realm.realm, h->client, name, h->finder, &role))
            result = admin_may_grant(a, &role, &may);
    }
    if (result == OST_OK)
        result = ost_json_read(OST_TEXT("[]"), NULL, a->arena, &none, NULL);
    if (result != OST_OK)
        return result;
    return may ? store_names(a, h, none) : admin_forbid(a);
}

ost_result admin_unmap_roles(admin_call *a)
{
    holder h;
    bool found;
    ost_result result = holder_find(a, &h, &found);
    if (result != OST_OK || !found)
        return result;
    return a->body == NULL ? unmap_all(a, &h) : change_names(a, &h, document_remove_texts);
}
