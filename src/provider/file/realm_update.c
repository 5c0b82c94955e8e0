/* SPDX-License-Identifier: Apache-2.0 */
/* Importing over a realm; see realm_update.h. */
#include "provider/file/realm_update.h"

#include "base/error_sentence.h"
#include "base/json/json_finder.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/file/key_plan.h"
#include "provider/file/user_update.h"
#include "provider/realm/document_limit.h"
#include "store/realm/store_realm.h"

ost_result realm_update_begin(store *s, ost_text name, merge_mode mode, const ost_context *context,
                              ost_arena *arena, realm_update *ret_update, ost_error *error)
{
    realm_update u = {
        .mode = mode, .store = s, .context = context, .arena = arena, .changes = {.arena = arena}};
    ost_result result = store_realm_get(s, name, arena, &u.stored);
    if (result == OST_E_NOT_FOUND)
        return result;
    if (result == OST_OK)
        result = ost_json_read(u.stored.document, &document_limits, arena, &u.document, NULL);
    if (result == OST_OK)
        result = store_key_list(s, name, arena, &u.keys, &u.key_count);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    *ret_update = u;
    return OST_OK;
}

ost_result realm_update_merge(realm_update *u, const ost_json *file, const ost_json **ret_file,
                              ost_error *error)
{
    return error_set_sentence(
        error, document_merge(u->document, file, &member_realm, u->mode, u->arena, ret_file));
}

/* ---- the plan ---- */

/* Clients that were there and are not any more. */
static ost_result plan_clients(realm_update *u, const realm *r)
{
    const ost_json *clients = ost_json_get(u->document, "clients");
    size_t count = 0;
    ost_text *gone = ost_arena_alloc(u->arena, (ost_json_count(clients) + 1) * sizeof *gone);
    if (gone == NULL)
        return OST_E_MEMORY;
    for (const ost_json *at = ost_json_first(clients); at != NULL; at = ost_json_next(at)) {
        ost_text client_id;
        if (ost_json_text(ost_json_get(at, "clientId"), &client_id) &&
            realm_find_client(r, client_id) == NULL)
            gone[count++] = client_id;
    }
    u->change.removed_clients = gone;
    u->change.removed_client_count = count;
    return OST_OK;
}

/* Identity providers likewise: whoever gets the alias next knows nobody of those that it knew. */
static ost_result plan_providers(realm_update *u, const realm *r)
{
    const ost_json *before = ost_json_get(u->document, "identityProviders");
    const ost_json *after = ost_json_get(r->document, "identityProviders");
    json_finder finder = {.arena = u->arena};
    size_t count = 0;
    ost_text *gone = ost_arena_alloc(u->arena, (ost_json_count(before) + 1) * sizeof *gone);
    if (gone == NULL)
        return OST_E_MEMORY;
    for (const ost_json *at = ost_json_first(before); at != NULL; at = ost_json_next(at)) {
        ost_text alias = json_text_of(at, "alias");
        if (alias.len > 0 && json_finder_find(&finder, after, "alias", alias) == NULL)
            gone[count++] = alias;
    }
    u->change.removed_providers = gone;
    u->change.removed_provider_count = count;
    return OST_OK;
}

ost_result realm_update_plan(realm_update *u, const store_realm *row, const realm *r,
                             const user_plan_source *users, const store_key *brought,
                             size_t brought_count, ost_error *error)
{
    store_key *keys;
    user_plan_source source = *users;
    source.store = u->store;
    source.realm = r;
    source.mode = u->mode;
    source.context = u->context;
    u->change.realm = *row;
    ost_result result = realm_changes_compare(&u->changes, u->document, r->document);
    if (result == OST_OK)
        result = plan_clients(u, r);
    if (result == OST_OK)
        result = plan_providers(u, r);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    result = user_plan_make(&source, &u->changes, u->arena, &u->users, error);
    if (result == OST_OK)
        result = key_plan_make(u->keys, u->key_count, brought, brought_count, r, u->context,
                               u->arena, &u->changes, &keys, &u->change.key_count, error);
    if (result == OST_OK && u->changes.failed)
        return error_set_sentence(error, OST_E_MEMORY);
    if (result != OST_OK)
        return result;
    u->change.keys = keys;
    return OST_OK;
}

void realm_update_clear(realm_update *u)
{
    user_plan_clear(&u->users);
}

bool realm_update_changes(const realm_update *u)
{
    size_t changes = u->users.changed; /* also of whose address others may have */
    for (size_t i = 0; i < CHANGE_ACTIONS; i++)
        changes += u->changes.count[i];
    return changes > 0;
}

ost_result realm_update_store(const realm_update *u, ost_error *error)
{
    user_update *users = user_update_new(&u->users);
    if (users == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    const store_change_feed feed = user_update_for_store(users);
    store_realm_change change = u->change;
    change.feed = &feed;
    ost_result result = store_realm_apply(u->store, &change, error);
    user_update_free(users);
    return result;
}
