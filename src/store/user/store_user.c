/* SPDX-License-Identifier: Apache-2.0 */
/* Users in the store. */
#include "store/user/store_user.h"

#include <string.h>

#include "base/fold.h"
#include "base/text.h"
#include "store/lock.h"
#include "store/session/session_within.h"
#include "store/transaction.h"
#include "store/user/user_index.h"
#include "store/user/user_secret.h"
#include "store/user/user_within.h"

#define ROW_MEMORY ((size_t)64 << 20)

static ost_result insert_row(database *d, const store_user *user, const user_index *index)
{
    sealed_text_auto document = {0};
    ost_result result = user_secret_seal(d, user, &document);
    if (result != OST_OK)
        return result;
    statement *st = prepare(d, "INSERT INTO user (" USER_COLUMNS ", unique_email, search,"
                               " verified, service)"
                               " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    bind_text(st, 1, user->id);
    bind_text(st, 2, user->realm);
    bind_text(st, 3, user->username);
    bind_text(st, 4, user->email);
    bind_text(st, 5, document.text);
    bind_text(st, 6, user->password);
    bind_integer(st, 7, user->enabled);
    bind_integer(st, 8, user->created);
    bind_text(st, 9, user->email_shared ? (ost_text){0} : user->email);
    bind_text(st, 10, index->search);
    bind_integer(st, 11, index->verified);
    bind_integer(st, 12, index->service);
    result = run_statement(st, NULL);
    return result == OST_OK ? insert_consents(d, user) : result;
}

static ost_result insert_indexed(database *d, const store_user *user, const user_index *index)
{
    ost_result result = insert_row(d, user, index);
    return result == OST_OK ? user_index_link(d, user->realm, user->username, index->document)
                            : result;
}

ost_result insert_user(database *d, const store_user *user)
{
    user_index index;
    if (user->index != NULL)
        return insert_indexed(d, user, user->index);
    ost_arena *arena = ost_arena_new(USER_INDEX_MEMORY);
    ost_result result = arena != NULL ? user_index_make(user, arena, &index) : OST_E_MEMORY;
    if (result == OST_OK)
        result = insert_indexed(d, user, &index);
    ost_arena_free(arena);
    return result;
}

ost_result store_user_create(store *s, const store_user *user)
{
    return WRITE(s, d, insert_user(d, user));
}

static ost_result read_user(database *d, statement *st, ost_arena *arena, store_user *ret_user)
{
    bool failed = false;
    store_user read = {
        .id = column_text(st, 0, arena, &failed),
        .realm = column_text(st, 1, arena, &failed),
        .username = column_text(st, 2, arena, &failed),
        .email = column_text(st, 3, arena, &failed),
        .document = column_text(st, 4, arena, &failed),
        .password = column_text(st, 5, arena, &failed),
        .enabled = column_integer(st, 6) != 0,
        .created = column_integer(st, 7),
        .email_shared = column_integer(st, 8) != 0,
    };
    if (failed)
        return OST_E_MEMORY;
    ost_result result =
        user_secret_open(d, read.realm, read.id, read.document, arena, &read.document);
    if (result == OST_OK)
        *ret_user = read;
    return result;
}

ost_result store_user_get(store *s, ost_text realm, ost_text id, ost_arena *arena,
                          store_user *ret_user)
{
    database *d = read_begin(s);
    statement *st = PREPARED(d, USER_SELECT "AND id = ?", realm, id);
    ost_result result = next_row(st);
    if (result == OST_OK)
        result = read_user(d, st, arena, ret_user);
    read_end(s, d);
    return result;
}

static ost_result find_user(database *d, ost_text realm, ost_text name, bool or_email,
                            ost_arena *arena, store_user *ret_user)
{
    statement *st = PREPARED(d, USER_SELECT "AND username = ?", realm, name);
    ost_result result = next_row(st);
    if (result == OST_E_NOT_FOUND && or_email && name.len > 0) {
        st = prepare(d, USER_BY_EMAIL);
        bind_text(st, 1, realm);
        bind_text(st, 2, name);
        result = next_row(st);
    }
    return result == OST_OK ? read_user(d, st, arena, ret_user) : result;
}

ost_result store_user_find(store *s, ost_text realm, ost_text name, bool or_email, ost_arena *arena,
                           store_user *ret_user)
{
    ost_text wanted = text_fold(name, arena); /* as the importer stored it */
    if (wanted.data == NULL)
        return OST_E_MEMORY;
    database *d = read_begin(s);
    ost_result result = find_user(d, realm, wanted, or_email, arena, ret_user);
    read_end(s, d);
    return result;
}

ost_result store_user_neighbour(store *s, ost_text realm, ost_text id, ost_arena *arena,
                                store_user *ret_user)
{
    database *d = read_begin(s);
    statement *st =
        PREPARED(d, USER_SELECT "AND id >= ? AND password <> '' ORDER BY id LIMIT 1", realm, id);
    ost_result result = next_row(st);
    if (result == OST_E_NOT_FOUND) { /* from the other end */
        st = prepare(d, USER_SELECT "AND password <> '' ORDER BY id LIMIT 1");
        bind_text(st, 1, realm);
        result = next_row(st);
    }
    if (result == OST_OK)
        result = read_user(d, st, arena, ret_user);
    read_end(s, d);
    return result;
}

/* Twice the room when it is used up; the arena keeps what was. */
static ost_result make_room(store_user **users, size_t count, size_t *room, ost_arena *arena)
{
    if (count < *room)
        return OST_OK;
    size_t more = *room > 0 ? *room * 2 : 16;
    store_user *larger = ost_arena_alloc(arena, more * sizeof *larger);
    if (larger == NULL)
        return OST_E_MEMORY;
    if (count > 0)
        memcpy(larger, *users, count * sizeof *larger);
    *users = larger;
    *room = more;
    return OST_OK;
}

ost_result read_users(database *d, statement *st, ost_arena *arena, store_user **ret_users,
                      size_t *ret_count)
{
    store_user *users = NULL;
    size_t count = 0, room = 0;
    ost_result result;
    while ((result = next_row(st)) == OST_OK) {
        result = make_room(&users, count, &room, arena);
        if (result == OST_OK)
            result = read_user(d, st, arena, &users[count++]);
        if (result != OST_OK)
            return result;
    }
    if (result != OST_E_NOT_FOUND)
        return result;
    *ret_users = users;
    *ret_count = count;
    return OST_OK;
}

ost_result read_first_user(database *d, statement *st, ost_arena *arena, store_user *ret_user)
{
    ost_result result = next_row(st);
    return result == OST_OK ? read_user(d, st, arena, ret_user) : result;
}

ost_result store_user_list(store *s, ost_text realm, ost_arena *arena, store_user **ret_users,
                           size_t *ret_count)
{
    database *d = read_begin(s);
    ost_result result = read_users(d, PREPARED(d, USER_SELECT "ORDER BY username", realm), arena,
                                   ret_users, ret_count);
    read_end(s, d);
    return result;
}

static ost_result set_password(database *d, ost_text realm, ost_text id, ost_text old,
                               ost_text password)
{
    statement *st = PREPARED(d,
                             "UPDATE user SET password = ? WHERE realm = ? AND id = ? "
                             "AND password = ?",
                             password, realm, id, old);
    ost_result result = run_change(st);
    return result == OST_E_NOT_FOUND ? OST_E_CONFLICT : result;
}

ost_result store_user_set_password(store *s, ost_text realm, ost_text id, ost_text old,
                                   ost_text password)
{
    return WRITE(s, d, set_password(d, realm, id, old, password));
}

/* Who seals everything anew waits for users, and so nobody who has locked one waits for that. */
static ost_result lock_secret(database *d, ost_text before, ost_text after)
{
    return user_secret_is(before) || user_secret_is(after) ? lock_sealing(d, false) : OST_OK;
}

/* The user as the row has it until the transaction ends, whose document is still `old` (or, NULL
 * data, anything). */
static ost_result find_row(database *d, ost_text realm, ost_text id, ost_text old, ost_arena *arena,
                           store_user *ret_user)
{
    ost_result result = lock_user(d, realm, id);
    if (result != OST_OK)
        return result;
    statement *st = PREPARED(d, USER_SELECT "AND id = ?2", realm, id);
    result = next_row(st);
    if (result == OST_OK)
        result = read_user(d, st, arena, ret_user);
    reset_statement(st);
    return result == OST_OK && old.data != NULL && !text_equal(old, ret_user->document)
               ? OST_E_CONFLICT
               : result;
}

static ost_result unlink_row(database *d, const store_user *row)
{
    user_index index;
    ost_arena *arena = ost_arena_new(USER_INDEX_MEMORY);
    ost_result result = arena != NULL ? user_index_make(row, arena, &index) : OST_E_MEMORY;
    if (result == OST_OK)
        result = user_index_unlink(d, row->realm, row->username, index.document);
    ost_arena_free(arena);
    return result;
}

static ost_result update_row(database *d, const store_user *user, ost_text password,
                             const user_index *index)
{
    sealed_text_auto document = {0};
    ost_result result = user_secret_seal(d, user, &document);
    if (result != OST_OK)
        return result;
    statement *st = prepare(d, "UPDATE user SET username = ?, email = ?, document = ?, "
                               "enabled = ?, unique_email = ?, search = ?, verified = ?, "
                               "service = ?, password = ? WHERE realm = ? AND id = ?");
    bind_text(st, 1, user->username);
    bind_text(st, 2, user->email);
    bind_text(st, 3, document.text);
    bind_integer(st, 4, user->enabled);
    bind_text(st, 5, user->email_shared ? (ost_text){0} : user->email);
    bind_text(st, 6, index->search);
    bind_integer(st, 7, index->verified);
    bind_integer(st, 8, index->service);
    bind_text(st, 9, password);
    bind_text(st, 10, user->realm);
    bind_text(st, 11, user->id);
    return run_change(st);
}

/* Few have any: the others do without a question. */
static bool has_identities(const store_user *row)
{
    return text_contains(row->document, OST_TEXT("\"federatedIdentities\""));
}

static ost_result replace_row(database *d, const store_user *row, const store_user *user,
                              ost_text password)
{
    user_index index;
    ost_result result = unlink_row(d, row);
    if (result != OST_OK)
        return result;
    ost_arena *arena = ost_arena_new(USER_INDEX_MEMORY);
    result = arena != NULL ? user_index_make(user, arena, &index) : OST_E_MEMORY;
    if (result == OST_OK)
        result = update_row(d, user, password, &index);
    if (result == OST_OK)
        result = user_index_link(d, user->realm, user->username, index.document);
    if (result == OST_OK && has_identities(row))
        result = drop_unlinked_tokens(d, user);
    ost_arena_free(arena);
    return result;
}

static ost_result update_user(database *d, const store_user *user, ost_text old)
{
    store_user row;
    ost_arena *arena = ost_arena_new(ROW_MEMORY);
    ost_result result = arena != NULL ? lock_secret(d, old, user->document) : OST_E_MEMORY;
    if (result == OST_OK)
        result = find_row(d, user->realm, user->id, old, arena, &row);
    if (result == OST_OK)
        result = replace_row(d, &row, user, row.password);
    ost_arena_free(arena);
    return result;
}

ost_result store_user_update(store *s, const store_user *user, ost_text old)
{
    return WRITE(s, d, update_user(d, user, old));
}

ost_result replace_user(database *d, const store_user *user, const store_user *before)
{
    store_user row;
    ost_arena *arena = ost_arena_new(ROW_MEMORY);
    ost_result result =
        arena != NULL ? lock_secret(d, before->document, user->document) : OST_E_MEMORY;
    if (result == OST_OK)
        result = find_row(d, user->realm, user->id, before->document, arena, &row);
    if (result == OST_OK && !text_equal(row.password, before->password))
        result = OST_E_CONFLICT;
    if (result == OST_OK)
        result = replace_row(d, &row, user, user->password);
    if (result == OST_OK)
        result = insert_consents(d, user);
    ost_arena_free(arena);
    return result == OST_E_NOT_FOUND ? OST_E_CONFLICT : result;
}

ost_result store_user_replace(store *s, const store_user *user, const store_user *before)
{
    return WRITE(s, d, replace_user(d, user, before));
}

/* No name begins with a blank of this kind, and ids are unique. */
ost_result vacate_user(database *d, const store_user *user)
{
    ost_result result = unlink_row(d, user);
    return result == OST_OK ? run_statement(PREPARED(d,
                                                     "UPDATE user SET username = ?3 || id,"
                                                     " unique_email = '' WHERE realm = ?1 AND "
                                                     "id = ?2",
                                                     user->realm, user->id, OST_TEXT("\x01")),
                                            NULL)
                            : result;
}

ost_result vacate_user_of(database *d, ost_text realm, ost_text id)
{
    store_user row;
    ost_arena *arena = ost_arena_new(ROW_MEMORY);
    ost_result result =
        arena != NULL ? find_row(d, realm, id, (ost_text){0}, arena, &row) : OST_E_MEMORY;
    if (result == OST_OK)
        result = vacate_user(d, &row);
    ost_arena_free(arena);
    return result == OST_E_NOT_FOUND ? OST_E_CONFLICT : result;
}

ost_result delete_user(database *d, ost_text realm, ost_text id)
{
    store_user row;
    ost_text sessions;
    ost_arena *arena = ost_arena_new(ROW_MEMORY);
    ost_result result = arena != NULL ? lock_ending_user(d, realm, id) : OST_E_MEMORY;
    if (result == OST_OK)
        result = find_row(d, realm, id, (ost_text){0}, arena, &row);
    if (result == OST_OK)
        result = unlink_row(d, &row);
    if (result == OST_OK)
        result = lock_ending_sessions(d, realm, row.id, INT64_MAX, arena, &sessions);
    if (result == OST_OK)
        result = insert_logouts(d, realm, sessions);
    if (result == OST_OK)
        result = run_statement(
            PREPARED(d, "DELETE FROM failure WHERE realm = ? AND user_id = ?", realm, row.id),
            NULL);
    ost_arena_free(arena);
    return result == OST_OK
               ? run_change(PREPARED(d, "DELETE FROM user WHERE realm = ? AND id = ?", realm, id))
               : result;
}

ost_result store_user_delete(store *s, ost_text realm, ost_text id)
{
    return WRITE(s, d, delete_user(d, realm, id));
}
