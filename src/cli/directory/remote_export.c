/* SPDX-License-Identifier: Apache-2.0 */
/* At a server, what `ostiary realm export` does at the store, as far as the admin API tells it: the
 * partial export, the clients' secrets, and the users one by one. What the server masks is left
 * out, since a mask that is imported elsewhere would be a secret that everyone knows. */
#include "base/json/json_member.h"
#include "base/text.h"
#include "cli/directory/resource_kind.h"
#include "cli/provider/administration.h"
#include "provider/member/masked.h"

#define PAGE 200
#define EXPORT_MAX ((size_t)512 << 20) /* bytes of JSON */

typedef struct exporting {
    administrator *a;
    ost_json_writer *w;
    size_t masked; /* members that are left out */
} exporting;

/* ---- what is masked ---- */

/* As deep as JSON is read. */
static void put_unmasked(exporting *e, const ost_json *json) /* NOLINT(misc-no-recursion) */
{
    bool object = ost_json_is(json, OST_JSON_OBJECT);
    if (!object && !ost_json_is(json, OST_JSON_ARRAY)) {
        ost_json_put_value(e->w, json);
        return;
    }
    if (object)
        ost_json_open_object(e->w);
    else
        ost_json_open_array(e->w);
    for (const ost_json *at = ost_json_first(json); at != NULL; at = ost_json_next(at)) {
        if (object && masked_is(at)) {
            e->masked++;
            continue;
        }
        if (object)
            ost_json_put_name(e->w, ost_json_name(at));
        put_unmasked(e, at);
    }
    if (object)
        ost_json_close_object(e->w);
    else
        ost_json_close_array(e->w);
}

/* ---- clients ---- */

static ost_result put_secret(exporting *e, const ost_json *client, ost_error *error)
{
    const ost_json *answer = NULL;
    ost_text id = json_text_of(client, "id");
    ost_result result = administrator_ask(
        e->a, HTTP_GET,
        ost_arena_format(e->a->arena, "/clients/%.*s/client-secret", OST_FORMAT(id)), (ost_text){0},
        &answer, error);
    ost_text secret = json_text_of(answer, "value");
    if (result == OST_OK && secret.len > 0)
        ost_json_member_text(e->w, "secret", secret);
    return result;
}

static ost_result put_client(exporting *e, const ost_json *client, ost_error *error)
{
    ost_result result = OST_OK;
    ost_json_open_object(e->w);
    for (const ost_json *at = ost_json_first(client); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        if (!masked_is(at)) {
            ost_json_put_name(e->w, ost_json_name(at));
            put_unmasked(e, at);
        } else if (text_is(ost_json_name(at), "secret")) {
            result = put_secret(e, client, error);
        } else {
            e->masked++;
        }
    }
    ost_json_close_object(e->w);
    return result;
}

static ost_result put_clients(exporting *e, const ost_json *clients, ost_error *error)
{
    ost_result result = OST_OK;
    ost_json_open_array(e->w);
    for (const ost_json *at = ost_json_first(clients); at != NULL && result == OST_OK;
         at = ost_json_next(at))
        result = put_client(e, at, error);
    ost_json_close_array(e->w);
    return result;
}

/* ---- users ---- */

static ost_result ask_user(exporting *e, ost_text id, const char *what, const ost_json **ret_json,
                           ost_error *error)
{
    return administrator_ask(e->a, HTTP_GET,
                             ost_arena_format(e->a->arena, "/users/%.*s%s", OST_FORMAT(id), what),
                             (ost_text){0}, ret_json, error);
}

/* One member of each object of a list. */
static void put_names(exporting *e, const char *name, const ost_json *list, const char *member)
{
    ost_json_put_name(e->w, text_of(name));
    ost_json_open_array(e->w);
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at))
        ost_json_put_text(e->w, json_text_of(at, member));
    ost_json_close_array(e->w);
}

static ost_result put_roles(exporting *e, ost_text id, ost_error *error)
{
    const ost_json *mappings = NULL;
    ost_result result = ask_user(e, id, "/role-mappings", &mappings, error);
    if (result != OST_OK)
        return result;
    put_names(e, "realmRoles", ost_json_get(mappings, "realmMappings"), "name");
    ost_json_put_name(e->w, OST_TEXT("clientRoles"));
    ost_json_open_object(e->w);
    for (const ost_json *at = ost_json_first(ost_json_get(mappings, "clientMappings")); at != NULL;
         at = ost_json_next(at)) {
        const char *client = ost_arena_copy(e->a->arena, ost_json_name(at));
        if (client == NULL)
            return OST_E_MEMORY;
        put_names(e, client, ost_json_get(at, "mappings"), "name");
    }
    ost_json_close_object(e->w);
    return OST_OK;
}

static ost_result put_links(exporting *e, ost_text id, ost_error *error)
{
    const ost_json *groups = NULL, *known = NULL;
    ost_result result = put_roles(e, id, error);
    if (result == OST_OK)
        result = ask_user(e, id, "/groups?first=0&max=1000000", &groups, error);
    if (result == OST_OK)
        result = ask_user(e, id, "/federated-identity", &known, error);
    if (result != OST_OK)
        return result;
    put_names(e, "groups", groups, "path");
    if (ost_json_count(known) > 0)
        ost_json_member_value(e->w, "federatedIdentities", known);
    return OST_OK;
}

/* What a user's representation has for who asks alone, and what put_links tells. */
static bool is_of_file(ost_text member)
{
    static const char *const others[] = {"access",
                                         "totp",
                                         "disableableCredentialTypes",
                                         "userProfileMetadata",
                                         "serviceAccountClientId",
                                         "realmRoles",
                                         "clientRoles",
                                         "groups",
                                         "federatedIdentities",
                                         NULL};
    for (size_t i = 0; others[i] != NULL; i++) {
        if (text_is(member, others[i]))
            return false;
    }
    return true;
}

/* `client_id`: whose account it is; empty: a person's. */
static ost_result put_user(exporting *e, const ost_json *user, ost_text client_id, ost_error *error)
{
    ost_json_open_object(e->w);
    for (const ost_json *at = ost_json_first(user); at != NULL; at = ost_json_next(at)) {
        if (!is_of_file(ost_json_name(at)))
            continue;
        ost_json_put_name(e->w, ost_json_name(at));
        ost_json_put_value(e->w, at);
    }
    if (client_id.len > 0)
        ost_json_member_text(e->w, "serviceAccountClientId", client_id);
    ost_result result = put_links(e, json_text_of(user, "id"), error);
    ost_json_close_object(e->w);
    return result;
}

static ost_result put_people(exporting *e, ost_error *error)
{
    const ost_json *list = NULL;
    ost_result result = OST_OK;
    size_t first = 0, count = PAGE;
    while (result == OST_OK && count == PAGE) {
        const char *path = ost_arena_format(
            e->a->arena, "/users?briefRepresentation=false&first=%zu&max=%d", first, PAGE);
        result = administrator_ask(e->a, HTTP_GET, path, (ost_text){0}, &list, error);
        count = result == OST_OK ? ost_json_count(list) : 0;
        for (const ost_json *at = result == OST_OK ? ost_json_first(list) : NULL;
             at != NULL && result == OST_OK; at = ost_json_next(at))
            result = put_user(e, at, (ost_text){0}, error);
        first += count;
    }
    return result;
}

/* Lists of users pass over the accounts of clients. */
static ost_result put_accounts(exporting *e, const ost_json *clients, ost_error *error)
{
    const ost_json *user = NULL;
    ost_result result = OST_OK;
    bool enabled;
    for (const ost_json *at = ost_json_first(clients); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        if (!ost_json_boolean(ost_json_get(at, "serviceAccountsEnabled"), &enabled) || !enabled)
            continue;
        ost_text id = json_text_of(at, "id");
        result = administrator_ask(
            e->a, HTTP_GET,
            ost_arena_format(e->a->arena, "/clients/%.*s/service-account-user", OST_FORMAT(id)),
            (ost_text){0}, &user, error);
        if (result == OST_OK)
            result = put_user(e, user, json_text_of(at, "clientId"), error);
    }
    return result;
}

/* ---- the file ---- */

static ost_result put_realm(exporting *e, const ost_json *whole, bool users, ost_error *error)
{
    const ost_json *clients = ost_json_get(whole, "clients");
    ost_result result = OST_OK;
    ost_json_open_object(e->w);
    for (const ost_json *at = ost_json_first(whole); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        if (masked_is(at) || text_is(ost_json_name(at), "users"))
            continue;
        ost_json_put_name(e->w, ost_json_name(at));
        if (at == clients)
            result = put_clients(e, at, error);
        else
            put_unmasked(e, at);
    }
    if (users && result == OST_OK) {
        ost_json_put_name(e->w, OST_TEXT("users"));
        ost_json_open_array(e->w);
        result = put_people(e, error);
        if (result == OST_OK)
            result = put_accounts(e, clients, error);
        ost_json_close_array(e->w);
    }
    ost_json_close_object(e->w);
    return result;
}

static ost_result export(administrator *a, const option_values *values, ost_error *error)
{
    ost_text document;
    const ost_json *whole = NULL;
    exporting e = {.a = a, .w = ost_json_writer_new(a->arena, EXPORT_MAX)};
    if (e.w == NULL)
        return OST_E_MEMORY;
    ost_result result = administrator_ask(
        a, HTTP_POST, "/partial-export?exportClients=true&exportGroupsAndRoles=true", (ost_text){0},
        &whole, error);
    if (result == OST_OK)
        result = put_realm(&e, whole, !options_has(values, "without-users"), error);
    if (result == OST_OK)
        result = ost_json_writer_finish(e.w, &document);
    if (result == OST_OK)
        result = administration_write(options_get(values, "output"), document, error);
    if (result == OST_OK)
        command_say("the server tells no passwords, no keys and no other credentials; %zu secrets "
                    "that it masks are left out, too",
                    e.masked);
    return result;
}

int remote_realm_export(const option_values *values)
{
    return administrator_run_realm(values, "realm export", NULL, export);
}
