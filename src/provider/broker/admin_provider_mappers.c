/* SPDX-License-Identifier: Apache-2.0 */
/* Mappers of identity providers in the admin REST API: kept, as the providers are. */
#include "base/percent.h"
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/broker/identity_provider.h"
#include "provider/member/member.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/uuid.h"

static const ost_json *all_mappers(const admin_call *a)
{
    return ost_json_get(a->realm.realm->document, PROVIDER_MAPPERS);
}

static bool is_of_path(const admin_call *a, const ost_json *mapper)
{
    return ost_json_equals(ost_json_get(mapper, "identityProviderAlias"), a->values[1]);
}

static ost_text id_of(const admin_call *a, const ost_json *mapper)
{
    return part_id(a->values[1], mapper, a->arena);
}

ost_result identity_provider_without_mappers(admin_call *a, const ost_json **ret_mappers)
{
    const ost_json *list = all_mappers(a), *left = NULL;
    ost_result result = OST_OK;
    for (const ost_json *at = ost_json_first(list); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        if (!is_of_path(a, at))
            result = document_append(left, at, a->arena, &left);
    }
    *ret_mappers = left;
    return result;
}

static void put_mapper(const admin_call *a, ost_json_writer *w, const ost_json *mapper)
{
    const ost_json *config = ost_json_get(mapper, "config");
    ost_json_open_object(w);
    ost_json_member_text(w, "id", id_of(a, mapper));
    ost_json_member_text(w, "name", part_text(mapper, "name"));
    ost_json_member_text(w, "identityProviderAlias", a->values[1]);
    ost_json_member_text(w, "identityProviderMapper", part_text(mapper, "identityProviderMapper"));
    if (ost_json_is(config, OST_JSON_OBJECT))
        admin_put_settings(w, "config", config, NULL);
    ost_json_close_object(w);
}

static const ost_json *provider_find(admin_call *a)
{
    if (identity_provider_find(a, a->values[1]) == NULL)
        return NULL;
    for (const ost_json *at = ost_json_first(all_mappers(a)); at != NULL; at = ost_json_next(at)) {
        if (is_of_path(a, at) && text_equal(id_of(a, at), a->values[2]))
            return at;
    }
    admin_refuse(a, 404, "error", "Model not found");
    return NULL;
}

ost_result admin_list_provider_mappers(admin_call *a)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    if (identity_provider_find(a, a->values[1]) == NULL)
        return OST_OK;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(all_mappers(a)); at != NULL; at = ost_json_next(at)) {
        if (is_of_path(a, at))
            put_mapper(a, w, at);
    }
    ost_json_close_array(w);
    return admin_answer(a, w);
}

ost_result admin_read_provider_mapper(admin_call *a)
{
    const ost_json *mapper = provider_find(a);
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    if (mapper == NULL)
        return OST_OK;
    put_mapper(a, w, mapper);
    return admin_answer(a, w);
}

/* ---- changing ---- */

/* The body as a mapper of the provider that the path names. */
static ost_result complete(admin_call *a, ost_text id, const ost_json **ret_mapper)
{
    ost_result result = document_put_text(a->body, "id", id, a->arena, ret_mapper);
    return result == OST_OK ? document_put_text(*ret_mapper, "identityProviderAlias", a->values[1],
                                                a->arena, ret_mapper)
                            : result;
}

/* Names are the provider's own: `self` may keep its one. */
static bool check(admin_call *a, const ost_json *idp, const ost_json *self)
{
    ost_text kind = part_text(idp, "providerId");
    if (!admin_body_of(a, &member_identity_provider_mapper))
        return false;
    ost_text name = part_text(a->body, "name");
    const ost_json *config = ost_json_get(a->body, "config");
    if (name.len == 0 || part_text(a->body, "identityProviderMapper").len == 0) {
        admin_refuse(a, 400, "errorMessage", "'name' or 'identityProviderMapper' is missing");
        return false;
    }
    if (config != NULL && !ost_json_is(config, OST_JSON_OBJECT) &&
        !ost_json_is(config, OST_JSON_NULL)) {
        admin_refuse(a, 400, "errorMessage", "'config' is no object");
        return false;
    }
    for (const ost_json *at = ost_json_first(all_mappers(a)); at != NULL; at = ost_json_next(at)) {
        if (at == self || !is_of_path(a, at) || !text_equal(part_text(at, "name"), name))
            continue;
        const char *why =
            ost_arena_format(a->arena, "Failed to add mapper '%.*s' to identity provider [%.*s].",
                             (int)name.len, name.data, (int)kind.len, kind.data);
        admin_refuse(a, 400, "errorMessage", why != NULL ? why : "conflict");
        return false;
    }
    return true;
}

ost_result admin_create_provider_mapper(admin_call *a)
{
    const ost_json *mapper, *list = all_mappers(a);
    const ost_json *idp = identity_provider_find(a, a->values[1]);
    if (idp == NULL || !check(a, idp, NULL))
        return OST_OK;
    ost_text id = uuid_text(a->call->provider->context, a->arena);
    ost_result result = id.data != NULL ? complete(a, id, &mapper) : OST_E_MEMORY;
    if (result == OST_OK)
        result = document_append(list, mapper, a->arena, &list);
    if (result == OST_OK)
        result = admin_store_member(a, PROVIDER_MAPPERS, list);
    if (result != OST_OK || a->status != 0)
        return result;
    return admin_answer_created(
        a, ost_arena_format(a->arena, "/realms/%s/identity-provider/instances/%s/mappers/%.*s",
                            percent_encode(a->arena, a->realm.row.name).data,
                            percent_encode(a->arena, a->values[1]).data, (int)id.len, id.data));
}

/* `changed` NULL: deletes it. */
static ost_result replace(admin_call *a, const ost_json *mapper, const ost_json *changed)
{
    const ost_json *list;
    ost_result result = document_replace(all_mappers(a), mapper, changed, a->arena, &list);
    if (result == OST_OK)
        result = admin_store_member(a, PROVIDER_MAPPERS, list);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}

ost_result admin_update_provider_mapper(admin_call *a)
{
    const ost_json *mapper = provider_find(a), *changed;
    if (mapper == NULL || !check(a, identity_provider_find(a, a->values[1]), mapper))
        return OST_OK;
    ost_result result = complete(a, id_of(a, mapper), &changed);
    return result == OST_OK ? replace(a, mapper, changed) : result;
}

ost_result admin_delete_provider_mapper(admin_call *a)
{
    const ost_json *mapper = provider_find(a);
    return mapper != NULL ? replace(a, mapper, NULL) : OST_OK;
}
