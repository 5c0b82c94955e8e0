/* SPDX-License-Identifier: Apache-2.0 */
/* Admin events; see admin_event.h. */
#include "provider/admin/admin_event.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "provider/admin/admin_part.h"
#include "provider/member/masked.h"

#define REPRESENTATION_MAX ((size_t)64 << 10)

/* What a route is about: the first of these that its path has. */
static const char *const resources[][2] = {
    {"/protocol-mappers", "PROTOCOL_MAPPER"},
    {"/scope-mappings/realm", "REALM_SCOPE_MAPPING"},
    {"/scope-mappings/clients", "CLIENT_SCOPE_MAPPING"},
    {"/role-mappings/realm", "REALM_ROLE_MAPPING"},
    {"/role-mappings/clients", "CLIENT_ROLE_MAPPING"},
    {"}/default-client-scopes", "CLIENT_SCOPE_CLIENT_MAPPING"},
    {"}/optional-client-scopes", "CLIENT_SCOPE_CLIENT_MAPPING"},
    {"/users/{id}/groups", "GROUP_MEMBERSHIP"},
    {"/users/{user}/groups", "GROUP_MEMBERSHIP"},
    {"/clients/{id}/roles", "CLIENT_ROLE"},
    {"/roles", "REALM_ROLE"},
    {"/groups", "GROUP"},
    {"/components", "COMPONENT"},
    {"client-scopes", "CLIENT_SCOPE"},
    {"/clients", "CLIENT"},
    {"/sessions", "USER_SESSION"},
    {"/attack-detection", "USER_LOGIN_FAILURE"},
    {"/users", "USER"},
    {"/identity-provider", "IDENTITY_PROVIDER"},
    {"/required-actions", "REQUIRED_ACTION"},
    {"/authentication", "AUTH_FLOW"},
};

static const char *resource_of(const char *route)
{
    for (size_t i = 0; i < ARRAY_LEN(resources); i++) {
        if (strstr(route, resources[i][0]) != NULL)
            return resources[i][1];
    }
    return "REALM";
}

/* What is done to a user, rather than written into it. */
static bool is_action(const admin_call *a)
{
    ost_text path = text_of(a->route->path);
    return text_ends(path, "/reset-password") || text_ends(path, "-email");
}

static const char *operation_of(const admin_call *a)
{
    if (a->route->method == HTTP_DELETE)
        return "DELETE";
    if (a->route->method == HTTP_PUT)
        return is_action(a) ? "ACTION" : "UPDATE";
    return a->status == 201 || strstr(a->route->path, "-mappings") != NULL ? "CREATE" : "ACTION";
}

/* ---- the body, without its secrets ---- */

/* In a body also what has names that are harmless elsewhere. */
static bool is_secret(ost_text name)
{
    static const char *const here[] = {"value", "credentials", "otp", "token", NULL};
    return masked_is_secret(name) || text_is_one_of(name, here);
}

/* One that is too long is left out. */
static void put_representation(const admin_call *a, ost_json_writer *w)
{
    ost_text text;
    ost_json_writer *inner = ost_json_writer_new(a->arena, REPRESENTATION_MAX);
    if (inner == NULL || a->body == NULL || is_action(a) || a->route->method == HTTP_DELETE)
        return;
    masked_put(inner, a->body, is_secret, false);
    if (ost_json_writer_finish(inner, &text) == OST_OK)
        ost_json_member_text(w, "representation", text);
}

/* ---- the event ---- */

static void put_who(const admin_call *a, ost_json_writer *w)
{
    const call *c = a->call;
    ost_json_put_name(w, OST_TEXT("authDetails"));
    ost_json_open_object(w);
    ost_json_member_string(w, "realmId", c->realm->id);
    if (c->client != NULL)
        ost_json_member_string(w, "clientId", c->client->id);
    ost_json_member_text(w, "userId", c->event.user);
    ost_json_member_text(w, "ipAddress", c->request->peer);
    ost_json_close_object(w);
}

/* Below the realm: of what was created, or as it was asked for. */
static ost_text path_of(const admin_call *a)
{
    ost_text path = a->location != NULL ? text_of(a->location) : a->path;
    for (int i = 0; i < 2; i++) { /* "/realms/NAME" */
        while (text_starts(path, "/"))
            path = text_slice(path, 1, path.len);
        path = text_slice(path, text_find(path, '/', 0), path.len);
    }
    while (text_starts(path, "/"))
        path = text_slice(path, 1, path.len);
    return path;
}

bool admin_event_make(admin_call *a, store_event *ret)
{
    const realm *r = a->realm.realm;
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    ost_text document, path = path_of(a);
    const char *operation = operation_of(a), *resource = resource_of(a->route->path);
    bool of_events = a->route->method == HTTP_DELETE && text_ends(path, "events");
    bool is_trial = text_ends(path, "testSMTPConnection");
    if (w == NULL || !r->admin_events || is_trial ||
        of_events) /* what was deleted leaves nothing behind */
        return false;
    ost_json_open_object(w);
    ost_json_member_integer(w, "time", a->call->now * 1000);
    ost_json_member_string(w, "realmId", r->id);
    put_who(a, w);
    ost_json_member_string(w, "operationType", operation);
    ost_json_member_string(w, "resourceType", resource);
    ost_json_member_text(w, "resourcePath", path);
    if (r->admin_event_details)
        put_representation(a, w);
    ost_json_close_object(w);
    if (ost_json_writer_finish(w, &document) != OST_OK)
        return false;
    *ret = (store_event){
        .realm = a->realm.row.name,
        .admin = true,
        .time = a->call->now * 1000,
        .expires = r->admin_event_lifetime > 0 ? a->call->now + r->admin_event_lifetime : 0,
        .type = text_of(operation),
        .client = text_of(a->call->client != NULL ? a->call->client->id : NULL),
        .user = a->call->event.user,
        .address = a->call->request->peer,
        .resource = text_of(resource),
        .path = path,
        .document = document,
    };
    return true;
}

void admin_event_tell(admin_call *a)
{
    store_event event;
    if (admin_event_make(a, &event))
        event_queue_add(&a->call->provider->waiting_events, &event);
}
