/* SPDX-License-Identifier: Apache-2.0 */
/* Which roles a client may see, or a client scope lets it see: scope mappings of the admin REST
 * API. */
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/admin/role_part.h"
#include "provider/member/member.h"
#include "provider/realm/document_limit.h"

/* One request: whose mappings, and to the roles of what. */
typedef struct mapping {
    admin_owner owner;
    const realm_client *of; /* NULL: roles of the realm */
    json_finder *finder;
} mapping;

static bool mapping_find(admin_call *a, mapping *ret_mapping)
{
    mapping m = {.finder = json_finder_in(a->arena)};
    if (!admin_owner_find(a, &m.owner))
        return false;
    if (a->values[2].data != NULL) {
        m.of = realm_find_client_by_uuid(a->realm.realm, a->values[2]);
        if (m.of == NULL) {
            admin_refuse(a, 404, "error", "Could not find client");
            return false;
        }
    }
    *ret_mapping = m;
    return true;
}

/* The entries {"client" or "clientScope": …, "roles": […]} for roles of the realm or of a client.
 */
static const ost_json *entries(const admin_call *a, const realm_client *of)
{
    const ost_json *document = a->realm.realm->document;
    return of == NULL ? ost_json_get(document, "scopeMappings")
                      : ost_json_get(ost_json_get(document, "clientScopeMappings"), of->client_id);
}

static bool is_of(const ost_json *entry, const admin_owner *owner)
{
    const char *which = owner->client != NULL ? "client" : "clientScope";
    return ost_json_equals(ost_json_get(entry, which), owner->name);
}

static bool is_mapped(const admin_call *a, const mapping *m, ost_text name)
{
    for (const ost_json *at = ost_json_first(entries(a, m->of)); at != NULL;
         at = ost_json_next(at)) {
        if (is_of(at, &m->owner) && json_finder_has(m->finder, ost_json_get(at, "roles"), name))
            return true;
    }
    return false;
}

/* ---- reading ---- */

typedef bool role_choice(admin_call *a, const mapping *m, ost_text name, const void *what);

static bool direct(admin_call *a, const mapping *m, ost_text name, const void *what)
{
    (void)what;
    return is_mapped(a, m, name);
}

/* A client sees its own roles in any case. */
static bool available(admin_call *a, const mapping *m, ost_text name, const void *what)
{
    (void)what;
    return !is_mapped(a, m, name) && (m->of == NULL || m->of != m->owner.client);
}

static bool seen(admin_call *a, const mapping *m, ost_text name, const void *what)
{
    const realm_roles *roles = what;
    const char *const *names = roles->realm_roles;
    (void)a;
    if (m->of != NULL) {
        size_t i = 0;
        while (i < roles->client_count &&
               !text_is(text_of(roles->clients[i].client_id), m->of->client_id))
            i++;
        if (i == roles->client_count)
            return false;
        names = roles->clients[i].roles;
    }
    for (; *names != NULL; names++) {
        if (text_is(name, *names))
            return true;
    }
    return false;
}

static void put_roles(admin_call *a, const mapping *m, role_choice *choose, const void *what,
                      bool brief, ost_json_writer *w)
{
    const realm *r = a->realm.realm;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(role_part_list(r, m->of)); at != NULL;
         at = ost_json_next(at)) {
        role_part role = {m->of, part_text(at, "name"), at};
        if (choose(a, m, role.name, what))
            role_part_put(text_of(r->id), &role, brief, w);
    }
    ost_json_close_array(w);
}

static ost_result answer_roles(admin_call *a, const mapping *m, role_choice *choose,
                               const void *what, bool brief)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    put_roles(a, m, choose, what, brief, w);
    return admin_answer(a, w);
}

ost_result admin_list_scope_roles(admin_call *a)
{
    mapping m;
    return mapping_find(a, &m) ? answer_roles(a, &m, direct, NULL, true) : OST_OK;
}

ost_result admin_list_available_scope_roles(admin_call *a)
{
    mapping m;
    return mapping_find(a, &m) ? answer_roles(a, &m, available, NULL, true) : OST_OK;
}

static bool always(admin_call *a, const mapping *m, ost_text name, const void *what)
{
    (void)a;
    (void)m;
    (void)name;
    (void)what;
    return true;
}

static void put_names(admin_call *a, const mapping *m, ost_json_writer *w)
{
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(role_part_list(a->realm.realm, m->of)); at != NULL;
         at = ost_json_next(at)) {
        ost_text name = part_text(at, "name");
        if (is_mapped(a, m, name) || (m->of != NULL && m->of == m->owner.client))
            ost_json_put_text(w, name);
    }
    ost_json_close_array(w);
}

/* What somebody would have who had all roles that are mapped: so composites are followed as they
 * are for users. */
static ost_result follow(admin_call *a, const admin_owner *owner, realm_roles *ret_roles)
{
    const realm *r = a->realm.realm;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    const ost_json *user;
    mapping m = {.owner = *owner, .finder = json_finder_in(a->arena)};
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_put_name(w, OST_TEXT("realmRoles"));
    put_names(a, &m, w);
    ost_json_put_name(w, OST_TEXT("clientRoles"));
    ost_json_open_object(w);
    for (size_t i = 0; i < r->client_count; i++) {
        m.of = r->clients[i];
        ost_json_put_name(w, text_of(m.of->client_id));
        put_names(a, &m, w);
    }
    ost_json_close_object(w);
    ost_json_close_object(w);
    ost_result result = json_writer_read(w, NULL, &user, NULL);
    return result == OST_OK ? realm_user_roles(r, user, a->arena, ret_roles) : result;
}

ost_result admin_list_effective_scope_roles(admin_call *a)
{
    mapping m;
    realm_roles roles;
    bool brief = admin_flag(a, "briefRepresentation", true);
    if (!mapping_find(a, &m))
        return OST_OK;
    if (m.owner.client != NULL && m.owner.client->full_scope)
        return answer_roles(a, &m, always, NULL, brief);
    ost_result result = follow(a, &m.owner, &roles);
    return result == OST_OK ? answer_roles(a, &m, seen, &roles, brief) : result;
}

static bool has_any(const admin_call *a, const mapping *m)
{
    for (const ost_json *at = ost_json_first(role_part_list(a->realm.realm, m->of)); at != NULL;
         at = ost_json_next(at)) {
        if (is_mapped(a, m, part_text(at, "name")))
            return true;
    }
    return false;
}

static void put_client(admin_call *a, const mapping *m, ost_json_writer *w)
{
    ost_json_put_name(w, text_of(m->of->client_id));
    ost_json_open_object(w);
    ost_json_member_string(w, "id", m->of->id);
    ost_json_member_string(w, "client", m->of->client_id);
    ost_json_put_name(w, OST_TEXT("mappings"));
    put_roles(a, m, direct, NULL, true, w);
    ost_json_close_object(w);
}

ost_result admin_read_scope_mappings(admin_call *a)
{
    const realm *r = a->realm.realm;
    mapping m;
    bool open = false;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    if (!mapping_find(a, &m))
        return OST_OK;
    ost_json_open_object(w);
    if (has_any(a, &m)) {
        ost_json_put_name(w, OST_TEXT("realmMappings"));
        put_roles(a, &m, direct, NULL, true, w);
    }
    for (size_t i = 0; i < r->client_count; i++) {
        m.of = r->clients[i];
        if (!has_any(a, &m))
            continue;
        if (!open) {
            ost_json_put_name(w, OST_TEXT("clientMappings"));
            ost_json_open_object(w);
        }
        open = true;
        put_client(a, &m, w);
    }
    if (open)
        ost_json_close_object(w);
    ost_json_close_object(w);
    return admin_answer(a, w);
}

/* ---- changing ---- */

/* Every element of the body is a role that there is. */
static bool check(admin_call *a, const mapping *m)
{
    role_part role;
    for (const ost_json *at = ost_json_first(a->body); at != NULL; at = ost_json_next(at)) {
        if (!role_part_find(a->realm.realm, m->of, part_text(at, "id"), m->finder, &role)) {
            admin_refuse(a, 404, "error", "Role not found");
            return false;
        }
    }
    return true;
}

/* All entries of the list anew, the owner's as one. */
static ost_result write_entries(admin_call *a, const mapping *m, bool add,
                                const ost_json **ret_list)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(entries(a, m->of)); at != NULL;
         at = ost_json_next(at)) {
        if (!is_of(at, &m->owner))
            ost_json_put_value(w, at);
    }
    ost_json_open_object(w);
    ost_json_member_text(w, m->owner.client != NULL ? "client" : "clientScope", m->owner.name);
    ost_json_put_name(w, OST_TEXT("roles"));
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(role_part_list(a->realm.realm, m->of)); at != NULL;
         at = ost_json_next(at)) {
        bool named = json_finder_find(m->finder, a->body, "id", part_text(at, "id")) != NULL;
        if (add ? named || is_mapped(a, m, part_text(at, "name"))
                : a->body != NULL && !named && is_mapped(a, m, part_text(at, "name")))
            ost_json_put_text(w, part_text(at, "name"));
    }
    ost_json_close_array(w);
    ost_json_close_object(w);
    ost_json_close_array(w);
    return json_writer_read(w, NULL, ret_list, NULL);
}

static ost_result change(admin_call *a, bool add)
{
    mapping m;
    const ost_json *list,
        *of_clients = ost_json_get(a->realm.realm->document, "clientScopeMappings");
    if (!mapping_find(a, &m) || ((add || a->body != NULL) && !admin_bodies_of(a, &member_role)) ||
        !check(a, &m))
        return OST_OK;
    ost_result result = write_entries(a, &m, add, &list);
    if (result == OST_OK && m.of != NULL)
        result = document_put(of_clients, text_of(m.of->client_id), list, a->arena, &list);
    if (result == OST_OK)
        result =
            admin_store_member(a, m.of != NULL ? "clientScopeMappings" : "scopeMappings", list);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}

ost_result admin_add_scope_roles(admin_call *a)
{
    return change(a, true);
}

ost_result admin_remove_scope_roles(admin_call *a)
{
    return change(a, false);
}
