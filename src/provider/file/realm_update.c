/* SPDX-License-Identifier: Apache-2.0 */
/* Importing over a realm; see realm_update.h. */
#include "provider/file/realm_update.h"

#include <stdlib.h>

#include "base/error_sentence.h"
#include "base/text.h"
#include "provider/file/key_plan.h"
#include "provider/file/user_merge.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/user_row.h"
#include "provider/stream/account_names.h"

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

/* ---- which users there are ---- */

typedef struct gathering {
    const realm_update *update;
    store_user *users;
    size_t count;
} gathering;

static ost_result gather(gathering *g, ost_text id, ost_text username)
{
    const realm_update *u = g->update;
    store_user *to = &g->users[g->count];
    ost_result result =
        id.len > 0 ? store_user_get(u->store, u->stored.name, id, u->arena, to)
                   : store_user_find(u->store, u->stored.name, username, false, u->arena, to);
    g->count += result == OST_OK;
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

/* Whom a document may mean: by its id, and by its name. */
static ost_result gather_meant(gathering *g, const ost_json *user)
{
    ost_text text;
    ost_result result = OST_OK;
    if (ost_json_text(ost_json_get(user, "id"), &text) && text.len > 0)
        result = gather(g, text, (ost_text){0});
    if (result != OST_OK || !ost_json_text(ost_json_get(user, "username"), &text))
        return result;
    text = user_row_fold(text, g->update->arena);
    return text.data != NULL ? gather(g, (ost_text){0}, text) : OST_E_MEMORY;
}

static int by_id(const void *a, const void *b)
{
    return text_compare(((const store_user *)a)->id, ((const store_user *)b)->id);
}

static void drop_repeated(gathering *g)
{
    size_t kept = 0;
    qsort(g->users, g->count, sizeof *g->users, by_id);
    for (size_t i = 0; i < g->count; i++) {
        if (kept == 0 || !text_equal(g->users[kept - 1].id, g->users[i].id))
            g->users[kept++] = g->users[i];
    }
    g->count = kept;
}

/* Those that the file may mean, and the accounts of its clients: whom it does not name stays as it
 * is, and a realm may have a million. */
static ost_result gather_users(const realm_update *u, const ost_json *file, user_rows *users)
{
    account_names accounts;
    ost_result result = account_names_begin(file, u->arena, &accounts);
    if (result != OST_OK)
        return result;
    size_t most = 2 * users->count + accounts.count + 1;
    gathering g = {.update = u, .users = ost_arena_alloc(u->arena, most * sizeof *g.users)};
    if (g.users == NULL)
        return OST_E_MEMORY;
    store_hold(u->store);
    for (size_t i = 0; i < users->count && result == OST_OK; i++)
        result = gather_meant(&g, users->documents[i]);
    for (size_t i = 0; i < accounts.count && result == OST_OK; i++)
        result = gather(&g, (ost_text){0}, accounts.names[i].username);
    store_release(u->store);
    if (result != OST_OK)
        return result;
    drop_repeated(&g);
    users->stored = g.users;
    users->stored_count = g.count;
    return OST_OK;
}

static ost_result list_users(const realm_update *u, user_rows *users)
{
    store_user *stored;
    ost_result result =
        store_user_list(u->store, u->stored.name, u->arena, &stored, &users->stored_count);
    users->stored = result == OST_OK ? stored : NULL;
    return result;
}

ost_result realm_update_merge_users(realm_update *u, const ost_json *file, user_rows *users,
                                    merge_mode mode, ost_error *error)
{
    ost_result result = u->mode == MERGE_INTO ? gather_users(u, file, users) : list_users(u, users);
    return result == OST_OK ? user_merge_all(users, mode, u->arena, error)
                            : error_set_sentence(error, result);
}

ost_result realm_update_merge(realm_update *u, const ost_json *file, user_rows *users,
                              const ost_json **ret_file, ost_error *error)
{
    ost_result result =
        document_merge(u->document, file, &member_realm, u->mode, u->arena, ret_file);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    return realm_update_merge_users(u, *ret_file, users, u->mode, error);
}

/* ---- the plan ---- */

#define ONE_USER ((size_t)256 << 20) /* a user's documents, before and after */

typedef struct user_plan {
    realm_update *update;
    ost_arena *scratch; /* of one user at a time: a realm may have a million */
    const user_rows *users;
    const realm *realm;
    bool lists_users;
    store_user *rows;
    const store_user **before;
    ost_text *removed;
    size_t count, removed_count;
} user_plan;

static ost_result write_over(user_plan *p, const store_user *row, const store_user *before)
{
    realm_update *u = p->update;
    const ost_json *was = NULL, *is;
    size_t noted = u->changes.count[CHANGE_OVERWRITTEN];
    ost_result result = before != NULL ? user_whole(before, p->scratch, &was) : OST_OK;
    if (result == OST_OK)
        result = user_whole(row, p->scratch, &is);
    if (result == OST_OK)
        realm_changes_note(&u->changes, "USER", (ost_text){0}, row->username, was, is);
    ost_arena_reset(p->scratch);
    if (result != OST_OK)
        return result;
    bool other_sharing =
        before != NULL && row->email.len > 0 && row->email_shared != before->email_shared;
    if (before != NULL && noted == u->changes.count[CHANGE_OVERWRITTEN] && !other_sharing)
        return OST_OK;
    p->before[p->count] = before;
    p->rows[p->count++] = *row;
    return OST_OK;
}

/* The client whose account the user is; empty: of none. */
static ost_text account_of(const store_user *user, ost_arena *arena)
{
    const ost_json *document;
    ost_text client_id = {0};
    if (text_starts(user->username, SERVICE_ACCOUNT) &&
        ost_json_read(user->document, &document_limits, arena, &document, NULL) == OST_OK)
        (void)!ost_json_text(ost_json_get(document, "serviceAccountClientId"), &client_id);
    return client_id;
}

/* The account of a client stays and goes with it. */
static bool stays(const user_plan *p, const store_user *user)
{
    ost_text client_id = account_of(user, p->update->arena);
    const realm_client *client = realm_find_client(p->realm, client_id);
    return client_id.len > 0 ? client != NULL && client->service_account : !p->lists_users;
}

/* What is left of a user whose roles and groups have gone. */
static ost_result prune(user_plan *p, const store_user *user, store_user *ret_pruned,
                        bool *ret_changed)
{
    ost_result result = user_prune(user, p->realm, p->scratch, ret_pruned, ret_changed);
    if (result == OST_OK && *ret_changed) {
        ret_pruned->document.data = ost_arena_copy(p->update->arena, ret_pruned->document);
        result = ret_pruned->document.data != NULL ? OST_OK : OST_E_MEMORY;
    }
    ost_arena_reset(p->scratch);
    return result;
}

static ost_result plan_other(user_plan *p, const store_user *user)
{
    realm_update *u = p->update;
    store_user pruned;
    bool changed;
    if (u->mode == MERGE_INTO)
        return OST_OK;
    if (!stays(p, user)) {
        realm_changes_note_member(&u->changes, CHANGE_REMOVED, "USER", user->username,
                                  (ost_text){0});
        p->removed[p->removed_count++] = user->id;
        return OST_OK;
    }
    ost_result result = prune(p, user, &pruned, &changed);
    return result == OST_OK && changed ? write_over(p, &pruned, user) : result;
}

static ost_result plan_users(user_plan *p)
{
    realm_update *u = p->update;
    const user_rows *users = p->users;
    size_t most = users->count + users->stored_count + 1, in_file = 0;
    ost_result result = OST_OK;
    p->rows = ost_arena_alloc(u->arena, most * sizeof *p->rows);
    p->before = ost_arena_alloc(u->arena, most * sizeof(const store_user *));
    p->removed = ost_arena_alloc(u->arena, (users->stored_count + 1) * sizeof *p->removed);
    if (p->rows == NULL || p->before == NULL || p->removed == NULL)
        return OST_E_MEMORY;
    for (; in_file < users->count && result == OST_OK; in_file++) /* accounts come last */
        result = write_over(p, &users->rows[in_file],
                            in_file < users->document_count ? users->before[in_file] : NULL);
    for (size_t i = 0; i < users->stored_count && result == OST_OK; i++) {
        if (!users->named[i])
            result = plan_other(p, &users->stored[i]);
    }
    u->change.users = p->rows;
    u->change.before = p->before;
    u->change.user_count = p->count;
    u->change.removed_users = p->removed;
    u->change.removed_user_count = p->removed_count;
    return result;
}

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

ost_result realm_update_plan(realm_update *u, const store_realm *row, const realm *r,
                             const user_rows *users, bool lists_users, const store_key *brought,
                             size_t brought_count, ost_error *error)
{
    store_key *keys;
    user_plan p = {.update = u,
                   .scratch = ost_arena_new(ONE_USER),
                   .users = users,
                   .realm = r,
                   .lists_users = lists_users};
    u->change.realm = *row;
    if (p.scratch == NULL)
        return error_set_sentence(error, OST_E_MEMORY);
    ost_result result = realm_changes_compare(&u->changes, u->document, r->document);
    if (result == OST_OK)
        result = plan_clients(u, r);
    if (result == OST_OK)
        result = plan_users(&p);
    ost_arena_free(p.scratch);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    result = key_plan_make(u->keys, u->key_count, brought, brought_count, r, u->context, u->arena,
                           &u->changes, &keys, &u->change.key_count, error);
    if (result == OST_OK && u->changes.failed)
        return error_set_sentence(error, OST_E_MEMORY);
    if (result != OST_OK)
        return result;
    u->change.keys = keys;
    return OST_OK;
}

bool realm_update_changes(const realm_update *u)
{
    size_t changes = u->change.user_count; /* also of whose address others may have */
    for (size_t i = 0; i < CHANGE_ACTIONS; i++)
        changes += u->changes.count[i];
    return changes > 0;
}

ost_result realm_update_store(const realm_update *u, ost_error *error)
{
    return store_realm_apply(u->store, &u->change, error);
}
