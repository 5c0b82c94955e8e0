/* SPDX-License-Identifier: Apache-2.0 */
/* A few arenas of each thread, so that a verification asks the allocator for nothing. */
#include "core.h"

#include <pthread.h>

enum {
    KEPT = 8,
    /* One that has held more gives its memory back. */
    KEPT_BYTES = 32 * 1024,
};

typedef struct arena_pool {
    size_t count;
    ost_arena *arenas[KEPT];
} arena_pool;

static _Thread_local arena_pool pool;
static pthread_key_t ending;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool ending_known;

static void empty(void *user)
{
    arena_pool *mine = user;
    while (mine->count > 0)
        ost_arena_free(mine->arenas[--mine->count]);
}

static void prepare(void)
{
    ending_known = pthread_key_create(&ending, empty) == 0;
}

ost_arena *arena_pool_take(void)
{
    return pool.count > 0 ? pool.arenas[--pool.count] : ost_arena_new(ARENA_CEILING);
}

void arena_pool_give(ost_arena *arena)
{
    if (arena == NULL)
        return;
    pthread_once(&once, prepare);
    bool small = ost_arena_used(arena) <= KEPT_BYTES;
    if (!small || pool.count == KEPT || !ending_known || pthread_setspecific(ending, &pool) != 0) {
        ost_arena_free(arena);
        return;
    }
    ost_arena_reset(arena);
    pool.arenas[pool.count++] = arena;
}
