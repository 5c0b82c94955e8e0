/* SPDX-License-Identifier: Apache-2.0 */
/* What a request brings: the token, a proof of possession, a certificate. Always of the client's
 * own request, also for subrequests. */
#include "ostiary.h"
#include "reader.h"

static bool name_is(const ngx_table_elt_t *field, const char *name, size_t len)
{
    return field->key.len == len &&
           ngx_strncasecmp(field->key.data, (u_char *)(uintptr_t)name, len) == 0;
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
                ostiary_cookie_find(ostiary_text(&field->value), ostiary_text(&conf->cookie),
                                    &cookie, &cookies);
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
    u_char *room = ngx_pnalloc(r->pool, value.len + 1);
    if (room == NULL)
        return NGX_ERROR;
    if (value.len > 0 && !ostiary_certificate_read(ostiary_text(&value), room, ret))
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "ostiary: the client's certificate is none that can be read");
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
