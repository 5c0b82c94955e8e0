/* SPDX-License-Identifier: Apache-2.0 */
/* Which client scopes come by themselves and which on demand: of a client, and of clients that the
 * realm is yet to get. */
#include "base/json/json_list.h"
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/realm/document_limit.h"

/* Two lists of names in one object; a scope stands in one of them. */
typedef struct name_lists {
    const ost_json *object;
    const char *defaults, *optionals;
} name_lists;

static name_lists of_realm(const admin_call *a)
{
    return (name_lists){a->realm.realm->document, "defaultDefaultClientScopes",
                        "defaultOptionalClientScopes"};
}

static name_lists of_client(const admin_owner *owner)
{
    return (name_lists){owner->document, "defaultClientScopes", "optionalClientScopes"};
}

static ost_result answer_list(admin_call *a, const ost_json *names, bool protocol)
{
    const ost_json *scopes = ost_json_get(a->realm.realm->document, "clientScopes");
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(names); at != NULL; at = ost_json_next(at)) {
        ost_text name = {0};
        const ost_json *scope =
            ost_json_text(at, &name) ? json_list_find(scopes, "name", name) : NULL;
        if (scope == NULL)
            continue;
        ost_json_open_object(w);
        ost_json_member_text(w, "id", part_text(scope, "id"));
        ost_json_member_text(w, "name", name);
        if (protocol && ost_json_get(scope, "protocol") != NULL)
            ost_json_member_text(w, "protocol", part_text(scope, "protocol"));
        ost_json_close_object(w);
    }
    ost_json_close_array(w);
    return admin_answer(a, w);
}

/* The object with the scope in one list more. */
static ost_result scope_add(admin_call *a, const name_lists *lists, bool optional, ost_text name,
                            const ost_json **ret_object)
{
    const char *member = optional ? lists->optionals : lists->defaults;
    const ost_json *list;
    ost_result result =
        document_add_text(ost_json_get(lists->object, member), name, a->arena, &list);
    return result == OST_OK
               ? document_put(lists->object, text_of(member), list, a->arena, ret_object)
               : result;
}

static ost_result take_out(admin_call *a, const char *member, ost_text name,
                           const ost_json **object)
{
    const ost_json *list = ost_json_get(*object, member);
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (!ost_json_equals(at, name))
            continue;
        ost_result result = document_replace(list, at, NULL, a->arena, &list);
        return result == OST_OK ? document_put(*object, text_of(member), list, a->arena, object)
                                : result;
    }
    return OST_OK;
}

/* ---- of the realm ---- */

ost_result admin_list_realm_defaults(admin_call *a)
{
    name_lists lists = of_realm(a);
    return answer_list(a, ost_json_get(lists.object, lists.defaults), true);
}

ost_result admin_list_realm_optionals(admin_call *a)
{
    name_lists lists = of_realm(a);
    return answer_list(a, ost_json_get(lists.object, lists.optionals), true);
}

static ost_result add_to_realm(admin_call *a, bool optional)
{
    name_lists lists = of_realm(a);
    const ost_json *scope = admin_scope_find(a, a->values[1], "Client scope not found"), *document;
    ost_text name = part_text(scope, "name");
    if (scope == NULL)
        return OST_OK;
    if (json_list_has(ost_json_get(lists.object, lists.defaults), name) ||
        json_list_has(ost_json_get(lists.object, lists.optionals), name))
        return admin_refuse(a, 409, "error", "unknown_error");
    ost_result result = scope_add(a, &lists, optional, name, &document);
    if (result == OST_OK)
        result = admin_store(a, document);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}

ost_result admin_add_realm_default(admin_call *a)
{
    return add_to_realm(a, false);
}

ost_result admin_add_realm_optional(admin_call *a)
{
    return add_to_realm(a, true);
}

ost_result admin_remove_realm_scope(admin_call *a)
{
    name_lists lists = of_realm(a);
    const ost_json *scope = admin_scope_find(a, a->values[1], "Client scope not found");
    const ost_json *document = lists.object;
    if (scope == NULL)
        return OST_OK;
    ost_result result = take_out(a, lists.defaults, part_text(scope, "name"), &document);
    if (result == OST_OK)
        result = take_out(a, lists.optionals, part_text(scope, "name"), &document);
    if (result == OST_OK && document != lists.object)
        result = admin_store(a, document);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}

/* ---- of a client ---- */

static ost_result list_of_client(admin_call *a, bool optional)
{
    admin_owner owner;
    if (!admin_owner_find(a, &owner))
        return OST_OK;
    name_lists lists = of_client(&owner);
    return answer_list(a, ost_json_get(lists.object, optional ? lists.optionals : lists.defaults),
                       false);
}

ost_result admin_list_client_defaults(admin_call *a)
{
    return list_of_client(a, false);
}

ost_result admin_list_client_optionals(admin_call *a)
{
    return list_of_client(a, true);
}

/* A scope that the client has in either list stays where it is. */
static ost_result add_to_client(admin_call *a, bool optional)
{
    admin_owner owner;
    const ost_json *document;
    if (!admin_owner_find(a, &owner))
        return OST_OK;
    const ost_json *scope = admin_scope_find(a, a->values[2], "Client scope not found");
    if (scope == NULL)
        return OST_OK;
    name_lists lists = of_client(&owner);
    ost_text name = part_text(scope, "name");
    if (json_list_has(ost_json_get(lists.object, lists.defaults), name) ||
        json_list_has(ost_json_get(lists.object, lists.optionals), name))
        return admin_answer_done(a);
    ost_result result = scope_add(a, &lists, optional, name, &document);
    if (result == OST_OK)
        result = admin_owner_store(a, &owner, document);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}

ost_result admin_add_client_default(admin_call *a)
{
    return add_to_client(a, false);
}

ost_result admin_add_client_optional(admin_call *a)
{
    return add_to_client(a, true);
}

ost_result admin_remove_client_scope(admin_call *a)
{
    admin_owner owner;
    if (!admin_owner_find(a, &owner))
        return OST_OK;
    const ost_json *scope = admin_scope_find(a, a->values[2], "Client scope not found");
    const ost_json *document = owner.document;
    if (scope == NULL)
        return OST_OK;
    name_lists lists = of_client(&owner);
    ost_result result = take_out(a, lists.defaults, part_text(scope, "name"), &document);
    if (result == OST_OK)
        result = take_out(a, lists.optionals, part_text(scope, "name"), &document);
    if (result == OST_OK && document != owner.document)
        result = admin_owner_store(a, &owner, document);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}
