/* SPDX-License-Identifier: Apache-2.0 */
/* The variables: what the token of this request says. They are empty unless it was let in by its
 * token. */
#include "ostiary.h"
#include "reader.h"

typedef struct claim_path {
    ngx_str_t path;
    bool as_json;
} claim_path;

/* What a subrequest says for itself, else what it is part of: nginx judges no clone (a slice, an
 * answer fetched anew), whose parent may be a subrequest that was judged by itself. */
static const ost_identity *identity_of(ngx_http_request_t *r)
{
    const ostiary_record *record = ostiary_record_find(r);
    while ((record == NULL || record->judged == NULL) && r != r->main) {
        r = r->parent;
        record = ostiary_record_find(r);
    }
    if (record == NULL || record->judged == NULL || record->verdict.decision != OST_ALLOW)
        return NULL;
    return record->verdict.identity;
}

static ngx_int_t value_set(ngx_http_variable_value_t *v, bool found, ost_text text)
{
    ngx_memzero(v, sizeof *v);
    if (!found || text.len == 0 || text.len > (1u << 28) - 1) {
        v->not_found = 1;
        return NGX_OK;
    }
    v->valid = 1;
    v->no_cacheable = 1;
    v->len = (unsigned)(text.len & ((1u << 28) - 1));
    v->data = (u_char *)(uintptr_t)text.data;
    return NGX_OK;
}

/* Texts live in the record's arena, which may be used again before a value is: they are copied. */
static ngx_int_t claim_set(ngx_http_request_t *r, ngx_http_variable_value_t *v,
                           const ost_json *claim, bool as_json)
{
    ost_text text;
    if (!ostiary_claim_text(r->pool, claim, as_json, &text) || text.len == 0)
        return value_set(v, false, (ost_text){0});
    u_char *copy = ngx_pnalloc(r->pool, text.len);
    if (copy == NULL)
        return NGX_ERROR;
    ngx_memcpy(copy, text.data, text.len);
    return value_set(v, true, (ost_text){(const char *)copy, text.len});
}

static const ost_json *client_of(const ost_claims *claims)
{
    static const char *const names[] = {"azp", "client_id", "cid", "appid"};
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        const ost_json *claim = ost_claims_get(claims, names[k]);
        if (claim != NULL)
            return claim;
    }
    return NULL;
}

/* `data` is the claim's name; NULL: the client's, which is where ost_identity_client finds it. */
static ngx_int_t named_claim(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    const ost_claims *claims = ost_identity_claims(identity_of(r));
    const char *name = (const char *)data;
    const ost_json *claim = name != NULL ? ost_claims_get(claims, name) : client_of(claims);
    if (name == NULL && !ost_json_is(claim, OST_JSON_STRING))
        claim = NULL;
    return claim_set(r, v, claim, false);
}

/* Words separated by blanks, however the issuer writes them (RFC 9068; Okta's and Entra's scp). */
static ngx_int_t scope(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    const ost_claims *claims = ost_identity_claims(identity_of(r));
    const ost_json *claim = ost_claims_get(claims, "scope");
    if (claim == NULL || ost_json_is(claim, OST_JSON_NULL))
        claim = ost_claims_get(claims, "scp");
    ngx_int_t result = claim_set(r, v, claim, false);
    if (result == NGX_OK && !v->not_found && ost_json_is(claim, OST_JSON_ARRAY)) {
        if (ngx_strlchr(v->data, v->data + v->len, ' ') != NULL)
            return value_set(v, false, (ost_text){0});
        for (size_t k = 0; k < v->len; k++)
            v->data[k] = v->data[k] == ',' ? ' ' : v->data[k];
    }
    return result;
}

/* Of $ostiary_claim_NAME; nginx gives the whole name. */
static ngx_int_t any_claim(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    const ngx_str_t *name = (const ngx_str_t *)data;
    const size_t prefix = sizeof "ostiary_claim_" - 1;
    const ost_json *claims = ost_claims_json(ost_identity_claims(identity_of(r)));
    ost_text rest = {(const char *)name->data + prefix, name->len - prefix};
    return claim_set(r, v, ost_json_get_text(claims, rest), false);
}

/* Of a variable that ostiary_claim made. */
static ngx_int_t claim_by_path(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    const claim_path *path = (const claim_path *)data;
    const ost_json *claims = ost_claims_json(ost_identity_claims(identity_of(r)));
    return claim_set(r, v, ostiary_claim_find(claims, ostiary_text(&path->path)), path->as_json);
}

/* For logs: why the token was refused, or OST_OK. */
static ngx_int_t reason(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    const ostiary_record *record = ostiary_record_find(r);
    bool known = record != NULL && record->judged != NULL;
    return value_set(v, known, ost_text_of(known ? ost_result_name(record->verdict.reason) : NULL));
}

ngx_int_t ostiary_variables_add(ngx_conf_t *cf)
{
    static const struct {
        ngx_str_t name;
        ngx_http_get_variable_pt get;
        const char *claim;
        ngx_uint_t flags;
    } variables[] = {
        {ngx_string("ostiary_subject"), named_claim, "sub", 0},
        {ngx_string("ostiary_issuer"), named_claim, "iss", 0},
        {ngx_string("ostiary_expires"), named_claim, "exp", 0},
        {ngx_string("ostiary_client_id"), named_claim, NULL, 0},
        {ngx_string("ostiary_scope"), scope, NULL, 0},
        {ngx_string("ostiary_reason"), reason, NULL, 0},
        {ngx_string("ostiary_claim_"), any_claim, NULL, NGX_HTTP_VAR_PREFIX},
    };
    for (size_t k = 0; k < sizeof variables / sizeof variables[0]; k++) {
        ngx_str_t name = variables[k].name;
        ngx_http_variable_t *variable =
            ngx_http_add_variable(cf, &name, variables[k].flags | NGX_HTTP_VAR_NOCACHEABLE);
        if (variable == NULL)
            return NGX_ERROR;
        variable->get_handler = variables[k].get;
        variable->data = (uintptr_t)variables[k].claim;
    }
    return NGX_OK;
}

/* ostiary_claim $variable PATH [json] */
char *ostiary_claim_read(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ngx_str_t *words = cf->args->elts;
    if (words[1].len < 2 || words[1].data[0] != '$') {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid variable name \"%V\"", &words[1]);
        return NGX_CONF_ERROR;
    }
    if (words[2].len == 0 || (cf->args->nelts == 4 && ngx_strcmp(words[3].data, "json") != 0))
        return "takes a variable, the path of a claim and, optionally, \"json\"";
    ngx_str_t name = {words[1].len - 1, words[1].data + 1};
    ngx_http_variable_t *variable = ngx_http_add_variable(cf, &name, NGX_HTTP_VAR_NOCACHEABLE);
    claim_path *path = ngx_palloc(cf->pool, sizeof *path);
    if (variable == NULL || path == NULL)
        return NGX_CONF_ERROR;
    *path = (claim_path){words[2], cf->args->nelts == 4};
    variable->get_handler = claim_by_path;
    variable->data = (uintptr_t)path;
    return NGX_CONF_OK;
}
