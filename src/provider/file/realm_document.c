/* SPDX-License-Identifier: Apache-2.0 */
/* Completing realm documents; see realm_document.h. */
#include "provider/file/realm_document.h"

#include <stdio.h>

#include "base/base64url.h"
#include "base/context.h"
#include "base/error_sentence.h"
#include "base/json/json_list.h"
#include "base/text.h"
#include "provider/file/default_role.h"
#include "provider/key/key_component.h"
#include "provider/member/masked.h"
#include "provider/member/name_signs.h"
#include "provider/member/old_layout.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/realm_defaults.h"
#include "provider/realm/role.h"
#include "provider/realm/uuid.h"

/* One completion under way. */
typedef struct completion {
    const ost_json *file;
    bool master; /* it is the realm "master" */
    const realm_surroundings *beside;
    const ost_json *before; /* of `beside` */
    const ost_json *defaults;
    const ost_json *default_scopes, *optional_scopes; /* for clients that name none */
    const role_names *named;                          /* roles that somebody has */
    bool old_roles;       /* "defaultRoles" count, the layout of before Keycloak 13 */
    bool in_realm_roles;  /* these are being written */
    bool built_in_scopes; /* are there, beside those of the file */
    bool offline_scope;   /* it alone is */
    ost_text default_role;
    const ost_context *context;
    ost_arena *arena;
    ost_json_writer *writer;
} completion;

/* ---- small writers ---- */

/* Every member but those of `left_out`. */
static void put_members(completion *c, const ost_json *object, const char *const *left_out)
{
    for (const ost_json *at = ost_json_first(object); at != NULL; at = ost_json_next(at)) {
        if (text_is_one_of(ost_json_name(at), left_out))
            continue;
        ost_json_put_name(c->writer, ost_json_name(at));
        ost_json_put_value(c->writer, at);
    }
}

/* The id of the object of that name in the list of before; else a new one. */
static void put_id(completion *c, const ost_json *before, const char *member, ost_text name)
{
    ost_text id;
    if (!ost_json_text(ost_json_get(json_list_find(before, member, name), "id"), &id))
        id = uuid_text(c->context, c->arena);
    ost_json_member_text(c->writer, "id", id);
}

static void put_new_id(completion *c, const ost_json *object, const ost_json *before,
                       const char *member)
{
    ost_text name = {0};
    (void)!ost_json_text(ost_json_get(object, member), &name);
    if (ost_json_get(object, "id") == NULL)
        put_id(c, before, member, name);
}

static void put_entry(completion *c, const ost_json *entry, const ost_json *before)
{
    static const char *const nothing[] = {NULL};
    static const char *const composites[] = {"composite", "composites", NULL};
    bool is_default = c->old_roles && c->in_realm_roles &&
                      ost_json_equals(ost_json_get(entry, "name"), c->default_role);
    ost_json_open_object(c->writer);
    put_new_id(c, entry, before, "name");
    put_members(c, entry, is_default ? composites : nothing);
    if (is_default)
        default_role_put_composites(
            c->file, entry,
            json_list_find(ost_json_get(ost_json_get(c->file, "roles"), "realm"), "name",
                           c->default_role) == NULL,
            c->writer);
    ost_json_close_object(c->writer);
}

/* Entries with an id each: the file's own, then the defaults that it does not have. The array
 * stays open. */
static void put_entries(completion *c, const ost_json *own, const ost_json *defaults,
                        const ost_json *before)
{
    ost_text name;
    ost_json_open_array(c->writer);
    for (int pass = 0; pass < 2; pass++) {
        const ost_json *list = pass == 0 ? own : defaults;
        for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
            if (pass == 1 && ost_json_text(ost_json_get(at, "name"), &name) &&
                json_list_find(own, "name", name) != NULL)
                continue;
            put_entry(c, at, before);
        }
    }
}

static void put_list(completion *c, const ost_json *own, const ost_json *defaults,
                     const ost_json *before)
{
    put_entries(c, own, defaults, before);
    ost_json_close_array(c->writer);
}

/* ---- roles ---- */

/* A role by its name alone. */
static void put_role(completion *c, const ost_json *before, ost_text name)
{
    ost_json_open_object(c->writer);
    put_id(c, before, "name", name);
    ost_json_member_text(c->writer, "name", name);
    ost_json_close_object(c->writer);
}

/* The roles of one client, or of the realm: declared, built in, and those that somebody has. */
static void put_role_list(completion *c, ost_text client, const ost_json *own,
                          const ost_json *defaults)
{
    const ost_json *before = ost_json_get(c->before, "roles");
    before = client.len > 0 ? ost_json_get_text(ost_json_get(before, "client"), client)
                            : ost_json_get(before, "realm");
    put_entries(c, own, defaults, before);
    for (size_t i = 0; c->named != NULL && i < c->named->count; i++) {
        const role_name *role = &c->named->names[i];
        if (text_equal(role->client, client) && json_list_find(own, "name", role->name) == NULL &&
            json_list_find(defaults, "name", role->name) == NULL)
            put_role(c, before, role->name);
    }
    ost_json_close_array(c->writer);
}

static void put_client_role_list(completion *c, ost_text client, const ost_json *own,
                                 const ost_json *defaults)
{
    ost_json_put_name(c->writer, client);
    put_role_list(c, client, own, defaults);
}

/* Rights over master itself are roles of its client master-realm; see master_clients.h. */
static bool is_built_in(const completion *c, ost_text client)
{
    return !c->master || !text_is(client, "realm-management");
}

static bool has_built_in_roles(const completion *c, ost_text client)
{
    return is_built_in(c, client) &&
           ost_json_get_text(ost_json_get(c->defaults, "clientRoles"), client) != NULL;
}

static void put_client_roles(completion *c, const ost_json *own)
{
    const ost_json *defaults = ost_json_get(c->defaults, "clientRoles");
    ost_json_open_object(c->writer);
    for (const ost_json *at = ost_json_first(defaults); at != NULL; at = ost_json_next(at)) {
        if (is_built_in(c, ost_json_name(at)))
            put_client_role_list(c, ost_json_name(at), ost_json_get_text(own, ost_json_name(at)),
                                 at);
    }
    for (const ost_json *at = ost_json_first(own); at != NULL; at = ost_json_next(at)) {
        if (!has_built_in_roles(c, ost_json_name(at)))
            put_client_role_list(c, ost_json_name(at), at, NULL);
    }
    for (size_t i = 0; c->named != NULL && i < c->named->count; i++) { /* sorted by client */
        ost_text client = c->named->names[i].client;
        if (client.len > 0 && (i == 0 || !text_equal(client, c->named->names[i - 1].client)) &&
            ost_json_get_text(own, client) == NULL && !has_built_in_roles(c, client))
            put_client_role_list(c, client, NULL, NULL);
    }
    ost_json_close_object(c->writer);
}

static void put_roles(completion *c)
{
    const ost_json *own = ost_json_get(c->file, "roles");
    ost_json_put_name(c->writer, OST_TEXT("roles"));
    ost_json_open_object(c->writer);
    ost_json_put_name(c->writer, OST_TEXT("realm"));
    c->in_realm_roles = true;
    put_role_list(c, (ost_text){0}, ost_json_get(own, "realm"),
                  ost_json_get(c->defaults, "realmRoles"));
    c->in_realm_roles = false;
    ost_json_put_name(c->writer, OST_TEXT("client"));
    put_client_roles(c, ost_json_get(own, "client"));
    ost_json_close_object(c->writer);
}

/* ---- clients ---- */

bool realm_document_has_account(const ost_json *client)
{
    bool has = false;
    return ost_json_boolean(ost_json_get(client, "serviceAccountsEnabled"), &has) && has;
}

static bool is_true(const ost_json *object, const char *member)
{
    bool value = false;
    return ost_json_boolean(ost_json_get(object, member), &value) && value;
}

/* Before Keycloak 2 a client had either logins of browsers or direct grants. */
static void put_direct_grants(completion *c, const ost_json *client)
{
    bool only;
    if (!ost_json_boolean(ost_json_get(client, "directGrantsOnly"), &only))
        return;
    if (ost_json_get(client, "standardFlowEnabled") == NULL)
        ost_json_member_boolean(c->writer, "standardFlowEnabled", !only);
    if (ost_json_get(client, "directAccessGrantsEnabled") == NULL)
        ost_json_member_boolean(c->writer, "directAccessGrantsEnabled", only);
}

/* 32 random bytes; masked secrets of an export ("**********") are not secrets. */
static void put_secret(completion *c, const ost_json *client)
{
    unsigned char bytes[24];
    char text[BASE64URL_LEN(sizeof bytes)];
    ost_text given = {0};
    bool known = ost_json_text(ost_json_get(client, "secret"), &given) && !text_is(given, MASK);
    if (known) {
        ost_json_member_text(c->writer, "secret", given);
    } else if (!is_true(client, "publicClient") && !is_true(client, "bearerOnly") &&
               context_random(c->context, bytes, sizeof bytes) == OST_OK) {
        size_t len = base64url_encode(bytes, sizeof bytes, text);
        ost_json_member_text(c->writer, "secret", (ost_text){text, len});
    }
    wipe(bytes, sizeof bytes);
    wipe(text, sizeof text);
}

/* Keycloak adds the mappers with the account: where that is there, the client has those that it is
 * to have. */
static bool comes_with_account(const completion *c, const ost_json *client, const ost_json *before)
{
    const realm_surroundings *beside = c->beside;
    ost_text client_id;
    if (!realm_document_has_account(client) ||
        !ost_json_text(ost_json_get(client, "clientId"), &client_id))
        return false;
    if (beside != NULL && beside->accounts != NULL && account_is_there(beside->accounts, client_id))
        return false;
    return beside == NULL || !beside->merged || !realm_document_has_account(before);
}

static void put_mappers(completion *c, const ost_json *client, const ost_json *before)
{
    const ost_json *own = ost_json_get(client, "protocolMappers");
    bool account = comes_with_account(c, client, before);
    if (own == NULL && !account)
        return;
    ost_json_put_name(c->writer, OST_TEXT("protocolMappers"));
    put_list(c, own, account ? ost_json_get(c->defaults, "serviceAccountMappers") : NULL,
             ost_json_get(before, "protocolMappers"));
}

/* A scope that is not there, or of another protocol, is not for the client. */
static bool is_for_client(const completion *c, const ost_json *client, ost_text scope)
{
    const ost_json *found = json_list_find(ost_json_get(c->file, "clientScopes"), "name", scope);
    ost_text of_scope, of_client = OST_TEXT("openid-connect");
    if (found == NULL &&
        (c->built_in_scopes || (c->offline_scope && text_is(scope, OFFLINE_ACCESS))))
        found = json_list_find(ost_json_get(c->defaults, "clientScopes"), "name", scope);
    (void)!ost_json_text(ost_json_get(client, "protocol"), &of_client);
    return found != NULL && (!ost_json_text(ost_json_get(found, "protocol"), &of_scope) ||
                             text_equal(of_scope, of_client));
}

/* `more` is one of them where the client names none; empty: there is no more. */
static void put_scope_names(completion *c, const ost_json *client, const char *member,
                            const ost_json *fallback, ost_text more)
{
    const ost_json *own = ost_json_get(client, member);
    ost_text name;
    if (own != NULL) {
        ost_json_member_value(c->writer, member, own);
        return;
    }
    ost_json_put_name(c->writer, text_of(member));
    ost_json_open_array(c->writer);
    for (const ost_json *at = ost_json_first(fallback); at != NULL; at = ost_json_next(at)) {
        if (ost_json_text(at, &name) && is_for_client(c, client, name))
            ost_json_put_text(c->writer, name);
    }
    if (more.len > 0)
        ost_json_put_text(c->writer, more);
    ost_json_close_array(c->writer);
}

/* The client scope that the client's template of before Keycloak 4 has become; empty: none. */
static ost_text template_of(const completion *c, const ost_json *client)
{
    ost_text name;
    bool is_there = ost_json_text(ost_json_get(client, "clientTemplate"), &name) &&
                    ost_json_get(client, "optionalClientScopes") == NULL &&
                    !json_list_has(c->default_scopes, name) &&
                    !json_list_has(c->optional_scopes, name) && is_for_client(c, client, name);
    return is_there ? name : (ost_text){0};
}

/* Keycloak knows a client without a name of its own by its id. */
static void put_made_up_id(completion *c, const ost_json *client)
{
    ost_text id;
    if (!ost_json_text(ost_json_get(client, "id"), &id)) {
        id = uuid_text(c->context, c->arena);
        ost_json_member_text(c->writer, "id", id);
    }
    ost_json_member_text(c->writer, "clientId", id);
}

static void put_client(completion *c, const ost_json *client)
{
    static const char *const written[] = {"secret",
                                          "protocolMappers",
                                          "defaultClientScopes",
                                          "optionalClientScopes",
                                          "clientTemplate",
                                          "directGrantsOnly",
                                          NULL};
    static const char *const of_old[] = {
        "secret",         "protocolMappers",  "defaultClientScopes", "optionalClientScopes",
        "clientTemplate", "directGrantsOnly", "defaultRoles",        NULL};
    const ost_json *clients = ost_json_get(c->before, "clients");
    ost_text client_id = {0};
    (void)!ost_json_text(ost_json_get(client, "clientId"), &client_id);
    ost_json_open_object(c->writer);
    if (client_id.len > 0)
        put_new_id(c, client, clients, "clientId");
    else
        put_made_up_id(c, client);
    put_members(c, client, c->old_roles ? of_old : written);
    put_direct_grants(c, client);
    put_secret(c, client);
    put_mappers(c, client, json_list_find(clients, "clientId", client_id));
    put_scope_names(c, client, "defaultClientScopes", c->default_scopes, template_of(c, client));
    put_scope_names(c, client, "optionalClientScopes", c->optional_scopes, (ost_text){0});
    ost_json_close_object(c->writer);
}

static void put_clients(completion *c)
{
    const ost_json *own = ost_json_get(c->file, "clients");
    const ost_json *defaults = ost_json_get(c->defaults, "clients");
    ost_text id;
    ost_json_put_name(c->writer, OST_TEXT("clients"));
    ost_json_open_array(c->writer);
    for (const ost_json *at = ost_json_first(own); at != NULL; at = ost_json_next(at))
        put_client(c, at);
    for (const ost_json *at = ost_json_first(defaults); at != NULL; at = ost_json_next(at)) {
        if (ost_json_text(ost_json_get(at, "clientId"), &id) && is_built_in(c, id) &&
            json_list_find(own, "clientId", id) == NULL)
            put_client(c, at);
    }
    ost_json_close_array(c->writer);
}

/* ---- the whole ---- */

static const ost_json *file_or_default(const completion *c, const char *member)
{
    const ost_json *own = ost_json_get(c->file, member);
    return own != NULL ? own : ost_json_get(c->defaults, member);
}

/* A file that has client scopes of its own brings all that it wants, but for offline access, which
 * Keycloak always makes. */
static void put_scopes(completion *c)
{
    const ost_json *own = ost_json_get(c->file, "clientScopes");
    ost_json_put_name(c->writer, OST_TEXT("clientScopes"));
    const ost_json *defaults = ost_json_get(c->defaults, "clientScopes");
    const ost_json *before = ost_json_get(c->before, "clientScopes");
    put_entries(c, own, c->built_in_scopes ? defaults : NULL, before);
    if (c->offline_scope)
        put_entry(c, json_list_find(defaults, "name", OST_TEXT(OFFLINE_ACCESS)), before);
    ost_json_close_array(c->writer);
    ost_json_member_value(c->writer, "defaultDefaultClientScopes", c->default_scopes);
    ost_json_member_value(c->writer, "defaultOptionalClientScopes", c->optional_scopes);
}

/* The built-in client scopes show clients the roles that they are for: offline_access its own. */
static void put_scope_mappings(completion *c)
{
    const ost_json *own = ost_json_get(c->file, "scopeMappings");
    ost_text scope;
    bool made = c->built_in_scopes || c->offline_scope; /* there are none of others */
    const ost_json *others = made ? ost_json_get(c->defaults, "scopeMappings") : NULL;
    if (own == NULL && others == NULL)
        return;
    if (own != NULL && !ost_json_is(own, OST_JSON_ARRAY)) { /* the realm's reader says what it is */
        ost_json_member_value(c->writer, "scopeMappings", own);
        return;
    }
    ost_json_put_name(c->writer, OST_TEXT("scopeMappings"));
    ost_json_open_array(c->writer);
    for (const ost_json *at = ost_json_first(own); at != NULL; at = ost_json_next(at))
        ost_json_put_value(c->writer, at);
    for (const ost_json *at = ost_json_first(others); at != NULL; at = ost_json_next(at)) {
        if (ost_json_text(ost_json_get(at, "clientScope"), &scope) &&
            json_list_find(own, "clientScope", scope) == NULL)
            ost_json_put_value(c->writer, at);
    }
    ost_json_close_array(c->writer);
}

/* What built-in clients see of other clients' roles: with the client, as Keycloak makes it. */
static void put_client_scope_mappings(completion *c)
{
    const ost_json *own = ost_json_get(c->file, "clientScopeMappings");
    const ost_json *clients = ost_json_get(c->file, "clients");
    const ost_json *others = ost_json_get(c->defaults, "clientScopeMappings");
    ost_text client;
    if (own != NULL &&
        !ost_json_is(own, OST_JSON_OBJECT)) { /* the realm's reader says what it is */
        ost_json_member_value(c->writer, "clientScopeMappings", own);
        return;
    }
    ost_json_put_name(c->writer, OST_TEXT("clientScopeMappings"));
    ost_json_open_object(c->writer);
    for (const ost_json *of = ost_json_first(own); of != NULL; of = ost_json_next(of)) {
        if (ost_json_get_text(others, ost_json_name(of)) != NULL)
            continue;
        ost_json_put_name(c->writer, ost_json_name(of));
        ost_json_put_value(c->writer, of);
    }
    for (const ost_json *of = ost_json_first(others); of != NULL; of = ost_json_next(of)) {
        const ost_json *list = ost_json_get_text(own, ost_json_name(of));
        ost_json_put_name(c->writer, ost_json_name(of));
        ost_json_open_array(c->writer);
        for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at))
            ost_json_put_value(c->writer, at);
        for (const ost_json *at = ost_json_first(of); at != NULL; at = ost_json_next(at)) {
            if (ost_json_text(ost_json_get(at, "client"), &client) &&
                json_list_find(clients, "clientId", client) == NULL &&
                json_list_find(list, "client", client) == NULL)
                ost_json_put_value(c->writer, at);
        }
        ost_json_close_array(c->writer);
    }
    ost_json_close_object(c->writer);
}

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

/* With offline access, where that is made beside the client scopes of the file. */
static ost_result load_optional_scopes(completion *c)
{
    ost_text text;
    c->optional_scopes = file_or_default(c, "defaultOptionalClientScopes");
    if (!c->offline_scope || json_list_has(c->optional_scopes, OST_TEXT(OFFLINE_ACCESS)))
        return OST_OK;
    ost_json_writer *w = ost_json_writer_new(c->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(c->optional_scopes); at != NULL;
         at = ost_json_next(at))
        ost_json_put_value(w, at);
    ost_json_put_text(w, OST_TEXT(OFFLINE_ACCESS));
    ost_json_close_array(w);
    ost_result result = ost_json_writer_finish(w, &text);
    return result == OST_OK ? ost_json_read(text, NULL, c->arena, &c->optional_scopes, NULL)
                            : result;
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
                    .arena = arena};
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
    c.default_scopes = file_or_default(&c, "defaultDefaultClientScopes");
    c.offline_scope = !beside->merged && !c.built_in_scopes &&
                      json_list_find(ost_json_get(file, "clientScopes"), "name",
                                     OST_TEXT(OFFLINE_ACCESS)) == NULL;
    result = load_optional_scopes(&c);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    ost_json_open_object(c.writer);
    if (ost_json_get(file, "id") == NULL)
        ost_json_member_text(c.writer, "id", uuid_text(context, arena));
    put_realm_members(&c);
    put_roles(&c);
    put_scopes(&c);
    put_scope_mappings(&c);
    put_client_scope_mappings(&c);
    put_clients(&c);
    put_components(&c);
    ost_json_close_object(c.writer);
    result = ost_json_writer_finish(c.writer, ret_document);
    return error_set_sentence(error, result);
}

ost_result realm_document_complete_client(const ost_json *client, const ost_json *realm_document,
                                          const ost_context *context, ost_arena *arena,
                                          const ost_json **ret_client)
{
    completion c = {.file = realm_document, .context = context, .arena = arena};
    ost_text name, text;
    if (!ost_json_text(ost_json_get(realm_document, "realm"), &name))
        return OST_E_FORMAT;
    c.default_role = role_default_name(realm_document, arena);
    ost_result result = c.default_role.data != NULL
                            ? realm_defaults_load(name, c.default_role, arena, &c.defaults)
                            : OST_E_MEMORY;
    c.writer = ost_json_writer_new(arena, DOCUMENT_MAX);
    if (result != OST_OK || c.writer == NULL)
        return OST_E_MEMORY;
    c.default_scopes = file_or_default(&c, "defaultDefaultClientScopes");
    c.optional_scopes = file_or_default(&c, "defaultOptionalClientScopes");
    put_client(&c, client);
    result = ost_json_writer_finish(c.writer, &text);
    return result == OST_OK ? ost_json_read(text, NULL, arena, ret_client, NULL) : result;
}
