/* SPDX-License-Identifier: Apache-2.0 */
/* A hash table of addresses with their open connections, guarded by one lock: it is taken twice in
 * the life of a connection. */
#include "http/connection/peers.h"

#include <pthread.h>
#include <string.h>

#include "base/context.h"

#define BUCKETS 1024

typedef struct entry {
    struct entry *next;
    ip_address key;
    size_t count;
} entry;

struct peers {
    pthread_mutex_t lock;
    size_t max;
    uint64_t seed;
    entry *buckets[BUCKETS];
};

peers *peers_new(size_t max_per_peer)
{
    peers *made = memory_alloc(sizeof *made);
    if (made == NULL)
        return NULL;
    made->max = max_per_peer;
    /* A secret seed: who chooses addresses must not choose buckets. */
    unsigned char seed[sizeof made->seed];
    if (context_random(NULL, seed, sizeof seed) != OST_OK) {
        memory_free(made);
        return NULL;
    }
    memcpy(&made->seed, seed, sizeof seed);
    pthread_mutex_init(&made->lock, NULL);
    return made;
}

static ip_address key_of(const ip_address *a)
{
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    ip_address key = *a;
    if (memcmp(key.bytes, mapped, sizeof mapped) != 0)
        memset(key.bytes + 8, 0, 8);
    return key;
}

static entry **slot_of(peers *p, const ip_address *key)
{
    uint64_t words[2], hash = p->seed;
    memcpy(words, key->bytes, sizeof words);
    for (int i = 0; i < 2; i++) {
        hash = (hash ^ words[i]) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 29;
    }
    entry **slot = &p->buckets[hash % BUCKETS];
    while (*slot != NULL && memcmp(&(*slot)->key, key, sizeof *key) != 0)
        slot = &(*slot)->next;
    return slot;
}

bool peers_enter(peers *p, const ip_address *a)
{
    ip_address key = key_of(a);
    pthread_mutex_lock(&p->lock);
    entry **slot = slot_of(p, &key);
    if (*slot == NULL && (*slot = memory_alloc(sizeof **slot)) != NULL)
        (*slot)->key = key;
    bool entered = *slot != NULL && (*slot)->count < p->max;
    if (entered)
        (*slot)->count++;
    pthread_mutex_unlock(&p->lock);
    return entered;
}

void peers_leave(peers *p, const ip_address *a)
{
    ip_address key = key_of(a);
    pthread_mutex_lock(&p->lock);
    entry **slot = slot_of(p, &key), *found = *slot;
    if (found != NULL && --found->count == 0) {
        *slot = found->next;
        memory_free(found);
    }
    pthread_mutex_unlock(&p->lock);
}

void peers_free(peers *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        for (entry *at = p->buckets[i], *next; at != NULL; at = next) {
            next = at->next;
            memory_free(at);
        }
    pthread_mutex_destroy(&p->lock);
    memory_free(p);
}
