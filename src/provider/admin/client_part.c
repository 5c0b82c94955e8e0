/* SPDX-License-Identifier: Apache-2.0 */
/* Clients of the admin REST API; see client_part.h. */
#include "provider/admin/client_part.h"

#include "base/text.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/realm/document_limit.h"

#define VIEW (RIGHT_VIEW_CLIENTS | RIGHT_MANAGE_CLIENTS)

/* What a client has that nobody has set otherwise. */
static const char unset_members[] =
    "{\"surrogateAuthRequired\":false,\"enabled\":true,\"alwaysDisplayInConsole\":false,"
    "\"clientAuthenticatorType\":\"client-secret\",\"redirectUris\":[],\"webOrigins\":[],"
    "\"notBefore\":0,\"bearerOnly\":false,\"consentRequired\":false,\"standardFlowEnabled\":true,"
    "\"implicitFlowEnabled\":false,\"directAccessGrantsEnabled\":false,"
    "\"serviceAccountsEnabled\":false,\"publicClient\":false,\"frontchannelLogout\":false,"
    "\"protocol\":\"openid-connect\",\"attributes\":{},\"authenticationFlowBindingOverrides\":{},"
    "\"nodeReRegistrationTimeout\":0}";

static void put_access(const admin_call *a, ost_json_writer *w)
{
    bool manage = admin_may(a, RIGHT_MANAGE_CLIENTS);
    ost_json_put_name(w, OST_TEXT("access"));
    ost_json_open_object(w);
    ost_json_member_boolean(w, "view", admin_may(a, VIEW));
    ost_json_member_boolean(w, "configure", manage);
    ost_json_member_boolean(w, "manage", manage);
    ost_json_close_object(w);
}

static void put_mappers(const admin_call *a, ost_json_writer *w, const realm_client *client,
                        const ost_json *mappers)
{
    if (ost_json_count(mappers) == 0)
        return;
    ost_json_put_name(w, OST_TEXT("protocolMappers"));
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(mappers); at != NULL; at = ost_json_next(at))
        admin_put_mapper(a, w, text_of(client->id), at);
    ost_json_close_array(w);
}

ost_result client_part_put(const admin_call *a, ost_json_writer *w, const realm_client *client)
{
    const ost_json *unset;
    bool view = admin_may(a, VIEW);
    ost_result result = ost_json_read(text_of(unset_members), NULL, a->arena, &unset, NULL);
    ost_json_open_object(w);
    ost_json_member_string(w, "id", client->id);
    ost_json_member_string(w, "clientId", client->client_id);
    for (const ost_json *at = ost_json_first(client->document); view && at != NULL;
         at = ost_json_next(at)) {
        ost_text name = ost_json_name(at);
        if (text_is(name, "protocolMappers")) {
            put_mappers(a, w, client, at);
        } else if (!text_is(name, "id") && !text_is(name, "clientId") && !text_is(name, "access")) {
            ost_json_put_name(w, name);
            ost_json_put_value(w, at);
        }
    }
    for (const ost_json *at = ost_json_first(unset); view && result == OST_OK && at != NULL;
         at = ost_json_next(at)) {
        if (ost_json_get_text(client->document, ost_json_name(at)) != NULL)
            continue;
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
    if (view && ost_json_get(client->document, "fullScopeAllowed") == NULL)
        ost_json_member_boolean(w, "fullScopeAllowed", client->full_scope);
    if (view)
        put_access(a, w);
    ost_json_close_object(w);
    return result;
}

void client_part_put_installation(ost_json_writer *w, const realm *r, const realm_client *client,
                                  const char *server)
{
    ost_json_open_object(w);
    ost_json_member_string(w, "realm", r->name);
    ost_json_member_string(w, "auth-server-url", server);
    ost_json_member_string(w, "ssl-required",
                           r->ssl_required_all        ? "all"
                           : r->ssl_required_external ? "external"
                                                      : "none");
    ost_json_member_string(w, "resource", client->client_id);
    if (client->bearer_only)
        ost_json_member_boolean(w, "bearer-only", true);
    if (client->public_client)
        ost_json_member_boolean(w, "public-client", true);
    if (!client->bearer_only && !client->public_client) {
        ost_json_put_name(w, OST_TEXT("credentials"));
        ost_json_open_object(w);
        ost_json_member_string(w, "secret", client->secret != NULL ? client->secret : "");
        ost_json_close_object(w);
    }
    ost_json_member_integer(w, "confidential-port", 0);
    ost_json_close_object(w);
}

ost_result client_part_without(const ost_json *document, const realm_client *client,
                               ost_arena *arena, const ost_json **ret_document)
{
    const ost_json *of_clients, *roles = ost_json_get(document, "roles");
    ost_result result = json_share_list(document, "clients", client->document, NULL, DOCUMENT_MAX,
                                        arena, &document);
    if (result == OST_OK)
        result = document_put(ost_json_get(roles, "client"), text_of(client->client_id), NULL,
                              arena, &of_clients);
    if (result == OST_OK)
        result = document_put(roles, OST_TEXT("client"), of_clients, arena, &roles);
    const json_share_member member = {OST_TEXT("roles"), roles};
    return result == OST_OK ? document_put_members(document, &member, 1, arena, ret_document)
                            : result;
}
