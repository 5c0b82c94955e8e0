/* SPDX-License-Identifier: Apache-2.0 */
/* Realms in the store. */
#include "store/realm/store_realm.h"

#include <stdlib.h>

#include "base/context.h"
#include "base/text.h"
#include "store/realm/realm_within.h"
#include "store/realm/store_key.h"
#include "store/realm/store_realm_change.h"
#include "store/search/user_count.h"
#include "store/search/user_signature.h"
#include "store/session/session_within.h"
#include "store/transaction.h"
#include "store/user/user_index.h"
#include "store/user/user_link.h"
#include "store/user/user_within.h"

#define MAX_REALMS 1000

ost_result seal_document(database *d, const store_realm *realm, sealed_text *ret_document)
{
    const sealed_place place = {SEALED_REALM, realm->name, {0}};
    return sealing_seal(d, &place, realm->document, ret_document);
}

static ost_result insert_realm(database *d, const store_realm *realm)
{
    sealed_text_auto document = {0};
    ost_result result = seal_document(d, realm, &document);
    statement *st =
        prepare(d, "INSERT INTO realm (name, id, document, version) VALUES (?, ?, ?, ?)");
    bind_text(st, 1, realm->name);
    bind_text(st, 2, realm->id);
    bind_text(st, 3, document.text);
    bind_integer(st, 4, realm->version);
    if (result == OST_OK)
        result = run_statement(st, NULL);
    return result == OST_OK ? put_listeners(d, realm) : result;
}

static ost_result tell_conflict(ost_result result, const char *what, ost_text which,
                                ost_error *error)
{
    return result == OST_E_CONFLICT ? ost_error_set(error, result, "%s %.*s exists already", what,
                                                    (int)which.len, which.data)
                                    : result;
}

static int by_id(const void *a, const void *b)
{
    return text_compare((*(const store_user *const *)a)->id, (*(const store_user *const *)b)->id);
}

/* In the order of the table, so that its pages are filled one by one: many users at once would
 * otherwise move each page in and out of the cache, time and again. */
static ost_result insert_users(database *d, const store_user *users, size_t count, ost_error *error)
{
    const store_user **sorted = memory_alloc((count + 1) * sizeof(const store_user *));
    ost_result result = sorted != NULL ? OST_OK : OST_E_MEMORY;
    for (size_t i = 0; i < count && sorted != NULL; i++)
        sorted[i] = &users[i];
    if (sorted != NULL)
        qsort(sorted, count, sizeof(const store_user *), by_id);
    for (size_t i = 0; i < count && result == OST_OK; i++)
        result = tell_conflict(insert_user(d, sorted[i]), "a user of the name, id or address of",
                               sorted[i]->username, error);
    memory_free(sorted);
    return result;
}

static ost_result insert_keys(database *d, const store_key *keys, size_t count, ost_error *error)
{
    ost_result result = OST_OK;
    for (size_t i = 0; i < count && result == OST_OK; i++)
        result = tell_conflict(insert_key(d, &keys[i]), "key", keys[i].kid, error);
    return result;
}

static ost_result tell_failure(const database *d, ost_result result, ost_error *error)
{
    return result != OST_OK && result != OST_E_CONFLICT ? explain_failure(d, result, error)
                                                        : result;
}

static ost_result insert_all(database *d, const store_realm *realm, const store_user *users,
                             size_t user_count, const store_key *keys, size_t key_count,
                             ost_error *error)
{
    ost_result result = tell_conflict(insert_realm(d, realm), "the realm", realm->name, error);
    if (result == OST_OK)
        result = insert_users(d, users, user_count, error);
    if (result == OST_OK)
        result = insert_keys(d, keys, key_count, error);
    return tell_failure(d, result, error);
}

ost_result store_realm_create(store *s, const store_realm *realm, const store_user *users,
                              size_t user_count, const store_key *keys, size_t key_count,
                              ost_error *error)
{
    return store_realm_create_beside(s, realm, users, user_count, keys, key_count, NULL, error);
}

static ost_result insert_beside(database *d, const store_realm *realm, const store_user *users,
                                size_t user_count, const store_key *keys, size_t key_count,
                                const store_realm_change *beside, ost_error *error)
{
    ost_result result = insert_all(d, realm, users, user_count, keys, key_count, error);
    return result == OST_OK && beside != NULL ? apply_realm_change(d, beside, error) : result;
}

ost_result store_realm_create_beside(store *s, const store_realm *realm, const store_user *users,
                                     size_t user_count, const store_key *keys, size_t key_count,
                                     const store_realm_change *beside, ost_error *error)
{
    return WRITE_TELLING(
        s, d, insert_beside(d, realm, users, user_count, keys, key_count, beside, error), error);
}

/* In the order of the feed: files have them by name, as most indices do. */
static ost_result insert_some(database *d, const store_user *users, size_t count, ost_error *error)
{
    ost_result result = OST_OK;
    for (size_t i = 0; i < count && result == OST_OK; i++)
        result = tell_conflict(insert_user(d, &users[i]), "a user of the name, id or address of",
                               users[i].username, error);
    return tell_failure(d, result, error);
}

static ost_result insert_fed(database *d, const store_user_feed *feed, ost_error *error)
{
    const store_user *users;
    size_t count = 1;
    ost_result result = feed->begin(feed->user, error);
    if (d->driver->load != NULL)
        d->driver->load(d, true);
    while (result == OST_OK && count > 0) {
        result = feed->next(feed->user, &users, &count, error);
        if (result == OST_OK)
            result = insert_some(d, users, count, error);
    }
    if (d->driver->load != NULL)
        d->driver->load(d, false);
    return result;
}

static ost_result insert_from(database *d, const store_realm *realm, const store_user_feed *users,
                              const store_key *keys, size_t key_count,
                              const store_realm_change *beside, ost_error *error)
{
    int64_t last;
    ost_result result = tell_failure(
        d, tell_conflict(insert_realm(d, realm), "the realm", realm->name, error), error);
    if (result == OST_OK)
        result = tell_failure(d, user_signature_last(d, &last), error);
    if (result == OST_OK)
        result = insert_fed(d, users, error);
    if (result == OST_OK)
        result = tell_failure(d, user_count_anew(d, realm->name), error);
    if (result == OST_OK)
        result = tell_failure(d, user_signature_anew(d, last), error);
    if (result == OST_OK)
        result = tell_failure(d, insert_keys(d, keys, key_count, error), error);
    return result == OST_OK && beside != NULL ? apply_realm_change(d, beside, error) : result;
}

ost_result store_realm_create_from(store *s, const store_realm *realm, const store_user_feed *users,
                                   const store_key *keys, size_t key_count,
                                   const store_realm_change *beside, ost_error *error)
{
    return WRITE_TELLING(s, d, insert_from(d, realm, users, keys, key_count, beside, error), error);
}

/* Only the version before may be replaced: two who change a realm at once would lose one change. */
static ost_result update_realm(database *d, const store_realm *realm)
{
    int changes = 0;
    sealed_text_auto document = {0};
    ost_result result = seal_document(d, realm, &document);
    statement *st = prepare(
        d, "UPDATE realm SET document = ?1, version = ?2 WHERE name = ?3 AND version = ?2 - 1");
    statement *there = prepare(d, "SELECT 1 FROM realm WHERE name = ?");
    bind_text(st, 1, document.text);
    bind_integer(st, 2, realm->version);
    bind_text(st, 3, realm->name);
    bind_text(there, 1, realm->name);
    if (result == OST_OK)
        result = run_statement(st, &changes);
    if (result == OST_OK && changes == 0)
        result = next_row(there) == OST_OK ? OST_E_CONFLICT : OST_E_NOT_FOUND;
    return result == OST_OK ? put_listeners(d, realm) : result;
}

ost_result store_realm_update(store *s, const store_realm *realm)
{
    return WRITE(s, d, update_realm(d, realm));
}

static ost_result rename_in_realm(database *d, const store_realm *realm, const store_renaming *r)
{
    ost_result result = update_realm(d, realm);
    return result == OST_OK ? user_index_rename(d, realm->name, r) : result;
}

ost_result store_realm_rename(store *s, const store_realm *realm, const store_renaming *renaming)
{
    return WRITE(s, d, rename_in_realm(d, realm, renaming));
}

static ost_result delete_realm(database *d, ost_text name)
{
    ost_result result =
        run_statement(PREPARED(d, "DELETE FROM user_link WHERE realm = ?", name), NULL);
    return result == OST_OK ? run_change(PREPARED(d, "DELETE FROM realm WHERE name = ?", name))
                            : result;
}

ost_result store_realm_delete(store *s, ost_text name)
{
    return WRITE(s, d, delete_realm(d, name));
}

static ost_result delete_beside(database *d, ost_text name, const store_realm *other,
                                const store_renaming *renaming)
{
    ost_result result = rename_in_realm(d, other, renaming);
    return result == OST_OK ? delete_realm(d, name) : result;
}

ost_result store_realm_delete_beside(store *s, ost_text name, const store_realm *other,
                                     const store_renaming *renaming)
{
    return WRITE(s, d, delete_beside(d, name, other, renaming));
}

static ost_result read_realm(database *d, statement *st, ost_arena *arena, store_realm *ret_realm)
{
    bool failed = false;
    store_realm read = {
        .name = column_text(st, 0, arena, &failed),
        .id = column_text(st, 1, arena, &failed),
        .document = column_text(st, 2, arena, &failed),
        .version = column_integer(st, 3),
    };
    if (failed)
        return OST_E_MEMORY;
    const sealed_place place = {SEALED_REALM, read.name, {0}};
    ost_result result = sealing_open(d, &place, read.document, arena, &read.document);
    if (result == OST_OK)
        *ret_realm = read;
    return result;
}

ost_result store_realm_get(store *s, ost_text name, ost_arena *arena, store_realm *ret_realm)
{
    database *d = read_begin(s);
    statement *st =
        PREPARED(d, "SELECT name, id, document, version FROM realm WHERE name = ?", name);
    ost_result result = next_row(st);
    if (result == OST_OK)
        result = read_realm(d, st, arena, ret_realm);
    read_end(s, d);
    return result;
}

static ost_result read_name(database *d, statement *st, ost_arena *arena, store_realm *ret_realm)
{
    bool failed = false;
    (void)d;
    const store_realm read = {
        .name = column_text(st, 0, arena, &failed),
        .id = column_text(st, 1, arena, &failed),
        .version = column_integer(st, 2),
    };
    if (!failed)
        *ret_realm = read;
    return failed ? OST_E_MEMORY : OST_OK;
}

ost_result store_realm_version(store *s, ost_text name, ost_arena *arena, store_realm *ret_realm)
{
    database *d = read_begin(s);
    statement *st = PREPARED(d, "SELECT name, id, version FROM realm WHERE name = ?", name);
    ost_result result = next_row(st);
    if (result == OST_OK)
        result = read_name(d, st, arena, ret_realm);
    read_end(s, d);
    return result;
}

ost_result store_realm_names(store *s, ost_arena *arena, store_realm **ret_realms,
                             size_t *ret_count)
{
    store_realm *realms = ost_arena_alloc(arena, MAX_REALMS * sizeof *realms);
    size_t count = 0;
    ost_result result;
    if (realms == NULL)
        return OST_E_MEMORY;
    database *d = read_begin(s);
    statement *st = prepare(d, "SELECT name, id, version FROM realm ORDER BY name LIMIT 1001");
    while ((result = next_row(st)) == OST_OK) {
        result = count < MAX_REALMS ? read_name(d, st, arena, &realms[count++]) : OST_E_CEILING;
        if (result != OST_OK)
            break;
    }
    read_end(s, d);
    if (result != OST_E_NOT_FOUND)
        return result;
    *ret_realms = realms;
    *ret_count = count;
    return OST_OK;
}
