/* SPDX-License-Identifier: Apache-2.0 */
/* Clients of master for realms; see master_clients.h. */
#include "provider/file/master_clients.h"

#include "base/error_sentence.h"
#include "base/json/json_list.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/file/master_document.h"
#include "provider/realm/document_limit.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_realm.h"
#include "store/store_try.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

#define FOLLOW_ARENA ((size_t)1 << 30)

const realm_client *master_client_find(const realm *master, ost_text name)
{
    for (size_t i = 0; i < master->client_count; i++) {
        if (master->clients[i]->bearer_only &&
            text_equal(master_client_realm(text_of(master->clients[i]->client_id)), name))
            return master->clients[i];
    }
    return NULL;
}

/* ---- what is there ---- */

typedef enum presence { CLIENT_IS_MISSING, CLIENT_IS_THERE, NAME_IS_TAKEN } presence;

static bool is_bearer_only(const ost_json *client)
{
    return json_true_of(client, "bearerOnly");
}

/* A bearer-only client of the name with all the roles is the realm's; with fewer it is to get
 * them. */
static presence look_for(const ost_json *document, const ost_json *rights, ost_text client_id)
{
    ost_text name;
    const ost_json *client =
        json_list_find(ost_json_get(document, "clients"), "clientId", client_id);
    const ost_json *roles =
        ost_json_get_text(ost_json_get(ost_json_get(document, "roles"), "client"), client_id);
    if (client == NULL)
        return CLIENT_IS_MISSING;
    if (!is_bearer_only(client))
        return NAME_IS_TAKEN;
    for (const ost_json *at = ost_json_first(rights); at != NULL; at = ost_json_next(at)) {
        if (master_document_is_right(at) && ost_json_text(ost_json_get(at, "name"), &name) &&
            json_list_find(roles, "name", name) == NULL)
            return CLIENT_IS_MISSING;
    }
    return CLIENT_IS_THERE;
}

/* The realms that a client is to be made for. */
static ost_result find_missing(const ost_json *document, const store_realm *rows, size_t count,
                               ost_arena *arena, ost_text **ret_realms, size_t *ret_count)
{
    const ost_json *rights;
    ost_text *missing = ost_arena_alloc(arena, (count + 1) * sizeof *missing);
    ost_result result = master_document_rights(arena, &rights);
    if (missing == NULL || result != OST_OK)
        return OST_E_MEMORY;
    *ret_realms = missing;
    *ret_count = 0;
    for (size_t i = 0; i <= count; i++) { /* master itself may be on its way to the store */
        ost_text name = i < count ? rows[i].name : OST_TEXT(MASTER_REALM);
        bool twice = i < count && text_is(name, MASTER_REALM);
        ost_text client_id = master_client_id(name, arena);
        if (client_id.len == 0)
            return OST_E_MEMORY;
        if (!twice && look_for(document, rights, client_id) == CLIENT_IS_MISSING)
            missing[(*ret_count)++] = name;
    }
    return OST_OK;
}

ost_result master_clients_complete(store *s, const ost_context *context, ost_arena *arena,
                                   ost_text *document)
{
    const ost_json *read;
    store_realm *rows;
    ost_text *missing;
    size_t count, missing_count;
    ost_result result = ost_json_read(*document, &document_limits, arena, &read, NULL);
    if (result == OST_OK)
        result = store_realm_names(s, arena, &rows, &count);
    if (result == OST_OK)
        result = find_missing(read, rows, count, arena, &missing, &missing_count);
    if (result != OST_OK || missing_count == 0)
        return result;
    return master_document_write(read, missing, missing_count, context, arena, document);
}

static ost_result follow_once(store *s, const ost_context *context, ost_error *error)
{
    store_realm row;
    realm *checked = NULL;
    ost_arena *arena = ost_arena_new(FOLLOW_ARENA);
    ost_result result =
        arena != NULL ? store_realm_get(s, OST_TEXT(MASTER_REALM), arena, &row) : OST_E_MEMORY;
    ost_text document = result == OST_OK ? row.document : (ost_text){0};
    if (result == OST_OK)
        result = master_clients_complete(s, context, arena, &document);
    if (result == OST_OK && document.data != row.document.data) {
        row.document = document;
        row.version++;
        result = realm_load(row.document, row.version, &checked, error);
        if (result == OST_OK)
            result = store_realm_update(s, &row);
    }
    realm_unref(checked);
    ost_arena_free(arena);
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

ost_result master_clients_follow(store *s, const ost_context *context, ost_error *error)
{
    ost_result result;
    unsigned tried = 0;
    do
        result = follow_once(s, context, error);
    while (store_try_again(result, &tried));
    return error_set_sentence(error, result);
}

/* ---- a realm that comes ---- */

/* The roles that Keycloak gives to who creates a realm. */
static void put_creator_roles(ost_json_writer *w, const ost_json *rights)
{
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(rights); at != NULL; at = ost_json_next(at)) {
        const ost_json *name = ost_json_get(at, "name");
        if (master_document_is_right(at) && !ost_json_equals(name, OST_TEXT("impersonation")))
            ost_json_put_value(w, name);
    }
    ost_json_close_array(w);
}

static ost_result write_creator(const ost_json *user, const ost_json *rights, ost_text client_id,
                                ost_arena *arena, ost_text *ret_document)
{
    const ost_json *of_clients = ost_json_get(user, "clientRoles");
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(user); at != NULL; at = ost_json_next(at)) {
        if (text_is(ost_json_name(at), "clientRoles"))
            continue;
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
    ost_json_put_name(w, OST_TEXT("clientRoles"));
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(of_clients); at != NULL; at = ost_json_next(at)) {
        if (text_equal(ost_json_name(at), client_id)) /* roles that nobody has defined until now */
            continue;
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
    ost_json_put_name(w, client_id);
    put_creator_roles(w, rights);
    ost_json_close_object(w);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret_document);
}

/* The user of the change, and as they were before. */
typedef struct creator_change {
    store_realm_change change;
    store_user user, before;
    const store_user *before_list[1];
} creator_change;

static ost_result add_creator(store *s, creator_change *c, ost_text id, const ost_json *rights,
                              ost_text client_id, ost_arena *arena)
{
    const ost_json *document;
    ost_result result = store_user_get(s, OST_TEXT(MASTER_REALM), id, arena, &c->before);
    if (result == OST_OK)
        result = ost_json_read(c->before.document, NULL, arena, &document, NULL);
    c->user = c->before;
    if (result == OST_OK)
        result = write_creator(document, rights, client_id, arena, &c->user.document);
    c->before_list[0] = &c->before;
    c->change.users = &c->user;
    c->change.before = c->before_list;
    c->change.user_count = 1;
    return result;
}

/* What grants its roles may be there without the client: a file names roles that it does not
 * declare. */
static bool is_free(const ost_json *document, ost_text client_id, master_client_policy policy)
{
    const ost_json *client =
        json_list_find(ost_json_get(document, "clients"), "clientId", client_id);
    const ost_json *roles =
        ost_json_get_text(ost_json_get(ost_json_get(document, "roles"), "client"), client_id);
    return policy == MASTER_CLIENT_ADOPT ? client == NULL || is_bearer_only(client)
                                         : client == NULL && ost_json_count(roles) == 0;
}

ost_result master_client_add(store *s, ost_text name, master_client_policy policy, ost_text creator,
                             const ost_context *context, ost_arena *arena,
                             const store_realm_change **ret_change, ost_error *error)
{
    const ost_json *document, *rights;
    creator_change *c = ost_arena_alloc(arena, sizeof *c);
    ost_text client_id = master_client_id(name, arena);
    *ret_change = NULL;
    if (c == NULL || client_id.len == 0)
        return error_set_sentence(error, OST_E_MEMORY);
    *c = (creator_change){0};
    ost_result result = store_realm_get(s, OST_TEXT(MASTER_REALM), arena, &c->change.realm);
    if (result == OST_E_NOT_FOUND)
        return OST_OK;
    if (result == OST_OK)
        result = ost_json_read(c->change.realm.document, &document_limits, arena, &document, NULL);
    if (result == OST_OK)
        result = master_document_rights(arena, &rights);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    if (!is_free(document, client_id, policy))
        return ost_error_set(error, OST_E_CONFLICT,
                             "the realm master has a client %.*s, or its roles: the name belongs "
                             "to this realm",
                             (int)client_id.len, client_id.data);
    c->change.realm.version++;
    result = master_document_write(document, &name, 1, context, arena, &c->change.realm.document);
    if (result == OST_OK && creator.len > 0)
        result = add_creator(s, c, creator, rights, client_id, arena);
    if (result == OST_OK)
        *ret_change = &c->change;
    return error_set_sentence(error, result);
}
