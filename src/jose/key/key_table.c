/* SPDX-License-Identifier: Apache-2.0 */
/* When and where tables are made; see key_table.h. One at a time, by a thread that ends with it. */
#include "jose/key/key_table.h"

#include <stdlib.h>

#include "base/thread.h"
#include "jose/verify/ecdsa_verify.h"

static atomic_uint tables;
static atomic_size_t bytes; /* of all of them */

/* To start the thread, wait for it, or fork, one holds the lock. */
static struct {
    pthread_mutex_t lock;
    bool hooked, ended;
    bool started; /* and not waited for */
    atomic_bool busy;
    pthread_t thread;
    key_table *place;
    ost_key *key;
    const EVP_PKEY *pkey;
    const char *curve;
} maker = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void give_back(size_t size)
{
    atomic_fetch_sub(&tables, 1);
    atomic_fetch_sub(&bytes, size);
}

/* Only under the lock, so that what fits still fits when it is counted. */
static bool reserve(size_t size)
{
    if (atomic_load(&tables) >= KEY_TABLES_MAX || atomic_load(&bytes) + size > KEY_TABLES_BYTES)
        return false;
    atomic_fetch_add(&tables, 1);
    atomic_fetch_add(&bytes, size);
    return true;
}

static void *make(void *unused)
{
    key_table *place = maker.place;
    ost_key *key = maker.key;
    ec_table *table = ecdsa_table_new(maker.pkey, maker.curve);
    if (table != NULL) {
        atomic_store_explicit(&place->table, table, memory_order_release);
    } else {
        give_back(place->size);
        atomic_store_explicit(&place->lasting, false, memory_order_relaxed); /* it is of no use */
    }
    ost_key_unref(key); /* perhaps the last one */
    atomic_store_explicit(&maker.busy, false, memory_order_release);
    return NULL;
}

static void wait_for_it(void)
{
    if (maker.started)
        pthread_join(maker.thread, NULL);
    maker.started = false;
}

void key_tables_settle(void)
{
    pthread_mutex_lock(&maker.lock);
    wait_for_it();
    pthread_mutex_unlock(&maker.lock);
}

/* Before the cryptographic library, which has been in use for longer, and this one go away. */
static void end(void)
{
    pthread_mutex_lock(&maker.lock);
    maker.ended = true;
    wait_for_it();
    pthread_mutex_unlock(&maker.lock);
}

/* A fork waits for the thread, some 40 ms at most: a child would find locked for good whatever the
 * thread had locked, in allocators and elsewhere. */
static void lock(void)
{
    pthread_mutex_lock(&maker.lock);
    wait_for_it();
}

static void unlock(void)
{
    pthread_mutex_unlock(&maker.lock);
}

static bool hook(void)
{
    if (!maker.hooked)
        maker.hooked = atexit(end) == 0 && pthread_atfork(lock, unlock, unlock) == 0;
    return maker.hooked;
}

static void begin(key_table *place, ost_key *key, const EVP_PKEY *pkey, const char *curve)
{
    size_t size = ec_table_size(curve);
    if (atomic_load_explicit(&place->table, memory_order_relaxed) != NULL || maker.ended ||
        atomic_load_explicit(&maker.busy, memory_order_acquire) || !hook() || !reserve(size))
        return;
    wait_for_it(); /* it has nothing to do any more */
    place->size = size;
    maker.place = place;
    maker.key = ost_key_ref(key);
    maker.pkey = pkey;
    maker.curve = curve;
    atomic_store(&maker.busy, true);
    maker.started = thread_start(&maker.thread, "ostiary-table", make, NULL);
    if (maker.started)
        return;
    atomic_store(&maker.busy, false);
    give_back(size);
    ost_key_unref(key);
}

void key_table_allow(key_table *place)
{
    atomic_store_explicit(&place->lasting, true, memory_order_relaxed);
}

const ec_table *key_table_use(key_table *place, ost_key *key, const EVP_PKEY *pkey,
                              const char *curve)
{
    const ec_table *table = atomic_load_explicit(&place->table, memory_order_acquire);
    if (table != NULL || !atomic_load_explicit(&place->lasting, memory_order_relaxed))
        return table;
    unsigned uses = atomic_fetch_add_explicit(&place->uses, 1, memory_order_relaxed) + 1;
    if (uses % KEY_TABLE_USES == 0 && pthread_mutex_trylock(&maker.lock) == 0) {
        begin(place, key, pkey, curve);
        pthread_mutex_unlock(&maker.lock);
    }
    return NULL;
}

void key_table_clear(key_table *place)
{
    ec_table *table = atomic_load_explicit(&place->table, memory_order_acquire);
    if (table == NULL)
        return;
    ec_table_free(table);
    give_back(place->size);
    atomic_store_explicit(&place->table, NULL, memory_order_relaxed);
}
