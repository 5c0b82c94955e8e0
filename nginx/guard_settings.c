/* SPDX-License-Identifier: Apache-2.0 */
/* What a guard is told beside its issuers. */
#include "ostiary.h"

static char *is_duplicate = "is duplicate";

char *ostiary_string_read(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    const ngx_str_t *words = cf->args->elts;
    const char **member = (const char **)((char *)conf + command->offset);
    if (*member != NULL)
        return is_duplicate;
    if (words[1].len == 0)
        return "is empty";
    *member = ostiary_string(cf, &words[1]);
    return *member != NULL ? NGX_CONF_OK : NGX_CONF_ERROR;
}

char *ostiary_path_read(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ngx_str_t *words = cf->args->elts;
    if (words[1].len == 0)
        return "is empty";
    if (ngx_conf_full_name(cf->cycle, &words[1], 1) != NGX_OK)
        return NGX_CONF_ERROR;
    return ostiary_string_read(cf, command, conf);
}

char *ostiary_explain_read(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ostiary_settings *settings = &((ostiary_conf *)conf)->settings;
    const ngx_str_t *words = cf->args->elts;
    if (settings->explain != 0)
        return is_duplicate;
    if (ngx_strcmp(words[1].data, "on") == 0)
        settings->explain = 1;
    else if (ngx_strcmp(words[1].data, "off") == 0)
        settings->explain = 2; /* said, so that nothing is inherited */
    else
        return "must be \"on\" or \"off\"";
    return NGX_CONF_OK;
}

/* ostiary_cache off | ENTRIES [SIZE] */
char *ostiary_cache_read(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ostiary_settings *settings = &((ostiary_conf *)conf)->settings;
    ngx_str_t *words = cf->args->elts;
    if (settings->no_cache != 0)
        return is_duplicate;
    if (ngx_strcmp(words[1].data, "off") == 0 && cf->args->nelts == 2) {
        settings->no_cache = 1;
        return NGX_CONF_OK;
    }
    settings->no_cache = 2;
    settings->cache_entries = ostiary_number(&words[1]);
    ssize_t size = cf->args->nelts == 3 ? ngx_parse_size(&words[2]) : 0;
    if (settings->cache_entries == 0 || (cf->args->nelts == 3 && size <= 0))
        return "takes \"off\", or a number of tokens and a size";
    settings->cache_bytes = (size_t)size;
    return NGX_CONF_OK;
}

static void keyset_unref(void *keys)
{
    ost_keyset_unref(keys);
}

static ost_result private_keys_read(ost_text jwks, ost_keyset **ret_keys, ost_error *error)
{
    ost_key *keys[16];
    size_t count = 0;
    const ost_json *document;
    ost_arena *arena = ost_arena_new(1024 * 1024);
    ost_result result = ost_json_read(jwks, NULL, arena, &document, error);
    const ost_json *jwk = result == OST_OK ? ost_json_first(ost_json_get(document, "keys")) : NULL;
    if (result == OST_OK && jwk == NULL)
        result = ost_error_set(error, OST_E_KEY_FORMAT, "no key set");
    for (; result == OST_OK && jwk != NULL; jwk = ost_json_next(jwk)) {
        if (count == sizeof keys / sizeof keys[0]) {
            result = ost_error_set(error, OST_E_CEILING, "more than 16 keys");
            break;
        }
        result = ost_key_import_json(jwk, &keys[count], error);
        count += result == OST_OK;
    }
    if (result == OST_OK && (result = ost_keyset_new(keys, count, ret_keys)) != OST_OK)
        ost_error_set(error, result, "%s", ost_result_sentence(result));
    while (count > 0)
        ost_key_unref(keys[--count]);
    ost_arena_free(arena);
    return result;
}

char *ostiary_decryption_read(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ostiary_settings *settings = &((ostiary_conf *)conf)->settings;
    const ngx_str_t *words = cf->args->elts;
    ngx_str_t text;
    ost_error error;
    if (settings->decryption_keys != NULL)
        return is_duplicate;
    if (ostiary_file_read(cf, words[1], &text) != NGX_OK)
        return NGX_CONF_ERROR;
    if (private_keys_read(ostiary_text(&text), &settings->decryption_keys, &error) != OST_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "ostiary: the keys in \"%V\": %s", &words[1],
                           error.detail);
        return NGX_CONF_ERROR;
    }
    ngx_explicit_memzero(text.data, text.len);
    ngx_pool_cleanup_t *cleanup = ngx_pool_cleanup_add(cf->pool, 0);
    if (cleanup == NULL) {
        ost_keyset_unref(settings->decryption_keys);
        return NGX_CONF_ERROR;
    }
    cleanup->handler = keyset_unref;
    cleanup->data = settings->decryption_keys;
    return NGX_CONF_OK;
}

/* False: no such parameter, or no such value. NGX_ERROR's place is taken by `ret_said`: it has been
 * said why. */
static bool dpop_parameter(ngx_conf_t *cf, ost_dpop_rules *rules, const ngx_str_t *word,
                           bool *ret_said)
{
    static const ngx_str_t names[] = {
        ngx_string("algorithms="),        ngx_string("lifetime="), ngx_string("leeway="),
        ngx_string("nonce_secret_file="), ngx_string("proofs="),
    };
    ngx_str_t value = ngx_null_string, secret;
    size_t k = 0;
    if (word->len == sizeof "require_nonce" - 1 &&
        ngx_strncmp(word->data, "require_nonce", word->len) == 0)
        return rules->require_nonce = true;
    for (; k < sizeof names / sizeof names[0]; k++) {
        if (word->len > names[k].len && ngx_strncmp(word->data, names[k].data, names[k].len) == 0) {
            value = (ngx_str_t){word->len - names[k].len, word->data + names[k].len};
            break;
        }
    }
    switch (k) {
    case 0:
        return (rules->algorithms = ostiary_algorithms(&value)) != 0;
    case 1:
        return (rules->lifetime = (unsigned)ostiary_seconds(&value)) != 0;
    case 2:
        return (rules->leeway = (unsigned)ostiary_seconds(&value)) != 0;
    case 3:
        if (ostiary_file_read(cf, value, &secret) != NGX_OK)
            return *ret_said = true, false;
        rules->nonce_secret = ostiary_text(&secret);
        return true;
    case 4:
        return (rules->proofs = ostiary_number(&value)) != 0;
    default:
        return false;
    }
}

char *ostiary_dpop_read(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ostiary_settings *settings = &((ostiary_conf *)conf)->settings;
    const ngx_str_t *words = cf->args->elts;
    if (settings->dpop != NULL)
        return is_duplicate;
    ost_dpop_rules *rules = ngx_pcalloc(cf->pool, sizeof *rules);
    if (rules == NULL)
        return NGX_CONF_ERROR;
    for (ngx_uint_t k = 1; k < cf->args->nelts; k++) {
        bool said = false;
        if (dpop_parameter(cf, rules, &words[k], &said))
            continue;
        if (!said)
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid parameter \"%V\"", &words[k]);
        return NGX_CONF_ERROR;
    }
    settings->dpop = rules;
    return NGX_CONF_OK;
}

ost_guard_config ostiary_guard_config(const ostiary_settings *settings)
{
    ost_guard_config config = {
        .issuers = settings->issuers->elts,
        .issuer_count = settings->issuers->nelts,
        .realm = settings->realm,
        .insecure_explain = settings->explain == 1,
        .resource_metadata = settings->resource_metadata,
        .cache_entries = settings->cache_entries,
        .cache_bytes = settings->cache_bytes,
        .no_cache = settings->no_cache == 1,
        .max_token = settings->max_token,
        .revocation_file = settings->revocation_file,
        .decryption_keys = settings->decryption_keys,
    };
    if (settings->dpop != NULL)
        config.dpop = *settings->dpop;
    return config;
}
