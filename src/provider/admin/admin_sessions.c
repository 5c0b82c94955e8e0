/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions of the admin REST API: of a client, of a user, and what ends them. */
#include <stdio.h>

#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/realm/document_limit.h"
#include "provider/session/offline_session.h"
#include "store/session/store_session.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

#define DEFAULT_PAGE 100
#define MAX_PAGE 5000

static const realm_client *find_client(admin_call *a, ost_text id, const char *sentence)
{
    const realm_client *client = realm_find_client_by_uuid(a->realm.realm, id);
    if (client == NULL)
        admin_refuse(a, 404, "error", sentence);
    return client;
}

static ost_result find_user(admin_call *a, store_user *ret_user)
{
    ost_result result =
        store_user_get(a->realm.store, a->realm.row.name, a->values[1], a->arena, ret_user);
    if (result == OST_E_NOT_FOUND)
        return admin_refuse(a, 404, "error", "User not found");
    return result;
}

/* ---- reading ---- */

static ost_result put_clients(admin_call *a, ost_json_writer *w, ost_text session_id)
{
    store_session_count *clients;
    size_t count = 0;
    ost_result result =
        store_session_clients(a->realm.store, session_id, a->arena, &clients, &count);
    ost_json_put_name(w, OST_TEXT("clients"));
    ost_json_open_object(w);
    for (size_t i = 0; i < count; i++) {
        const realm_client *client = realm_find_client(a->realm.realm, clients[i].client_id);
        if (client != NULL)
            ost_json_member_string(w, client->id, client->client_id);
    }
    ost_json_close_object(w);
    return result;
}

static ost_result put_session(admin_call *a, ost_json_writer *w, const store_found_session *s)
{
    const ost_json *notes = NULL;
    if (ost_json_read(s->notes, NULL, a->arena, &notes, NULL) != OST_OK)
        notes = NULL;
    ost_text address = part_text(notes, "ip");
    ost_json_open_object(w);
    ost_json_member_text(w, "id", s->id);
    ost_json_member_text(w, "username", s->username);
    ost_json_member_text(w, "userId", s->user_id);
    if (address.len > 0)
        ost_json_member_text(w, "ipAddress", address);
    ost_json_member_integer(w, "start", s->started * 1000);
    ost_json_member_integer(w, "lastAccess", s->last_access * 1000);
    ost_json_member_boolean(w, "rememberMe", s->remembered);
    ost_result result = put_clients(a, w, s->id);
    ost_json_close_object(w);
    return result;
}

static ost_result answer_sessions(admin_call *a, store_session_filter filter)
{
    store_found_session *sessions;
    size_t count = 0;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    filter.realm = a->realm.row.name;
    filter.now = a->call->now;
    ost_result result = store_session_find(a->realm.store, &filter, a->arena, &sessions, &count);
    ost_json_open_array(w);
    for (size_t i = 0; i < count && result == OST_OK; i++)
        result = put_session(a, w, &sessions[i]);
    ost_json_close_array(w);
    return result == OST_OK ? admin_answer(a, w) : result;
}

static ost_result answer_client_sessions(admin_call *a, bool offline)
{
    int64_t first, max;
    const realm_client *client = find_client(a, a->values[1], "Could not find client");
    if (client == NULL || !admin_number(a, "first", 0, &first) ||
        !admin_number(a, "max", DEFAULT_PAGE, &max))
        return OST_OK;
    return answer_sessions(a,
                           (store_session_filter){.client_id = text_of(client->client_id),
                                                  .offline = offline,
                                                  .first = (size_t)first,
                                                  .max = max < MAX_PAGE ? (size_t)max : MAX_PAGE});
}

ost_result admin_list_client_sessions(admin_call *a)
{
    return answer_client_sessions(a, false);
}

ost_result admin_list_offline_sessions(admin_call *a)
{
    return answer_client_sessions(a, true);
}

ost_result admin_list_user_sessions(admin_call *a)
{
    store_user user;
    ost_result result = find_user(a, &user);
    if (result != OST_OK || a->status != 0)
        return result;
    return answer_sessions(a, (store_session_filter){.user_id = user.id, .max = MAX_PAGE});
}

static ost_result answer_count(admin_call *a, int64_t count)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_integer(w, "count", count);
    ost_json_close_object(w);
    return admin_answer(a, w);
}

static ost_result count_sessions(admin_call *a, bool offline)
{
    int64_t count = 0;
    const realm_client *client = find_client(a, a->values[1], "Could not find client");
    if (client == NULL)
        return OST_OK;
    ost_result result =
        store_session_count_of(a->realm.store, a->realm.row.name, text_of(client->client_id),
                               offline, a->call->now, &count);
    return result == OST_OK ? answer_count(a, count) : result;
}

ost_result admin_count_client_sessions(admin_call *a)
{
    return count_sessions(a, false);
}

ost_result admin_count_offline_sessions(admin_call *a)
{
    return count_sessions(a, true);
}

ost_result admin_list_user_offline_sessions(admin_call *a)
{
    store_user user;
    ost_result result = find_user(a, &user);
    if (result != OST_OK || a->status != 0)
        return result;
    const realm_client *client = find_client(a, a->values[2], "Client not found");
    if (client == NULL)
        return OST_OK;
    return answer_sessions(a, (store_session_filter){.user_id = user.id,
                                                     .client_id = text_of(client->client_id),
                                                     .offline = true,
                                                     .max = MAX_PAGE});
}

static ost_result answer_nothing(admin_call *a)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_close_object(w);
    return admin_answer(a, w);
}

ost_result admin_read_session_stats(admin_call *a)
{
    store_session_count *counts;
    size_t count = 0;
    char active[24], offline[24];
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    ost_result result = store_session_stats(a->realm.store, a->realm.row.name, a->call->now,
                                            a->arena, &counts, &count);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (size_t i = 0; i < count; i++) {
        const realm_client *client = realm_find_client(a->realm.realm, counts[i].client_id);
        if (client == NULL)
            continue;
        snprintf(active, sizeof active, "%lld", (long long)counts[i].sessions);
        snprintf(offline, sizeof offline, "%lld", (long long)counts[i].offline);
        ost_json_open_object(w);
        ost_json_member_string(w, "offline", offline);
        ost_json_member_string(w, "clientId", client->client_id);
        ost_json_member_string(w, "active", active);
        ost_json_member_string(w, "id", client->id);
        ost_json_close_object(w);
    }
    ost_json_close_array(w);
    return result == OST_OK ? admin_answer(a, w) : result;
}

/* ---- ending ---- */

ost_result admin_end_session(admin_call *a)
{
    bool offline = admin_flag(a, "isOffline", false);
    const char *login;
    store_session session;
    ost_result result =
        store_session_get(a->realm.store, a->realm.row.name, a->values[1], a->arena, &session);
    if (result == OST_OK && offline_session_is(a->call, &session, &login) != offline)
        result = OST_E_NOT_FOUND;
    if (result == OST_OK)
        result = store_session_end(a->realm.store, a->realm.row.name, a->values[1]);
    if (result == OST_E_NOT_FOUND)
        return admin_refuse(a, 404, "error", "Sesssion not found"); /* Keycloak's spelling */
    logout_bell_ring(&a->call->provider->logouts_bell);
    return result == OST_OK ? admin_answer_done(a) : result;
}

static ost_result put_not_before(admin_call *a, const ost_json *document,
                                 const ost_json **ret_document)
{
    const ost_json *now;
    const char *text = ost_arena_format(a->arena, "%lld", (long long)a->call->now);
    if (text == NULL)
        return OST_E_MEMORY;
    ost_result result = ost_json_read(text_of(text), NULL, a->arena, &now, NULL);
    return result == OST_OK
               ? document_put(document, OST_TEXT("notBefore"), now, a->arena, ret_document)
               : result;
}

/* The user is told of it as well, for the console shows when they were logged out last. */
ost_result admin_end_user_sessions(admin_call *a)
{
    ost_error error = {0};
    store_user user;
    const ost_json *document;
    ost_result result = find_user(a, &user);
    if (result != OST_OK || a->status != 0)
        return result;
    result = ost_json_read(user.document, NULL, a->arena, &document, NULL);
    if (result == OST_OK)
        result = put_not_before(a, document, &document);
    if (result == OST_OK)
        result = realm_admin_store_user(&a->realm, &user, document, &error);
    if (result == OST_OK)
        result = store_session_end_all(a->realm.store, a->realm.row.name, user.id);
    logout_bell_ring(&a->call->provider->logouts_bell);
    return result == OST_OK ? admin_answer_done(a) : result;
}

/* No session of the realm is left, and no token of before is good. */
ost_result admin_end_all_sessions(admin_call *a)
{
    const ost_json *document;
    ost_result result = put_not_before(a, a->realm.realm->document, &document);
    if (result == OST_OK)
        result = admin_store(a, document);
    if (result == OST_OK && a->status == 0)
        result = store_session_end_all(a->realm.store, a->realm.row.name, (ost_text){0});
    logout_bell_ring(&a->call->provider->logouts_bell);
    return result == OST_OK && a->status == 0 ? answer_nothing(a) : result;
}

/* Nobody is told: APIs learn from keys, introspection and the realm's document what is void. */
ost_result admin_push_revocation(admin_call *a)
{
    return answer_nothing(a);
}

ost_result admin_push_client_revocation(admin_call *a)
{
    return find_client(a, a->values[1], "Could not find client") != NULL ? answer_nothing(a)
                                                                         : OST_OK;
}
