/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of a realm's document; see admin_part.h. */
#include "provider/admin/admin_part.h"

#include <stdio.h>

#include "base/json/json_list.h"
#include "base/json/json_writer.h"
#include "base/percent.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/member/masked.h"
#include "provider/member/review.h"
#include "provider/member/unknown_member.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/uuid.h"

bool admin_body_is(admin_call *a, ost_json_type type)
{
    if (ost_json_is(a->body, type))
        return true;
    admin_refuse(a, 400, "error", "unknown_error"); /* Keycloak's word for a body of another type */
    return false;
}

static ost_result body_review(admin_call *a, const member_kind *kind, ost_error *error)
{
    const ost_json *one;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (!ost_json_is(a->body, OST_JSON_ARRAY))
        return review_body(a->body, kind, a->arena, &a->body, error);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(a->body); at != NULL; at = ost_json_next(at)) {
        ost_result result = ost_json_is(at, OST_JSON_OBJECT)
                                ? review_body(at, kind, a->arena, &one, error)
                                : ost_error_set(error, OST_E_FORMAT, "not an object");
        if (result != OST_OK)
            return result;
        ost_json_put_value(w, one);
    }
    ost_json_close_array(w);
    return json_writer_read(w, &document_limits, &a->body, error);
}

bool admin_members_are_known(admin_call *a, const char *words)
{
    if (words != NULL)
        admin_refuse(a, 400, "error", words);
    return words == NULL;
}

bool admin_body_has_only(admin_call *a, const char *representation, const char *names)
{
    return admin_body_is(a, OST_JSON_OBJECT) &&
           admin_members_are_known(a,
                                   unknown_member_beside(a->body, representation, names, a->arena));
}

bool admin_list_has_only(admin_call *a, const ost_json *list, const char *representation,
                         const char *names)
{
    bool known = true;
    for (const ost_json *at = ost_json_first(list); at != NULL && known; at = ost_json_next(at))
        known =
            admin_members_are_known(a, unknown_member_beside(at, representation, names, a->arena));
    return known;
}

static bool body_take(admin_call *a, ost_json_type type, const member_kind *kind)
{
    ost_error error = {0};
    if (!admin_body_is(a, type) ||
        !admin_members_are_known(a, unknown_member_of(a->body, kind, a->arena)))
        return false;
    ost_result result = body_review(a, kind, &error);
    if (result == OST_OK)
        return true;
    if (call_is_busy(result))
        admin_refuse(a, 503, "error", "unknown_error");
    else
        (void)!admin_refuse_result(a, OST_E_FORMAT, &error);
    return false;
}

bool admin_body_of(admin_call *a, const member_kind *kind)
{
    return body_take(a, OST_JSON_OBJECT, kind);
}

bool admin_bodies_of(admin_call *a, const member_kind *kind)
{
    return body_take(a, OST_JSON_ARRAY, kind);
}

ost_result admin_store(admin_call *a, const ost_json *document)
{
    ost_error error = {0};
    ost_result result = realm_admin_store(&a->realm, document, &error);
    if (result != OST_OK)
        return admin_refuse_result(a, result, &error);
    a->changed = true;
    return OST_OK;
}

ost_result admin_store_member(admin_call *a, const char *name, const ost_json *value)
{
    const ost_json *document;
    const json_share_member change = {text_of(name), value};
    ost_result result =
        document_put_members(a->realm.realm->document, &change, 1, a->arena, &document);
    return result == OST_OK ? admin_store(a, document) : result;
}

ost_text part_text(const ost_json *object, const char *which)
{
    ost_text text = {0};
    (void)!ost_json_text(ost_json_get(object, which), &text);
    return text;
}

ost_text part_id_or(ost_text owner, ost_text own, ost_text name, ost_arena *arena)
{
    return own.len > 0 ? own : uuid_of_name(owner, name, arena);
}

ost_text part_id(ost_text owner, const ost_json *part, ost_arena *arena)
{
    return part_id_or(owner, part_text(part, "id"), part_text(part, "name"), arena);
}

const ost_json *part_with_id(ost_text owner, const ost_json *list, ost_text id, ost_arena *arena)
{
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (text_equal(part_id(owner, at, arena), id))
            return at;
    }
    return NULL;
}

/* ---- clients and client scopes ---- */

const ost_json *admin_scope_find(admin_call *a, ost_text id, const char *sentence)
{
    const ost_json *list = ost_json_get(a->realm.realm->document, "clientScopes");
    const ost_json *scope = json_list_find(list, "id", id);
    if (scope == NULL)
        admin_refuse(a, 404, "error", sentence);
    return scope;
}

bool admin_owner_find(admin_call *a, admin_owner *ret_owner)
{
    admin_owner owner = {.id = a->values[1]};
    if (text_starts(text_of(a->route->path), "/realms/{realm}/client-scopes/")) {
        owner.document = admin_scope_find(a, owner.id, "Could not find client scope");
        owner.name = part_text(owner.document, "name");
    } else if ((owner.client = realm_find_client_by_uuid(a->realm.realm, owner.id)) != NULL) {
        owner.document = owner.client->document;
        owner.name = text_of(owner.client->client_id);
    } else {
        admin_refuse(a, 404, "error", "Could not find client");
    }
    if (owner.document == NULL)
        return false;
    *ret_owner = owner;
    return true;
}

const char *admin_owner_path(admin_call *a, const admin_owner *owner)
{
    return ost_arena_format(
        a->arena, "/realms/%s/%s/%.*s", percent_encode(a->arena, a->realm.row.name).data,
        owner->client != NULL ? "clients" : "client-scopes", (int)owner->id.len, owner->id.data);
}

static ost_result store_scope(admin_call *a, const ost_json *old, const ost_json *scope)
{
    const ost_json *list;
    ost_result result = document_replace(ost_json_get(a->realm.realm->document, "clientScopes"),
                                         old, scope, a->arena, &list);
    return result == OST_OK ? admin_store_member(a, "clientScopes", list) : result;
}

ost_result admin_owner_store(admin_call *a, const admin_owner *owner, const ost_json *document)
{
    ost_error error = {0};
    if (owner->client == NULL)
        return store_scope(a, owner->document, document);
    ost_result result = realm_admin_store_client(&a->realm, owner->client, document, &error);
    if (result != OST_OK)
        return admin_refuse_result(a, result, &error);
    a->changed = true;
    return OST_OK;
}

static bool says_nothing(const ost_json *value)
{
    return ost_json_is(value, OST_JSON_NULL) || ost_json_equals(value, OST_TEXT("")) ||
           (ost_json_is(value, OST_JSON_ARRAY) && ost_json_first(value) == NULL);
}

void admin_put_settings(ost_json_writer *w, const char *name, const ost_json *object,
                        bool (*is_secret)(ost_text name))
{
    const ost_json *first = ost_json_is(object, OST_JSON_OBJECT) ? ost_json_first(object) : NULL;
    ost_json_put_name(w, text_of(name));
    ost_json_open_object(w);
    for (const ost_json *at = first; at != NULL; at = ost_json_next(at)) {
        if (says_nothing(at))
            continue;
        ost_json_put_name(w, ost_json_name(at));
        if (is_secret != NULL && is_secret(ost_json_name(at)))
            ost_json_put_text(w, OST_TEXT(MASK));
        else
            ost_json_put_value(w, at);
    }
    ost_json_close_object(w);
}

void admin_put_mapper(const admin_call *a, ost_json_writer *w, ost_text owner,
                      const ost_json *mapper)
{
    bool consent = false;
    if (!ost_json_boolean(ost_json_get(mapper, "consentRequired"), &consent))
        consent = false;
    ost_json_open_object(w);
    ost_json_member_text(w, "id", part_id(owner, mapper, a->arena));
    ost_json_member_text(w, "name", part_text(mapper, "name"));
    ost_json_member_text(w, "protocol", part_text(mapper, "protocol"));
    ost_json_member_text(w, "protocolMapper", part_text(mapper, "protocolMapper"));
    ost_json_member_boolean(w, "consentRequired", consent);
    admin_put_settings(w, "config", ost_json_get(mapper, "config"), NULL);
    ost_json_close_object(w);
}
