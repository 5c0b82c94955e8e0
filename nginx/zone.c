/* SPDX-License-Identifier: Apache-2.0 */
/* The zone; see zone.h. */
#include "zone.h"

#include <sys/random.h>

#define ZONE_DEFAULT ((ssize_t)16 * 1024 * 1024)
#define ZONE_MIN ((ssize_t)(8 * ngx_pagesize))

/* ostiary_zone SIZE | off */
char *ostiary_zone_read(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ostiary_main_conf *all = conf;
    ngx_str_t *words = cf->args->elts;
    if (all->zone_size != NGX_CONF_UNSET)
        return "is duplicate";
    if (ngx_strcmp(words[1].data, "off") == 0) {
        all->zone_size = 0;
        return NGX_CONF_OK;
    }
    all->zone_size = ngx_parse_size(&words[1]);
    if (all->zone_size >= ZONE_MIN)
        return NGX_CONF_OK;
    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "\"ostiary_zone\" takes \"off\" or a size of %z at least", ZONE_MIN);
    return NGX_CONF_ERROR;
}

/* Three quarters of it are for proofs. What nginx maps is all zero; so its pages are taken from the
 * system when proofs come. */
static bool shared_make(ngx_slab_pool_t *pool, ostiary_shared *shared)
{
    shared->proofs_size = pool->pfree * 3 / 4 * ngx_pagesize;
    void *memory = ngx_slab_alloc(pool, shared->proofs_size);
#if (NGX_DEBUG_MALLOC)
    if (memory != NULL)
        ngx_memzero(memory, shared->proofs_size);
#endif
    return memory != NULL &&
           ost_replay_table_make(memory, shared->proofs_size, NULL, &shared->proofs) == OST_OK &&
           getrandom(shared->nonce_secret, sizeof shared->nonce_secret, 0) ==
               (ssize_t)sizeof shared->nonce_secret;
}

static ngx_int_t zone_init(ngx_shm_zone_t *zone, void *data)
{
    ngx_slab_pool_t *pool = (ngx_slab_pool_t *)zone->shm.addr;
    ostiary_shared *shared = data;
    if (shared != NULL) { /* over a reload */
        ost_replay_table *table;
        zone->data = shared;
        if (ost_replay_table_open(shared->proofs, shared->proofs_size, &table) == OST_OK)
            return NGX_OK;
        ngx_log_error(NGX_LOG_EMERG, zone->shm.log, 0,
                      "ostiary: the zone is of another version of the library: start nginx anew");
        return NGX_ERROR;
    }
    pool->log_nomem = 0; /* whoever finds no room says so */
    zone->data = shared = ngx_slab_calloc(pool, sizeof *shared);
    if (shared != NULL && shared_make(pool, shared))
        return NGX_OK;
    ngx_log_error(NGX_LOG_EMERG, zone->shm.log, 0, "ostiary: the zone cannot be made");
    return NGX_ERROR;
}

/* A number that would count for nothing is refused. */
static bool proofs_given(const ostiary_main_conf *all)
{
    ostiary_guard *const *guards = all->guards.elts;
    for (ngx_uint_t k = 0; k < all->guards.nelts; k++) {
        if (guards[k]->settings.dpop != NULL && guards[k]->settings.dpop->proofs != 0)
            return true;
    }
    return false;
}

ngx_int_t ostiary_zone_add(ngx_conf_t *cf)
{
    static ngx_str_t name = ngx_string("ngx_http_ostiary_module");
    ostiary_main_conf *all = ngx_http_conf_get_module_main_conf(cf, ngx_http_ostiary_module);
    ngx_conf_init_value(all->zone_size, ZONE_DEFAULT);
    if (all->zone_size == 0 || all->guards.nelts == 0)
        return NGX_OK;
    if (proofs_given(all)) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"ostiary_dpop proofs=\" needs \"ostiary_zone off\": in the zone, its size "
                      "says how many proofs are remembered");
        return NGX_ERROR;
    }
    all->zone = ngx_shared_memory_add(cf, &name, (size_t)all->zone_size, &ngx_http_ostiary_module);
    if (all->zone == NULL)
        return NGX_ERROR;
    all->zone->init = zone_init;
    return NGX_OK;
}

/* One process for all shares with nobody, and takes zones away while requests use them. */
ostiary_shared *ostiary_zone_shared(const ostiary_main_conf *all)
{
    if (ngx_process == NGX_PROCESS_SINGLE)
        return NULL;
    return all->zone != NULL ? all->zone->data : NULL;
}

void ostiary_zone_use(ostiary_shared *shared, ost_guard_config *config)
{
    if (shared == NULL)
        return;
    config->dpop.replays = (ost_replay_store){ost_replay_table_note, shared->proofs};
    if (config->dpop.nonce_secret.data == NULL)
        config->dpop.nonce_secret = (ost_text){shared->nonce_secret, sizeof shared->nonce_secret};
}
