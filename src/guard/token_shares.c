/* Shares in remembered tokens; see token_shares.h. An entry is marked as taken out before its
 * shares are dropped, and the mark is looked at under the lock under which a share is added: a
 * share that comes too late is not added, one that came before is dropped. */
#include "token_shares.h"

#include "context.h"
#include "thread_number.h"

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

static unsigned own_stripe(void)
{
    return thread_number() % SHARE_STRIPES;
}

/* Other bits than those by which the table finds a place. */
static unsigned place_of(uint64_t hash)
{
    return (unsigned)(hash >> 48) % SHARE_PLACES;
}

void token_shares_init(token_shares *all)
{
    for (unsigned i = 0; i < SHARE_STRIPES; i++)
        pthread_mutex_init(&all->stripes[i].lock, NULL);
}

/* Puts a share, or none, in the place of another one; returns that. Under the lock. */
static token_share *replace(token_shares *all, unsigned stripe, unsigned place, token_share *next)
{
    token_share *before = all->stripes[stripe].at[place];
    all->stripes[stripe].at[place] = next;
    atomic_store_explicit(&all->stripes[stripe].hashes[place], next != NULL ? next->entry->hash : 0,
                          memory_order_relaxed);
    return before;
}

void token_shares_clear(token_shares *all)
{
    for (unsigned i = 0; i < SHARE_STRIPES; i++) {
        for (unsigned place = 0; place < SHARE_PLACES; place++)
            share_unref(replace(all, i, place, NULL));
        pthread_mutex_destroy(&all->stripes[i].lock);
    }
}

const remembered *token_shares_get(token_shares *all, uint64_t hash, ost_text token, int64_t now,
                                   ost_arena *arena)
{
    unsigned stripe = own_stripe(), place = place_of(hash);
    token_share *share = NULL;
    /* A look without the lock, for most tokens have no share. */
    if (atomic_load_explicit(&all->stripes[stripe].hashes[place], memory_order_relaxed) != hash)
        return NULL;
    pthread_mutex_lock(&all->stripes[stripe].lock);
    share = all->stripes[stripe].at[place];
    if (share != NULL) {
        atomic_fetch_add_explicit(&share->references, 1, memory_order_relaxed);
        share->wanted = 0;
    }
    pthread_mutex_unlock(&all->stripes[stripe].lock);
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

/* Of those that are asked for all the time one keeps the place. */
static bool is_free(token_shares *all, unsigned stripe, unsigned place)
{
    pthread_mutex_lock(&all->stripes[stripe].lock);
    token_share *there = all->stripes[stripe].at[place];
    bool idle = there == NULL || ++there->wanted > SHARE_PATIENCE;
    pthread_mutex_unlock(&all->stripes[stripe].lock);
    return idle;
}

void token_shares_add(token_shares *all, token_entry *e)
{
    unsigned stripe = own_stripe();
    token_share *share =
        is_free(all, stripe, place_of(e->hash)) ? memory_alloc(sizeof *share) : NULL;
    if (share == NULL)
        return;
    token_entry_ref(e);
    share->entry = e;
    atomic_init(&share->references, 1);
    pthread_mutex_lock(&all->stripes[stripe].lock);
    if (!atomic_load_explicit(&e->taken_out, memory_order_relaxed))
        share = replace(all, stripe, place_of(e->hash), share);
    pthread_mutex_unlock(&all->stripes[stripe].lock);
    share_unref(share);
}

void token_shares_drop(token_shares *all, const token_entry *e)
{
    unsigned place = place_of(e->hash);
    for (unsigned i = 0; i < SHARE_STRIPES; i++) {
        token_share *gone = NULL;
        pthread_mutex_lock(&all->stripes[i].lock);
        if (all->stripes[i].at[place] != NULL && all->stripes[i].at[place]->entry == e)
            gone = replace(all, i, place, NULL);
        pthread_mutex_unlock(&all->stripes[i].lock);
        share_unref(gone);
    }
}
