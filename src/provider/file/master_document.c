/* SPDX-License-Identifier: Apache-2.0 */
/* Clients for realms in the document of master; see master_document.h. */
#include "provider/file/master_document.h"

#include "base/json/json_list.h"
#include "base/text.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/realm_defaults.h"
#include "provider/realm/uuid.h"

#define MANAGEMENT "realm-management"
#define SUFFIX "-realm"
#define SUFFIX_LEN (sizeof SUFFIX - 1)

/* One document of master on its way. */
typedef struct completion {
    const ost_json *document;
    const ost_json *rights;
    const ost_text *realms; /* that a client is missing for */
    size_t count;
    const ost_context *context;
    ost_arena *arena;
    ost_json_writer *w;
    bool failed; /* out of memory, or of randomness */
} completion;

ost_text master_client_id(ost_text realm, ost_arena *arena)
{
    return text_of(ost_arena_format(arena, "%.*s" SUFFIX, (int)realm.len, realm.data));
}

ost_text master_client_realm(ost_text client_id)
{
    return text_ends(client_id, SUFFIX) && client_id.len > SUFFIX_LEN
               ? text_slice(client_id, 0, client_id.len - SUFFIX_LEN)
               : (ost_text){0};
}

ost_result master_document_rights(ost_arena *arena, const ost_json **ret_rights)
{
    const ost_json *defaults;
    ost_result result = ost_json_read(realm_defaults_document(), NULL, arena, &defaults, NULL);
    if (result == OST_OK)
        *ret_rights = ost_json_get(ost_json_get(defaults, "clientRoles"), MANAGEMENT);
    return result;
}

bool master_document_is_right(const ost_json *role)
{
    return !ost_json_equals(ost_json_get(role, "name"), OST_TEXT("realm-admin"));
}

static void put_id(completion *c)
{
    ost_text id = uuid_text(c->context, c->arena);
    c->failed = c->failed || id.data == NULL;
    ost_json_member_text(c->w, "id", id);
}

static void put_role(completion *c, const ost_json *role, ost_text client_id)
{
    ost_json_open_object(c->w);
    put_id(c);
    for (const ost_json *at = ost_json_first(role); at != NULL; at = ost_json_next(at)) {
        ost_json_put_name(c->w, ost_json_name(at));
        if (!text_is(ost_json_name(at), "composites")) {
            ost_json_put_value(c->w, at);
            continue;
        }
        ost_json_open_object(c->w);
        ost_json_put_name(c->w, OST_TEXT("client"));
        ost_json_open_object(c->w);
        ost_json_put_name(c->w, client_id);
        ost_json_put_value(c->w, ost_json_get(ost_json_get(at, "client"), MANAGEMENT));
        ost_json_close_object(c->w);
        ost_json_close_object(c->w);
    }
    ost_json_close_object(c->w);
}

static void put_client(completion *c, ost_text realm)
{
    static const char *const off[] = {
        "publicClient",           "implicitFlowEnabled", "directAccessGrantsEnabled",
        "serviceAccountsEnabled", "fullScopeAllowed",    NULL};
    static const char *const empty[] = {"redirectUris", "webOrigins", "defaultClientScopes",
                                        "optionalClientScopes", NULL};
    ost_json_open_object(c->w);
    put_id(c);
    ost_json_member_text(c->w, "clientId", master_client_id(realm, c->arena));
    ost_json_member_string(c->w, "name",
                           ost_arena_format(c->arena, "%.*s Realm", (int)realm.len, realm.data));
    ost_json_member_boolean(c->w, "enabled", true);
    ost_json_member_boolean(c->w, "bearerOnly", true);
    ost_json_member_boolean(c->w, "standardFlowEnabled", true);
    for (size_t i = 0; off[i] != NULL; i++)
        ost_json_member_boolean(c->w, off[i], false);
    for (size_t i = 0; empty[i] != NULL; i++) {
        ost_json_put_name(c->w, text_of(empty[i]));
        ost_json_open_array(c->w);
        ost_json_close_array(c->w);
    }
    ost_json_put_name(c->w, OST_TEXT("attributes"));
    ost_json_open_object(c->w);
    ost_json_close_object(c->w);
    ost_json_close_object(c->w);
}

static void put_clients(completion *c, const ost_json *clients)
{
    ost_json_open_array(c->w);
    for (const ost_json *at = ost_json_first(clients); at != NULL; at = ost_json_next(at))
        ost_json_put_value(c->w, at);
    for (size_t i = 0; i < c->count; i++) {
        if (json_list_find(clients, "clientId", master_client_id(c->realms[i], c->arena)) == NULL)
            put_client(c, c->realms[i]);
    }
    ost_json_close_array(c->w);
}

static bool is_new(const completion *c, ost_text client_id)
{
    for (size_t i = 0; i < c->count; i++) {
        if (text_equal(master_client_realm(client_id), c->realms[i]))
            return true;
    }
    return false;
}

/* What a file brings of the client's roles stays, and the others come to them. */
static void put_client_roles(completion *c, const ost_json *of_clients)
{
    ost_json_open_object(c->w);
    for (const ost_json *at = ost_json_first(of_clients); at != NULL; at = ost_json_next(at)) {
        if (is_new(c, ost_json_name(at)))
            continue;
        ost_json_put_name(c->w, ost_json_name(at));
        ost_json_put_value(c->w, at);
    }
    for (size_t i = 0; i < c->count; i++) {
        ost_text client_id = master_client_id(c->realms[i], c->arena), name;
        const ost_json *own = ost_json_get_text(of_clients, client_id);
        ost_json_put_name(c->w, client_id);
        ost_json_open_array(c->w);
        for (const ost_json *at = ost_json_first(own); at != NULL; at = ost_json_next(at))
            ost_json_put_value(c->w, at);
        for (const ost_json *at = ost_json_first(c->rights); at != NULL; at = ost_json_next(at)) {
            if (master_document_is_right(at) && ost_json_text(ost_json_get(at, "name"), &name) &&
                json_list_find(own, "name", name) == NULL)
                put_role(c, at, client_id);
        }
        ost_json_close_array(c->w);
    }
    ost_json_close_object(c->w);
}

static void put_right_names(completion *c)
{
    ost_json_open_array(c->w);
    for (const ost_json *at = ost_json_first(c->rights); at != NULL; at = ost_json_next(at)) {
        if (master_document_is_right(at))
            ost_json_put_value(c->w, ost_json_get(at, "name"));
    }
    ost_json_close_array(c->w);
}

/* The composites of the role "admin". */
static void put_composites(completion *c, const ost_json *composites)
{
    const ost_json *of_realm = ost_json_get(composites, "realm");
    const ost_json *of_clients = ost_json_get(composites, "client");
    ost_json_open_object(c->w);
    ost_json_put_name(c->w, OST_TEXT("realm"));
    ost_json_open_array(c->w);
    for (const ost_json *at = ost_json_first(of_realm); at != NULL; at = ost_json_next(at))
        ost_json_put_value(c->w, at);
    if (!json_list_has(of_realm, OST_TEXT("create-realm")))
        ost_json_put_text(c->w, OST_TEXT("create-realm"));
    ost_json_close_array(c->w);
    ost_json_put_name(c->w, OST_TEXT("client"));
    ost_json_open_object(c->w);
    for (const ost_json *at = ost_json_first(of_clients); at != NULL; at = ost_json_next(at)) {
        if (is_new(c, ost_json_name(at)))
            continue;
        ost_json_put_name(c->w, ost_json_name(at));
        ost_json_put_value(c->w, at);
    }
    for (size_t i = 0; i < c->count; i++) {
        ost_json_put_name(c->w, master_client_id(c->realms[i], c->arena));
        put_right_names(c);
    }
    ost_json_close_object(c->w);
    ost_json_close_object(c->w);
}

static void put_admin(completion *c, const ost_json *role)
{
    ost_json_open_object(c->w);
    for (const ost_json *at = ost_json_first(role); at != NULL; at = ost_json_next(at)) {
        if (text_is(ost_json_name(at), "composite") || text_is(ost_json_name(at), "composites"))
            continue;
        ost_json_put_name(c->w, ost_json_name(at));
        ost_json_put_value(c->w, at);
    }
    ost_json_member_boolean(c->w, "composite", true);
    ost_json_put_name(c->w, OST_TEXT("composites"));
    put_composites(c, ost_json_get(role, "composites"));
    ost_json_close_object(c->w);
}

static void put_realm_roles(completion *c, const ost_json *list)
{
    ost_json_open_array(c->w);
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (ost_json_equals(ost_json_get(at, "name"), OST_TEXT("admin")))
            put_admin(c, at);
        else
            ost_json_put_value(c->w, at);
    }
    if (json_list_find(list, "name", OST_TEXT("create-realm")) == NULL) {
        ost_json_open_object(c->w);
        put_id(c);
        ost_json_member_string(c->w, "name", "create-realm");
        ost_json_member_string(c->w, "description", "${role_create-realm}");
        ost_json_member_boolean(c->w, "composite", false);
        ost_json_close_object(c->w);
    }
    ost_json_close_array(c->w);
}

static void put_roles(completion *c, const ost_json *roles)
{
    ost_json_open_object(c->w);
    ost_json_put_name(c->w, OST_TEXT("realm"));
    put_realm_roles(c, ost_json_get(roles, "realm"));
    ost_json_put_name(c->w, OST_TEXT("client"));
    put_client_roles(c, ost_json_get(roles, "client"));
    ost_json_close_object(c->w);
}

/* A stored document has both members: they are filled in when it comes. */
static ost_result put_document(completion *c, ost_text *ret_document)
{
    ost_json_open_object(c->w);
    for (const ost_json *at = ost_json_first(c->document); at != NULL; at = ost_json_next(at)) {
        ost_json_put_name(c->w, ost_json_name(at));
        if (text_is(ost_json_name(at), "clients"))
            put_clients(c, at);
        else if (text_is(ost_json_name(at), "roles"))
            put_roles(c, at);
        else
            ost_json_put_value(c->w, at);
    }
    ost_json_close_object(c->w);
    return c->failed ? OST_E_MEMORY : ost_json_writer_finish(c->w, ret_document);
}

ost_result master_document_write(const ost_json *document, const ost_text *realms, size_t count,
                                 const ost_context *context, ost_arena *arena,
                                 ost_text *ret_document)
{
    completion c = {.document = document,
                    .realms = realms,
                    .count = count,
                    .context = context,
                    .arena = arena,
                    .w = ost_json_writer_new(arena, DOCUMENT_MAX)};
    if (c.w == NULL)
        return OST_E_MEMORY;
    ost_result result = master_document_rights(arena, &c.rights);
    return result == OST_OK ? put_document(&c, ret_document) : result;
}
