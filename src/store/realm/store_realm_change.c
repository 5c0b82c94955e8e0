/* SPDX-License-Identifier: Apache-2.0 */
/* What a realm file makes of a realm that exists, as one transaction. */
#include "store/realm/store_realm_change.h"

#include "base/text.h"
#include "store/realm/realm_within.h"
#include "store/search/user_count.h"
#include "store/search/user_signature.h"
#include "store/session/session_within.h"
#include "store/transaction.h"
#include "store/user/store_user.h"
#include "store/user/user_index.h"
#include "store/user/user_link.h"
#include "store/user/user_within.h"

#define MANY_USERS 50 /* new ones, of one change */

static ost_result explain(ost_result result, const char *what, ost_text which, ost_error *error)
{
    return result == OST_E_CONFLICT
               ? ost_error_set(error, result, "%s %.*s", what, (int)which.len, which.data)
               : result;
}

static ost_result change_realm(database *d, const store_realm *realm, ost_error *error)
{
    int changes = 0;
    sealed_text_auto document = {0};
    ost_result result = seal_document(d, realm, &document);
    statement *st = prepare(d, "UPDATE realm SET document = ?1, version = ?2, id = ?4 WHERE "
                               "name = ?3 AND version = ?2 - 1");
    bind_text(st, 1, document.text);
    bind_integer(st, 2, realm->version);
    bind_text(st, 3, realm->name);
    bind_text(st, 4, realm->id);
    if (result == OST_OK)
        result = run_statement(st, &changes);
    if (result == OST_OK && changes > 0)
        return put_listeners(d, realm);
    if (result != OST_OK)
        return result;
    result = next_row(PREPARED(d, "SELECT 1 FROM realm WHERE name = ?", realm->name));
    if (result == OST_OK)
        return ost_error_set(error, OST_E_CONFLICT,
                             "somebody else has changed the realm meanwhile; nothing was changed");
    return result == OST_E_NOT_FOUND ? ost_error_set(error, result, "the realm is gone") : result;
}

static ost_result tell_failure(const database *d, ost_result result, ost_error *error)
{
    return result != OST_OK && result != OST_E_CONFLICT && result != OST_E_NOT_FOUND
               ? explain_failure(d, result, error)
               : result;
}

/* Some of the users of a change. */
typedef struct changed_users {
    const store_user *users;
    const store_user *const *before;
    size_t count;
} changed_users;

static ost_result replace_users(database *d, const changed_users *c, ost_error *error)
{
    ost_result result = OST_OK;
    for (size_t i = 0; i < c->count && result == OST_OK; i++) {
        if (c->before[i] != NULL)
            result = explain(replace_user(d, &c->users[i], c->before[i]),
                             "somebody else has changed, or there is another of the name or "
                             "address of, the user",
                             c->users[i].username, error);
    }
    return result;
}

static ost_result insert_new(database *d, const changed_users *c, ost_error *error)
{
    ost_result result = OST_OK;
    for (size_t i = 0; i < c->count && result == OST_OK; i++) {
        if (c->before[i] == NULL)
            result = explain(insert_user(d, &c->users[i]),
                             "there is a user of the name, id or address of", c->users[i].username,
                             error);
    }
    return result;
}

/* Of many what triggers would note is noted at once. */
static ost_result add_users(database *d, ost_text realm, const changed_users *c, ost_error *error)
{
    int64_t last;
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++)
        count += c->before[i] == NULL;
    if (count < MANY_USERS || d->driver->load == NULL)
        return insert_new(d, c, error);
    ost_result result = user_signature_last(d, &last);
    if (result != OST_OK)
        return result;
    d->driver->load(d, true);
    result = insert_new(d, c, error);
    d->driver->load(d, false);
    if (result == OST_OK)
        result = user_count_note(d, realm, last);
    return result == OST_OK ? user_signature_note(d, last) : result;
}

/* Somebody else may have been faster. */
static ost_result remove_user(database *d, ost_text realm, ost_text id)
{
    ost_result result = delete_user(d, realm, id);
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

/* Users may swap their names: all leave theirs before any takes another. */
static ost_result change_users(database *d, const store_realm_change *c, ost_error *error)
{
    const changed_users users = {c->users, c->before, c->user_count};
    ost_result result = OST_OK;
    for (size_t i = 0; i < c->removed_user_count && result == OST_OK; i++)
        result = remove_user(d, c->realm.name, c->removed_users[i]);
    for (size_t i = 0; i < c->user_count && result == OST_OK; i++) {
        if (c->before[i] != NULL && (!text_equal(c->before[i]->username, c->users[i].username) ||
                                     !text_equal(c->before[i]->email, c->users[i].email)))
            result = vacate_user(d, c->before[i]);
    }
    if (result == OST_OK)
        result = replace_users(d, &users, error);
    return result == OST_OK ? add_users(d, c->realm.name, &users, error) : result;
}

static ost_result make_way(database *d, ost_text realm, const store_change_feed *feed,
                           ost_error *error)
{
    ost_text id;
    ost_result result = feed->begin(feed->user, error);
    while (result == OST_OK && feed->removed(feed->user, &id))
        result = remove_user(d, realm, id);
    while (result == OST_OK && feed->renamed(feed->user, &id))
        result =
            explain(vacate_user_of(d, realm, id), "somebody else has removed the user", id, error);
    return tell_failure(d, result, error);
}

static ost_result store_some(database *d, ost_text realm, const changed_users *c, ost_error *error)
{
    ost_result result = replace_users(d, c, error);
    if (result == OST_OK)
        result = add_users(d, realm, c, error);
    return tell_failure(d, result, error);
}

/* What the feed fails with, it has told. */
static ost_result change_fed(database *d, ost_text realm, const store_change_feed *feed,
                             ost_error *error)
{
    changed_users c = {.count = 1};
    ost_result result = make_way(d, realm, feed, error);
    while (result == OST_OK && c.count > 0) {
        result = feed->next(feed->user, (store_within *)d, &c.users, &c.before, &c.count, error);
        if (result == OST_OK)
            result = store_some(d, realm, &c, error);
    }
    return result;
}

#define OF_REALM "client_id = ?1 AND session_id IN (SELECT id FROM session WHERE realm = ?2)"

/* Codes that are under way, and refresh tokens, end with the client. */
static ost_result remove_client(database *d, ost_text realm, ost_text client)
{
    ost_result result = run_statement(
        PREPARED(d, "DELETE FROM code WHERE realm = ? AND client_id = ?", realm, client), NULL);
    if (result != OST_OK)
        return result;
    return run_statement(PREPARED(d, END_PARTS(d, OF_REALM), client, realm), NULL);
}

/* What a change has besides its realm and its users. */
static ost_result change_rest(database *d, const store_realm_change *c, ost_error *error)
{
    ost_result result = OST_OK;
    for (size_t i = 0; i < c->removed_client_count && result == OST_OK; i++)
        result = remove_client(d, c->realm.name, c->removed_clients[i]);
    for (size_t i = 0; i < c->removed_provider_count && result == OST_OK; i++) {
        const store_renaming links = {.kind = STORE_LINK_FEDERATED,
                                      .owner = c->removed_providers[i]};
        result = user_index_rename(d, c->realm.name, &links);
    }
    for (size_t i = 0; i < c->key_count && result == OST_OK; i++)
        result = explain(put_key(d, &c->keys[i]), "there is a key", c->keys[i].kid, error);
    return result;
}

ost_result apply_realm_change(database *d, const store_realm_change *c, ost_error *error)
{
    ost_result result = change_realm(d, &c->realm, error);
    if (result == OST_OK)
        result = change_users(d, c, error);
    result = tell_failure(d, result, error);
    if (result == OST_OK && c->feed != NULL)
        result = change_fed(d, c->realm.name, c->feed, error);
    return result == OST_OK ? tell_failure(d, change_rest(d, c, error), error) : result;
}

ost_result store_realm_apply(store *s, const store_realm_change *change, ost_error *error)
{
    return WRITE_TELLING(s, d, apply_realm_change(d, change, error), error);
}
