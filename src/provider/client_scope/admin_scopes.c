/* SPDX-License-Identifier: Apache-2.0 */
/* Client scopes of the admin REST API. */
#include "base/json/json_list.h"
#include "base/percent.h"
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/client_scope/scope_name.h"
#include "provider/member/member.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/uuid.h"

static const ost_json *scopes_of(const admin_call *a)
{
    return ost_json_get(a->realm.realm->document, "clientScopes");
}

/* ---- reading ---- */

static void put_member(ost_json_writer *w, const ost_json *object, const char *name)
{
    const ost_json *value = ost_json_get(object, name);
    if (value != NULL)
        ost_json_member_value(w, name, value);
}

static void put_scope(const admin_call *a, ost_json_writer *w, const ost_json *scope)
{
    const ost_json *mappers = ost_json_get(scope, "protocolMappers");
    ost_text id = part_text(scope, "id");
    ost_json_open_object(w);
    ost_json_member_text(w, "id", id);
    put_member(w, scope, "name");
    put_member(w, scope, "description");
    put_member(w, scope, "protocol");
    if (ost_json_get(scope, "attributes") != NULL) {
        put_member(w, scope, "attributes");
    } else {
        ost_json_put_name(w, OST_TEXT("attributes"));
        ost_json_open_object(w);
        ost_json_close_object(w);
    }
    if (ost_json_count(mappers) > 0) {
        ost_json_put_name(w, OST_TEXT("protocolMappers"));
        ost_json_open_array(w);
        for (const ost_json *at = ost_json_first(mappers); at != NULL; at = ost_json_next(at))
            admin_put_mapper(a, w, id, at);
        ost_json_close_array(w);
    }
    ost_json_close_object(w);
}

ost_result admin_list_scopes(admin_call *a)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(scopes_of(a)); at != NULL; at = ost_json_next(at))
        put_scope(a, w, at);
    ost_json_close_array(w);
    return admin_answer(a, w);
}

ost_result admin_read_scope(admin_call *a)
{
    const ost_json *scope = admin_scope_find(a, a->values[1], "Could not find client scope");
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    if (scope == NULL)
        return OST_OK;
    put_scope(a, w, scope);
    return admin_answer(a, w);
}

/* ---- changing ---- */

/* A scope-token (RFC 6749 §3.3), and no other scope's; refuses and returns false. */
static bool check_name(admin_call *a, const ost_json *document, const ost_json *own)
{
    ost_text name = part_text(document, "name");
    bool good = name.len > 0 && name.len <= 255;
    for (size_t i = 0; i < name.len; i++)
        good = good && name.data[i] > 0x20 && name.data[i] < 0x7f && name.data[i] != '"' &&
               name.data[i] != '\\';
    const ost_json *other = json_list_find(scopes_of(a), "name", name);
    const char *why = NULL;
    if (!good)
        why = ost_arena_format(a->arena, "Unexpected name \"%.*s\" for ClientScope", (int)name.len,
                               name.len > 0 ? name.data : "");
    else if (other != NULL && other != own)
        why = ost_arena_format(a->arena, "Client Scope %.*s already exists", (int)name.len,
                               name.data);
    else
        return true;
    admin_refuse(a, good ? 409 : 400, "errorMessage", why != NULL ? why : "name");
    return false;
}

/* Attributes are changed one by one; mappers have operations of their own once the scope is there.
 */
static ost_result merge(admin_call *a, bool made, const ost_json **document)
{
    static const char *const taken[] = {"name", "description", "protocol", NULL};
    const ost_json *attributes = ost_json_get(*document, "attributes"), *value;
    ost_result result = OST_OK;
    for (size_t i = 0; taken[i] != NULL && result == OST_OK; i++) {
        value = ost_json_get(a->body, taken[i]);
        if (value != NULL && !ost_json_is(value, OST_JSON_NULL))
            result = document_put(*document, text_of(taken[i]), value, a->arena, document);
    }
    value = ost_json_get(a->body, "attributes");
    for (const ost_json *at = ost_json_first(value); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        bool gone = ost_json_is(at, OST_JSON_NULL);
        result =
            document_put(attributes, ost_json_name(at), gone ? NULL : at, a->arena, &attributes);
    }
    if (result == OST_OK && attributes != NULL)
        result = document_put(*document, OST_TEXT("attributes"), attributes, a->arena, document);
    value = ost_json_get(a->body, "protocolMappers");
    if (result == OST_OK && made && value != NULL && !ost_json_is(value, OST_JSON_NULL))
        result = document_put(*document, OST_TEXT("protocolMappers"), value, a->arena, document);
    return result;
}

ost_result admin_create_scope(admin_call *a)
{
    const ost_json *document, *list;
    if (!admin_body_of(a, &member_client_scope))
        return OST_OK;
    ost_text id = uuid_text(a->call->provider->context, a->arena);
    if (id.data == NULL)
        return OST_E_MEMORY;
    ost_result result = document_put_text(NULL, "id", id, a->arena, &document);
    if (result == OST_OK)
        result = merge(a, true, &document);
    if (result != OST_OK || !check_name(a, document, NULL))
        return result;
    result = document_append(scopes_of(a), document, a->arena, &list);
    if (result == OST_OK)
        result = admin_store_member(a, "clientScopes", list);
    if (result != OST_OK || a->status != 0)
        return result;
    return admin_answer_created(a,
                                ost_arena_format(a->arena, "/realms/%s/client-scopes/%.*s",
                                                 percent_encode(a->arena, a->realm.row.name).data,
                                                 (int)id.len, id.data));
}

ost_result admin_update_scope(admin_call *a)
{
    const ost_json *scope = admin_scope_find(a, a->values[1], "Could not find client scope");
    const ost_json *document = scope, *list, *whole;
    if (scope == NULL || !admin_body_of(a, &member_client_scope))
        return OST_OK;
    ost_result result = merge(a, false, &document);
    if (result != OST_OK || !check_name(a, document, scope))
        return result;
    result = document_replace(scopes_of(a), scope, document, a->arena, &list);
    if (result == OST_OK)
        result = document_put(a->realm.realm->document, OST_TEXT("clientScopes"), list, a->arena,
                              &whole);
    if (result == OST_OK)
        result = scope_name_replace(whole, part_text(scope, "name"), part_text(document, "name"),
                                    a->arena, &whole);
    if (result == OST_OK)
        result = admin_store(a, whole);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}

ost_result admin_delete_scope(admin_call *a)
{
    const ost_json *scope = admin_scope_find(a, a->values[1], "Could not find client scope");
    const ost_json *list, *whole;
    if (scope == NULL)
        return OST_OK;
    ost_result result = document_replace(scopes_of(a), scope, NULL, a->arena, &list);
    if (result == OST_OK)
        result = document_put(a->realm.realm->document, OST_TEXT("clientScopes"), list, a->arena,
                              &whole);
    if (result == OST_OK)
        result =
            scope_name_replace(whole, part_text(scope, "name"), (ost_text){0}, a->arena, &whole);
    if (result == OST_OK)
        result = admin_store(a, whole);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}
