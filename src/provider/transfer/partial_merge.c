/* SPDX-License-Identifier: Apache-2.0 */
/* What a partial import makes of a realm; see partial_import.h. */
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/file/document_merge.h"
#include "provider/file/master_clients.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/user_row.h"
#include "provider/transfer/partial_import.h"
#include "store/store.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

const partial_kind partial_client = {"CLIENT", "clientId", &member_client},
                   partial_realm_role = {"REALM_ROLE", "name", &member_role},
                   partial_client_role = {"CLIENT_ROLE", "name", &member_role},
                   partial_group = {"GROUP", "name", &member_group},
                   partial_user = {"USER", "username", &member_user},
                   partial_provider = {"IDP", "alias", &member_identity_provider},
                   partial_provider_mapper = {"IDP_MAPPER", "name",
                                              &member_identity_provider_mapper};

static ost_result merge_refuse(partial_import *p, int status, const partial_kind *kind,
                               ost_text name, const char *what)
{
    const char *why = ost_arena_format(p->admin->arena, "%s %.*s %s", kind->type, (int)name.len,
                                       name.len > 0 ? name.data : "", what);
    return why != NULL ? admin_refuse(p->admin, status, "errorMessage", why) : OST_E_MEMORY;
}

/* ---- deciding ---- */

/* What becomes of an object of the body. */
static ost_result decide(partial_import *p, const partial_kind *kind, const ost_json *object,
                         ost_text owner, bool exists, partial_action *ret_action)
{
    ost_text name = part_text(object, kind->name);
    partial_result *made = ost_arena_alloc(p->admin->arena, sizeof *made);
    if (made == NULL)
        return OST_E_MEMORY;
    if (exists && p->policy == PARTIAL_FAIL)
        return merge_refuse(p, 409, kind, name, "already exists");
    *ret_action = !exists                     ? PARTIAL_ADDED
                  : p->policy == PARTIAL_SKIP ? PARTIAL_SKIPPED
                                              : PARTIAL_OVERWRITTEN;
    *made = (partial_result){
        .action = *ret_action, .kind = kind, .owner = owner, .name = name, .object = object};
    *p->end = made;
    p->end = &made->next;
    p->count[*ret_action]++;
    return OST_OK;
}

/* A new object that brings its id must not be taken for another one. */
static bool id_is_taken(partial_import *p, const ost_json *stored, const ost_json *object)
{
    ost_text id = part_text(object, "id");
    return id.len > 0 && json_finder_find(&p->finder, stored, "id", id) != NULL;
}

/* The clients that every realm has are nobody's to import. */
static bool is_built_in(const partial_import *p, const partial_kind *kind, const ost_json *object)
{
    static const char *const names[] = {"account", "account-console",  "admin-cli",
                                        "broker",  "realm-management", "security-admin-console",
                                        NULL};
    ost_text name = part_text(object, kind->name), named = master_client_realm(name);
    bool of_realm = text_is(p->admin->realm.row.name, MASTER_REALM) && named.len > 0 &&
                    master_client_find(p->admin->realm.realm, named) != NULL;
    return kind == &partial_client && (of_realm || text_is_one_of(name, names));
}

static ost_result decide_all(partial_import *p, const partial_kind *kind, const ost_json *stored,
                             const ost_json *list, ost_text owner)
{
    ost_result result = OST_OK;
    partial_action action;
    for (const ost_json *at = ost_json_first(list);
         at != NULL && result == OST_OK && p->admin->status == 0; at = ost_json_next(at)) {
        ost_text name = part_text(at, kind->name);
        bool exists = json_finder_find(&p->finder, stored, kind->name, name) != NULL;
        if (is_built_in(p, kind, at))
            continue;
        if (name.len == 0)
            return merge_refuse(p, 400, kind, name, "without a name");
        if (json_finder_find(&p->finder, list, kind->name, name) != at)
            return merge_refuse(p, 400, kind, name, "is there twice");
        if (!exists && id_is_taken(p, stored, at))
            return merge_refuse(p, 409, kind, name, "has the id of another one");
        result = decide(p, kind, at, owner, exists, &action);
    }
    return result;
}

/* ---- lists of the realm's document ---- */

/* The stored object stays who it is. */
static ost_result put_over(const partial_import *p, const partial_kind *kind,
                           const ost_json *stored, const ost_json *object, ost_json_writer *w)
{
    const ost_json *merged = object;
    ost_result result = document_put(object, OST_TEXT("id"), NULL, p->admin->arena, &merged);
    if (result == OST_OK)
        result =
            document_merge(stored, merged, kind->kind, MERGE_REPLACE, p->admin->arena, &merged);
    if (result == OST_OK)
        ost_json_put_value(w, merged);
    return result;
}

/* Groups get ids of their own, however deep they are: the reader has bounded that. */
static void put_group(ost_json_writer *w, const ost_json *group)
{
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(group); at != NULL; at = ost_json_next(at)) {
        if (text_is(ost_json_name(at), "id") || text_is(ost_json_name(at), "path"))
            continue;
        ost_json_put_name(w, ost_json_name(at));
        if (!text_is(ost_json_name(at), "subGroups")) {
            ost_json_put_value(w, at);
            continue;
        }
        ost_json_open_array(w);
        for (const ost_json *below = ost_json_first(at); below != NULL;
             below = ost_json_next(below))
            put_group(w, below);
        ost_json_close_array(w);
    }
    ost_json_close_object(w);
}

static ost_result merge_list(partial_import *p, const partial_kind *kind, const ost_json *stored,
                             const ost_json *list, ost_text owner, const ost_json **ret_list)
{
    ost_json_writer *w = ost_json_writer_new(p->admin->arena, DOCUMENT_MAX);
    ost_result result = w != NULL ? decide_all(p, kind, stored, list, owner) : OST_E_MEMORY;
    if (result != OST_OK || p->admin->status != 0)
        return result;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(stored); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        const ost_json *over =
            json_finder_find(&p->finder, list, kind->name, part_text(at, kind->name));
        if (over != NULL && p->policy == PARTIAL_OVERWRITE && !is_built_in(p, kind, over))
            result = put_over(p, kind, at, over, w);
        else
            ost_json_put_value(w, at);
    }
    for (const ost_json *at = ost_json_first(list); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        if (json_finder_find(&p->finder, stored, kind->name, part_text(at, kind->name)) != NULL ||
            is_built_in(p, kind, at))
            continue;
        if (kind == &partial_group)
            put_group(w, at);
        else
            ost_json_put_value(w, at);
    }
    ost_json_close_array(w);
    return result == OST_OK ? json_writer_read(w, &document_limits, ret_list, NULL) : result;
}

/* A list that is a member of the document and of the body. */
static ost_result merge_member(partial_import *p, const partial_kind *kind, const char *name)
{
    const ost_json *list = ost_json_get(p->body, name), *merged;
    if (ost_json_count(list) == 0 || p->admin->status != 0)
        return OST_OK;
    ost_result result =
        merge_list(p, kind, ost_json_get(p->document, name), list, (ost_text){0}, &merged);
    if (result != OST_OK || p->admin->status != 0)
        return result;
    return document_put(p->document, text_of(name), merged, p->admin->arena, &p->document);
}

/* ---- roles ---- */

static ost_result merge_client_roles(partial_import *p, const ost_json *given,
                                     const ost_json **roles)
{
    const ost_json *of_clients = ost_json_get(*roles, "client"), *merged;
    ost_result result = OST_OK;
    for (const ost_json *at = ost_json_first(given); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        ost_text client = ost_json_name(at);
        if (json_finder_find(&p->finder, ost_json_get(p->document, "clients"), "clientId",
                             client) == NULL)
            return merge_refuse(p, 400, &partial_client, client, "does not exist");
        result = merge_list(p, &partial_client_role, ost_json_get_text(of_clients, client), at,
                            client, &merged);
        if (result == OST_OK && p->admin->status != 0)
            return OST_OK;
        if (result == OST_OK)
            result = document_put(of_clients, client, merged, p->admin->arena, &of_clients);
    }
    return result == OST_OK && of_clients != NULL
               ? document_put(*roles, OST_TEXT("client"), of_clients, p->admin->arena, roles)
               : result;
}

static ost_result merge_roles(partial_import *p)
{
    const ost_json *given = ost_json_get(p->body, "roles"), *merged;
    const ost_json *roles = ost_json_get(p->document, "roles");
    if (given == NULL || p->admin->status != 0)
        return OST_OK;
    ost_result result = merge_client_roles(p, ost_json_get(given, "client"), &roles);
    if (result == OST_OK && p->admin->status == 0)
        result = merge_list(p, &partial_realm_role, ost_json_get(roles, "realm"),
                            ost_json_get(given, "realm"), (ost_text){0}, &merged);
    if (result != OST_OK || p->admin->status != 0)
        return result;
    result = document_put(roles, OST_TEXT("realm"), merged, p->admin->arena, &roles);
    return result == OST_OK
               ? document_put(p->document, OST_TEXT("roles"), roles, p->admin->arena, &p->document)
               : result;
}

/* ---- users ---- */

/* Whether somebody of the name or the address is there, or (a new one) of the id. */
static ost_result find_user(partial_import *p, const ost_json *user, bool *ret_exists)
{
    admin_call *a = p->admin;
    store_user found;
    ost_text name = part_text(user, "username"), email = part_text(user, "email"),
             id = part_text(user, "id");
    ost_result result =
        store_user_find(a->realm.store, a->realm.row.name, name, false, a->arena, &found);
    *ret_exists = result == OST_OK;
    if (result != OST_E_NOT_FOUND)
        return result;
    if (id.len > 0)
        result = store_user_get(a->realm.store, a->realm.row.name, id, a->arena, &found);
    if (result == OST_OK)
        return merge_refuse(p, 409, &partial_user, name, "has the id of another one");
    if (result == OST_E_NOT_FOUND && email.len > 0 && !a->realm.realm->duplicate_emails)
        result = store_user_find(a->realm.store, a->realm.row.name, email, true, a->arena, &found);
    if (result == OST_OK && p->policy == PARTIAL_OVERWRITE)
        return merge_refuse(p, 409, &partial_user, name, "has the address of another one");
    *ret_exists = result == OST_OK;
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

static ost_result merge_user(partial_import *p, const ost_json *user, ost_json_writer *w)
{
    partial_action action;
    bool exists;
    ost_text name = part_text(user, "username");
    if (name.len == 0)
        return merge_refuse(p, 400, &partial_user, name, "without a name");
    ost_result result = find_user(p, user, &exists);
    if (result == OST_OK && p->admin->status == 0)
        result = decide(p, &partial_user, user, (ost_text){0}, exists, &action);
    if (result != OST_OK || p->admin->status != 0 || action == PARTIAL_SKIPPED)
        return result;
    if (exists)
        result = document_put(user, OST_TEXT("id"), NULL, p->admin->arena, &user);
    if (result == OST_OK)
        ost_json_put_value(w, user);
    return result;
}

static ost_result merge_users(partial_import *p)
{
    ost_json_writer *w = ost_json_writer_new(p->admin->arena, DOCUMENT_MAX);
    ost_result result = w != NULL ? OST_OK : OST_E_MEMORY;
    if (w != NULL)
        ost_json_open_array(w);
    store_hold(p->admin->realm.store);
    for (const ost_json *at = ost_json_first(ost_json_get(p->body, "users"));
         at != NULL && result == OST_OK && p->admin->status == 0; at = ost_json_next(at))
        result = merge_user(p, at, w);
    store_release(p->admin->realm.store);
    if (result != OST_OK || p->admin->status != 0)
        return result;
    ost_json_close_array(w);
    return json_writer_read(w, &document_limits, &p->users, NULL);
}

ost_result partial_merge(partial_import *p)
{
    p->document = p->admin->realm.realm->document;
    p->end = &p->first;
    ost_result result = merge_member(p, &partial_client, "clients");
    if (result == OST_OK)
        result = merge_roles(p);
    if (result == OST_OK)
        result = merge_member(p, &partial_provider, "identityProviders");
    if (result == OST_OK)
        result = merge_member(p, &partial_provider_mapper, "identityProviderMappers");
    if (result == OST_OK)
        result = merge_member(p, &partial_group, "groups");
    return result == OST_OK && p->admin->status == 0 ? merge_users(p) : result;
}
