/* SPDX-License-Identifier: Apache-2.0 */
/* What the workers have counted; see counts.h. Slots are taken, left and read under the zone's
 * mutex, which nginx's master opens when a worker dies with it. */
#include "counts.h"

#include <signal.h>

#define EVERY_MS 1000
/* In place of a worker's process id. */
#define NOBODY 0
#define ENDED ((ngx_pid_t)-1) /* what those have counted that are no more */

typedef struct ostiary_slot {
    struct ostiary_slot *next;
    size_t size;
    ngx_uint_t guard; /* the number of it */
    ngx_pid_t pid;
    uint64_t counts[];
} ostiary_slot;

static ngx_event_t timer;
static bool has_told; /* that there is no room */

static ngx_slab_pool_t *pool_of(const ostiary_guard *guard)
{
    return (ngx_slab_pool_t *)guard->all->zone->shm.addr;
}

/* ---- under the mutex ---- */

static ostiary_slot *slot_find(ostiary_slot *at, ngx_pid_t pid, size_t size)
{
    while (at != NULL && (at->pid != pid || at->size != size))
        at = at->next;
    return at;
}

/* A slot of nobody's, a new one, or, rather than count nothing of what is there, one of what was.
 */
static ostiary_slot *slot_take(const ostiary_guard *guard, ngx_pid_t pid, size_t size)
{
    ostiary_shared *shared = ostiary_zone_shared(guard->all);
    ostiary_slot *slot = slot_find(shared->slots, NOBODY, size);
    if (slot == NULL) {
        slot = ngx_slab_calloc_locked(pool_of(guard), sizeof *slot + size);
        if (slot != NULL) {
            slot->next = shared->slots;
            slot->size = size;
            shared->slots = slot;
        }
    }
    if (slot == NULL && (slot = slot_find(shared->slots, ENDED, size)) != NULL)
        ngx_memzero(slot->counts, size);
    if (slot != NULL) {
        slot->guard = guard->number;
        slot->pid = pid;
    }
    return slot;
}

/* What it has counted is kept, and it is nobody's. */
static void slot_end(const ostiary_guard *guard, ostiary_slot *slot)
{
    ostiary_shared *shared = ostiary_zone_shared(guard->all);
    ostiary_slot *kept = slot_find(shared->slots, ENDED, slot->size);
    while (kept != NULL && (kept->guard != slot->guard ||
                            !ost_guard_counts_keep(kept->counts, slot->counts, slot->size)))
        kept = slot_find(kept->next, ENDED, slot->size);
    if (kept == NULL) { /* the first of its kind is where they are kept */
        ost_guard_counts_end(slot->counts);
        slot->pid = ENDED;
        return;
    }
    ngx_memzero(slot->counts, slot->size);
    slot->pid = NOBODY;
}

/* Of workers that died. */
static void slots_reap(const ostiary_guard *guard)
{
    ostiary_shared *shared = ostiary_zone_shared(guard->all);
    for (ostiary_slot *slot = shared->slots; slot != NULL; slot = slot->next) {
        if (slot->pid != NOBODY && slot->pid != ENDED && slot->pid != ngx_pid &&
            kill(slot->pid, 0) == -1 && ngx_errno == ESRCH)
            slot_end(guard, slot);
    }
}

/* ---- a worker's own ---- */

static void guard_put(ostiary_guard *guard, ngx_log_t *log)
{
    if (guard->running == NULL)
        return;
    if (guard->slot == NULL) {
        ngx_shmtx_lock(&pool_of(guard)->mutex);
        slots_reap(guard);
        guard->slot = slot_take(guard, ngx_pid, ost_guard_counts_size(guard->running));
        ngx_shmtx_unlock(&pool_of(guard)->mutex);
    }
    if (guard->slot != NULL)
        ost_guard_counts_put(guard->running, guard->slot->counts);
    else if (!has_told)
        ngx_log_error(
            NGX_LOG_ERR, log, 0,
            "ostiary: \"ostiary_zone\" is too small for the metrics of all workers: those "
            "of this one are left out");
    has_told = has_told || guard->slot == NULL;
}

static void guards_put(const ostiary_main_conf *all, ngx_log_t *log)
{
    ostiary_guard **guards = all->guards.elts;
    for (ngx_uint_t k = 0; k < all->guards.nelts; k++)
        guard_put(guards[k], log);
}

static void timer_fired(ngx_event_t *event)
{
    guards_put(event->data, event->log);
    ngx_add_timer(event, EVERY_MS);
}

void ostiary_counts_begin(const ostiary_main_conf *all, ngx_log_t *log)
{
    if (ostiary_zone_shared(all) == NULL)
        return;
    guards_put(all, log);
    timer = (ngx_event_t){
        .data = (void *)(uintptr_t)all,
        .handler = timer_fired,
        .log = log,
        .cancelable = 1, /* no worker stays for it */
    };
    ngx_add_timer(&timer, EVERY_MS);
}

void ostiary_counts_end(const ostiary_main_conf *all, ngx_log_t *log)
{
    ostiary_guard **guards = all->guards.elts;
    if (ostiary_zone_shared(all) == NULL)
        return;
    guards_put(all, log);
    for (ngx_uint_t k = 0; k < all->guards.nelts; k++) {
        if (guards[k]->slot == NULL)
            continue;
        ngx_shmtx_lock(&pool_of(guards[k])->mutex);
        slot_end(guards[k], guards[k]->slot);
        ngx_shmtx_unlock(&pool_of(guards[k])->mutex);
        guards[k]->slot = NULL;
    }
}

/* ---- all of them ---- */

static ost_result slots_tell(const ostiary_guard *guard, const ostiary_slot *slots,
                             ost_arena *arena, ost_text *ret_text)
{
    size_t count = 0, used = 0;
    for (const ostiary_slot *slot = slots; slot != NULL; slot = slot->next)
        count++;
    const void **places = ost_arena_alloc(arena, (count + 1) * sizeof *places);
    if (places == NULL)
        return OST_E_MEMORY;
    for (const ostiary_slot *slot = slots; slot != NULL; slot = slot->next) {
        if (slot->guard == guard->number && slot->pid != NOBODY)
            places[used++] = slot->counts;
    }
    return ost_guard_metrics_of(guard->running, places, used, arena, ret_text);
}

ost_result ostiary_counts_tell(ostiary_guard *guard, ngx_log_t *log, ost_arena *arena,
                               ost_text *ret_text)
{
    const ostiary_shared *shared = ostiary_zone_shared(guard->all);
    if (shared == NULL)
        return ost_guard_metrics(guard->running, arena, ret_text);
    guard_put(guard, log);
    ngx_shmtx_lock(&pool_of(guard)->mutex);
    slots_reap(guard);
    ost_result result = slots_tell(guard, shared->slots, arena, ret_text);
    ngx_shmtx_unlock(&pool_of(guard)->mutex);
    return result;
}
