/* SPDX-License-Identifier: Apache-2.0 */
/* What a request brings: the token, a proof of possession, a certificate. Always of the client's
 * own request, also for subrequests. */
#include "ostiary.h"

static bool name_is(const ngx_table_elt_t *field, const char *name, size_t len)
{
    return field->key.len == len &&
           ngx_strncasecmp(field->key.data, (u_char *)(uintptr_t)name, len) == 0;
}

/* One Cookie field: "name=value; other=value". Counts what has the name. */
static void cookie_find(const ngx_str_t *field, const ngx_str_t *name, ost_text *ret_value,
                        size_t *count)
{
    const u_char *at = field->data, *end = field->data + field->len;
    while (at < end) {
        const u_char *stop = ngx_strlchr((u_char *)(uintptr_t)at, (u_char *)(uintptr_t)end, ';');
        if (stop == NULL)
            stop = end;
        while (at < stop && (*at == ' ' || *at == '\t'))
            at++;
        const u_char *last = stop;
        while (last > at && (last[-1] == ' ' || last[-1] == '\t'))
            last--;
        if ((size_t)(last - at) > name->len && at[name->len] == '=' &&
            ngx_strncmp(at, name->data, name->len) == 0) {
            const u_char *value = at + name->len + 1;
            *ret_value = (ost_text){(const char *)value, (size_t)(last - value)};
            ++*count;
        }
        at = stop + 1;
    }
}

static void field_add(const ngx_table_elt_t *field, ost_text *fields, size_t *count)
{
    if (*count < OSTIARY_FIELDS)
        fields[(*count)++] = ostiary_text(&field->value);
}

/* Every field of a name: nginx keeps but one of them at hand, and which is told apart by version.
 */
static void fields_read(ngx_http_request_t *r, const ostiary_conf *conf, ostiary_credentials *ret)
{
    ost_text cookie = {0};
    size_t cookies = 0;
    for (const ngx_list_part_t *part = &r->headers_in.headers.part; part != NULL;
         part = part->next) {
        const ngx_table_elt_t *fields = part->elts;
        for (ngx_uint_t k = 0; k < part->nelts; k++) {
            const ngx_table_elt_t *field = &fields[k];
            if (name_is(field, "authorization", 13))
                field_add(field, ret->authorization, &ret->credentials.authorization_count);
            else if (name_is(field, "dpop", 4))
                field_add(field, ret->dpop, &ret->credentials.dpop_count);
            else if (conf->cookie.len > 0 && name_is(field, "cookie", 6))
                cookie_find(&field->value, &conf->cookie, &cookie, &cookies);
        }
    }
    ret->credentials.authorization = ret->authorization;
    ret->credentials.dpop = ret->dpop;
    /* Two of one name: whoever can set cookies for a sibling's name could put theirs before. */
    if (cookies == 1 && cookie.len > 0)
        ret->credentials.bearer = cookie;
    if (cookies > 1)
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "ostiary: %uz cookies \"%V\", none is taken", cookies, &conf->cookie);
}

/* DER of a certificate in PEM, which may be percent-encoded; empty when it is none. */
static ost_text certificate_decode(ngx_pool_t *pool, ngx_str_t text)
{
    static const ngx_str_t begin = ngx_string("-----BEGIN CERTIFICATE-----");
    static const ngx_str_t end = ngx_string("-----END CERTIFICATE-----");
    u_char *raw = ngx_pnalloc(pool, text.len + 1);
    if (raw == NULL || text.len == 0)
        return (ost_text){0};
    u_char *from = text.data, *to = raw;
    if (ngx_strlchr(text.data, text.data + text.len, '%') != NULL)
        ngx_unescape_uri(&to, &from, text.len, 0);
    else
        to = ngx_cpymem(raw, text.data, text.len);
    u_char *first = ngx_strnstr(raw, (char *)begin.data, (size_t)(to - raw));
    if (first == NULL)
        return (ost_text){0};
    first += begin.len;
    u_char *last = ngx_strnstr(first, (char *)end.data, (size_t)(to - first));
    if (last == NULL)
        return (ost_text){0};
    ngx_str_t base64 = {0, first}, der;
    for (u_char *at = first; at < last; at++) {
        if (*at > ' ')
            first[base64.len++] = *at;
    }
    der.data = ngx_pnalloc(pool, ngx_base64_decoded_length(base64.len));
    if (der.data == NULL || ngx_decode_base64(&der, &base64) != NGX_OK || der.len == 0)
        return (ost_text){0};
    return ostiary_text(&der);
}

static ngx_int_t certificate_read(ngx_http_request_t *r, const ostiary_conf *conf, ost_text *ret)
{
    static ngx_str_t name = ngx_string("ssl_client_raw_cert");
    ngx_str_t value = ngx_null_string;
    if (conf->certificate != NULL) {
        if (ngx_http_complex_value(r, conf->certificate, &value) != NGX_OK)
            return NGX_ERROR;
#if (NGX_HTTP_SSL)
    } else if (r->connection->ssl != NULL) {
        ngx_http_variable_value_t *v =
            ngx_http_get_variable(r, &name, ngx_hash_key(name.data, name.len));
        if (v == NULL)
            return NGX_ERROR;
        if (!v->not_found)
            value = (ngx_str_t){v->len, v->data};
#endif
    }
    *ret = certificate_decode(r->pool, value);
    return NGX_OK;
}

/* The address as the client knows it: the origin is the operator's word, for the Host field is the
 * client's. */
static ngx_int_t url_read(ngx_http_request_t *r, const ostiary_conf *conf, ost_text *ret)
{
    ngx_str_t origin, url;
    if (conf->origin == NULL)
        return NGX_OK;
    if (ngx_http_complex_value(r, conf->origin, &origin) != NGX_OK)
        return NGX_ERROR;
    url.len = origin.len + r->unparsed_uri.len;
    url.data = ngx_pnalloc(r->pool, url.len + 1);
    if (url.data == NULL)
        return NGX_ERROR;
    ngx_memcpy(ngx_cpymem(url.data, origin.data, origin.len), r->unparsed_uri.data,
               r->unparsed_uri.len);
    *ret = ostiary_text(&url);
    return NGX_OK;
}

ngx_int_t ostiary_credentials_read(ngx_http_request_t *r, const ostiary_conf *conf,
                                   ostiary_credentials *ret)
{
    ngx_memzero(ret, sizeof *ret);
    fields_read(r->main, conf, ret);
    ost_credentials *credentials = &ret->credentials;
    credentials->method = ostiary_text(&r->main->method_name);
    if (url_read(r->main, conf, &credentials->url) != NGX_OK)
        return NGX_ERROR;
    return certificate_read(r->main, conf, &credentials->certificate);
}
