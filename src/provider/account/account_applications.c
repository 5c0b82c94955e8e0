/* SPDX-License-Identifier: Apache-2.0 */
/* The applications of a user in the account REST API: those that are in use, that have been granted
 * something, and that want to be shown to everybody. */
#include "provider/account/account_application.h"

#include "base/fold.h"
#include "base/text.h"
#include "provider/account/account_words.h"
#include "provider/admin/admin_part.h"
#include "provider/realm/consent_row.h"
#include "provider/session/consent.h"
#include "provider/session/offline_session.h"
#include "store/session/store_session.h"
#include "store/user/store_consent.h"

#define MAX_APPLICATIONS 500
#define MAX_SESSIONS 1000 /* of one user, that are looked at */

typedef struct application {
    const realm_client *client; /* NULL: known by the address of its metadata alone */
    ost_text client_id;
    const store_consent *consent; /* NULL: none */
    bool in_use, offline;
} application;

typedef struct application_list {
    application *items;
    size_t count;
} application_list;

/* ---- one ---- */

void account_put_consent_members(const account_call *a, ost_text key, const store_consent *row,
                                 ost_json_writer *w)
{
    ost_text rest = row->scopes, name;
    ost_json_open_object(w);
    ost_json_put_name(w, OST_TEXT("grantedScopes"));
    ost_json_open_array(w);
    while (text_next(&rest, ' ', &name)) {
        const realm_scope *scope = realm_find_scope(a->call->realm, name);
        const realm_client *client =
            text_equal(name, key) ? realm_find_client_by_uuid(a->call->realm, key) : NULL;
        const char *text = scope != NULL    ? scope->consent_text
                           : client != NULL ? client->consent_text
                                            : NULL;
        if (text == NULL)
            continue; /* the scope is gone */
        ost_json_open_object(w);
        ost_json_member_text(w, "id", scope != NULL ? part_text(scope->document, "id") : key);
        ost_json_member_string(w, "name", text);
        ost_json_member_text(w, "displayTest", consent_words(text)); /* Keycloak's spelling */
        ost_json_close_object(w);
    }
    ost_json_close_array(w);
    ost_json_member_integer(w, "createdDate", row->created);
    ost_json_member_integer(w, "lastUpdatedDate", row->updated);
    ost_json_close_object(w);
}

static void put_some(ost_json_writer *w, const char *name, ost_text value)
{
    if (value.len > 0)
        ost_json_member_text(w, name, value);
}

static bool is_path(const char *url)
{
    return url != NULL && url[0] == '/';
}

/* The root of the built-in clients is ours. */
static const char *root_of(call *c, const realm_client *client)
{
    ost_text root = text_of(client->root_url);
    return root.len == 0 || text_is(root, "${authBaseUrl}") || text_is(root, "${authAdminUrl}")
               ? c->base
               : client->root_url;
}

static void put_addresses(call *c, ost_json_writer *w, const realm_client *client)
{
    ost_text base = text_of(client->base_url);
    put_some(w, "rootUrl", text_of(client->root_url));
    put_some(w, "baseUrl", base);
    if (base.len == 0)
        put_some(w, "effectiveUrl", text_of(client->root_url));
    else if (!is_path(client->base_url))
        put_some(w, "effectiveUrl", base);
    else
        put_some(w, "effectiveUrl",
                 text_of(call_format(c, "%s%s", root_of(c, client), client->base_url)));
    put_some(w, "logoUri", part_text(client->attributes, "logoUri"));
    put_some(w, "policyUri", part_text(client->attributes, "policyUri"));
    put_some(w, "tosUri", part_text(client->attributes, "tosUri"));
}

static void put_application(account_call *a, ost_json_writer *w, const application *app)
{
    const realm_client *client = app->client;
    ost_json_open_object(w);
    ost_json_member_text(w, "clientId", app->client_id);
    if (client != NULL) {
        put_some(w, "clientName", account_words(text_of(client->name)));
        put_some(w, "description", part_text(client->document, "description"));
    }
    ost_json_member_boolean(w, "userConsentRequired", client == NULL || client->consent_required);
    ost_json_member_boolean(w, "inUse", app->in_use);
    ost_json_member_boolean(w, "offlineAccess", app->offline);
    if (client != NULL)
        put_addresses(a->call, w, client);
    if (app->consent != NULL) {
        ost_json_put_name(w, OST_TEXT("consent"));
        account_put_consent_members(a, app->consent->client, app->consent, w);
    }
    ost_json_close_object(w);
}

/* ---- all ---- */

/* The application of the name, added if it is not there; NULL: there are too many. */
static application *application_find(account_call *a, application_list *list, ost_text client_id)
{
    for (size_t i = 0; i < list->count; i++) {
        if (text_equal(list->items[i].client_id, client_id))
            return &list->items[i];
    }
    if (list->count == MAX_APPLICATIONS)
        return NULL;
    application *app = &list->items[list->count++];
    *app = (application){.client = realm_find_client(a->call->realm, client_id),
                         .client_id = client_id};
    return app;
}

static ost_result add_session(account_call *a, application_list *list, const store_session *row)
{
    store_session_count *clients;
    size_t count = 0;
    const char *login;
    if (row->ends <= a->call->now || row->idle_ends <= a->call->now)
        return OST_OK;
    bool offline = offline_session_is(a->call, row, &login);
    ost_result result =
        store_session_clients(a->call->provider->store, row->id, a->call->arena, &clients, &count);
    for (size_t i = 0; i < count; i++) {
        application *app = application_find(a, list, clients[i].client_id);
        if (app == NULL)
            continue;
        app->offline = app->offline || offline;
        app->in_use = true;
    }
    return result;
}

static ost_result add_used(account_call *a, application_list *list)
{
    store_session *rows;
    size_t count = 0;
    ost_result result = store_session_list(a->call->provider->store, text_of(a->call->realm->name),
                                           a->user.id, MAX_SESSIONS, a->call->arena, &rows, &count);
    for (size_t i = 0; i < count && result == OST_OK; i++)
        result = add_session(a, list, &rows[i]);
    return result;
}

static ost_result add_consents(account_call *a, application_list *list)
{
    store_consent *rows;
    size_t count = 0;
    ost_result result = store_consent_list(a->call->provider->store, text_of(a->call->realm->name),
                                           a->user.id, a->call->arena, &rows, &count);
    for (size_t i = 0; i < count && result == OST_OK; i++) {
        ost_text client_id = consent_client_id(a->call->realm, rows[i].client);
        application *app = client_id.len > 0 ? application_find(a, list, client_id) : NULL;
        if (app != NULL)
            app->consent = &rows[i];
    }
    return result;
}

static void add_shown(account_call *a, application_list *list)
{
    for (size_t i = 0; i < a->call->realm->client_count; i++) {
        const realm_client *client = a->call->realm->clients[i];
        bool shown = false;
        if (client->enabled && !client->bearer_only &&
            ost_json_boolean(ost_json_get(client->document, "alwaysDisplayInConsole"), &shown) &&
            shown)
            (void)application_find(a, list, text_of(client->client_id));
    }
}

/* `wanted`: folded; a part of the name. Nothing is found without one. */
static bool fits(account_call *a, const application *app, ost_text wanted)
{
    ost_text name = text_fold(
        account_words(text_of(app->client != NULL ? app->client->name : NULL)), a->call->arena);
    for (size_t i = 0; name.data != NULL && i + wanted.len <= name.len; i++) {
        if (text_equal(text_slice(name, i, wanted.len), wanted))
            return true;
    }
    return false;
}

static bool is_shown(account_call *a, const application *app, ost_text wanted)
{
    if (app->client != NULL && (app->client->bearer_only || !app->client->enabled))
        return false;
    return wanted.len == 0 || fits(a, app, wanted);
}

ost_result account_list_applications(account_call *a)
{
    application_list list = {
        .items = ost_arena_alloc(a->call->arena, MAX_APPLICATIONS * sizeof *list.items)};
    ost_text wanted = text_fold(http_form_get(&a->query, "name"), a->call->arena);
    ost_json_writer *w = ost_json_writer_new(a->call->arena, 0);
    if (list.items == NULL || w == NULL || wanted.data == NULL)
        return OST_E_MEMORY;
    ost_result result = add_used(a, &list);
    if (result == OST_OK)
        result = add_consents(a, &list);
    add_shown(a, &list);
    ost_json_open_array(w);
    for (size_t i = 0; i < list.count && result == OST_OK; i++) {
        if (is_shown(a, &list.items[i], wanted))
            put_application(a, w, &list.items[i]);
    }
    ost_json_close_array(w);
    return result == OST_OK ? account_answer(a, w) : result;
}
