/* SPDX-License-Identifier: Apache-2.0 */
/* The parameters of ostiary_issuer: a table of names, and what kind of value each takes. */
#include "ostiary.h"

typedef enum parameter_kind {
    PARAMETER_TEXT,
    PARAMETER_FLAG, /* stands alone, without "=" */
    PARAMETER_SECONDS,
    PARAMETER_SIZE,
    PARAMETER_COUNT,
    PARAMETER_PATH,        /* a file that the worker reads or writes */
    PARAMETER_SECRET,      /* a file that is read now: its content, as const char * */
    PARAMETER_SECRET_TEXT, /* likewise, as ost_text */
    PARAMETER_LIST,        /* may come several times; the count follows the list */
    PARAMETER_ALGORITHMS,
    PARAMETER_CLIENT_AUTH,
    PARAMETER_KEY, /* a file with a private JWK */
} parameter_kind;

typedef struct parameter {
    ngx_str_t name;
    parameter_kind kind;
    size_t offset;
} parameter;

#define PARAMETER(name, kind, member)                                                              \
    {                                                                                              \
        ngx_string(name), PARAMETER_##kind, offsetof(ost_issuer, member)                           \
    }

/* Lists: the number of entries is the member after them. */
_Static_assert(offsetof(ost_issuer, audience_count) ==
                   offsetof(ost_issuer, audiences) + sizeof(void *),
               "the count follows its list");
_Static_assert(offsetof(ost_issuer, tenant_count) == offsetof(ost_issuer, tenants) + sizeof(void *),
               "the count follows its list");
_Static_assert(offsetof(ost_issuer, client_count) == offsetof(ost_issuer, clients) + sizeof(void *),
               "the count follows its list");
_Static_assert(offsetof(ost_issuer, status_lists.origin_count) ==
                   offsetof(ost_issuer, status_lists.origins) + sizeof(void *),
               "the count follows its list");

static const parameter parameters[] = {
    PARAMETER("audience", LIST, audiences),
    PARAMETER("insecure_any_audience", FLAG, insecure_any_audience),
    PARAMETER("access_token_profile", FLAG, access_token_profile),
    PARAMETER("client_is_audience", FLAG, client_is_audience),
    PARAMETER("discovery_url", TEXT, discovery_url),
    PARAMETER("jwks_url", TEXT, jwks_url),
    PARAMETER("insecure_http", FLAG, insecure_http),
    PARAMETER("algorithms", ALGORITHMS, algorithms),
    PARAMETER("tenant", LIST, tenants),
    PARAMETER("any_tenant", FLAG, any_tenant),
    PARAMETER("client", LIST, clients),
    PARAMETER("leeway", SECONDS, leeway),
    PARAMETER("hmac_secret_file", SECRET_TEXT, hmac_secret),
    PARAMETER("seed_file", PATH, seed_file),
    PARAMETER("ca_file", PATH, ca_file),
    PARAMETER("proxy", TEXT, proxy),
    PARAMETER("no_proxy", TEXT, no_proxy),
    PARAMETER("key_lifetime", SECONDS, key_lifetime),
    PARAMETER("stale_limit", SECONDS, stale_limit),
    PARAMETER("fetch_timeout", SECONDS, fetch_timeout),
    PARAMETER("introspection_client", TEXT, introspection.client_id),
    PARAMETER("introspection_endpoint", TEXT, introspection.endpoint),
    PARAMETER("introspection_auth", CLIENT_AUTH, introspection.auth),
    PARAMETER("introspection_secret_file", SECRET, introspection.client_secret),
    PARAMETER("introspection_key_file", KEY, introspection.key),
    PARAMETER("introspection_token_prefix", TEXT, introspection.token_prefix),
    PARAMETER("introspection_every_token", FLAG, introspection.every_token),
    PARAMETER("introspection_no_keys", FLAG, introspection.no_keys),
    PARAMETER("introspection_require_signed", FLAG, introspection.require_signed),
    PARAMETER("introspection_lifetime", SECONDS, introspection.lifetime),
    PARAMETER("introspection_inactive_lifetime", SECONDS, introspection.inactive_lifetime),
    PARAMETER("introspection_inactive_rate", COUNT, introspection.inactive_rate),
    PARAMETER("status_origin", LIST, status_lists.origins),
    PARAMETER("status_lifetime", SECONDS, status_lists.lifetime),
    PARAMETER("status_max_list", SIZE, status_lists.max_list),
    PARAMETER("insecure_status_stale_limit", SECONDS, status_lists.insecure_stale_limit),
    PARAMETER("insecure_ignore_status", FLAG, status_lists.insecure_ignore),
};

ngx_uint_t ostiary_seconds(const ngx_str_t *text)
{
    ngx_str_t copy = *text;
    ngx_int_t seconds = copy.len > 0 ? ngx_parse_time(&copy, 1) : 0;
    return seconds > 0 && seconds <= 315360000 ? (ngx_uint_t)seconds : 0;
}

ngx_uint_t ostiary_number(const ngx_str_t *text)
{
    ngx_int_t number = ngx_atoi(text->data, text->len);
    return number > 0 && number <= 1 << 30 ? (ngx_uint_t)number : 0;
}

ost_algs ostiary_algorithms(const ngx_str_t *names)
{
    ost_algs all = 0;
    const u_char *at = names->data, *end = names->data + names->len;
    for (const u_char *stop = at; at <= end; at = stop + 1) {
        for (stop = at; stop < end && *stop != ','; stop++)
            ;
        ost_alg alg = ost_alg_of((ost_text){(const char *)at, (size_t)(stop - at)});
        if (alg == OST_ALG_UNSET || (OST_ALG_BIT(alg) & OST_ALGS_SIGNATURE) == 0)
            return 0;
        all |= OST_ALG_BIT(alg);
    }
    return all;
}

static bool number_set(const parameter *p, const ngx_str_t *value, void *member)
{
    ngx_str_t copy = *value;
    ngx_uint_t number =
        p->kind == PARAMETER_SECONDS ? ostiary_seconds(value) : ostiary_number(value);
    if (p->kind == PARAMETER_SIZE) {
        ssize_t size = ngx_parse_size(&copy);
        *(size_t *)member = size > 0 ? (size_t)size : 0;
        return size > 0;
    }
    *(unsigned *)member = (unsigned)number;
    return number > 0;
}

static bool client_auth_set(const ngx_str_t *value, ost_client_auth *ret)
{
    static const struct {
        ngx_str_t name;
        ost_client_auth auth;
    } ways[] = {
        {ngx_string("client_secret_basic"), OST_CLIENT_SECRET_BASIC},
        {ngx_string("client_secret_post"), OST_CLIENT_SECRET_POST},
        {ngx_string("private_key_jwt"), OST_PRIVATE_KEY_JWT},
    };
    for (size_t k = 0; k < sizeof ways / sizeof ways[0]; k++) {
        if (value->len == ways[k].name.len &&
            ngx_strncmp(value->data, ways[k].name.data, value->len) == 0) {
            *ret = ways[k].auth;
            return true;
        }
    }
    return false;
}

static ngx_int_t key_set(ngx_conf_t *cf, const ngx_str_t *value, ost_key **ret)
{
    ngx_str_t text;
    ost_error error;
    if (ostiary_file_read(cf, *value, &text) != NGX_OK)
        return NGX_ERROR;
    if (ost_key_import_jwk(ostiary_text(&text), ret, &error) == OST_OK)
        return NGX_OK;
    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "ostiary: the key in \"%V\": %s", value, error.detail);
    return NGX_ERROR;
}

static ngx_int_t file_set(ngx_conf_t *cf, const parameter *p, const ngx_str_t *value, void *member)
{
    ngx_str_t text = *value;
    if (p->kind == PARAMETER_PATH) {
        if (ngx_conf_full_name(cf->cycle, &text, 1) != NGX_OK)
            return NGX_ERROR;
    } else if (ostiary_file_read(cf, *value, &text) != NGX_OK) {
        return NGX_ERROR;
    }
    if (p->kind == PARAMETER_SECRET_TEXT) {
        *(ost_text *)member = ostiary_text(&text);
        return NGX_OK;
    }
    if (ngx_strlchr(text.data, text.data + text.len, '\0') != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "there is a zero byte in \"%V\"", value);
        return NGX_ERROR;
    }
    const char *string = ostiary_string(cf, &text);
    *(const char **)member = string;
    return string != NULL ? NGX_OK : NGX_ERROR;
}

/* NGX_DECLINED: no such value. */
static ngx_int_t value_set(ngx_conf_t *cf, const parameter *p, const ngx_str_t *value, void *member)
{
    switch (p->kind) {
    case PARAMETER_FLAG:
        *(bool *)member = true;
        return NGX_OK;
    case PARAMETER_TEXT: {
        const char *text = ostiary_string(cf, value);
        *(const char **)member = text;
        return text != NULL ? NGX_OK : NGX_ERROR;
    }
    case PARAMETER_LIST:
        return ostiary_list_add(cf, member, (size_t *)((char *)member + sizeof(void *)),
                                ostiary_string(cf, value));
    case PARAMETER_PATH:
    case PARAMETER_SECRET:
    case PARAMETER_SECRET_TEXT:
        return file_set(cf, p, value, member);
    case PARAMETER_KEY:
        return key_set(cf, value, member);
    case PARAMETER_ALGORITHMS:
        *(ost_algs *)member = ostiary_algorithms(value);
        return *(ost_algs *)member != 0 ? NGX_OK : NGX_DECLINED;
    case PARAMETER_CLIENT_AUTH:
        return client_auth_set(value, member) ? NGX_OK : NGX_DECLINED;
    default:
        return number_set(p, value, member) ? NGX_OK : NGX_DECLINED;
    }
}

ngx_int_t ostiary_issuer_parameter(ngx_conf_t *cf, ost_issuer *issuer, const ngx_str_t *parameter_)
{
    const u_char *end = parameter_->data + parameter_->len;
    const u_char *equals = ngx_strlchr(parameter_->data, (u_char *)(uintptr_t)end, '=');
    size_t length = (size_t)((equals != NULL ? equals : end) - parameter_->data);
    ngx_str_t value = ngx_null_string;
    if (equals != NULL)
        value = (ngx_str_t){(size_t)(end - equals - 1), (u_char *)(uintptr_t)equals + 1};
    for (size_t k = 0; k < sizeof parameters / sizeof parameters[0]; k++) {
        const parameter *p = &parameters[k];
        if (p->name.len != length || ngx_strncmp(p->name.data, parameter_->data, length) != 0)
            continue;
        bool fits = p->kind == PARAMETER_FLAG ? equals == NULL : value.len > 0;
        ngx_int_t result =
            fits ? value_set(cf, p, &value, (char *)issuer + p->offset) : NGX_DECLINED;
        if (result == NGX_DECLINED)
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid value of parameter \"%V\"",
                               parameter_);
        return result == NGX_OK ? NGX_OK : NGX_ERROR;
    }
    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid parameter \"%V\"", parameter_);
    return NGX_ERROR;
}
