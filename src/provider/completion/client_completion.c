/* SPDX-License-Identifier: Apache-2.0 */
/* The clients of a completed realm: with secrets, mappers and client scopes. */
#include "base/base64url.h"
#include "base/context.h"
#include "base/json/json_list.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/completion/completion.h"
#include "provider/member/masked.h"
#include "provider/realm/realm_defaults.h"
#include "provider/realm/uuid.h"

bool realm_document_has_account(const ost_json *client)
{
    return json_true_of(client, "serviceAccountsEnabled");
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
    } else if (!json_true_of(client, "publicClient") && !json_true_of(client, "bearerOnly") &&
               context_random(c->context, bytes, sizeof bytes) == OST_OK) {
        size_t len = base64url_encode(bytes, sizeof bytes, text);
        ost_json_member_text(c->writer, "secret", (ost_text){text, len});
    }
    wipe(bytes, sizeof bytes);
    wipe(text, sizeof text);
}

/* Keycloak adds the mappers with the account, and, where that is there, with the first token that
 * the client gets for itself; one that has mappers has those that it is to have. */
static bool comes_with_account(const completion *c, const ost_json *client, const ost_json *before)
{
    const realm_surroundings *beside = c->beside;
    ost_text client_id;
    if (!realm_document_has_account(client) ||
        !ost_json_text(ost_json_get(client, "clientId"), &client_id))
        return false;
    if (beside != NULL && beside->merged && realm_document_has_account(before))
        return false;
    return beside == NULL || beside->accounts == NULL ||
           !account_is_there(beside->accounts, client_id) ||
           ost_json_count(ost_json_get(client, "protocolMappers")) == 0;
}

static void put_mappers(completion *c, const ost_json *client, const ost_json *before)
{
    const ost_json *own = ost_json_get(client, "protocolMappers");
    bool account = comes_with_account(c, client, before);
    if (own == NULL && !account)
        return;
    ost_json_put_name(c->writer, OST_TEXT("protocolMappers"));
    completion_put_list(c, own, account ? ost_json_get(c->defaults, "serviceAccountMappers") : NULL,
                        ost_json_get(before, "protocolMappers"));
}

/* A scope that is not there, or of another protocol, is not for the client. */
static bool is_for_client(completion *c, const ost_json *client, ost_text scope)
{
    const ost_json *found =
        json_finder_find(&c->finder, ost_json_get(c->file, "clientScopes"), "name", scope);
    ost_text of_scope, of_client = OST_TEXT("openid-connect");
    if (found == NULL &&
        (c->built_in_scopes || (c->offline_scope && text_is(scope, OFFLINE_ACCESS))))
        found = json_list_find(ost_json_get(c->defaults, "clientScopes"), "name", scope);
    (void)!ost_json_text(ost_json_get(client, "protocol"), &of_client);
    return found != NULL && (!ost_json_text(ost_json_get(found, "protocol"), &of_scope) ||
                             text_equal(of_scope, of_client));
}

static bool names_scopes(const ost_json *client)
{
    return ost_json_is(ost_json_get(client, "defaultClientScopes"), OST_JSON_ARRAY) ||
           ost_json_is(ost_json_get(client, "optionalClientScopes"), OST_JSON_ARRAY);
}

/* Where the client names some of either kind, it has those alone, as in Keycloak. `more` is one of
 * them where it names none; empty: there is no more. */
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
    for (const ost_json *at = names_scopes(client) ? NULL : ost_json_first(fallback); at != NULL;
         at = ost_json_next(at)) {
        if (ost_json_text(at, &name) && is_for_client(c, client, name))
            ost_json_put_text(c->writer, name);
    }
    if (more.len > 0)
        ost_json_put_text(c->writer, more);
    ost_json_close_array(c->writer);
}

/* The client scope that the client's template of before Keycloak 4 has become; empty: none. */
static ost_text template_of(completion *c, const ost_json *client)
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

void completion_put_client(completion *c, const ost_json *client)
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
        completion_put_new_id(c, client, clients, "clientId");
    else
        put_made_up_id(c, client);
    completion_put_members(c, client, c->old_roles ? of_old : written);
    put_direct_grants(c, client);
    put_secret(c, client);
    put_mappers(c, client, json_finder_find(&c->finder, clients, "clientId", client_id));
    put_scope_names(c, client, "defaultClientScopes", c->default_scopes, template_of(c, client));
    put_scope_names(c, client, "optionalClientScopes", c->optional_scopes, (ost_text){0});
    ost_json_close_object(c->writer);
}

void completion_put_clients(completion *c)
{
    const ost_json *own = ost_json_get(c->file, "clients");
    const ost_json *defaults = ost_json_get(c->defaults, "clients");
    ost_text id;
    ost_json_put_name(c->writer, OST_TEXT("clients"));
    ost_json_open_array(c->writer);
    for (const ost_json *at = ost_json_first(own); at != NULL; at = ost_json_next(at))
        completion_put_client(c, at);
    for (const ost_json *at = ost_json_first(defaults); at != NULL; at = ost_json_next(at)) {
        if (ost_json_text(ost_json_get(at, "clientId"), &id) && completion_is_built_in(c, id) &&
            json_finder_find(&c->finder, own, "clientId", id) == NULL)
            completion_put_client(c, at);
    }
    ost_json_close_array(c->writer);
}
