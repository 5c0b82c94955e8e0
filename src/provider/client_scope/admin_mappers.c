/* SPDX-License-Identifier: Apache-2.0 */
/* Protocol mappers of clients and client scopes in the admin REST API. */
#include "base/json/json_list.h"
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/member/member.h"
#include "provider/proof/mapper_type.h"
#include "provider/proof/pairwise_subject.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/uuid.h"

static const ost_json *mappers_of(const admin_owner *owner)
{
    return ost_json_get(owner->document, "protocolMappers");
}

static bool mapper_find(admin_call *a, admin_owner *ret_owner, const ost_json **ret_mapper)
{
    if (!admin_owner_find(a, ret_owner))
        return false;
    *ret_mapper = part_with_id(ret_owner->id, mappers_of(ret_owner), a->values[2], a->arena);
    if (*ret_mapper == NULL)
        admin_refuse(a, 404, "error", "Model not found");
    return *ret_mapper != NULL;
}

static ost_result store_mappers(admin_call *a, const admin_owner *owner, const ost_json *mappers)
{
    const ost_json *document;
    ost_result result =
        document_put(owner->document, OST_TEXT("protocolMappers"), mappers, a->arena, &document);
    return result == OST_OK ? admin_owner_store(a, owner, document) : result;
}

/* ---- reading ---- */

/* Those of one protocol; empty: all. */
static ost_result list(admin_call *a, ost_text protocol)
{
    admin_owner owner;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    if (!admin_owner_find(a, &owner))
        return OST_OK;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(mappers_of(&owner)); at != NULL;
         at = ost_json_next(at)) {
        if (protocol.len == 0 || ost_json_equals(ost_json_get(at, "protocol"), protocol))
            admin_put_mapper(a, w, owner.id, at);
    }
    ost_json_close_array(w);
    return admin_answer(a, w);
}

ost_result admin_list_mappers(admin_call *a)
{
    return list(a, (ost_text){0});
}

ost_result admin_list_mappers_of_protocol(admin_call *a)
{
    return list(a, a->values[2]);
}

ost_result admin_read_mapper(admin_call *a)
{
    admin_owner owner;
    const ost_json *mapper;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    if (!mapper_find(a, &owner, &mapper))
        return OST_OK;
    admin_put_mapper(a, w, owner.id, mapper);
    return admin_answer(a, w);
}

/* ---- changing ---- */

static bool refuse_member(admin_call *a, ost_text name)
{
    const char *why = ost_arena_format(a->arena, "Unrecognized field \"%.*s\" of a protocol mapper",
                                       (int)name.len, name.data);
    admin_refuse(a, 400, "error", why != NULL ? why : "unknown_error");
    return false;
}

/* Mappers that Keycloak has and that would say nothing here. */
static bool is_idle(ost_text type)
{
    static const char *const idle[] = {"docker-v2-allow-all-mapper", "oidc-amr-mapper",
                                       "oidc-session-state-mapper", NULL};
    for (size_t i = 0; idle[i] != NULL; i++) {
        if (text_is(type, idle[i]))
            return true;
    }
    return text_starts(type, "saml-");
}

static bool check_type(admin_call *a, ost_text type)
{
    const char *name = ost_arena_copy(a->arena, type);
    if (name != NULL && mapper_type_of(name) != MAPPER_UNKNOWN)
        return true;
    if (is_idle(type))
        admin_refuse(a, 501, "error", "Mappers of this type are not carried out");
    else
        admin_refuse(a, 404, "error", "ProtocolMapper provider not found");
    return false;
}

/* A mapper of a body has the members that mappers have, a name and a type that there is; refuses
 * and returns false. */
static bool check(admin_call *a, const ost_json *mapper)
{
    static const char *const known[] = {
        "id",          "name", "protocol", "protocolMapper", "config", "consentRequired",
        "consentText", NULL};
    if (!ost_json_is(mapper, OST_JSON_OBJECT)) {
        admin_refuse(a, 400, "error", "unknown_error");
        return false;
    }
    for (const ost_json *at = ost_json_first(mapper); at != NULL; at = ost_json_next(at)) {
        size_t i = 0;
        while (known[i] != NULL && !text_is(ost_json_name(at), known[i]))
            i++;
        if (known[i] == NULL)
            return refuse_member(a, ost_json_name(at));
    }
    if (!check_type(a, part_text(mapper, "protocolMapper")))
        return false;
    if (part_text(mapper, "name").len == 0) {
        admin_refuse(a, 400, "errorMessage", "A protocol mapper needs a name");
        return false;
    }
    return true;
}

/* The mapper with an id: its own, as long as it is nobody else's, or a new one. */
static ost_result with_id(admin_call *a, const ost_json *mapper, ost_text id,
                          const ost_json **ret_mapper)
{
    if (id.len == 0)
        id = uuid_text(a->call->provider->context, a->arena);
    return id.data != NULL ? document_put_text(mapper, "id", id, a->arena, ret_mapper)
                           : OST_E_MEMORY;
}

/* What is put into access tokens is told by introspection too, unless the mapper says otherwise. */
static ost_result with_introspection(admin_call *a, const ost_json *mapper,
                                     const ost_json **ret_mapper)
{
    static const char name[] = "introspection.token.claim";
    const ost_json *config = ost_json_get(mapper, "config");
    const ost_json *claim = ost_json_get(config, "access.token.claim");
    *ret_mapper = mapper;
    if (claim == NULL || ost_json_get(config, name) != NULL)
        return OST_OK;
    ost_result result = document_put(config, text_of(name), claim, a->arena, &config);
    return result == OST_OK ? document_put(mapper, OST_TEXT("config"), config, a->arena, ret_mapper)
                            : result;
}

/* A pairwise mapper without a salt keeps that of `before` (NULL: it is new), or gets one: with
 * another all of the client's users would be strangers. */
static ost_result with_salt(admin_call *a, const ost_json *mapper, const ost_json *before,
                            const ost_json **ret_mapper)
{
    const ost_json *config = ost_json_get(mapper, "config");
    *ret_mapper = mapper;
    if (!text_is(part_text(mapper, "protocolMapper"), PAIRWISE_MAPPER) ||
        part_text(config, PAIRWISE_SALT).len > 0)
        return OST_OK;
    ost_text salt = part_text(ost_json_get(before, "config"), PAIRWISE_SALT);
    if (salt.len == 0)
        salt = uuid_text(a->call->provider->context, a->arena);
    if (salt.data == NULL)
        return OST_E_MEMORY;
    ost_result result = document_put_text(config, PAIRWISE_SALT, salt, a->arena, &config);
    return result == OST_OK ? document_put(mapper, OST_TEXT("config"), config, a->arena, ret_mapper)
                            : result;
}

static ost_result append(admin_call *a, const ost_json *mapper, const ost_json **mappers,
                         ost_text *ret_id)
{
    ost_result result = with_id(a, mapper, (ost_text){0}, &mapper);
    if (result == OST_OK)
        result = with_introspection(a, mapper, &mapper);
    if (result == OST_OK)
        result = with_salt(a, mapper, NULL, &mapper);
    if (result == OST_OK)
        result = document_append(*mappers, mapper, a->arena, mappers);
    *ret_id = part_text(mapper, "id");
    return result;
}

ost_result admin_create_mapper(admin_call *a)
{
    admin_owner owner;
    ost_text id;
    if (!admin_owner_find(a, &owner) || !admin_body_of(a, &member_mapper) || !check(a, a->body))
        return OST_OK;
    const ost_json *mappers = mappers_of(&owner);
    if (json_list_find(mappers, "name", part_text(a->body, "name")) != NULL)
        return admin_refuse(a, 409, "errorMessage", "Protocol mapper exists with same name");
    ost_result result = append(a, a->body, &mappers, &id);
    if (result == OST_OK)
        result = store_mappers(a, &owner, mappers);
    if (result != OST_OK || a->status != 0)
        return result;
    const char *path = admin_owner_path(a, &owner);
    return path == NULL ? OST_E_MEMORY
                        : admin_answer_created(
                              a, ost_arena_format(a->arena, "%s/protocol-mappers/models/%.*s", path,
                                                  (int)id.len, id.data));
}

/* All of them or none. */
ost_result admin_create_mappers(admin_call *a)
{
    admin_owner owner;
    ost_text id;
    ost_result result = OST_OK;
    if (!admin_owner_find(a, &owner) || !admin_bodies_of(a, &member_mapper))
        return OST_OK;
    const ost_json *mappers = mappers_of(&owner);
    for (const ost_json *at = ost_json_first(a->body); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        if (!check(a, at))
            return OST_OK;
        if (json_list_find(mappers, "name", part_text(at, "name")) != NULL)
            return admin_refuse(a, 409, "error", "unknown_error");
        result = append(a, at, &mappers, &id);
    }
    if (result == OST_OK)
        result = store_mappers(a, &owner, mappers);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}

ost_result admin_update_mapper(admin_call *a)
{
    admin_owner owner;
    const ost_json *mapper, *mappers, *changed;
    if (!mapper_find(a, &owner, &mapper) || !admin_body_of(a, &member_mapper) || !check(a, a->body))
        return OST_OK;
    const ost_json *other = json_list_find(mappers_of(&owner), "name", part_text(a->body, "name"));
    if (other != NULL && other != mapper)
        return admin_refuse(a, 409, "errorMessage", "Protocol mapper exists with same name");
    ost_result result = with_id(a, a->body, a->values[2], &changed);
    if (result == OST_OK)
        result = with_salt(a, changed, mapper, &changed);
    if (result == OST_OK)
        result = document_replace(mappers_of(&owner), mapper, changed, a->arena, &mappers);
    if (result == OST_OK)
        result = store_mappers(a, &owner, mappers);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}

ost_result admin_delete_mapper(admin_call *a)
{
    admin_owner owner;
    const ost_json *mapper, *mappers;
    if (!mapper_find(a, &owner, &mapper))
        return OST_OK;
    ost_result result = document_replace(mappers_of(&owner), mapper, NULL, a->arena, &mappers);
    if (result == OST_OK)
        result = store_mappers(a, &owner, mappers);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}
