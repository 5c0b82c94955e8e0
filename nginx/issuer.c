/* SPDX-License-Identifier: Apache-2.0 */
/* ostiary_issuer URL PARAMETER...: one trusted issuer. What each parameter says is in
 * issuer_settings.c. */
#include "ostiary.h"

ngx_int_t ostiary_list_add(ngx_conf_t *cf, const char *const **list, size_t *count,
                           const char *text)
{
    const char **longer = ngx_pcalloc(cf->pool, (*count + 2) * sizeof *longer);
    if (longer == NULL || text == NULL)
        return NGX_ERROR;
    if (*count > 0)
        ngx_memcpy(longer, *list, *count * sizeof *longer);
    longer[(*count)++] = text;
    *list = longer;
    return NGX_OK;
}

static void key_unref(void *key)
{
    ost_key_unref(key);
}

/* What is wrong with one issuer is said here, where the line is known. */
static char *issuer_check(ngx_conf_t *cf, const ost_issuer *issuer)
{
    ost_guard_config config = {.issuers = issuer, .issuer_count = 1};
    ost_error error;
    if (ost_guard_config_check(&config, &error) == OST_OK)
        return NGX_CONF_OK;
    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "ostiary: %s", error.detail);
    return NGX_CONF_ERROR;
}

char *ostiary_issuer_read(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ostiary_settings *settings = &((ostiary_conf *)conf)->settings;
    const ngx_str_t *words = cf->args->elts;
    ngx_array_t *issuers = (ngx_array_t *)(uintptr_t)settings->issuers;
    if (issuers == NULL)
        issuers = ngx_array_create(cf->pool, 1, sizeof(ost_issuer));
    ost_issuer *issuer = issuers != NULL ? ngx_array_push(issuers) : NULL;
    if (issuer == NULL)
        return NGX_CONF_ERROR;
    settings->issuers = issuers;
    if (((ostiary_conf *)conf)->place.line == 0)
        ostiary_place_set(cf, conf);
    *issuer = (ost_issuer){.issuer = ostiary_string(cf, &words[1])};
    if (issuer->issuer == NULL)
        return NGX_CONF_ERROR;
    for (ngx_uint_t k = 2; k < cf->args->nelts; k++) {
        if (ostiary_issuer_parameter(cf, issuer, &words[k]) != NGX_OK)
            return NGX_CONF_ERROR;
    }
    if (issuer->introspection.key != NULL) {
        ngx_pool_cleanup_t *cleanup = ngx_pool_cleanup_add(cf->pool, 0);
        if (cleanup == NULL)
            return NGX_CONF_ERROR;
        cleanup->handler = key_unref;
        cleanup->data = issuer->introspection.key;
    }
    return issuer_check(cf, issuer);
}
