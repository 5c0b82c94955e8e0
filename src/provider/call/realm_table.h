/* SPDX-License-Identifier: Apache-2.0 */
/* The realms that are served, as requests see them: immutable, replaced as a whole. */
#ifndef REALM_TABLE_H
#define REALM_TABLE_H

#include <stdatomic.h>

#include "provider/call/realm_offer.h"
#include "provider/realm/key_ring.h"
#include "provider/realm/realm.h"
#include "store/store.h"

#define PROVIDER_REALMS 1000

/* What client_credentials needs of a client's account, so that this grant touches no disk. */
typedef struct service_account {
    const char *client_id;
    const ost_json *user;
    ost_text user_id;
    realm_roles roles;
} service_account;

/* One realm as requests see it: immutable. */
typedef struct realm_entry {
    atomic_uint users;         /* tables that have it, and requests that work with it */
    unsigned char made_of[32]; /* a digest of the rows that it was made of */
    realm *realm;
    key_ring *keys;
    ost_arena *arena; /* holds what follows */
    service_account *accounts;
    size_t account_count;
    int64_t longest_token; /* seconds that a token of this realm may live */
} realm_entry;

typedef struct realm_table {
    realm_entry *entries[PROVIDER_REALMS];
    size_t count;
} realm_table;

/* Loads every realm from the store. What is as in the table `before` (NULL: there is none) is
 * shared with it, which must not be freed meanwhile; what `offers` (may be NULL) have is not read.
 * `holders` (may be NULL): see key_ring.h. */
OST_MUST_CHECK ost_result realm_table_load(store *store, const realm_table *before,
                                           realm_offers *offers, const key_holders *holders,
                                           realm_table **ret_table, ost_error *error);
void realm_table_free(realm_table *table);
realm_entry *realm_table_find(const realm_table *table, ost_text name);
/* Who works with an entry when its table may be freed holds it. Any thread. */
void realm_entry_hold(realm_entry *entry);
void realm_entry_give(realm_entry *entry);
const service_account *realm_entry_account(const realm_entry *entry, const char *client_id);

#endif
