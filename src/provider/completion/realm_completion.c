/* SPDX-License-Identifier: Apache-2.0 */
/* A realm completed: its document as a whole, and one client of it; see realm_document.h. */
#include "provider/completion/realm_document.h"

#include "base/error_sentence.h"
#include "base/json/json_list.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/completion/completion.h"
#include "provider/key/key_component.h"
#include "provider/member/name_signs.h"
#include "provider/member/old_layout.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/realm_defaults.h"
#include "provider/realm/role.h"
#include "provider/realm/uuid.h"

/* Keys live apart, in the store. */
static void put_key_components(completion *c, const ost_json *list)
{
    ost_json_open_array(c->writer);
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (!key_component_is_key(at))
            ost_json_put_value(c->writer, at);
    }
    ost_json_close_array(c->writer);
}

static void put_components(completion *c)
{
    const ost_json *own = ost_json_get(c->file, "components");
    if (own == NULL)
        return;
    ost_json_put_name(c->writer, OST_TEXT("components"));
    ost_json_open_object(c->writer);
    for (const ost_json *at = ost_json_first(own); at != NULL; at = ost_json_next(at)) {
        ost_json_put_name(c->writer, ost_json_name(at));
        if (text_is(ost_json_name(at), KEY_PROVIDER))
            put_key_components(c, at);
        else
            ost_json_put_value(c->writer, at);
    }
    ost_json_close_object(c->writer);
}

/* What has become of members of old layouts is gone: the default role, and keys of the store. */
static void put_realm_members(completion *c)
{
    static const char *const written[] = {"users",
                                          "roles",
                                          "clients",
                                          "clientScopes",
                                          "components",
                                          "defaultDefaultClientScopes",
                                          "defaultOptionalClientScopes",
                                          "scopeMappings",
                                          "clientScopeMappings",
                                          "privateKey",
                                          CLIENT_TEMPLATES,
                                          NULL};
    for (const ost_json *at = ost_json_first(c->file); at != NULL; at = ost_json_next(at)) {
        if (text_is_one_of(ost_json_name(at), written) ||
            (c->old_roles && text_is(ost_json_name(at), "defaultRoles")))
            continue;
        ost_json_put_name(c->writer, ost_json_name(at));
        ost_json_put_value(c->writer, at);
    }
}

ost_result realm_document_complete(const ost_json *file, const realm_surroundings *beside,
                                   const ost_context *context, ost_arena *arena,
                                   ost_text *ret_document, ost_error *error)
{
    completion c = {.file = file,
                    .beside = beside,
                    .before = beside->before,
                    .named = beside->named,
                    .old_roles = !beside->merged && ost_json_get(file, "defaultRole") == NULL,
                    .built_in_scopes = ost_json_get(file, "clientScopes") == NULL ||
                                       (!beside->merged && ost_json_get(file, CLIENT_TEMPLATES)),
                    .context = context,
                    .arena = arena,
                    .finder = {.arena = arena}};
    ost_text name;
    if (!ost_json_text(ost_json_get(file, "realm"), &name) || !name_is_of_realm(name))
        return ost_error_set(
            error, OST_E_FORMAT,
            "realm: the name is missing, or not of letters, digits, blanks, - _ . @");
    c.master = text_is(name, "master");
    c.default_role = role_default_name(file, arena);
    ost_result result = c.default_role.data != NULL
                            ? realm_defaults_load(name, c.default_role, arena, &c.defaults)
                            : OST_E_MEMORY;
    c.writer = ost_json_writer_new(arena, DOCUMENT_MAX);
    if (result != OST_OK || c.writer == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    c.offline_scope = !beside->merged && !c.built_in_scopes &&
                      json_list_find(ost_json_get(file, "clientScopes"), "name",
                                     OST_TEXT(OFFLINE_ACCESS)) == NULL;
    result = completion_load_scopes(&c);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    ost_json_open_object(c.writer);
    if (ost_json_get(file, "id") == NULL)
        ost_json_member_text(c.writer, "id", uuid_text(context, arena));
    put_realm_members(&c);
    completion_put_roles(&c);
    completion_put_scopes(&c);
    completion_put_scope_mappings(&c);
    completion_put_client_scope_mappings(&c);
    completion_put_clients(&c);
    put_components(&c);
    ost_json_close_object(c.writer);
    result = ost_json_writer_finish(c.writer, ret_document);
    return error_set_sentence(error, result);
}

ost_result realm_document_complete_client(const ost_json *client, const ost_json *realm_document,
                                          const ost_context *context, ost_arena *arena,
                                          const ost_json **ret_client)
{
    completion c = {
        .file = realm_document, .context = context, .arena = arena, .finder = {.arena = arena}};
    ost_text name;
    if (!ost_json_text(ost_json_get(realm_document, "realm"), &name))
        return OST_E_FORMAT;
    c.default_role = role_default_name(realm_document, arena);
    ost_result result = c.default_role.data != NULL
                            ? realm_defaults_load(name, c.default_role, arena, &c.defaults)
                            : OST_E_MEMORY;
    c.writer = ost_json_writer_new(arena, DOCUMENT_MAX);
    if (result != OST_OK || c.writer == NULL)
        return OST_E_MEMORY;
    result = completion_load_scopes(&c);
    if (result != OST_OK)
        return result;
    completion_put_client(&c, client);
    return json_writer_read(c.writer, NULL, ret_client, NULL);
}
