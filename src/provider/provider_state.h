/* The inside of the provider, for the files of this folder alone. */
#ifndef PROVIDER_STATE_H
#define PROVIDER_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "provider/provider.h"
#include "provider/realm/brute_force.h"
#include "provider/realm/key_ring.h"
#include "provider/realm/realm.h"

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
    struct realm_table *retired; /* the one before, */
    int64_t retired_at;          /* and since when (monotonic ms) it is no longer current */
} realm_table;

/* What /metrics tells beside the engine's own figures. */
typedef enum provider_counter {
    COUNT_LOGINS,
    COUNT_LOGINS_FAILED,
    COUNT_LOGINS_BLOCKED,
    COUNT_LOGINS_BUSY,
    COUNT_TOKENS,
    COUNT_CODES_REPLAYED,
    COUNT_REFRESHES_REPLAYED,
    COUNTERS,
} provider_counter;

struct provider {
    store *store;
    const ost_context *context;
    char *hostname; /* NULL: from the request */
    bool development;
    http_server *server;
    unsigned port;
    http_pool *hashing; /* password checks alone: they must not hold up anything else */
    brute_force *failures;
    atomic_uint_fast64_t counters[COUNTERS];
    _Atomic(realm_table *) realms;
    realm_table *retired; /* freed after every request that may use them has ended */
    pthread_t keeper;     /* rotates, sweeps, notices changes */
    bool keeper_runs;
    pthread_mutex_t keeper_lock;
    pthread_cond_t keeper_wake;
    bool stopping;
    int64_t generation; /* of the store, when the realms were read */
};

static inline void provider_count(provider *p, provider_counter counter)
{
    atomic_fetch_add_explicit(&p->counters[counter], 1, memory_order_relaxed);
}

/* ---- realm_table.c ---- */

/* Loads every realm from the store. */
OST_MUST_CHECK ost_result realm_table_load(provider *provider, realm_table **ret_table,
                                           ost_error *ret_error);
void realm_table_free(realm_table *table);
const realm_entry *realm_table_find(const realm_table *table, ost_text name);
const service_account *realm_entry_account(const realm_entry *entry, const char *client_id);

/* ---- keeper.c ---- */

OST_MUST_CHECK ost_result keeper_start(provider *provider);
void keeper_stop(provider *provider);
/* Publishes the realms as the store has them now. */
OST_MUST_CHECK ost_result keeper_reload(provider *provider, ost_error *ret_error);

#endif
