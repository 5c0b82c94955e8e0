/* SPDX-License-Identifier: Apache-2.0 */
/* The realms that are served, loaded from the store; see realm_table.h. */
#include "provider/call/realm_table.h"

#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "provider/call/realm_offer.h"
#include "provider/call/realm_rows.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/realm_load.h"
#include "store/realm/realm_record.h"
#include "store/realm/store_key.h"
#include "store/realm/store_realm.h"
#include "store/store_health.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

#define ROWS_ARENA ((size_t)1 << 30)

static ost_result load_account(store *s, realm_entry *entry, const realm_client *client,
                               service_account *account)
{
    store_user row;
    ost_result result =
        store_user_find(s, text_of(entry->realm->name), text_of(client->service_account_user),
                        false, entry->arena, &row);
    if (result != OST_OK)
        return result;
    result = ost_json_read(row.document, NULL, entry->arena, &account->user, NULL);
    if (result != OST_OK)
        return result;
    account->client_id = client->client_id;
    account->user_id = row.id;
    return realm_user_roles(entry->realm, account->user, entry->arena, &account->roles);
}

static ost_result load_accounts(store *s, realm_entry *entry)
{
    const realm *r = entry->realm;
    entry->accounts =
        ost_arena_alloc(entry->arena, (r->client_count + 1) * sizeof(service_account));
    if (entry->accounts == NULL)
        return OST_E_MEMORY;
    for (size_t i = 0; i < r->client_count; i++) {
        if (!r->clients[i]->service_account)
            continue;
        ost_result result =
            load_account(s, entry, r->clients[i], &entry->accounts[entry->account_count]);
        if (result == OST_OK)
            entry->account_count++;
        else if (result != OST_E_NOT_FOUND) /* an account may have been deleted */
            return result;
    }
    return OST_OK;
}

static void entry_free(realm_entry *entry)
{
    if (entry == NULL)
        return;
    realm_unref(entry->realm);
    key_ring_unref(entry->keys);
    ost_arena_free(entry->arena);
    memory_free(entry);
}

/* ---- loading ---- */

/* Where the realms come from. */
typedef struct table_source {
    store *store;
    const realm_table *before;
    realm_offers *offers;
    const key_holders *holders;
    realm_rows rows;
} table_source;

/* The entry of before, if nothing has changed since and it is to stay as it is. */
static realm_entry *find_unchanged(const table_source *from, const store_realm *row)
{
    unsigned char digest[REALM_ROWS_DIGEST];
    realm_entry *entry = from->before != NULL ? realm_table_find(from->before, row->name) : NULL;
    return entry != NULL && entry->realm->version == row->version &&
                   text_is(row->id, entry->realm->id) && !realm_is_unsettled(entry->realm) &&
                   realm_rows_digest(&from->rows, row, entry->realm, digest) == OST_OK &&
                   memcmp(digest, entry->made_of, sizeof digest) == 0
               ? entry
               : NULL;
}

/* The realm of the row, or, where that has to be read, as it is by now: *row tells.
 * OST_E_NOT_FOUND: it is gone since it was listed. */
static ost_result load_realm(const table_source *from, store_realm *row, realm **ret_realm,
                             ost_error *error)
{
    realm *offered = realm_offer_find(from->offers, row);
    if (offered != NULL && realm_is_unsettled(offered)) {
        realm_unref(offered);
        offered = NULL;
    }
    if (offered != NULL) {
        *ret_realm = offered;
        return OST_OK;
    }
    ost_result result = store_realm_get(from->store, row->name, from->rows.arena, row);
    return result == OST_OK ? realm_load(row->document, row->version, ret_realm, error) : result;
}

/* All but the realm itself. */
static ost_result fill_entry(const table_source *from, const store_realm *row, realm_entry *entry,
                             ost_error *error)
{
    store_key *keys;
    size_t key_count;
    store *s = from->store;
    entry->longest_token = realm_longest_token(entry->realm);
    /* Before the rest is read: what changes meanwhile has another digest, and is read again. */
    ost_result result = realm_rows_digest(&from->rows, row, entry->realm, entry->made_of);
    if (result == OST_OK)
        result = store_key_list(s, row->name, from->rows.arena, &keys, &key_count);
    if (result == OST_OK)
        result = key_ring_load(keys, key_count, from->holders, &entry->keys, error);
    return result == OST_OK ? load_accounts(s, entry) : result;
}

static ost_result load_entry(const table_source *from, const store_realm *listed,
                             realm_entry **ret_entry, ost_error *error)
{
    store_realm row = *listed;
    realm *r = NULL;
    ost_result result = load_realm(from, &row, &r, error);
    if (result != OST_OK)
        return result;
    realm_entry *entry = memory_alloc(sizeof *entry);
    if (entry == NULL || (entry->arena = ost_arena_new(DOCUMENT_MAX)) == NULL) {
        memory_free(entry);
        realm_unref(r);
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    }
    entry->realm = r;
    result = fill_entry(from, &row, entry, error);
    if (result != OST_OK) {
        entry_free(entry);
        return result;
    }
    arena_settle(entry->arena);
    *ret_entry = entry;
    return OST_OK;
}

static ost_result take_entry(const table_source *from, const store_realm *row, realm_table *table,
                             ost_error *error)
{
    realm_entry *entry = find_unchanged(from, row);
    if (entry == NULL) {
        ost_result result = load_entry(from, row, &entry, error);
        if (result == OST_E_NOT_FOUND)
            return OST_OK;
        if (result != OST_OK || entry == NULL)
            return result;
    }
    realm_entry_hold(entry);
    table->entries[table->count++] = entry;
    return OST_OK;
}

/* What there is to say of a realm that cannot be loaded. */
static const char *words_for(const store *s, ost_result result, const ost_error *inner)
{
    store_health health;
    if (inner->detail[0] != '\0')
        return inner->detail;
    store_health_read(s, &health);
    bool known = result == OST_E_STORE && health.fault != STORE_WORKS;
    return known ? store_fault_sentence(health.fault) : ost_result_sentence(result);
}

ost_result realm_table_load(store *s, const realm_table *before, realm_offers *offers,
                            const key_holders *holders, realm_table **ret_table, ost_error *error)
{
    store_realm *rows;
    size_t count = 0;
    ost_error inner = {0};
    ost_arena *arena = ost_arena_new(ROWS_ARENA);
    table_source from = {.store = s, .before = before, .offers = offers, .holders = holders};
    realm_table *table = memory_alloc(sizeof *table);
    ost_result result = arena != NULL && table != NULL ? OST_OK : OST_E_MEMORY;
    if (result == OST_OK)
        result = store_realm_names(s, arena, &rows, &count);
    if (result == OST_OK)
        result = realm_rows_read(s, arena, &from.rows);
    if (result != OST_OK)
        ost_error_set(error, result, "the realms cannot be read: %s", words_for(s, result, &inner));
    for (size_t i = 0; i < count && result == OST_OK; i++) {
        result = take_entry(&from, &rows[i], table, &inner);
        if (result != OST_OK)
            ost_error_set(error, result, "realm %.*s: %s", (int)rows[i].name.len, rows[i].name.data,
                          words_for(s, result, &inner));
    }
    ost_arena_free(arena);
    if (result != OST_OK) {
        realm_table_free(table);
        return result;
    }
    *ret_table = table;
    return OST_OK;
}

void realm_table_free(realm_table *table)
{
    for (size_t i = 0; table != NULL && i < table->count; i++)
        realm_entry_give(table->entries[i]);
    memory_free(table);
}

void realm_entry_hold(realm_entry *entry)
{
    atomic_fetch_add(&entry->users, 1);
}

void realm_entry_give(realm_entry *entry)
{
    if (atomic_fetch_sub(&entry->users, 1) == 1)
        entry_free(entry);
}

/* The store lists them in the order of their names. */
realm_entry *realm_table_find(const realm_table *table, ost_text name)
{
    size_t from = 0, upto = table->count;
    while (from < upto) {
        size_t middle = from + (upto - from) / 2;
        int order = text_compare(name, text_of(table->entries[middle]->realm->name));
        if (order == 0)
            return table->entries[middle];
        if (order < 0)
            upto = middle;
        else
            from = middle + 1;
    }
    return NULL;
}

const service_account *realm_entry_account(const realm_entry *entry, const char *client_id)
{
    for (size_t i = 0; i < entry->account_count; i++) {
        if (strcmp(entry->accounts[i].client_id, client_id) == 0)
            return &entry->accounts[i];
    }
    return NULL;
}
