/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration of a location: created, read in its simple parts, merged. */
#include "ostiary.h"

#define FILE_CEILING ((size_t)64 * 1024)

void *ostiary_main_create(ngx_conf_t *cf)
{
    ostiary_main_conf *conf = ngx_pcalloc(cf->pool, sizeof *conf);
    if (conf == NULL ||
        ngx_array_init(&conf->guards, cf->pool, 4, sizeof(ostiary_guard *)) != NGX_OK)
        return NULL;
    conf->zone_size = NGX_CONF_UNSET;
    return conf;
}

void *ostiary_conf_create(ngx_conf_t *cf)
{
    ostiary_conf *conf = ngx_pcalloc(cf->pool, sizeof *conf);
    if (conf == NULL)
        return NULL;
    conf->enable = NGX_CONF_UNSET;
    conf->settings.max_token = NGX_CONF_UNSET_SIZE;
    conf->asked.sender = NGX_CONF_UNSET_UINT;
    conf->asked.max_age = NGX_CONF_UNSET_UINT;
    return conf;
}

char *ostiary_string(ngx_conf_t *cf, const ngx_str_t *text)
{
    char *copy = ngx_pnalloc(cf->pool, text->len + 1);
    if (copy == NULL)
        return NULL;
    ngx_memcpy(copy, text->data, text->len);
    copy[text->len] = '\0';
    return copy;
}

void ostiary_place_set(ngx_conf_t *cf, ostiary_conf *conf)
{
    conf->place = (ostiary_place){cf->conf_file->file.name, cf->conf_file->line};
}

char *ostiary_on(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ostiary_place_set(cf, conf);
    return ngx_conf_set_flag_slot(cf, command, conf);
}

ngx_int_t ostiary_file_read(ngx_conf_t *cf, ngx_str_t name, ngx_str_t *ret_text)
{
    if (ngx_conf_full_name(cf->cycle, &name, 1) != NGX_OK)
        return NGX_ERROR;
    ngx_file_t file = {
        .fd = ngx_open_file(name.data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0),
        .name = name,
        .log = cf->log,
    };
    if (file.fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno, "cannot open \"%V\"", &name);
        return NGX_ERROR;
    }
    u_char *data = ngx_pnalloc(cf->pool, FILE_CEILING + 1);
    ssize_t n = data != NULL ? ngx_read_file(&file, data, FILE_CEILING + 1, 0) : NGX_ERROR;
    ngx_close_file(file.fd);
    if (n <= 0 || (size_t)n > FILE_CEILING) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"%V\" is empty, larger than 64 KiB, or no file",
                           &name);
        return NGX_ERROR;
    }
    if (data[n - 1] == '\n')
        n--;
    if (n > 0 && data[n - 1] == '\r')
        n--;
    *ret_text = (ngx_str_t){(size_t)n, data};
    return NGX_OK;
}

/* Member by member, as nginx users expect of directives. */
static void settings_merge(const ostiary_settings *parent, ostiary_settings *child)
{
#define INHERIT(member)                                                                            \
    if (child->member == 0)                                                                        \
    child->member = parent->member
    INHERIT(issuers);
    INHERIT(realm);
    INHERIT(resource_metadata);
    INHERIT(revocation_file);
    INHERIT(dpop);
    INHERIT(decryption_keys);
    INHERIT(no_cache);
    INHERIT(cache_entries);
    INHERIT(cache_bytes);
    INHERIT(explain);
#undef INHERIT
    ngx_conf_merge_size_value(child->max_token, parent->max_token, 0);
}

static ostiary_guard *guard_of(ngx_conf_t *cf, const ostiary_conf *conf)
{
    ostiary_main_conf *all = ngx_http_conf_get_module_main_conf(cf, ngx_http_ostiary_module);
    ostiary_guard **guards = all->guards.elts;
    for (ngx_uint_t k = 0; k < all->guards.nelts; k++) {
        if (ngx_memcmp(&guards[k]->settings, &conf->settings, sizeof conf->settings) == 0)
            return guards[k];
    }
    ost_error error;
    ost_guard_config config = ostiary_guard_config(&conf->settings);
    if (ost_guard_config_check(&config, &error) != OST_OK) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "ostiary: %s in %V:%ui", error.detail,
                      &conf->place.file, conf->place.line);
        return NULL;
    }
    ostiary_guard *made = ngx_pcalloc(cf->pool, sizeof *made);
    ostiary_guard **place = made != NULL ? ngx_array_push(&all->guards) : NULL;
    if (place == NULL)
        return NULL;
    made->all = all;
    made->number = all->guards.nelts - 1;
    made->settings = conf->settings;
    *place = made;
    return made;
}

char *ostiary_conf_merge(ngx_conf_t *cf, void *parent, void *child)
{
    const ostiary_conf *from = parent;
    ostiary_conf *conf = child;
    if (conf->place.line == 0)
        conf->place = from->place;
    ngx_conf_merge_value(conf->enable, from->enable, 0);
    settings_merge(&from->settings, &conf->settings);
    ngx_conf_merge_str_value(conf->cookie, from->cookie, "");
    if (conf->origin == NULL)
        conf->origin = from->origin;
    if (conf->certificate == NULL)
        conf->certificate = from->certificate;
    char *result = ostiary_policy_merge(cf, &from->asked, conf);
    if (result != NGX_CONF_OK || !conf->enable)
        return result;
    if (conf->settings.issuers == NULL) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"ostiary\" is on without an \"ostiary_issuer\" in %V:%ui",
                      &conf->place.file, conf->place.line);
        return NGX_CONF_ERROR;
    }
    conf->guard = guard_of(cf, conf);
    return conf->guard != NULL ? NGX_CONF_OK : NGX_CONF_ERROR;
}
