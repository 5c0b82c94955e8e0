/* SPDX-License-Identifier: Apache-2.0 */
/* Shares in remembered tokens; see token_shares.h. An entry is marked as taken out before its
 * shares are dropped, and the mark is looked at under the lock under which a share is added: a
 * share that comes too late is not added, one that came before is dropped. */
#include "guard/cache/token_shares.h"

#include "base/context.h"
#include "base/thread_number.h"

struct token_share {
    token_entry *entry;
    atomic_size_t references;
    unsigned wanted; /* its place, by others, since it was last used; under the stripe's lock */
    char apart[64];  /* from what the allocator puts next to it */
};

static void share_unref(void *data)
{
    token_share *share = data;
    if (share == NULL ||
        atomic_fetch_sub_explicit(&share->references, 1, memory_order_acq_rel) != 1)
        return;
    token_entry_unref(share->entry);
    memory_free(share);
}

static share_stripe *own_stripe(token_shares *all)
{
    return &all->stripes[thread_number() % SHARE_STRIPES];
}

/* Other bits than those by which the table finds a place. */
static share_set *set_of(share_stripe *stripe, uint64_t hash)
{
    return &stripe->sets[(hash >> 48) % SHARE_SETS];
}

void token_shares_init(token_shares *all)
{
    for (unsigned i = 0; i < SHARE_STRIPES; i++)
        pthread_mutex_init(&all->stripes[i].lock, NULL);
}

/* Puts a share, or none, in the place of another one; returns that. Under the lock. */
static token_share *replace(share_set *set, unsigned way, token_share *next)
{
    token_share *before = set->at[way];
    set->at[way] = next;
    atomic_store_explicit(&set->hashes[way], next != NULL ? next->entry->hash : 0,
                          memory_order_relaxed);
    return before;
}

void token_shares_clear(token_shares *all)
{
    for (unsigned i = 0; i < SHARE_STRIPES; i++) {
        for (unsigned n = 0; n < SHARE_SETS; n++) {
            for (unsigned way = 0; way < SHARE_WAYS; way++)
                share_unref(replace(&all->stripes[i].sets[n], way, NULL));
        }
        pthread_mutex_destroy(&all->stripes[i].lock);
    }
}

/* With one reference more; NULL: there is none. */
static token_share *find_share(share_stripe *stripe, uint64_t hash)
{
    share_set *set = set_of(stripe, hash);
    unsigned way = 0;
    token_share *found = NULL;
    /* A look without the lock, for most tokens have no share. */
    while (way < SHARE_WAYS &&
           atomic_load_explicit(&set->hashes[way], memory_order_relaxed) != hash)
        way++;
    if (way == SHARE_WAYS)
        return NULL;
    pthread_mutex_lock(&stripe->lock);
    found = set->at[way];
    if (found != NULL) {
        atomic_fetch_add_explicit(&found->references, 1, memory_order_relaxed);
        found->wanted = 0;
    }
    pthread_mutex_unlock(&stripe->lock);
    return found;
}

const remembered *token_shares_get(token_shares *all, uint64_t hash, ost_text token, int64_t now,
                                   ost_arena *arena)
{
    token_share *share = find_share(own_stripe(all), hash);
    if (share == NULL)
        return NULL;
    if (!token_entry_answers(share->entry, token, now) ||
        !ost_arena_defer(arena, share_unref, share)) {
        share_unref(share);
        return NULL;
    }
    token_entry_note_used(share->entry);
    return &share->entry->known;
}

/* Of those that are asked for all the time some keep their places. SHARE_WAYS: there is none, or
 * the entry has one already. Under the lock. */
static unsigned free_way(share_set *set, const token_entry *e)
{
    unsigned found = SHARE_WAYS;
    for (unsigned way = 0; way < SHARE_WAYS; way++) {
        token_share *there = set->at[way];
        if (there != NULL && there->entry == e)
            return SHARE_WAYS;
        if (there == NULL || ++there->wanted > SHARE_PATIENCE)
            found = way;
    }
    return found;
}

static bool has_room(share_stripe *stripe, const token_entry *e)
{
    pthread_mutex_lock(&stripe->lock);
    bool room = free_way(set_of(stripe, e->hash), e) < SHARE_WAYS;
    pthread_mutex_unlock(&stripe->lock);
    return room;
}

void token_shares_add(token_shares *all, token_entry *e)
{
    share_stripe *stripe = own_stripe(all);
    token_share *share = has_room(stripe, e) ? memory_alloc(sizeof *share) : NULL;
    if (share == NULL)
        return;
    token_entry_ref(e);
    share->entry = e;
    atomic_init(&share->references, 1);
    pthread_mutex_lock(&stripe->lock);
    share_set *set = set_of(stripe, e->hash);
    unsigned way = free_way(set, e);
    if (way < SHARE_WAYS && !atomic_load_explicit(&e->taken_out, memory_order_relaxed))
        share = replace(set, way, share);
    pthread_mutex_unlock(&stripe->lock);
    share_unref(share);
}

void token_shares_drop(token_shares *all, const token_entry *e)
{
    for (unsigned i = 0; i < SHARE_STRIPES; i++) {
        share_stripe *stripe = &all->stripes[i];
        share_set *set = set_of(stripe, e->hash);
        token_share *gone = NULL;
        pthread_mutex_lock(&stripe->lock);
        for (unsigned way = 0; way < SHARE_WAYS; way++) {
            if (set->at[way] != NULL && set->at[way]->entry == e)
                gone = replace(set, way, NULL);
        }
        pthread_mutex_unlock(&stripe->lock);
        share_unref(gone);
    }
}
