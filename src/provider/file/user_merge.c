/* SPDX-License-Identifier: Apache-2.0 */
/* Merging users; see user_merge.h. */
#include "provider/file/user_merge.h"

#include <stdlib.h>

#include "base/error_sentence.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/group.h"
#include "provider/realm/role.h"
#include "provider/realm/user_row.h"
#include "store/user/store_user.h"

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

typedef int user_order(const void *a, const void *b);

static int by_id(const void *a, const void *b)
{
    return text_compare((*(const store_user *const *)a)->id, (*(const store_user *const *)b)->id);
}

static int by_name(const void *a, const void *b)
{
    return text_compare((*(const store_user *const *)a)->username,
                        (*(const store_user *const *)b)->username);
}

typedef struct user_index {
    const store_user **sorted; /* NULL: out of memory */
    size_t count;
    user_order *order;
} user_index;

static user_index index_users(const store_user *users, size_t count, user_order *order,
                              ost_arena *arena)
{
    user_index index = {.count = count, .order = order};
    index.sorted = ost_arena_alloc(arena, (count + 1) * sizeof(const store_user *));
    if (index.sorted == NULL)
        return index;
    for (size_t i = 0; i < count; i++)
        index.sorted[i] = &users[i];
    qsort(index.sorted, count, sizeof(const store_user *), order);
    return index;
}

static const store_user *search(const user_index *index, const store_user *wanted)
{
    const store_user **found =
        bsearch(&wanted, index->sorted, index->count, sizeof(const store_user *), index->order);
    return found != NULL ? *found : NULL;
}

typedef struct finding {
    store *store;
    user_rows *users;
    merge_mode mode;
    ost_arena *arena;
    store_user_wanted wanted;
    ost_text *texts; /* parallel to the users: the id, then the name; empty: not to be looked for */
} finding;

/* The users who have those texts. */
static ost_result find_by(finding *f, user_order *order)
{
    store_user *stored;
    size_t count;
    ost_result result = store_user_pick(f->store, &f->wanted, f->arena, &stored, &count);
    if (result != OST_OK)
        return result;
    const user_index index = index_users(stored, count, order, f->arena);
    for (size_t i = 0; i < f->users->count && index.sorted != NULL; i++) {
        const store_user wanted = {.id = f->texts[i], .username = f->texts[i]};
        if (f->texts[i].len > 0)
            f->users->before[i] = search(&index, &wanted);
    }
    return index.sorted != NULL ? OST_OK : OST_E_MEMORY;
}

static ost_result find_by_id(finding *f, ost_text *list)
{
    f->wanted.ids = list;
    for (size_t i = 0; i < f->users->count; i++) {
        ost_text *id = &f->texts[i];
        if (!ost_json_text(ost_json_get(f->users->documents[i], "id"), id))
            *id = (ost_text){0};
        if (id->len > 0)
            list[f->wanted.id_count++] = *id;
    }
    return find_by(f, by_id);
}

static ost_result find_by_name(finding *f, ost_text *list)
{
    f->wanted.ids = NULL;
    f->wanted.id_count = 0;
    f->wanted.names = list;
    for (size_t i = 0; i < f->users->count; i++) {
        bool wanted =
            f->users->before[i] == NULL && (f->texts[i].len == 0 || f->mode == MERGE_INTO);
        ost_text name = {0};
        f->texts[i] = name;
        if (wanted && user_row_name(f->users->documents[i], f->arena, &name) != OST_OK)
            return OST_E_MEMORY;
        if (name.len == 0)
            continue;
        f->texts[i] = user_row_fold(name, f->arena);
        if (f->texts[i].data == NULL)
            return OST_E_MEMORY;
        if (f->texts[i].len > 0)
            list[f->wanted.name_count++] = f->texts[i];
    }
    return find_by(f, by_name);
}

static ost_result see_all(const user_rows *users, id_set *seen, ost_error *error)
{
    for (size_t i = 0; i < users->count; i++) {
        const store_user *found = users->before[i];
        bool is_new = true;
        ost_result result = found != NULL ? id_set_add(seen, found->id, &is_new) : OST_OK;
        if (result != OST_OK)
            return error_set_sentence(error, result);
        if (!is_new)
            return ost_error_set(error, OST_E_CONFLICT, "users[%zu]: the user %.*s is there twice",
                                 users->numbers[i], (int)found->username.len, found->username.data);
    }
    return OST_OK;
}

static bool begin_finding(user_rows *users, ost_arena *arena)
{
    users->before = ost_arena_alloc(arena, (users->count + 1) * sizeof(const store_user *));
    for (size_t i = 0; i < users->count && users->before != NULL; i++)
        users->before[i] = NULL;
    return users->before != NULL;
}

ost_result user_merge_find(user_rows *users, store *s, ost_text name, merge_mode mode, id_set *seen,
                           ost_arena *arena, ost_error *error)
{
    ost_text *list = ost_arena_alloc(arena, (users->count + 1) * sizeof *list);
    finding f = {.store = s,
                 .users = users,
                 .mode = mode,
                 .arena = arena,
                 .wanted = {.realm = name},
                 .texts = ost_arena_alloc(arena, (users->count + 1) * sizeof *f.texts)};
    ost_result result = list != NULL && f.texts != NULL && begin_finding(users, arena)
                            ? find_by_id(&f, list)
                            : OST_E_MEMORY;
    if (result == OST_OK)
        result = find_by_name(&f, list);
    return result == OST_OK ? see_all(users, seen, error) : error_set_sentence(error, result);
}

ost_result user_merge_take(user_rows *users, const ost_text *ids, const store_user *stored,
                           size_t stored_count, ost_arena *arena, ost_error *error)
{
    const user_index index = index_users(stored, stored_count, by_id, arena);
    if (!begin_finding(users, arena) || index.sorted == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    for (size_t i = 0; i < users->count; i++) {
        const store_user wanted = {.id = ids[i]};
        if (ids[i].len == 0)
            continue;
        users->before[i] = search(&index, &wanted);
        if (users->before[i] == NULL)
            return ost_error_set(error, OST_E_CONFLICT, "somebody else has removed the user %.*s",
                                 (int)ids[i].len, ids[i].data);
    }
    return OST_OK;
}

/* ---- merging ---- */

#define ONE_USER ((size_t)256 << 20)

ost_result user_merge_all(user_rows *users, merge_mode mode, ost_arena *arena, ost_error *error)
{
    const ost_json *whole;
    ost_arena *scratch = ost_arena_new(ONE_USER);
    ost_result result = scratch != NULL ? OST_OK : OST_E_MEMORY;
    for (size_t i = 0; i < users->count && result == OST_OK; i++) {
        if (users->before[i] == NULL)
            continue;
        result = user_whole(users->before[i], scratch, &whole);
        if (result == OST_OK)
            result = document_merge(whole, users->documents[i], &member_user, mode, arena,
                                    &users->documents[i]);
        ost_arena_reset(scratch);
    }
    ost_arena_free(scratch);
    return error_set_sentence(error, result);
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
