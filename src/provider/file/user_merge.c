/* SPDX-License-Identifier: Apache-2.0 */
/* Merging users; see user_merge.h. */
#include "provider/file/user_merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/error_sentence.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/group.h"
#include "provider/realm/role.h"
#include "provider/realm/user_row.h"

/* ---- whole users ---- */

ost_result user_write(const store_user *user, const ost_json *consents, ost_json_writer *w,
                      ost_arena *arena)
{
    const ost_json *document, *password = NULL;
    ost_result result = ost_json_read(user->document, &document_limits, arena, &document, NULL);
    if (result == OST_OK && user->password.len > 0)
        result = ost_json_read(user->password, &document_limits, arena, &password, NULL);
    if (result != OST_OK)
        return result;
    const ost_json *others = ost_json_get(document, "credentials");
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(document); at != NULL; at = ost_json_next(at)) {
        if (text_is(ost_json_name(at), "credentials") ||
            text_is(ost_json_name(at), "clientConsents"))
            continue;
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
    if (ost_json_count(consents) > 0)
        ost_json_member_value(w, "clientConsents", consents);
    if (password != NULL || others != NULL) {
        ost_json_put_name(w, OST_TEXT("credentials"));
        ost_json_open_array(w);
        if (password != NULL)
            ost_json_put_value(w, password);
        for (const ost_json *at = ost_json_first(others); at != NULL; at = ost_json_next(at))
            ost_json_put_value(w, at);
        ost_json_close_array(w);
    }
    ost_json_close_object(w);
    return OST_OK;
}

ost_result user_whole(const store_user *user, ost_arena *arena, const ost_json **ret_user)
{
    ost_json_writer *w = ost_json_writer_new(arena, DOCUMENT_MAX);
    ost_result result = w != NULL ? user_write(user, NULL, w, arena) : OST_E_MEMORY;
    return result == OST_OK ? json_writer_read(w, &document_limits, ret_user, NULL) : result;
}

/* ---- finding ---- */

typedef struct user_index {
    const store_user **by_id, **by_name;
    size_t count;
} user_index;

static int by_id(const void *a, const void *b)
{
    return text_compare((*(const store_user *const *)a)->id, (*(const store_user *const *)b)->id);
}

static int by_name(const void *a, const void *b)
{
    return text_compare((*(const store_user *const *)a)->username,
                        (*(const store_user *const *)b)->username);
}

static bool make_index(const user_rows *users, ost_arena *arena, user_index *ret)
{
    size_t count = users->stored_count;
    user_index index = {.count = count};
    index.by_id = ost_arena_alloc(arena, (count + 1) * sizeof(const store_user *));
    index.by_name = ost_arena_alloc(arena, (count + 1) * sizeof(const store_user *));
    if (index.by_id == NULL || index.by_name == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        index.by_id[i] = index.by_name[i] = &users->stored[i];
    qsort(index.by_id, count, sizeof(const store_user *), by_id);
    qsort(index.by_name, count, sizeof(const store_user *), by_name);
    *ret = index;
    return true;
}

static const store_user *search(const store_user **sorted, size_t count, const store_user *wanted,
                                int (*compare)(const void *, const void *))
{
    const store_user **found = bsearch(&wanted, sorted, count, sizeof(const store_user *), compare);
    return found != NULL ? *found : NULL;
}

static ost_result find_user(const user_index *index, const ost_json *user, merge_mode mode,
                            ost_arena *arena, const store_user **ret_user)
{
    store_user wanted = {0};
    const store_user *found = NULL;
    bool has_id = ost_json_text(ost_json_get(user, "id"), &wanted.id) && wanted.id.len > 0;
    if (has_id)
        found = search(index->by_id, index->count, &wanted, by_id);
    if (found == NULL && (!has_id || mode == MERGE_INTO) &&
        ost_json_text(ost_json_get(user, "username"), &wanted.username)) {
        wanted.username = user_row_fold(wanted.username, arena);
        if (wanted.username.data == NULL)
            return OST_E_MEMORY;
        found = search(index->by_name, index->count, &wanted, by_name);
    }
    *ret_user = found;
    return OST_OK;
}

/* ---- merging ---- */

#define ONE_USER ((size_t)256 << 20)

static ost_result merge_one(user_rows *users, size_t i, const user_index *index, bool *taken,
                            merge_mode mode, ost_arena *arena, ost_arena *scratch, ost_error *error)
{
    const ost_json *whole;
    const store_user *found;
    ost_result result = find_user(index, users->documents[i], mode, arena, &found);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    users->before[i] = found;
    if (found == NULL)
        return OST_OK;
    if (taken[found - users->stored])
        return ost_error_set(error, OST_E_CONFLICT, "users[%zu]: the user %.*s is there twice", i,
                             (int)found->username.len, found->username.data);
    taken[found - users->stored] = true;
    result = user_whole(found, scratch, &whole);
    if (result == OST_OK)
        result = document_merge(whole, users->documents[i], &member_user, mode, arena,
                                &users->documents[i]);
    ost_arena_reset(scratch);
    return error_set_sentence(error, result);
}

ost_result user_merge_all(user_rows *users, merge_mode mode, ost_arena *arena, ost_error *error)
{
    user_index index;
    bool *taken = ost_arena_alloc(arena, users->stored_count + 1);
    users->before = ost_arena_alloc(arena, (users->count + 1) * sizeof(const store_user *));
    if (taken == NULL || users->before == NULL || !make_index(users, arena, &index))
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    memset(taken, 0, users->stored_count + 1);
    users->named = taken;
    ost_arena *scratch = ost_arena_new(ONE_USER);
    ost_result result = error_set_sentence(error, scratch != NULL ? OST_OK : OST_E_MEMORY);
    for (size_t i = 0; i < users->count && result == OST_OK; i++)
        result = merge_one(users, i, &index, taken, mode, arena, scratch, error);
    ost_arena_free(scratch);
    return result;
}

/* ---- pruning ---- */

typedef struct pruning {
    const realm *realm;
    ost_json_writer *writer;
    bool changed;
} pruning;

static bool is_there(const pruning *p, ost_text client, bool group, ost_text name)
{
    return group ? group_exists(p->realm, name) : role_exists(p->realm, client, name);
}

static void put_names(pruning *p, const ost_json *names, ost_text client, bool group)
{
    ost_text name;
    ost_json_put_name(p->writer, ost_json_name(names));
    ost_json_open_array(p->writer);
    for (const ost_json *at = ost_json_first(names); at != NULL; at = ost_json_next(at)) {
        if (ost_json_text(at, &name) && is_there(p, client, group, name))
            ost_json_put_value(p->writer, at);
        else
            p->changed = true;
    }
    ost_json_close_array(p->writer);
}

static void put_client_roles(pruning *p, const ost_json *roles)
{
    ost_json_put_name(p->writer, ost_json_name(roles));
    ost_json_open_object(p->writer);
    for (const ost_json *at = ost_json_first(roles); at != NULL; at = ost_json_next(at)) {
        if (realm_find_client(p->realm, ost_json_name(at)) != NULL)
            put_names(p, at, ost_json_name(at), false);
        else
            p->changed = true;
    }
    ost_json_close_object(p->writer);
}

ost_result user_prune(const store_user *user, const realm *r, ost_arena *arena,
                      store_user *ret_user, bool *ret_changed)
{
    const ost_json *document;
    pruning p = {.realm = r, .writer = ost_json_writer_new(arena, DOCUMENT_MAX)};
    if (p.writer == NULL)
        return OST_E_MEMORY;
    ost_result result = ost_json_read(user->document, &document_limits, arena, &document, NULL);
    if (result != OST_OK)
        return result;
    ost_json_open_object(p.writer);
    for (const ost_json *at = ost_json_first(document); at != NULL; at = ost_json_next(at)) {
        ost_text name = ost_json_name(at);
        if (text_is(name, "realmRoles") || text_is(name, "groups")) {
            put_names(&p, at, (ost_text){0}, text_is(name, "groups"));
        } else if (text_is(name, "clientRoles")) {
            put_client_roles(&p, at);
        } else {
            ost_json_put_name(p.writer, name);
            ost_json_put_value(p.writer, at);
        }
    }
    ost_json_close_object(p.writer);
    store_user pruned = *user;
    result = ost_json_writer_finish(p.writer, &pruned.document);
    if (result != OST_OK)
        return result;
    *ret_user = pruned;
    *ret_changed = p.changed;
    return OST_OK;
}
