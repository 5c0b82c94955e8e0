/* SPDX-License-Identifier: Apache-2.0 */
/* The realms that are served, loaded from the store; see realm_table.h. */
#include "provider/call/realm_table.h"

#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "provider/realm/document_limit.h"

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
        if (!r->clients[i].service_account)
            continue;
        ost_result result =
            load_account(s, entry, &r->clients[i], &entry->accounts[entry->account_count]);
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

static ost_result load_entry(store *s, const store_realm *row, ost_arena *rows,
                             realm_entry **ret_entry, ost_error *ret_error)
{
    store_key *keys;
    size_t key_count;
    realm_entry *entry = memory_alloc(sizeof *entry);
    if (entry == NULL || (entry->arena = ost_arena_new(DOCUMENT_MAX)) == NULL) {
        memory_free(entry);
        return ost_error_set(ret_error, OST_E_MEMORY, "out of memory");
    }
    ost_result result = realm_load(row->document, row->version, &entry->realm, ret_error);
    if (result == OST_OK) {
        entry->longest_token = realm_longest_token(entry->realm);
        result = store_key_list(s, row->name, rows, &keys, &key_count);
    }
    if (result == OST_OK)
        result = key_ring_load(keys, key_count, &entry->keys, ret_error);
    if (result == OST_OK)
        result = load_accounts(s, entry);
    if (result != OST_OK) {
        entry_free(entry);
        return result;
    }
    *ret_entry = entry;
    return OST_OK;
}

ost_result realm_table_load(store *s, realm_table **ret_table, ost_error *ret_error)
{
    store_realm *rows;
    size_t count = 0;
    ost_error inner = {0};
    ost_arena *arena = ost_arena_new(ROWS_ARENA);
    realm_table *table = memory_alloc(sizeof *table);
    ost_result result = arena != NULL && table != NULL ? OST_OK : OST_E_MEMORY;
    if (result == OST_OK)
        result = store_realm_list(s, arena, &rows, &count);
    for (size_t i = 0; i < count && result == OST_OK; i++) {
        result = load_entry(s, &rows[i], arena, &table->entries[i], &inner);
        table->count += result == OST_OK;
        if (result != OST_OK)
            ost_error_set(ret_error, result, "realm %.*s: %s", (int)rows[i].name.len,
                          rows[i].name.data,
                          inner.detail[0] != '\0' ? inner.detail : ost_result_sentence(result));
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
        entry_free(table->entries[i]);
    memory_free(table);
}

const realm_entry *realm_table_find(const realm_table *table, ost_text name)
{
    for (size_t i = 0; i < table->count; i++) {
        if (text_is(name, table->entries[i]->realm->name))
            return table->entries[i];
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
