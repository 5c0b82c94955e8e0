/* SPDX-License-Identifier: Apache-2.0 */
/* The guards of a process. Threads do not survive fork: each worker starts its own, and nothing
 * runs in the master. */
#include "bell.h"
#include "counts.h"

#define ARENA_CEILING ((size_t)1024 * 1024)
#define ARENAS_KEPT 64

static struct {
    ost_arena *arenas[ARENAS_KEPT];
    size_t count;
} kept;

ost_arena *ostiary_arena_take(void)
{
    return kept.count > 0 ? kept.arenas[--kept.count] : ost_arena_new(ARENA_CEILING);
}

void ostiary_arena_give(ost_arena *arena)
{
    if (arena == NULL)
        return;
    ost_arena_reset(arena);
    if (kept.count < ARENAS_KEPT)
        kept.arenas[kept.count++] = arena;
    else
        ost_arena_free(arena);
}

/* Where one process serves all, configurations come and go in it. */
static void guard_end(void *data)
{
    ostiary_guard *guard = data;
    ost_guard_free(guard->running);
    guard->running = NULL;
}

static bool is_worker(void)
{
    return ngx_process == NGX_PROCESS_WORKER || ngx_process == NGX_PROCESS_SINGLE;
}

ost_guard *ostiary_guard_running(ostiary_guard *guard, ngx_log_t *log)
{
    if (guard->running != NULL || !is_worker())
        return guard->running;
    ost_guard_config config = ostiary_guard_config(&guard->settings);
    ostiary_zone_use(ostiary_zone_shared(guard->all), &config);
    ost_error error;
    if (ost_guard_new(&config, &guard->running, &error) != OST_OK)
        ngx_log_error(NGX_LOG_EMERG, log, 0, "ostiary: %s", error.detail);
    return guard->running;
}

static ostiary_main_conf *guards_of(ngx_cycle_t *cycle)
{
    bool has_http = ngx_get_conf(cycle->conf_ctx, ngx_http_module) != NULL;
    return has_http ? ngx_http_cycle_get_module_main_conf(cycle, ngx_http_ostiary_module) : NULL;
}

/* A guard that cannot start leaves its locations answering 503, and is tried again by their
 * requests: a worker that ended instead would be started again at once, and for ever. */
ngx_int_t ostiary_process_init(ngx_cycle_t *cycle)
{
    ostiary_main_conf *all = guards_of(cycle);
    if (!is_worker() || all == NULL || all->guards.nelts == 0)
        return NGX_OK;
    if (ostiary_bell_open(cycle) != NGX_OK)
        return NGX_ERROR;
    ostiary_guard **guards = all->guards.elts;
    for (ngx_uint_t k = 0; k < all->guards.nelts; k++) {
        ngx_pool_cleanup_t *cleanup = ngx_pool_cleanup_add(cycle->pool, 0);
        if (cleanup == NULL)
            return NGX_ERROR;
        cleanup->handler = guard_end;
        cleanup->data = guards[k];
        ostiary_guard_running(guards[k], cycle->log);
    }
    ostiary_counts_begin(all, cycle->log);
    return NGX_OK;
}

void ostiary_process_exit(ngx_cycle_t *cycle)
{
    ostiary_main_conf *all = guards_of(cycle);
    if (!is_worker() || all == NULL)
        return;
    ostiary_guard **guards = all->guards.elts;
    /* What is remembered of requests that are still there is looked at no more. */
    for (ngx_uint_t k = 0; k < all->guards.nelts; k++)
        ost_guard_stop(guards[k]->running);
    ostiary_counts_end(all, cycle->log);
    ostiary_bell_close();
    while (kept.count > 0)
        ost_arena_free(kept.arenas[--kept.count]);
}
